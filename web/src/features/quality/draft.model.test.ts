import { expect, it } from "vitest";
import type { Decision } from "../point/point.model";
import { draftOf, toChoice } from "./draft.model";
import type { Issue } from "./quality.model";

const issue = {
  id: "q-1",
  resolutions: [
    { id: "map", kind: "map_values", label: "", recommended: true, params: { column: "c", map: { a: "b" } } },
    { id: "mark_only", kind: "mark_only", label: "", recommended: false, params: {} },
  ],
} as unknown as Issue;
const plain = draftOf(issue, undefined);

it("accepts what is proposed as it is", () => {
  expect(toChoice(issue, plain, "accept")).toEqual({ item: "q-1", choice: "accept", option: "map", reason: undefined });
});

it("makes other parameters an edit, and the same ones an acceptance", () => {
  expect(toChoice(issue, { ...plain, params: { column: "c", map: { a: "z" } } }, "accept")).toMatchObject({
    choice: "edit",
  });
  expect(toChoice(issue, { ...plain, params: { map: { a: "b" }, column: "c" } }, "accept").choice).toBe("accept");
});

it("makes chosen rows a partial decision, and none chosen a whole one", () => {
  expect(toChoice(issue, { ...plain, rows: [4, 9] }, "accept")).toMatchObject({ choice: "partial", rows: [4, 9] });
  expect(toChoice(issue, { ...plain, rows: [] }, "accept").choice).toBe("accept");
});

it("rejects with the reason and without an option", () => {
  expect(toChoice(issue, { ...plain, reason: " codes " }, "reject")).toEqual({
    item: "q-1",
    choice: "reject",
    reason: "codes",
  });
});

it("leaves alone what has no resolution", () => {
  expect(toChoice({ ...issue, resolutions: null }, plain, "accept").choice).toBe("leave");
});

it("begins again where a decision left off", () => {
  const d = { choice: "partial", option: "map", rows: [2], reason: "why" } as Decision;
  expect(draftOf(issue, d)).toEqual({ option: "map", params: undefined, rows: [2], reason: "why" });
});
