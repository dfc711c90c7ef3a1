import { describe, expect, it } from "vitest";
import { ago, bytes, number, percent, person, text, words } from "./text";

describe("numbers", () => {
  it.each([
    [1234567, "1,234,567"],
    [0.123456, "0.1235"],
    [0.00001234, "1.23e-5"],
    [0, "0"],
    [2.5e12, "2.50e+12"],
  ])("writes %d as %s", (n, want) => expect(number(n)).toBe(want));

  it.each([
    [0, "0%"],
    [0.004, "<1%"],
    [0.997, ">99%"],
    [1, "100%"],
    [0.456, "46%"],
  ])("writes the share %d as %s", (n, want) => expect(percent(n)).toBe(want));

  it.each([
    [512, "512 B"],
    [1536, "1.5 KiB"],
    [10485760, "10 MiB"],
  ])("writes %d bytes as %s", (n, want) => expect(bytes(n)).toBe(want));
});

it("tells how long ago", () => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  expect(ago("2026-11-24T11:59:40Z", now)).toBe("just now");
  expect(ago("2026-11-24T11:15:00Z", now)).toBe("45 minutes ago");
  expect(ago("2026-11-23T12:00:00Z", now)).toBe("yesterday");
  expect(ago("2026-11-24T14:00:00Z", now)).toBe("in 2 hours");
});

it("says how many columns a preview leaves out", () => {
  expect(text.preview.moreColumns(1)).toBe("1 more column changes: those with most changes are shown.");
  expect(text.preview.moreColumns(1226)).toBe("1,226 more columns change: those with most changes are shown.");
});

it("names people without the id behind them", () => {
  expect(person("Ada Lovelace <usr_abc>")).toBe("Ada Lovelace");
  expect(person("recommended")).toBe("recommended");
});

it("writes words of the API as people do", () => {
  expect(words("mixed_format")).toBe("Mixed format");
});
