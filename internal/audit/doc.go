// Package audit is the hash-chained record of everything that happened in a run. It is pure: the entries are stored
// by the records and leave as audit.jsonl.
//
// # Format
//
// A chain is a file of JSON lines, each an object with the members seq, at, run, actor, action, object, details, prev
// and hash, in this order, without white space, ended by one line feed:
//
//	{"seq":1,"at":"2026-11-24T10:00:00.000000Z","run":"r1","actor":"person:ann","action":"decision.taken",
//	 "object":"issue-3","details":{"choice":"accept"},"prev":"000…0","hash":"4f…"}
//
// seq counts from 1 without gaps; at is UTC with six digits of a second; details is an object, its members (at every
// depth) sorted by name; prev is the hash of the line before (64 zeros in the first line). hash is the SHA-256, in
// lower-case hexadecimal, of the line's bytes with the member hash taken out: everything before `,"hash":"`, and
// then `}`. That text is the entry's Body. A finished run ends with an entry whose action is ActionSeal and whose
// details say how many entries stand before it: without it the end may have been cut off.
//
// A chain shows change to whoever kept its last hash (Report.Head) or trusts the records; somebody who rewrites the
// whole file can make another chain that holds in itself, so compare the head with the records where they are at hand.
package audit
