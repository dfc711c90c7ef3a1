/** The tiers' limits, as far as a browser can say before anything is sent. The server has the last word. */
export interface Limits {
  fileBytes: number;
}

export const limitsOf = (tier: string): Limits => ({ fileBytes: tier === "demo" ? 10 * 1024 * 1024 : 0 });

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
