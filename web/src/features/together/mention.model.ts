/** Somebody who can be named. */
export interface Person {
  account: string;
  name: string;
}

/** The name that is being typed after an @, up to the caret; null where none is. */
export function typedName(text: string, caret: number): { from: number; typed: string } | null {
  const from = text.lastIndexOf("@", caret - 1);
  if (from < 0 || (from > 0 && !/[\s(,;]/.test(text[from - 1] ?? ""))) return null;
  const typed = text.slice(from + 1, caret);
  return typed.length <= 40 && !/[\n@]/.test(typed) ? { from, typed } : null;
}

/** Those whose name goes on like this, at most a few. */
export function fitting(people: Person[], typed: string): Person[] {
  const want = typed.trim().toLowerCase();
  return people
    .filter((p) =>
      p.name
        .toLowerCase()
        .split(/\s+/)
        .concat(p.name.toLowerCase())
        .some((w) => w.startsWith(want)),
    )
    .slice(0, 6);
}

/** The text with the name put in the place of what was typed of it, and where the caret goes. */
export function completed(text: string, caret: number, from: number, name: string): { text: string; caret: number } {
  const head = `${text.slice(0, from)}@${name} `;
  return { text: head + text.slice(caret).replace(/^ /, ""), caret: head.length };
}

/** Who is named in a text. The longer name wins where one begins like another. */
export function named(text: string, people: Person[]): string[] {
  let rest = text;
  const found: string[] = [];
  for (const p of [...people].sort((a, b) => b.name.length - a.name.length)) {
    const at = `@${p.name}`;
    if (!rest.includes(at)) continue;
    found.push(p.account);
    rest = rest.replaceAll(at, "");
  }
  return found;
}

/** A text in pieces: names that were mentioned stand out. */
export function pieces(text: string, mentions: Person[]): { text: string; name: boolean }[] {
  const names = mentions.map((m) => `@${m.name}`).sort((a, b) => b.length - a.length);
  if (names.length === 0) return [{ text, name: false }];
  const any = new RegExp(`(${names.map((n) => n.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`);
  return text
    .split(any)
    .filter((t) => t !== "")
    .map((t) => ({ text: t, name: names.includes(t) }));
}

/** The first letters of a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : ""]
    .map((w) => [...(w ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
}
