// Package control is the Control Point Manager (CPM): it decides the route of a run through the stages, opens and
// closes control points, and is the only writer of a run's state.
//
// Its heart is Step, a pure function from state and event to state and commands. The service around it carries the
// commands out, one transaction an event.
//
//	           planned        all tasks done      assembled
//	working ───────────► working ──────────► assembling ──────► open ──┐ decisions, undo
//	   ▲  ▲                                                     │  ▲   │
//	   │  └───────────────── sent back (next round) ────────────┤  └───┘
//	   │                                                        │ closed
//	   │ the stage after                 done ◄── applying ◄── concluding
//	   └──────────────────────────────────┘ │
//	                                        └─► re-opened: open again; the stages after it become stale
//
// A failed task stops its stage (failed) until somebody retries, re-opens an earlier point, or aborts. An expired
// control point waits for a renewal or an abort: nothing is ever accepted by the passing of time.
//
// Events that come late (of an earlier round or try) change nothing. Events from people that do not fit the state
// are refused with an error that wraps ErrConflict, so that two deciders cannot overwrite each other unnoticed.
package control
