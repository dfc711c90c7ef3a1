/** Where the browser's session stands. */
export type SessionState =
  | "unknown" // not asked yet
  | "out" // nobody is signed in
  | "in"
  | "expired"; // it ended while somebody worked: a dialog asks to sign in again, and nothing is lost

type Listener = () => void;

/** The state of the session, and those who wait until somebody signs in again. */
export class SessionStore {
  private state: SessionState = "unknown";
  private listeners = new Set<Listener>();
  private waiting: Array<() => void> = [];

  get = (): SessionState => this.state;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  set(state: SessionState): void {
    if (state === this.state) return;
    this.state = state;
    if (state === "in" || state === "out") {
      for (const go of this.waiting.splice(0)) go();
    }
    for (const listener of this.listeners) listener();
  }

  /** Resolves once somebody has signed in again, to whether they did. */
  async signedInAgain(): Promise<boolean> {
    this.set("expired");
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.state === "in";
  }
}

/** Runs one call of `work` at a time: who comes while it runs gets its result. */
export function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}

/** The value of a cookie, under its plain name or the one with the prefix that browsers hold to TLS. */
export function cookie(all: string, name: string): string {
  for (const part of all.split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name || key === `__Host-${name}`) return decodeURIComponent(value.join("="));
  }
  return "";
}

/** A name for one request, so that sending it twice has its effect once. */
export function requestName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}
