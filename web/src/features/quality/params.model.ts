/** A parameter of a resolution as the editor shows it. */
export type Field =
  | { kind: "text"; name: string; value: string }
  | { kind: "number"; name: string; value: number }
  | { kind: "flag"; name: string; value: boolean }
  | { kind: "list"; name: string; value: string[] }
  | { kind: "map"; name: string; value: Record<string, string> }
  | { kind: "json"; name: string; value: unknown };

// What a resolution is about is not up for edit: another column is another issue.
const fixed = new Set(["column", "columns", "to_column", "dependent", "determinants", "parts"]);

const isText = (v: unknown): v is string => typeof v === "string";

/** The parameters that can be edited, in the order in which they are written. */
export function fieldsOf(params: Record<string, unknown>): Field[] {
  return Object.entries(params)
    .filter(([name]) => !fixed.has(name))
    .map(([name, value]): Field => {
      if (isText(value)) return { kind: "text", name, value };
      if (typeof value === "number") return { kind: "number", name, value };
      if (typeof value === "boolean") return { kind: "flag", name, value };
      if (Array.isArray(value) && value.every(isText)) return { kind: "list", name, value };
      if (value && typeof value === "object" && !Array.isArray(value) && Object.values(value).every(isText)) {
        if (Object.keys(value).length > 0) return { kind: "map", name, value: value as Record<string, string> };
      }
      return { kind: "json", name, value };
    });
}

/** Whether two sets of parameters say the same. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(v: unknown): string {
  return JSON.stringify(v, (_key, x) =>
    x && typeof x === "object" && !Array.isArray(x)
      ? Object.fromEntries(Object.entries(x as object).sort(([p], [q]) => (p < q ? -1 : 1)))
      : x,
  );
}

/** A key of a mapping as people read it: several values stand together in it, apart by a sign that nobody sees. */
export function readable(key: string): string {
  return key.replaceAll("\u001f", " · ");
}
