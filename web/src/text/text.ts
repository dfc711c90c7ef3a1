import { en } from "./en";

/** The catalogue of the language in use. A second language is a second file of the shape of en.ts, chosen here. */
export const text: typeof en = en;

const locale = "en-GB";
const whole = new Intl.NumberFormat(locale);
const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });

/** A count, with its digits in groups. */
export function count(n: number): string {
  return whole.format(n);
}

/** A number as people read it: four significant digits at most. */
export function number(n: number): string {
  if (!Number.isFinite(n)) return String(n);
  if (Number.isInteger(n) && Math.abs(n) < 1e9) return whole.format(n);
  if (n !== 0 && (Math.abs(n) < 1e-3 || Math.abs(n) >= 1e9)) return n.toExponential(2);
  return short.format(n);
}

/** A share of one, in per cent. */
export function percent(share: number): string {
  const p = share * 100;
  if (p > 0 && p < 1) return "<1%";
  if (p > 99 && p < 100) return ">99%";
  return `${Math.round(p)}%`;
}

/** A size in bytes, in units of 1,024. */
export function bytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let i = 0;
  let x = n;
  while (x >= 1024 && i < units.length - 1) {
    x /= 1024;
    i++;
  }
  return `${i === 0 ? x : x.toFixed(x < 10 ? 1 : 0)} ${units[i]}`;
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** How long ago, or how far ahead, in words. */
export function ago(at: string | number | Date, now: number = Date.now()): string {
  const gap = new Date(at).getTime() - now;
  for (const [unit, size] of steps) {
    if (Math.abs(gap) >= size) return relative.format(Math.round(gap / size), unit);
  }
  return text.time.now;
}

/** A moment, in full. */
export function moment(at: string | number | Date): string {
  return new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

/** A day. */
export function day(at: string | number | Date): string {
  return new Date(at).toLocaleDateString(locale, { dateStyle: "medium" });
}

/** Who decided: the name, without the id of the account that stands behind it in the records. */
export function person(name: string): string {
  return name.replace(/\s*<[^<>]*>\s*$/, "");
}

/** A word of the API ("mixed_format") as people write it. */
export function words(id: string): string {
  const s = id.replaceAll("_", " ");
  return s.charAt(0).toUpperCase() + s.slice(1);
}
