// Package admission decides which tasks may begin: those that fit into what is left of the memory and the processors that
// tasks may take. It is pure: no clock, no input, no output.
//
//	size, kind ──► Estimates.Of ──► Need ──► Gate.Plan ──► begins | waits | can never begin
//	                   ▲                         ▲
//	                   │ Learn                   │ Budget, what runs
//	      what the child process really took ────┘
//
// What holds, and is tested by random walks:
//
//   - What runs never has more memory, processors or workers promised than the budget has.
//   - A task that does not fit waits, and smaller ones behind it go first; but only Patience of them: then nothing else begins
//     until it fits, so that it is never starved.
//   - Where several tiers wait, each gets its share of the beginnings: a place in the queue twice that of the next, so the first
//     is served first and the last is still served.
//   - Tasks known to be brief are taken ahead, while others run: so much work that it is done within AheadTime, in the order of their
//     turns, never past one that is not brief or waits for memory.
//   - A task whose least need is more than the whole budget is refused, with an Unfit that says so.
package admission
