// Package app wires the parts of an instance by plain constructor calls, and offers what the command line and the server
// need: submit a file, watch the run, decide at its control points, get at what it made.
//
// A home is the folder of one instance of the embedded parts; one process at a time has it open (the file lock). Open
// takes up whatever was under way when the last process ended, however it ended, before it returns:
//
//	lock ── keys ── records ── files: what no record refers to is swept
//	                   │
//	                   └── control: messages that nobody handled are sent again, tasks that ran are set free
//	                          ├── broker, relay, consumers
//	                          └── queue ── processes
//
// Close stops them in the reverse order.
package app
