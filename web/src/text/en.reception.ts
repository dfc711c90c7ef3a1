// Sentences about the rows as they were read, and about what somebody corrects at reception.

const n = (count: number, one: string, many: string) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

export const firstRows = {
  title: "First rows, as read",
  table: "First rows of the table. The arrow keys move it sideways.",
  none: "The file holds no rows.",
  all: "All rows",
  moreColumns: (count: number) => `… ${n(count, "more column", "more columns")}`,
};

export const corrected = {
  looking: "Looking at the values …",
  asWritten: "Every value stays as it is written.",
  noValue: (type: string) => `There is no value to read as ${type}.`,
  fits: (type: string) => `All values can be read as ${type}.`,
  unfit: (unfit: string, of: string, type: string, such: string) =>
    unfit === of
      ? `None of the values can be read as ${type}: ${such}`
      : `${unfit} of ${of} values cannot be read as ${type}: ${such}`,
  quoted: (value: string) => `“${value}”`,
  andOthers: (values: string) => `${values}, …`,
  roles: {
    identifier: "names a row. It is checked for repeats, not for outliers; insights do not measure it.",
    key: "refers to something. It is checked for repeats, not for outliers; insights compare what it refers to.",
    time: "tells when. Insights follow dates along it; issues in it weigh more.",
    measure: "is measured. Insights compare its numbers between groups, over time and with other measures.",
    dimension: "groups rows. Insights compare its values with one another.",
    text: "is written by people. Insights look for words in it.",
    constant: "says the same everywhere. Insights neither measure it nor group by it.",
    ignore: "is left out of insights. Checks still look for errors in it.",
  } as Record<string, string>,
  role: (role: string, does: string) => `Role ${role}: ${does}`,
};
