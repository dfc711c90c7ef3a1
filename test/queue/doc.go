// Package queue measures the queue of tasks and the message broker beside Celery on the same task that does nothing:
// `make bench-queue`. The figures are in docs/benchmarks.md.
package queue
