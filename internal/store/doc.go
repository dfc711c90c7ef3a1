// Package store keeps the records of an instance: runs and their state, decisions, documents, dataset versions, wrapped
// data keys, the audit chain, progress, inbox, outbox and tasks set aside. It is the only importer of SQL drivers.
//
// One code runs on two databases, SQLite (embedded, the whole file encrypted with AES-256-XTS) and PostgreSQL; the suite
// in storetest binds both. The queue's tables live in the same database, so that a task is inserted in the transaction
// of the state change that asks for it: Tx.SQL hands out the transaction.
//
// Invariants:
//   - a run's state changes only by Tx.SaveState, which compares the version it was read at;
//   - decisions and audit entries are only ever added;
//   - what a user wrote or uploaded stands in sealed columns only. On SQLite the file's encryption seals them, on
//     PostgreSQL the Seal function of Options does.
//
// On failure a transaction leaves nothing behind; InTx repeats it where the database says that another transaction was
// in the way.
package store
