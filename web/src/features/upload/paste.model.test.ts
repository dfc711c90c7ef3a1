import { describe, expect, it } from "vitest";
import { fileOf, lookInto, mostLooked, pastedTable } from "./paste.model";

describe("a pasted table", () => {
  it.each([
    ["cells of a spreadsheet", "a\tb\n1\t2\n3\t4\n", 3, 2],
    ["line ends of Windows", "a\tb\r\n1\t2\r\n", 2, 2],
    ["no line end at the end", "a\tb\n1\t2", 2, 2],
    ["a line end within a cell", 'a\tb\n"one\ntwo"\t2\n', 2, 2],
    ["quotes within a cell", 'a\tb\n"say ""yes"""\t2\n', 2, 2],
    ["a quote that is an inch", 'a\tb\n5" pipe\t2\n"6\t3\n', 3, 2],
    ["empty cells at the end", "a\tb\tc\n1\t\t\n", 2, 3],
    ["the last cell empty, and nothing after it", "a\tb\n1\t", 2, 2],
    ["commas where there is no tab", "a,b,c\n1,2,3\n", 2, 3],
    ["one column", "a\n1\n2\n", 3, 1],
    ["a byte order mark", "\ufeffa\tb\n1\t2\n", 2, 2],
  ])("%s", (_name, copied, rows, columns) => {
    expect(pastedTable(copied)).toMatchObject({ rows, columns });
  });

  it("shows cells as they are, without what a spreadsheet quotes them with", () => {
    expect(pastedTable('a\tb\n"say ""yes"""\t 2\n')?.head).toEqual([
      ["a", "b"],
      ['say "yes"', " 2"],
    ]);
  });

  it.each(["", "\n\n", "reduce late deliveries", "\ufeff"])("is none: %j", (copied) =>
    expect(pastedTable(copied)).toBeNull(),
  );

  it("shows only the beginning of a large one", () => {
    const wide = Array.from({ length: 300 }, () => Array(40).fill("x").join("\t")).join("\n");
    const t = pastedTable(wide);
    expect(t).toMatchObject({ rows: 300, columns: 40 });
    expect(t?.head.length).toBe(5);
    expect(t?.head[0]?.length).toBe(12);
  });

  it("ends on anything", () => {
    for (const x of ['"', '"\t"', '""""', 'a\t"b', "\r\r\n\t", '"a"b\tc', "\t\t\t"])
      expect(() => pastedTable(x)).not.toThrow();
  });
});

it("becomes a file that holds the text untouched, under a name that says when", async () => {
  const f = fileOf("a\tb\r\n1\t2", new Date(2026, 10, 24, 9, 5, 7));
  expect(f.name).toBe("pasted-2026-11-24-090507.tsv");
  expect(await f.text()).toBe("a\tb\r\n1\t2");
  expect(fileOf("a,b\n1,2", new Date()).name).toMatch(/\.csv$/);
});

it("looks into a file as far as it is text and not too large", async () => {
  expect(await lookInto(new File(["a,b\n1,2\n"], "x.csv"))).toMatchObject({ rows: 2, columns: 2 });
  expect(await lookInto(new File([new Uint8Array([0x1f, 0x8b, 0, 0])], "x.csv.gz"))).toBeNull();
  expect(await lookInto({ size: mostLooked + 1 } as File)).toBeNull();
});
