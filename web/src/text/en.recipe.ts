// Sentences about recipes and policies.

const n = (count: number, one: string, many: string) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

export const recipe = {
  title: "Recipes",
  kind: "Recipes or policies",
  recipes: "Recipes",
  policies: "Policies",
  lead: {
    recipes: "A recipe replays the decisions of a run on the next file. What it does not know is asked again.",
    policies:
      "A policy decides what you have chosen to stop deciding. Every decision of it is recorded under its name and can be undone.",
  },
  demo: "The demo tier has no recipes and policies of the workspace. What stands here stays readable.",
  readOnly: {
    recipes: "Your role may read recipes. Analysts and those above them may write them.",
    policies: "Your role may read policies. Stewards and administrators may write them.",
  },
  fresh: { recipes: "New recipe", policies: "New policies" },
  none: { recipes: "No recipe is kept yet", policies: "No policies are kept yet" },
  noneWhy: {
    recipes: "At the end of a run its decisions can be kept here.",
    policies: "Until there are some, a person decides everything.",
  },
  choose: "Choose one to read it",
  chooseWhy: {
    recipes: "When a run is started, a recipe can be chosen to decide first.",
    policies: "Those that decide take effect in every run that begins from now on.",
  },
  active: "decides",
  inactive: "off",
  holds: (c: { decisions: number; policies: number }) =>
    [c.decisions ? n(c.decisions, "decision", "decisions") : "", c.policies ? n(c.policies, "policy", "policies") : ""]
      .filter(Boolean)
      .join(", ") || "empty",
  name: "Name",
  text: "Text, in YAML",
  decides: "Decides by itself",
  decidesWhy: "In runs that begin from now on, before a person is asked.",
  saved: "Saved.",
  wrong: "This cannot be used",
  wrongAt: (line: number) => `Line ${line} cannot be used`,
  conflict: "Somebody else changed it in the meantime",
  conflictWhy: "Yours was not saved and is still here. Copy what you need before you read theirs.",
  conflictRead: "Read theirs",
  remove: "Remove",
  removeSure: (name: string) => `Remove “${name}”?`,
  removeWhat: "What it decided in runs stays as it is. It decides nothing any more.",
  dry: "Dry run",
  dryWhy: "What the text above would decide on the issues of a run. Nothing is decided or saved by it.",
  dryNone: "No run to try it on",
  dryNoneWhy: "A run that has reached its quality control point has issues to try it on.",
  dryRun: "On the issues of",
  dryGo: "Try it",
  drySum: (decided: number, fresh: number) =>
    `${n(decided, "issue", "issues")} would be decided, ${n(fresh, "issue", "issues")} left for a person.`,
  asks: "A person is asked",
  keep: "Keep in the workspace",
  kept: (name: string) => `“${name}” is among the recipes of the workspace now.`,
};
