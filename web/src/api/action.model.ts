/** How long after what a person did requests still belong to it: what it makes the page ask for goes out within that. */
const belongs = 5000;

/**
 * What a person does, as servers follow it (W3C Trace Context): the requests of one click are one trace; those that nobody
 * asked for, such as looking again now and then, are one each.
 */
export class Actions {
  private current = "";
  private began = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly random: (bytes: number) => string = hex,
  ) {}

  /** The person begins something new. */
  begin = (): void => {
    this.current = this.fresh();
    this.began = this.now();
  };

  /** The header traceparent of a request that goes out now. */
  header(): string {
    return this.now() - this.began < belongs ? this.current : this.fresh();
  }

  private fresh(): string {
    return `00-${this.random(16)}-${this.random(8)}-01`;
  }
}

function hex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");
}
