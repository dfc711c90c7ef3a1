// Package query reads stored versions of a dataset for whoever looks at them: a window of rows, the profile of a column,
// what two versions differ in, and the story of a cell. Its handlers run in child processes, as those of the stages do,
// on sessions that are locked down; a caller that goes away interrupts the query.
//
// Nobody writes SQL here: a request names columns and values, and both become SQL in one place each (engine.Ident,
// engine.Literal).
package query
