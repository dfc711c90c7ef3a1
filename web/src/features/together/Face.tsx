import { initials } from "./mention.model";
import css from "./together.module.css";

// Told apart by their letters; the colour only helps the eye.
const hues = [160, 25, 265, 205, 330, 90];

/** Somebody, by the first letters of their name. */
export function Face({ name, account, small }: { name: string; account: string; small?: boolean }) {
  const hue = hues[[...account].reduce((n, c) => n + c.charCodeAt(0), 0) % hues.length];
  return (
    <span
      className={css.face}
      data-small={small}
      style={{
        background: `light-dark(hsl(${hue} 45% 88%), hsl(${hue} 30% 24%))`,
        color: `light-dark(hsl(${hue} 60% 20%), hsl(${hue} 45% 86%))`,
      }}
      title={name}
      aria-hidden
    >
      {initials(name)}
    </span>
  );
}
