/** A line of a text that a problem speaks of, counted from 1; 0 where it names none. */
export function lineOf(problem: string, text: string): number {
  const named = /\bline (\d+)\b/.exec(problem);
  if (named) return Number(named[1]);
  const entry = /\b(decision|policy) (\d+)\b/.exec(problem);
  if (!entry) return 0;
  return entryLine(text, entry[1] === "policy" ? "policies" : "decisions", Number(entry[2]));
}

/** Where the nth entry of a list begins, in YAML as recipes are written. */
function entryLine(text: string, list: string, nth: number): number {
  const lines = text.split("\n");
  const head = lines.findIndex((l) => l.startsWith(`${list}:`));
  if (head < 0) return 0;
  let indent = -1;
  let seen = 0;
  for (let i = head + 1; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (/^[a-z_]+:/.test(line)) break;
    const dash = /^(\s*)- /.exec(line);
    if (!dash) continue;
    if (indent < 0) indent = dash[1]?.length ?? 0;
    if (dash[1]?.length !== indent) continue;
    seen++;
    if (seen === nth) return i + 1;
  }
  return 0;
}

/** What a recipe says of itself, read without a parser: only to be shown in a list. */
export function contents(text: string): { decisions: number; policies: number } {
  const within = (list: string) => {
    let n = 0;
    while (entryLine(text, list, n + 1) > 0) n++;
    return n;
  };
  return { decisions: within("decisions"), policies: within("policies") };
}

/** Where a new set of policies begins. */
export const newPolicies = `version: 1

# Each policy decides the issues that it fits, in the place of a person. The first one that fits decides.
policies:
  - name: always trim
    check: whitespace
    choice: accept
`;

/** Where a new recipe begins. */
export const newRecipe = `version: 1

# One entry for each decision, as in the recipe.yaml of a run. Paste yours here.
decisions: []
`;
