// Package delimited reads delimited text files as they really come: compressed, in any usual encoding, with any
// delimiter, quote and escape, with lines before and after the table, and with broken rows inside it.
//
// Open looks at the head of the file and works out how it is written. Copy then streams the rows, in bounded memory,
// as canonical CSV (UTF-8, comma, RFC 4180 quotes, \n) for the engine. It never fails because of what the file
// holds: a row that breaks the dialect is mended where the other rows say how, and is reported as a Problem with its
// text as received.
//
// The idea of choosing the dialect by the regularity of row lengths and the share of cells that read as a type is
// from van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns", Data Mining
// and Knowledge Discovery 33 (2019). The score, its parts and the mending of rows are our own.
package delimited
