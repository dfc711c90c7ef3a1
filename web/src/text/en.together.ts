// Sentences about working together.

export const together = {
  present: "Also looking at this run",
  talk: "Discussion",
  say: "Say something",
  sayHint: "Say something; @ names somebody",
  people: "People to name",
  send: "Send",
  unsay: "Take it back",
  assign: "Assign",
  due: "Until when",
  unassign: "Nobody in particular",
  seesTo: (name: string) => `${name} sees to it`,
  until: (day: string) => `until ${day}`,
  open: (count: number) => (count > 0 ? `Discussion (${count})` : "Discuss"),
  notices: "Notices",
  unseen: "not read yet",
  seeAll: "All read",
  noNotices: "Nothing to tell",
  noNoticesWhy:
    "You are told when somebody names you, when you are to see to something, and when a run of yours waits.",
  told: {
    mentioned: (who: string, file: string, _stage: string) => `${who} named you on ${file}`,
    remarked: (who: string, file: string, _stage: string) => `${who} wrote on ${file}`,
    assigned: (who: string, file: string, _stage: string) => `${who} asks you to see to something on ${file}`,
    waits: (_: string, file: string, stage: string) => `${file} waits for you${stage ? ` (${stage})` : ""}`,
    deadline: (_: string, file: string, stage: string) => `${file} is soon out of time${stage ? ` (${stage})` : ""}`,
    escalated: (_: string, file: string, stage: string) =>
      `${file} was not decided in time${stage ? ` (${stage})` : ""}`,
    failed: (_: string, file: string, stage: string) => `${file} failed${stage ? ` (${stage})` : ""}`,
    done: (_: string, file: string, _stage: string) => `${file} is done`,
  },
};
