package telemetry

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
)

// prefix begins every name.
const prefix = "analytix_"

// figure declares one metric. This table is the one place that does; docs/metrics.md shows it, and a test holds the two equal.
type figure struct {
	name    string // without the prefix
	kind    string // counter, gauge or histogram
	help    string
	labels  []string
	buckets []float64
}

var (
	requestBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	taskBuckets    = []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800}
	memoryBuckets  = []float64{64 << 20, 128 << 20, 256 << 20, 512 << 20, 1 << 30, 2 << 30, 4 << 30, 8 << 30, 16 << 30}
)

var figures = []figure{
	{"api_requests_total", "counter", "Requests to the API that were answered, by operation and status.", []string{"operation", "status"}, nil},
	{"api_request_duration_seconds", "histogram", "How long requests to the API took, streams left out.", []string{"operation"}, requestBuckets},
	{"auth_events_total", "counter", "What happened to accounts, such as auth.sign_in; ok is false for what was refused.", []string{"kind", "ok"}, nil},
	{"runs", "gauge", "Runs that are kept, by status and stage.", []string{"status", "stage"}, nil},
	{"control_points_open", "gauge", "Control points that wait for a decision, by stage.", []string{"stage"}, nil},
	{"control_point_idle_seconds", "gauge", "How long nobody has touched the open control point of the stage that rests longest.", []string{"stage"}, nil},
	{"tasks", "gauge", "Tasks of the queue, by kind and state; completed ones are kept for a week.", []string{"kind", "state"}, nil},
	{"task_duration_seconds", "histogram", "How long tries of tasks took in this process, by kind and outcome (done, retried, dead, cancelled).", []string{"kind", "outcome"}, taskBuckets},
	{"task_wait_seconds", "histogram", "How long tasks waited for a worker before a try in this process.", []string{"kind"}, taskBuckets},
	{"task_oldest_wait_seconds", "gauge", "How long the task that waits longest for a worker has been waiting.", nil, nil},
	{"queue_tasks", "gauge", "Tasks that are due and have not begun, by kind and tier; empty for those of none.", []string{"kind", "tier"}, nil},
	{"queue_memory_wanted_bytes", "gauge", "Memory that the tasks that are due and have not begun are expected to take, all together.", nil, nil},
	{"workers", "gauge", "Tasks that may run at the same time in this process.", nil, nil},
	{"workers_busy", "gauge", "Tasks that run in child processes of this process.", nil, nil},
	{"workers_memory_promised_bytes", "gauge", "Memory that the tasks that run in this process are expected to take.", nil, nil},
	{"workers_memory_budget_bytes", "gauge", "Memory that tasks of this process may take together; 0 where there is no limit.", nil, nil},
	{"scaling_decisions_total", "counter", "Decisions about the number of workers, by direction (up, down, hold) and reason (queue_delay, idle, pressure, bounds, no_memory, at_most).", []string{"direction", "reason"}, nil},
	{"dead_tasks", "gauge", "Tasks that failed for good and wait for somebody.", nil, nil},
	{"dead_messages", "gauge", "Messages that could not be handled and wait for somebody.", nil, nil},
	{"broker_messages_pending", "gauge", "Messages of the broker that were not handled yet.", nil, nil},
	{"broker_consumer_in_flight", "gauge", "Messages that were handed out and not acknowledged, by consumer.", []string{"consumer"}, nil},
	{"broker_consumer_redelivered", "gauge", "Messages in flight that were handed out more than once, by consumer.", []string{"consumer"}, nil},
	{"outbox_messages_pending", "gauge", "Messages of the outbox that the relay has not sent to the broker.", nil, nil},
	{"outbox_oldest_seconds", "gauge", "How long the oldest of them has been waiting.", nil, nil},
	{"engine_jobs_total", "counter", "Jobs of child processes in this process, by handler and outcome (done, failed, memory, crashed).", []string{"handler", "outcome"}, nil},
	{"engine_rows_written_total", "counter", "Rows that handlers wrote to files.", []string{"handler"}, nil},
	{"engine_bytes_written_total", "counter", "Bytes of the files that handlers wrote, encrypted.", []string{"handler"}, nil},
	{"engine_peak_memory_bytes", "histogram", "The most memory that a child process held during a job.", nil, memoryBuckets},
	{"engine_spill_bytes", "gauge", "Bytes that engines hold on the disk because they did not fit into memory.", nil, nil},
	{"engine_processes", "gauge", "Child processes, by state (idle, busy).", []string{"state"}, nil},
	{"tier_used_today", "gauge", "What the workspaces of a tier used today (UTC), by measure.", []string{"tier", "measure"}, nil},
	{"audit_entries", "gauge", "Entries that the access log has had.", nil, nil},
	{"audit_unsent_entries", "gauge", "Entries of the access log that were not forwarded to the syslog yet; absent where none is.", nil, nil},
	{"audit_intact", "gauge", "1 where the last check of the access log found every entry, link and signature as it was written, 0 where it did not.", nil, nil},
	{"backup_last_timestamp_seconds", "gauge", "The moment that the last backup shows, as seconds since 1970; absent where there was none.", nil, nil},
	{"backup_last_duration_seconds", "gauge", "How long the last backup took.", nil, nil},
	{"backup_last_size_bytes", "gauge", "How large the last backup is.", nil, nil},
	{"storage_free_bytes", "gauge", "Room that the disk of the state has left.", nil, nil},
	{"storage_size_bytes", "gauge", "Room that the disk of the state has in all.", nil, nil},
	{"records_size_bytes", "gauge", "Size of the embedded database; absent on PostgreSQL.", nil, nil},
	{"certificate_expiry_timestamp_seconds", "gauge", "When the server's certificate ends, as seconds since 1970; absent without TLS.", nil, nil},
	{"degraded", "gauge", "How many of a part are out of order, as far as this process has found out: the database, a disk, a receiver of webhooks; 0 where none is.", []string{"part"}, nil},
	{"start_timestamp_seconds", "gauge", "When this process was ready, as seconds since 1970.", nil, nil},
	{"build_info", "gauge", "1, with the version and the roles of this process.", []string{"version", "roles"}, nil},
}

// declared finds a figure. One that is not declared has no help, which a test would find.
func declared(name string) figure {
	i := slices.IndexFunc(figures, func(f figure) bool { return f.name == name })
	if i < 0 {
		return figure{name: name}
	}
	return figures[i]
}

func counter(name string) *prometheus.CounterVec {
	f := declared(name)
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: f.name, Help: f.help}, f.labels)
}

func histogram(name string) *prometheus.HistogramVec {
	f := declared(name)
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: f.name, Help: f.help, Buckets: f.buckets}, f.labels)
}
