// Package chaos holds a test of the whole system at scale, on the built binary: processes of every role on PostgreSQL, a NATS
// cluster and object storage, which are killed, paused and cut off from one another at random while runs go through them.
package chaos
