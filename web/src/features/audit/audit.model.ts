/** What the log is searched for. */
export interface Search {
  account?: string;
  operation?: string;
  object?: string;
  action?: string;
  outcome?: string;
  from?: string;
  to?: string;
}

/** The filters as the server takes them: days become moments, the last day counts. */
export function asked(s: Search) {
  const day = (d: string | undefined, plus: number) => {
    if (!d) return undefined;
    const at = new Date(`${d}T00:00:00`);
    if (Number.isNaN(at.getTime())) return undefined;
    at.setDate(at.getDate() + plus);
    return at.toISOString();
  };
  return {
    account: s.account || undefined,
    operation: s.operation || undefined,
    object: s.object || undefined,
    // Who reads what is much, and seldom what is looked for: it is shown where it is asked for.
    action: s.action === "all" ? undefined : s.action || "change.ended",
    outcome: (s.outcome || undefined) as "success" | undefined,
    from: day(s.from, 0),
    to: day(s.to, 1),
  };
}

/** Where what is searched for is had as a file. */
export function exportUrl(workspace: string, search: Search, format: string): string {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(asked(search))) if (value) query.set(name, value);
  return `/api/v1/workspaces/${encodeURIComponent(workspace)}/audit/export?${query}`;
}
