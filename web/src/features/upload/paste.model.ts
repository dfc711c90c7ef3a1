/** A table as it was pasted, as far as it is shown before it is sent. What is sent is the text itself, untouched. */
export interface Pasted {
  rows: number;
  columns: number;
  head: string[][];
}

/** How many rows and columns of what was pasted are shown. */
const shownRows = 5;
const shownColumns = 12;

/**
 * Reads text as a spreadsheet copies it: cells divided by tabs, lines by line ends; a cell with either of them in it stands
 * in quotes. Null where it is no table: one line without a tab is a word, not data.
 */
export function pastedTable(copied: string): Pasted | null {
  const rows = rowsOf(copied.replace(/^\ufeff/, ""));
  if (rows.length === 0 || (rows.length === 1 && rows[0]?.length === 1)) return null;
  return {
    rows: rows.length,
    columns: rows.reduce((most, r) => Math.max(most, r.length), 0),
    head: rows.slice(0, shownRows).map((r) => r.slice(0, shownColumns)),
  };
}

function rowsOf(copied: string): string[][] {
  const delimiter = copied.includes("\t") ? "\t" : delimiterOf(copied);
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < copied.length; ) {
    const cell = cellAt(copied, at, delimiter);
    row.push(cell.text);
    at = cell.end;
    if (copied[at] === delimiter) {
      at++;
      if (at < copied.length) continue;
      row.push("");
    }
    if (copied[at] === "\r") at++;
    if (copied[at] === "\n") at++;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}

/** Of text without tabs: what divides its first line most often. A line without any is one cell. */
function delimiterOf(copied: string): string {
  const first = copied.split(/[\r\n]/, 1)[0] ?? "";
  const counted = [",", ";", "|"].map((d) => ({ d, n: first.split(d).length - 1 }));
  const best = counted.reduce((a, b) => (b.n > a.n ? b : a));
  return best.n > 0 ? best.d : "\t";
}

function cellAt(copied: string, from: number, delimiter: string): { text: string; end: number } {
  const quoted = copied[from] === '"' ? inQuotes(copied, from, delimiter) : null;
  if (quoted) return quoted;
  let end = from;
  while (end < copied.length && copied[end] !== delimiter && copied[end] !== "\n" && copied[end] !== "\r") end++;
  return { text: copied.slice(from, end), end };
}

/** A cell in quotes; null where they do not close before the cell ends, so that they are part of it. */
function inQuotes(copied: string, from: number, delimiter: string): { text: string; end: number } | null {
  let close = copied.indexOf('"', from + 1);
  while (close >= 0 && copied[close + 1] === '"') close = copied.indexOf('"', close + 2);
  if (close < 0) return null;
  const after = copied[close + 1];
  if (after !== undefined && after !== delimiter && after !== "\n" && after !== "\r") return null;
  return { text: copied.slice(from + 1, close).replaceAll('""', '"'), end: close + 1 };
}

/** Pasted text as a file: its name says when, so that one can be told from another. */
export function fileOf(copied: string, now: Date): File {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const kind = copied.includes("\t") ? "tsv" : "csv";
  const name = `pasted-${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}.${kind}`;
  return new File([copied], name, { type: "text/plain;charset=utf-8", lastModified: now.getTime() });
}

/** Up to which size a pasted file is read to say how many rows it has. */
export const mostLooked = 20 * 1024 * 1024;

/** What can be said of a pasted file before it is sent; null where that is only its size. */
export async function lookInto(file: File): Promise<Pasted | null> {
  if (file.size > mostLooked) return null;
  const content = await file.text();
  if (content.includes("\0") || content.includes("\ufffd")) return null; // compressed, or in another encoding: the server reads it
  return pastedTable(content);
}
