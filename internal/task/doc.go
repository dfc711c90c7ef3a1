// Package task is the queue of work that takes processor time: River on the database of the records. It is the only
// importer of River.
//
//	insert (in the transaction of the state change)
//	   │
//	   ▼            worked       recorded and completed in one transaction
//	available ──► running ───────────────────────────────────► completed
//	   ▲             │ error: pause, doubled each time, with jitter
//	   └─────────────┤
//	                 │ error that no try mends, or last try: OnDead and the dead letter in one transaction
//	                 ├──────────────────────────────────────► cancelled, listed by Dead
//	                 │ Cancel: the context of the work ends
//	                 └──────────────────────────────────────► cancelled
//
// What made nothing is ended by River, many at a time, some tenths of a second later: a process that dies meanwhile leaves it to be
// worked again. Whoever has inserted a task is told of it after the commit, and takes it without a look at the queue where nobody else can
// be waiting there; other processes on PostgreSQL are told by its notifications.
//
// A task carries ids only. It is unique: a second insertion of the same run, stage, round, try and kind is dropped.
// Work must be idempotent: a process that dies leaves its tasks to be worked again, at once after a restart of the
// single owner of a home, after a silence of its worker where several share a PostgreSQL.
package task
