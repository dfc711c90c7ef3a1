// Package engine is the only importer of DuckDB. A Session is one in-memory database on one connection, locked
// down before the first statement of ours runs: it sees the folders it was given and nothing else of the machine,
// loads no extension, spills only encrypted, and stays within a memory limit.
//
// DuckDB's own build cannot write encrypted files or encrypted spills; its signed httpfs extension brings the
// OpenSSL that can. The extension is embedded in the binary (package extension) and loaded by path.
//
// Tables hold text: every column is VARCHAR, an empty cell is NULL, and the hidden column RowColumn counts the
// data rows of the received file from 1. Typed gives the expression that reads a column as what it is.
package engine

// Version is the version of DuckDB that is linked in; a test compares it with what the engine says.
const Version = "v1.5.5"
