// Sentences about how a file is read, and would be read otherwise.

const many = (n: number, one: string, more: string) => `${n.toLocaleString("en-GB")} ${n === 1 ? one : more}`;

export const reading = {
  now: "As it is read now",
  otherwise: "As it would be read",
  whole: (rows: number, columns: number) =>
    `${many(columns, "column", "columns")}, ${many(rows, "row", "rows")}: the whole table`,
  part: (rows: number, columns: number) =>
    `${many(columns, "column", "columns")}; of the rows the first ${rows.toLocaleString("en-GB")} were looked at`,
  before: (columns: number) => `${many(columns, "column", "columns")} now`,
  table: "The first rows",
  row: "Row",
  none: "There is no row in what was looked at.",
  moreColumns: (n: number) => `${many(n, "more column is", "more columns are")} not shown.`,
  problems: "The first lines that do not fit",
  line: (n: number) => `Line ${n.toLocaleString("en-GB")}`,
  clean: "Every line fits.",
};
