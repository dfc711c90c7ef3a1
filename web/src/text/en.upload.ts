// Sentences about sending a file and starting a run.

const n = (count: number, one: string, many: string) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

export const upload = {
  title: "New run",
  drop: "Drop a file here",
  choose: "Choose a file",
  formats: "CSV and other delimited text, also compressed",
  remove: "Take the file away",
  progress: "Upload",
  pause: "Pause",
  resume: "Go on",
  goal: "Goal",
  goalWhy: "In plain words. Insights are ranked by what they say about it.",
  goalExample: "Reduce late deliveries",
  start: "Start the run",
  recipe: "Recipe",
  recipeWhy: "What it knows it decides; the rest is asked.",
  noRecipe: "None",
  decide: "Who decides",
  deciders: { ask: "I do, at every control point", recommended: "Take what is recommended" },
  decideWhy: {
    ask: "The run stops at each of its four control points and waits.",
    recommended: "What is recommended is accepted, the rest left alone. Every decision can be undone.",
  },
  limited: (tier: string, file: string, today: number, perDay: number, last: string) =>
    `${tier} tier: files up to ${file}${perDay > 0 ? `, ${today} of ${perDay} runs begun today` : ""}, each up to its ${last.toLowerCase()}. Stored encrypted.`,
  full: {
    day: "All runs of today are begun",
    now: "A run is under way, and the tier allows no further one",
  },
  fullNext: {
    day: "What you send is kept. Start a run tomorrow (UTC), or ask for the professional tier.",
    now: "What you send is kept. Decide or end the run that waits, or ask for the professional tier.",
  },
  professional: "Files of any size. Stored encrypted; the file as received is always kept.",
  refused: {
    empty: (name: string) => `${name} is empty. Check how it was exported.`,
    large: (name: string, limit: string) =>
      `${name} is larger than the ${limit} that the tier takes. Nothing was sent. Use a part of the file, or the professional tier.`,
  },
  told: (
    s: { step: string; file: File; sent?: number; rate?: number; left?: number | null; paused?: boolean },
    bytes: (n: number) => string,
  ) => {
    if (s.step === "sent") return `${bytes(s.file.size)} · received`;
    if (s.step === "failed") return `${bytes(s.file.size)} · not received`;
    const sent = `${bytes(s.sent ?? 0)} of ${bytes(s.file.size)}`;
    if (s.paused) return `${sent} · paused`;
    const left =
      s.left != null && s.left > 1 ? ` · ${s.left > 90 ? `${Math.round(s.left / 60)} min` : `${s.left} s`} left` : "";
    return s.rate ? `${sent} · ${bytes(s.rate)}/s${left}` : sent;
  },
  pasteOr: "or paste a table that you copied",
  paste: "Paste a table",
  sample: "Try a sample",
  pasteHere: "Paste here",
  pasteHereWhy: "Cells that you copied from a spreadsheet, or a file. It is shown before anything is sent.",
  pasteRefused: "That is no table. Copy some cells, or a file, and paste again.",
  pasted: "What was pasted",
  pastedRows: "The first rows",
  pastedSize: (size: string, rows: number, columns: number) =>
    `${size} · ${n(rows, "line", "lines")} · ${n(columns, "column", "columns")} · not sent yet`,
  pastedOnly: (size: string) => `${size} · its rows are counted when it is read · not sent yet`,
  pastedSend: "Send it",
  pastedDrop: "Discard it",
};
