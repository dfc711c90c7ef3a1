import { describe, expect, it } from "vitest";
import { held, hold, letGo, type Place } from "./held.model";

/** A place in memory, as the browser's. */
function place(): Place & { all: Map<string, string> } {
  const all = new Map<string, string>();
  return {
    all,
    get length() {
      return all.size;
    },
    key: (i) => [...all.keys()][i] ?? null,
    getItem: (k) => all.get(k) ?? null,
    setItem: (k, v) => void all.set(k, v),
    removeItem: (k) => void all.delete(k),
  };
}

describe("what is held over a reload", () => {
  it("is there again for whoever typed it, and for nobody else", () => {
    const p = place();
    hold(p, "ada", "remark.1", { said: "Ünder review" });
    expect(held(p, "ada", "remark.1")).toEqual({ said: "Ünder review" });
    expect(held(p, "grace", "remark.1")).toBeNull();
    expect(held(p, "ada", "remark.2")).toBeNull();
  });

  it("is let go of once it was sent, and all of it as somebody leaves", () => {
    const p = place();
    p.setItem("theirs", "stays");
    hold(p, "ada", "a", "1");
    hold(p, "ada", "b", "2");
    hold(p, "ada", "a", null);
    expect(held(p, "ada", "a")).toBeNull();
    hold(p, "grace", "c", "3");
    letGo(p);
    expect([...p.all.keys()]).toEqual(["theirs"]);
  });

  it("harms nobody where there is no place, no room, or something else in it", () => {
    const full: Place = {
      ...place(),
      setItem: () => {
        throw new Error("QuotaExceededError");
      },
    };
    expect(() => hold(full, "ada", "a", "x".repeat(10))).not.toThrow();
    expect(held(undefined, "ada", "a")).toBeNull();
    expect(() => letGo(undefined)).not.toThrow();
    const p = place();
    p.setItem("analytix.held.ada.a", "{not json");
    expect(held(p, "ada", "a")).toBeNull();
  });
});
