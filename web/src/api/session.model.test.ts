import { describe, expect, it } from "vitest";
import { cookie, requestName, SessionStore, singleFlight } from "./session.model";

describe("SessionStore", () => {
  it("lets those who wait go on when somebody signs in again", async () => {
    const store = new SessionStore();
    store.set("in");
    const first = store.signedInAgain();
    const second = store.signedInAgain();
    expect(store.get()).toBe("expired");
    store.set("in");
    expect(await Promise.all([first, second])).toEqual([true, true]);
  });

  it("tells those who wait when nobody did", async () => {
    const store = new SessionStore();
    const wait = store.signedInAgain();
    store.set("out");
    expect(await wait).toBe(false);
  });

  it("tells listeners of changes alone", () => {
    const store = new SessionStore();
    let told = 0;
    const stop = store.subscribe(() => told++);
    store.set("in");
    store.set("in");
    stop();
    store.set("out");
    expect(told).toBe(1);
  });
});

describe("singleFlight", () => {
  it("shares one call among those who come while it runs, and begins anew after it", async () => {
    let calls = 0;
    let finish: (n: number) => void = () => undefined;
    const once = singleFlight(() => {
      calls++;
      return new Promise<number>((resolve) => {
        finish = resolve;
      });
    });
    const both = [once(), once()];
    finish(7);
    expect(await Promise.all(both)).toEqual([7, 7]);
    const next = once();
    finish(8);
    expect(await next).toBe(8);
    expect(calls).toBe(2);
  });

  it("does not keep a failure", async () => {
    let calls = 0;
    const once = singleFlight(async () => {
      calls++;
      if (calls === 1) throw new Error("lost");
      return calls;
    });
    await expect(once()).rejects.toThrow("lost");
    expect(await once()).toBe(2);
  });
});

it("finds a cookie under both names, and no other", () => {
  expect(cookie("a=1; analytix_csrf=x%3Dy; b=2", "analytix_csrf")).toBe("x=y");
  expect(cookie("__Host-analytix_csrf=z", "analytix_csrf")).toBe("z");
  expect(cookie("xanalytix_csrf=1", "analytix_csrf")).toBe("");
});

it("never names two requests alike", () => {
  expect(new Set(Array.from({ length: 50 }, requestName)).size).toBe(50);
});
