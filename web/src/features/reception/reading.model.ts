import type { Schemas } from "../../api/types";
import { text } from "../../text/text";

export type Format = Schemas["Format"];
export type Options = Record<string, unknown>;

/** How the file is to be read; an empty encoding and an empty number of lines are as found. */
export interface Reading {
  delimiter: string;
  encoding: string;
  header: boolean;
  skip: number | string;
}

/** How the file is read now: what was asked for before, and the rest as it was found. */
export function readingOf(format: Format, asked: Options): Reading {
  return {
    delimiter: format.delimiter,
    encoding: typeof asked.encoding === "string" ? asked.encoding : "",
    header: format.header,
    skip: typeof asked.skip_lines === "number" ? asked.skip_lines : "",
  };
}

/** The options that have the file read so: those asked for before stand, unless something else is chosen. */
export function optionsOf(now: Reading, asked: Options, chosen: Partial<Reading>): Options {
  const next: Reading = { ...now, ...chosen };
  const options: Options = { ...asked };
  if (next.delimiter !== now.delimiter) options.delimiter = next.delimiter;
  if (next.header !== now.header) options.header = next.header;
  if (next.encoding !== now.encoding) options.encoding = next.encoding || undefined;
  if (next.skip !== now.skip) options.skip_lines = next.skip === "" ? undefined : Number(next.skip);
  return Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined));
}

/** Whether options ask for the same. */
export function same(a: Options, b: Options): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((n) => a[n] === b[n]);
}

/** A format in a few words each. */
export function wordsOf(f: Format): string[] {
  return [
    f.format.toUpperCase(),
    f.compression ?? "",
    f.encoding.toUpperCase(),
    f.delimiter && text.reception.delimiter(f.delimiter),
    f.header ? text.reception.header : text.reception.noHeader,
    f.preamble_lines ? text.reception.preamble(f.preamble_lines) : "",
  ].filter(Boolean);
}
