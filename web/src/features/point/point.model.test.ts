import { expect, it } from "vitest";
import { Problem } from "../../api/problem";
import {
  acceptRecommended,
  applies,
  type Decision,
  decideOpen,
  type Item,
  idsOf,
  lose,
  provisional,
  settled,
  tally,
  untouched,
} from "./point.model";

const item = (id: string, recommended = "", options = ["a", "b"]): Item => ({
  id,
  kind: "issue",
  options,
  recommended,
  fingerprint: "",
});
const decision = (choice: string): Decision =>
  ({ id: "d1", item: "x", choice, actor: { kind: "person", name: "Ada" }, at: "", seen: "" }) as Decision;

it("counts what is decided, what changes something, and what was rejected", () => {
  const items = [item("1"), item("2"), item("3"), item("4")];
  const decisions = {
    "1": decision("accept"),
    "2": decision("reject"),
    "3": decision("leave"),
    other: decision("accept"),
  };
  expect(tally(items, decisions)).toEqual({ items: 4, decided: 3, changing: 1, rejected: 1 });
});

it("accepts what is recommended, and leaves alone what is decided or not recommended", () => {
  const items = [item("1", "b"), item("2"), item("3", "a"), item("4", "gone"), { ...item("5", "a"), options: null }];
  expect(acceptRecommended(items, { "3": decision("reject") })).toEqual([{ item: "1", choice: "accept", option: "b" }]);
});

it("decides alike on everything that is open", () => {
  const items = [item("1", "b"), item("2"), item("3", "a")];
  const decisions = { "3": decision("reject") };
  expect(decideOpen(items, decisions, "accept")).toEqual([{ item: "1", choice: "accept", option: "b" }]);
  expect(decideOpen(items, decisions, "reject")).toEqual([
    { item: "1", choice: "reject" },
    { item: "2", choice: "reject" },
  ]);
  expect(decideOpen(items, decisions, "leave").map((c) => c.choice)).toEqual(["leave", "leave"]);
});

it("shows a choice before the server has confirmed it, and remembers which decision it replaces", () => {
  const seen = { tag: '"t"', body: { hash: "h", decisions: { "1": decision("reject") } } as never };
  const next = provisional(seen as never, [{ item: "1", choice: "accept", option: "a" }]) as {
    body: { decisions: Record<string, Decision> };
  };
  expect(next.body.decisions["1"]).toMatchObject({ id: "d1", choice: "accept", option: "a", seen: "h" });
  expect((seen.body as { decisions: Record<string, Decision> }).decisions["1"]?.choice).toBe("reject");
});

it.each([
  ["accept", true],
  ["edit", true],
  ["partial", true],
  ["reject", false],
  ["leave", false],
])("says of %s that it changes something: %s", (choice, want) => expect(applies(decision(choice))).toBe(want));

it("tells a decision of somebody else on the same thing from one on another", () => {
  const mine = [{ item: "1", choice: "accept" as const }];
  const had = idsOf({ "1": decision("reject"), "2": decision("reject") });
  expect(untouched(mine, had, { decisions: { "1": { id: "d1" }, "2": { id: "d9" } } })).toBe(true);
  expect(untouched(mine, had, { decisions: { "1": { id: "d9" } } })).toBe(false);
  expect(untouched(mine, {}, { decisions: { "2": { id: "d1" } } })).toBe(true);
  expect(untouched(mine, {}, { decisions: { "1": { id: "d1" } } })).toBe(false);
});

it("keeps every change that was not taken until it succeeds", () => {
  const why = new Problem({ status: 412 });
  let lost = lose({}, ["1", "2"], why);
  lost = settled(lost, ["3"]); // another one that was taken
  expect(Object.keys(lost)).toEqual(["1", "2"]);
  lost = settled(lost, ["1"]);
  expect(lost).toEqual({ "2": why });
});
