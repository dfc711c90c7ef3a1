// Package broker is the hub between the parts: it carries events and commands of runs on NATS JetStream, embedded in
// the process with an encrypted store, or in a cluster by URL. It is the only importer of NATS.
//
//	publish ──► stream ANALYTIX (analytix.run.<id>.<kind>) ──► durable consumer ──► one lane a run ──► handler
//	                        ▲                                                          │ tried in vain
//	                        └────────────────── replay ◄── stream ANALYTIX_DEAD ◄──────┘
//
// What holds:
//   - Publish returns when the message is stored: it outlives a SIGKILL. A repeated publish of an id is dropped for two
//     minutes; after that, and after a crash, a message may be delivered again. Handlers drop what they handled before.
//   - No two messages of a run are handled by a consumer at the same time, and they come in the order in which they
//     were published: a message that fails is tried again in its lane, with growing pauses, while those behind it wait.
//   - What fails too often, or says that it cannot be handled (Poison), goes to the stream of dead letters, from which
//     it can be listed and replayed.
//
// Several processes on one cluster share the durable consumer. A crash of one of them may then bring a run's messages
// out of order for a while; the handler must refuse a message that comes early (its error counts like any other, the
// message is tried again).
package broker
