import { describe, expect, it } from "vitest";
import { Actions } from "./action.model";

describe("Actions", () => {
  it("gives the requests of one click one trace, and others one of their own", () => {
    let now = 0;
    const actions = new Actions(() => now);
    const before = actions.header();
    actions.begin();
    const first = actions.header();
    now += 1000;
    expect(actions.header()).toBe(first);
    actions.begin();
    const second = actions.header();
    now += 6000;
    const later = [actions.header(), actions.header()];
    expect(new Set([before, first, second, ...later]).size).toBe(5);
    for (const header of [before, first, second, ...later]) expect(header).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});
