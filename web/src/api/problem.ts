import type { components } from "./schema";

type ProblemBody = components["schemas"]["FieldError"];

/** An answer of the server that is no success, as it tells it (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly kept: string;
  readonly next: string;
  readonly request: string;
  readonly fields: ProblemBody[];

  constructor(body: Partial<Problem> & { detail?: string }) {
    super(body.detail || body.message || "The server did not say what is wrong.");
    this.name = "Problem";
    this.status = body.status ?? 0;
    this.code = body.code ?? "unknown";
    this.kept = body.kept ?? "";
    this.next = body.next ?? "";
    this.request = body.request ?? "";
    this.fields = body.fields ?? [];
  }

  /** Somebody else changed what was to be changed. */
  get conflict(): boolean {
    return this.status === 412 || this.status === 409;
  }
}

/** Makes a problem of whatever was thrown: a lost connection looks the same to the reader as an answer. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) {
    return new Problem({
      code: "offline",
      detail: "The server cannot be reached.",
      kept: "what you entered is still here",
      next: "check the connection and try again",
    });
  }
  return new Problem({ detail: error instanceof Error ? error.message : String(error) });
}
