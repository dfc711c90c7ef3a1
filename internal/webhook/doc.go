// Package webhook tells addresses of other people's systems what happens to the runs of a workspace.
//
//	a run's state changes
//	   │  in the same transaction: a delivery for each webhook that asked for the event, and its first task
//	   ▼
//	queue ──► attempt ──► 2xx: delivered
//	   ▲         │
//	   │         └──► anything else: the next attempt, later each time, for up to a day; then given up
//	   └── in the transaction that records the attempt
//
// A crash loses nothing and may send something twice: the id of the event is the same then, so that a receiver can tell. Every
// request is signed (Sign); docs/webhooks.md shows receivers how to check it. What is sent names runs and files, and holds no
// cell of anybody's data.
//
// A webhook whose deliveries are given up several times in a row, or whose receiver says that it is gone, is switched off with
// a note. Where it leads is checked by package outbound, when it is made and at every attempt.
package webhook
