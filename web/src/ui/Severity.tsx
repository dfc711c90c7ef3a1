import {
  IconAlertOctagonFilled,
  IconCircleFilled,
  IconInfoCircle,
  IconSquareRotatedFilled,
  IconTriangleFilled,
} from "@tabler/icons-react";
import { text } from "../text/text";

const shapes = {
  critical: IconAlertOctagonFilled,
  high: IconTriangleFilled,
  medium: IconSquareRotatedFilled,
  low: IconCircleFilled,
  info: IconInfoCircle,
} as const;

/** How grave an issue is, by shape and colour, and by word where there is room. */
export function Severity({ of, word }: { of: string; word?: boolean }) {
  const known = (of in shapes ? of : "info") as keyof typeof shapes;
  const Icon = shapes[known];
  return (
    <span
      style={{
        color: `var(--${known})`,
        display: "inline-flex",
        alignItems: "center",
        gap: 5,
        fontWeight: 570,
        fontSize: 12.5,
      }}
    >
      <Icon size={known === "low" ? 9 : 12} aria-hidden style={{ width: 13 }} />
      {word ? text.severity[known] : <span className="hidden">{text.severity[known]}</span>}
    </span>
  );
}
