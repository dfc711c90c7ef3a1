import type { Schemas } from "../../api/types";
import type { Stop } from "./run.model";

export interface Task {
  name: string;
  fraction: number;
  sentence: string;
}

interface Told {
  handler?: string;
  fraction?: number;
  sentence?: string;
}

/** The tasks of a stage in the order of its route, each as far as it is known to be: told live, or read with the run. */
export function tasksOf(stop: Stop, read: Schemas["TaskProgress"][], live: Record<string, Told>): Task[] {
  const names = [...stop.handlers];
  for (const p of read) {
    const name = p.task.split("/").find((part) => part.includes(".")) ?? p.task;
    if (name.startsWith(`${stop.stage}.`) && !names.includes(name)) names.push(name);
  }
  return names.map((name) => {
    const l = live[name];
    const r = read.find((p) => p.task.includes(name));
    const fraction = Math.max(l?.fraction ?? 0, r?.fraction ?? 0);
    return { name, fraction: Math.min(1, fraction), sentence: l?.sentence ?? r?.sentence ?? "" };
  });
}
