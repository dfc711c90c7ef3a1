import { expect, it } from "vitest";
import { type Format, optionsOf, readingOf, same, wordsOf } from "./reading.model";

const format = { format: "csv", encoding: "utf-8", delimiter: ";", quote: '"', header: true } as Format;

it("asks for what is chosen otherwise, and for nothing else", () => {
  const now = readingOf(format, {});
  expect(now).toEqual({ delimiter: ";", encoding: "", header: true, skip: "" });
  expect(optionsOf(now, {}, {})).toEqual({});
  expect(optionsOf(now, {}, { delimiter: ";", header: true, encoding: "", skip: "" })).toEqual({});
  expect(optionsOf(now, {}, { delimiter: ",", header: false, encoding: "utf-16le", skip: "3" })).toEqual({
    delimiter: ",",
    header: false,
    encoding: "utf-16le",
    skip_lines: 3,
  });
});

it("keeps what was asked for before, until it is taken back", () => {
  const asked = { delimiter: ";", encoding: "windows-1252", skip_lines: 2 };
  const now = readingOf(format, asked);
  expect(now.encoding).toBe("windows-1252");
  expect(now.skip).toBe(2);
  expect(optionsOf(now, asked, { header: false })).toEqual({ ...asked, header: false });
  expect(optionsOf(now, asked, { encoding: "", skip: "" })).toEqual({ delimiter: ";" });
  expect(optionsOf(now, asked, { skip: 0 })).toEqual({ ...asked, skip_lines: 0 });
});

it("tells options apart", () => {
  expect(same({ a: 1, b: "x" }, { b: "x", a: 1 })).toBe(true);
  expect(same({ a: 1 }, {})).toBe(false);
  expect(same({}, { a: 1 })).toBe(false);
});

it("says what a format is", () => {
  expect(wordsOf({ ...format, compression: "gzip", delimiter: "\t", preamble_lines: 1 })).toEqual([
    "CSV",
    "gzip",
    "UTF-8",
    "delimiter tab",
    "First row holds the names",
    "1 line before the table",
  ]);
  expect(wordsOf({ ...format, header: false })).toContain("No row of names");
});
