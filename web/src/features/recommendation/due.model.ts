/** Whether a day (2026-11-24) is over, by the reader's own calendar. */
export function late(due: string, now: Date): boolean {
  const two = (n: number) => String(n).padStart(2, "0");
  return due < `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
