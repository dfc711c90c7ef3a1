/** What the tier of a workspace allows, as far as it matters before a run: 0 is no limit. The server has the last word. */
export interface Limits {
  fileBytes: number;
}

/** The limits as the server tells them; none while it has not. */
export function limitsOf(tier: { file_bytes: number } | undefined): Limits {
  return { fileBytes: tier?.file_bytes ?? 0 };
}

/** Which limit a further run would hit: that of a day, or of runs at a time. */
export function full(
  used: { runs_today: number; runs_now: number; limits: { runs_per_day: number; runs_at_once: number } } | undefined,
): "" | "day" | "now" {
  if (!used) return "";
  const { runs_per_day, runs_at_once } = used.limits;
  if (runs_per_day > 0 && used.runs_today >= runs_per_day) return "day";
  if (runs_at_once > 0 && used.runs_now >= runs_at_once) return "now";
  return "";
}

/** What is wrong with a file before it is sent. */
export function refusal(file: { name: string; size: number }, limits: Limits): "" | "empty" | "large" {
  if (file.size === 0) return "empty";
  if (limits.fileBytes > 0 && file.size > limits.fileBytes) return "large";
  return "";
}

/** How fast a file comes, over the last few seconds, and how long the rest will take. */
export class Pace {
  private points: { at: number; bytes: number }[] = [];

  add(at: number, bytes: number): void {
    this.points.push({ at, bytes });
    while (this.points.length > 2 && at - (this.points[0]?.at ?? at) > 5000) this.points.shift();
  }

  /** Bytes a second; 0 where it cannot be told yet. */
  rate(): number {
    const first = this.points[0];
    const last = this.points.at(-1);
    if (!first || !last || last.at <= first.at) return 0;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  /** Seconds that are left, or null where it cannot be told. */
  left(total: number): number | null {
    const rate = this.rate();
    const last = this.points.at(-1);
    return rate > 0 && last ? Math.ceil((total - last.bytes) / rate) : null;
  }
}
