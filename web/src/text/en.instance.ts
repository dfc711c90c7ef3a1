// Sentences about webhooks, erasure, keys and diagnostics.

const n = (count: number, one: string, many: string) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

export const webhook = {
  title: "Webhooks",
  lead: "Programs of yours that are told of what happens to the runs of this workspace. No cell of anybody's data and no word of a remark is sent.",
  none: "Nobody is told yet",
  noneWhy: "Make a webhook: an address, and the events that it is told of.",
  make: "Make a webhook",
  change: "Change",
  url: "Address",
  urlWhy: "Begins with https:// and leads to the public internet, or where the operator allows.",
  events: "Told of",
  kinds: {
    "run.started": "A run begins",
    "control_point.opened": "A control point waits for decisions",
    "control_point.closed": "A control point was closed",
    "run.waiting": "A control point has waited for a day",
    "run.done": "A run has ended",
    "run.failed": "A run failed",
    "deadline.near": "A deadline is near",
    "control_point.expired": "A control point was not closed in time",
    "person.mentioned": "Somebody is mentioned in a remark",
    "item.assigned": "Somebody is asked to see to something",
    "webhook.test": "A test",
  } as Record<string, string>,
  active: "Switched on",
  off: "switched off",
  failing: (count: number) => `${n(count, "delivery was", "deliveries were")} given up in a row`,
  secretShown: "Copy the secret now. It is not shown again.",
  secretWhy: "With it the receiver checks that a message is from here: each bears a signature in Analytix-Signature.",
  kept: "I have kept it",
  rotate: "New secret",
  rotateSure: "Give it a new secret?",
  rotateWhat: "The old one is of no use at once. The receiver has to know the new one.",
  test: "Send a test",
  tested: "A test is on its way. The log shows what becomes of it.",
  remove: "Remove",
  removeSure: (url: string) => `Remove the webhook to ${url}?`,
  removeWhat: "It is told of nothing any more, and its log is removed with it.",
  more: (url: string) => `More about ${url}`,
  log: "Log",
  logOf: (url: string) => `Log of ${url}`,
  logNone: "It was told of nothing yet",
  logNoneWhy: "Send a test to see whether it answers.",
  statuses: {
    pending: "On its way",
    delivered: "Delivered",
    given_up: "Given up",
    dropped: "Dropped",
  } as Record<string, string>,
  next: (when: string) => `next attempt ${when}`,
  attempts: (count: number) => n(count, "attempt", "attempts"),
  answer: (status: number, ms: number) => `answered ${status} in ${ms} ms`,
  noAnswer: (ms: number) => `no answer after ${ms} ms`,
  sent: "What is sent",
  answered: "Answer",
  again: "Send again",
  sentAgain: "It is sent again, as a new delivery.",
};

export const condition = {
  title: "Out of order",
  none: "Everything that this process has asked is in order.",
  since: (when: string) => `since ${when}`,
  works: "Works",
  held: "Held back",
  next: "Next",
};

export const erase = {
  title: "Erase",
  ask: (name: string) => `Erase ${name}`,
  goes: "What goes, for good",
  goesAll: [
    "the file as it was received, and every version of it",
    "everything that was found in it, its goal, and what was said and decided about it",
    "its key: copies and backups of the data can never be read again",
  ],
  runs: (count: number) =>
    count === 0
      ? "No run is on it."
      : `${n(count, "run is", "runs are")} on it, and ${count === 1 ? "is" : "are"} ended.`,
  stays: "What stays",
  staysAll: [
    "that there was a file, its size and its hashes",
    "who decided and closed what, and when, as a chain of hashes",
    "the proof of the erasure: by whom, when and why",
  ],
  type: (name: string) => `To erase it, type its name: ${name}`,
  why: "Why, for the record",
  go: "Erase for good",
  done: "It is erased",
  proof: (files: number, size: string, runs: number) =>
    `${n(files, "stored file", "stored files")} (${size}) of ${n(runs, "run", "runs")} can never be read again.`,
  key: "Hash of the key that is gone",
  list: "Erased",
  listWhy: "The proofs of what was erased, the latest first.",
  by: (who: string, when: string) => `by ${who}, ${when}`,
  hashes: (count: number) => `${n(count, "hash", "hashes")} of what there was`,
};

export const keys = {
  title: "Master key",
  lead: "It wraps the key of every dataset. A new one can be made while the server works; no data is rewritten.",
  places: {
    file: "It is kept in a file of this server.",
    environment: "It comes from the environment of the server.",
    vault: "It is kept in a Vault, and never leaves it.",
  } as Record<string, string>,
  changed: (when: string) => `The file was last written ${when}.`,
  wrapped: (datasets: number, old: number) => {
    const all = `${n(datasets, "dataset has a key", "datasets have keys")}`;
    if (old < 0) return `${all}.`;
    return old === 0 ? `${all}, all wrapped by the present one.` : `${all}, ${old} of them wrapped by an earlier one.`;
  },
  several: (count: number) => `${n(count, "master key unwraps", "master keys unwrap")}.`,
  rotate: "Rotate",
  sure: "Rotate the master key?",
  what: {
    file: "A new key is made and wraps the keys of all datasets; the old one goes where nothing else needs it. Keep a copy of the new file: without it nothing that is stored can be read.",
    environment:
      "The keys of all datasets are wrapped by the first key of the environment. A new key is made there, before that.",
    vault: "The keys of all datasets are wrapped by the present version of the key in the Vault.",
  } as Record<string, string>,
  progress: (done: number, total: number) =>
    `${done.toLocaleString("en-GB")} of ${n(total, "key", "keys")} wrapped anew`,
  done: (datasets: number, made: boolean, retired: boolean) =>
    `${n(datasets, "key was", "keys were")} wrapped anew${made ? " by a new master key" : ""}${retired ? "; the old one is gone" : ""}.`,
};

export const diagnostics = {
  title: "Diagnostics",
  lead: "What somebody who helps you needs to know of this server: settings, figures, queue, latest complaints. No secret, no name and nothing of anybody's data is in it.",
  get: "Download the bundle",
  ready: (name: string) => `${name} was made.`,
};
