// Package outcome writes the files in --out: the cleaned data, findings.json, cells.csv, recipe.yaml, report.html and
// audit.jsonl. They are the only plain-text copies of a user's data that the product makes; each is written under a
// temporary name in the same folder, synced and renamed, so that a file is either whole or not there.
//
// What needs the engine (the data and cells.csv) is done by the handlers "outcome.data" and "outcome.cells" in the
// engine's child process, which may write only into the folder of --out. Everything else is written from values that
// the caller has loaded.
//
// # Formats of the cleaned data
//
//   - csv: UTF-8, the delimiter of the received file (a comma in the place of one that is longer than a byte), quotes '"', lines end in "\n", the header as received (none where
//     none was received). Every cell is the text of the table: with nothing accepted it equals the input cell for cell.
//   - parquet and json: columns carry their type where the text of every cell says exactly that value (an integer
//     without leading zeros, an ISO date, true or false); else the column stays text. JSON is one array of objects.
//   - xlsx: numbers under the same rule, if a spreadsheet can hold all their digits; everything else is text, also what
//     looks like a formula.
package outcome
