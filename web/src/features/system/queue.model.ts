import type { Schemas } from "../../api/types";

/** The queue as a table: a line for each kind of task, a column for each state that occurs. */
export interface QueueTable {
  states: string[];
  rows: { kind: string; tasks: number[] }[];
}

const order = ["running", "available", "retryable", "scheduled", "pending", "discarded", "cancelled", "completed"];
const place = (s: string) => {
  const i = order.indexOf(s);
  return i < 0 ? order.length : i;
};

export function tableOf(counts: Schemas["QueueCount"][]): QueueTable {
  const states = [...new Set(counts.map((c) => c.state))].sort((a, b) => place(a) - place(b));
  const kinds = [...new Set(counts.map((c) => c.kind))].sort();
  return {
    states,
    rows: kinds.map((kind) => ({
      kind,
      tasks: states.map((s) => counts.filter((c) => c.kind === kind && c.state === s).reduce((n, c) => n + c.tasks, 0)),
    })),
  };
}
