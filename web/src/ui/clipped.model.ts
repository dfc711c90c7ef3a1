/** How many more of a long list are shown each time that more are asked for. */
const step = 200;

/** The first of a list, and how many are left out. */
export function clip<T>(all: T[], shown: number): { first: T[]; rest: number } {
  const first = all.slice(0, shown);
  return { first, rest: all.length - first.length };
}

/** How many are shown once more were asked for. */
export function further(shown: number): number {
  return shown + step;
}

/** Names in a line: the first of them, and how many there are besides. A single one more is named in the place of counted. */
export function firstNames(names: string[], most: number, more: (count: number) => string): string {
  const { first, rest } = clip(names, names.length === most + 1 ? most + 1 : most);
  return rest > 0 ? `${first.join(", ")}, ${more(rest)}` : first.join(", ");
}
