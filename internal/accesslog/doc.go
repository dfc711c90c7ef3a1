// Package accesslog is the server's record of every access and every change: who, what, when, from where, with what
// outcome, and where something changed the hash of it before and after.
//
//	request ──► Begin (changes only: no record, no change) ──► handler ──► Record
//	                │                                                        │
//	                ▼                                                        ▼
//	             queue, bounded ──► writer: one transaction for all that wait ──► chain in the records
//	                                  │  every so many entries, and at the end: a signature
//	                                  └► anchor, a file beside the records that knows the chain's end
//
// The entries are links of one chain for the instance, in the format of package audit with the chain's name in the place of
// the run; docs/audit.md shows it. Three things hold it:
//
//   - the hashes show a change, a removal or a new order inside the chain;
//   - the signatures (Ed25519) show to whoever has the public key that the chain was made by this instance, and not again by
//     somebody who rewrote all of it;
//   - the anchor, the mark in the records and the signature at the end show that nothing was cut off there.
//
// A change is recorded twice: as begun before it is made, which fails closed, and with its outcome before it is answered.
// Reads are recorded when they were answered, in batches that are written within a second and when the server stops; where the
// batches cannot be written the queue fills, and reads are refused in their turn.
//
// Old entries are dropped only beyond the age that the configuration says, and leave a summary that is part of the chain.
//
// Invariant: the writer's goroutine alone adds to the chain; between processes (PostgreSQL) the transaction's lock orders them.
package accesslog
