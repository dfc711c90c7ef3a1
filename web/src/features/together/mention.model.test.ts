import { describe, expect, it } from "vitest";
import { completed, fitting, initials, named, pieces, typedName } from "./mention.model";

const people = [
  { account: "a", name: "Ada Lovelace" },
  { account: "b", name: "Ada" },
  { account: "g", name: "Grace Hopper" },
];

describe("typedName", () => {
  it.each([
    ["@gr", 3, { from: 0, typed: "gr" }],
    ["see @", 5, { from: 4, typed: "" }],
    ["mail@host", 9, null],
    ["no name", 7, null],
    ["@ada\nnext", 9, null],
  ])("reads %j at %d", (text, caret, want) => expect(typedName(text, caret)).toEqual(want));
});

it("finds people by the beginning of any part of their name", () => {
  expect(fitting(people, "hop").map((p) => p.account)).toEqual(["g"]);
  expect(fitting(people, "ada l").map((p) => p.account)).toEqual(["a"]);
  expect(fitting(people, "")).toHaveLength(3);
});

it("completes a name and leaves what follows", () => {
  expect(completed("ask @gr please", 7, 4, "Grace Hopper")).toEqual({ text: "ask @Grace Hopper please", caret: 18 });
});

it("knows who is named, the longer name first", () => {
  expect(named("@Ada Lovelace and @Grace Hopper", people)).toEqual(["a", "g"]);
  expect(named("@Ada alone", people)).toEqual(["b"]);
  expect(named("nobody", people)).toEqual([]);
});

it("makes names stand out", () => {
  expect(pieces("hi @Ada (x)", [{ account: "b", name: "Ada" }])).toEqual([
    { text: "hi ", name: false },
    { text: "@Ada", name: true },
    { text: " (x)", name: false },
  ]);
});

it("abbreviates names", () => {
  expect(initials("Ada King Lovelace")).toBe("AL");
  expect(initials("ada")).toBe("A");
  expect(initials("")).toBe("");
});
