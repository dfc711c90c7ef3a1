// Package dependency learns from a table itself what each cell ought to be, and finds the cells that say otherwise.
// What speaks about a cell: columns that determine its column (alone, in pairs, or by a part of their text), equal
// columns, the rows before and after in files that are sorted or come in runs, and the frequent values of its column
// of which a rare one looks like a slip. The evidence is weighed as log odds; how much a single witness counts follows
// from how often it is right in this table, and how easily an error is believed from how many errors the table
// plainly has. It is pure: no input and output, no engine, no clock.
//
// The idea of weighing dependencies, co-occurrence and edit cost in one model is that of HoloClean (Rekatsinas et
// al., VLDB 2017); the measure of approximate dependencies is Kivinen and Mannila's g3, left-one-out.
package dependency
