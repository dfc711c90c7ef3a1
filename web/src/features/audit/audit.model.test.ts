import { expect, it } from "vitest";
import { asked, exportUrl } from "./audit.model";

it("takes the last day whole, and leaves out what is not asked", () => {
  const a = asked({ from: "2026-11-01", to: "2026-11-02", operation: "" });
  expect(Date.parse(a.to ?? "") - Date.parse(a.from ?? "")).toBe(2 * 86_400_000);
  expect(a.operation).toBeUndefined();
  expect(asked({ from: "nonsense" }).from).toBeUndefined();
});

it("exports what is searched for", () => {
  const url = new URL(exportUrl("w 1", { outcome: "denied" }, "cef"), "http://x");
  expect(url.pathname).toBe("/api/v1/workspaces/w%201/audit/export");
  expect(Object.fromEntries(url.searchParams)).toEqual({ action: "change.ended", format: "cef", outcome: "denied" });
  expect(exportUrl("w", { action: "all" }, "cef")).not.toContain("action");
});
