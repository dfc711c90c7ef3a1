/** A text in three parts, the middle one being what changes. */
export interface Parts {
  head: string;
  middle: string;
  tail: string;
}

/** What two texts have in common at both ends; the rest is what changes. */
export function parts(before: string, after: string): { before: Parts; after: Parts } {
  const a = [...before];
  const b = [...after];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const cut = (x: string[]): Parts => ({
    head: x.slice(0, head).join(""),
    middle: x.slice(head, x.length - tail).join(""),
    tail: x.slice(x.length - tail).join(""),
  });
  return { before: cut(a), after: cut(b) };
}

/** Makes what nobody sees visible: outer blanks, tabs, line ends, blanks that do not break, characters without width. */
export function shown(s: string): string {
  return s
    .replace(/^ +| +$/g, (x) => "␣".repeat(x.length))
    .replaceAll("\t", "⇥")
    .replaceAll("\r", "␍")
    .replaceAll("\n", "⏎")
    .replaceAll("\u00a0", "⍽")
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/g, "·");
}
