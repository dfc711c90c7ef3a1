import { text } from "../text/text";

/** The mark and the name. */
export function Brand() {
  return (
    <>
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0f6b5c" />
        <path
          d="M7 20.5c3.2 0 3.2-9 6.4-9s3.2 9 6.4 9c2 0 2.7-3.4 3.6-6"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
        />
        <circle cx="24.4" cy="11.2" r="2.4" fill="#8fe3cb" />
      </svg>
      <span>{text.product}</span>
    </>
  );
}
