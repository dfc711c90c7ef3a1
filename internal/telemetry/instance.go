package telemetry

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/condition"
)

// Own is what the process knows of itself. Functions that are nil, or say false, have no figure.
type Own struct {
	Version string
	Roles   []string
	Ready   time.Time
	// Audit says how many entries the access log has, and how many were not forwarded; forwarded is false where none is.
	Audit func(ctx context.Context) (entries, unsent int64, forwarded bool, err error)
	// Intact says what the last check of the access log found.
	Intact func() (intact, checked bool)
	// Expiry says when the certificate ends.
	Expiry func() (time.Time, bool)
	// Conditions are what is out of order.
	Conditions func() []condition.Condition
}

// instance reads from the records what is counted there, when it is asked for.
type instance struct {
	app *app.App
	own Own
	log *slog.Logger
}

// Describe implements prometheus.Collector. It tells nothing, for which of the figures there are depends on the instance.
func (i *instance) Describe(chan<- *prometheus.Desc) {}

// collectWithin bounds how long a scrape may wait for the records.
const collectWithin = 5 * time.Second

// gauge hands a value on.
type gauge func(name string, v float64, labels ...string)

// Collect implements prometheus.Collector.
func (i *instance) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectWithin)
	defer cancel()
	set := func(name string, v float64, labels ...string) {
		f := declared(name)
		to <- prometheus.MustNewConstMetric(prometheus.NewDesc(f.name, f.help, f.labels, nil), prometheus.GaugeValue, v, labels...)
	}
	for what, collect := range map[string]func(context.Context, gauge) error{
		"records": i.records, "queue": i.queue, "broker": i.broker, "backup": i.backup, "storage": i.storage, "audit": i.audit,
	} {
		if err := collect(ctx, set); err != nil {
			i.log.Warn("figures cannot be collected", "what", what, "error", err)
		}
	}
	all, idle := i.app.Children()
	set("engine_processes", float64(idle), "idle")
	set("engine_processes", float64(all-idle), "busy")
	set("build_info", 1, i.own.Version, strings.Join(i.own.Roles, ","))
	set("start_timestamp_seconds", seconds(i.own.Ready))
	if i.own.Conditions != nil {
		out := map[condition.Part]int{}
		for _, c := range i.own.Conditions() {
			out[c.Part]++
		}
		for _, part := range condition.Parts() {
			set("degraded", float64(out[part]), string(part))
		}
	}
	if i.own.Expiry != nil {
		if end, ok := i.own.Expiry(); ok {
			set("certificate_expiry_timestamp_seconds", seconds(end))
		}
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func (i *instance) records(ctx context.Context, set gauge) error {
	f, err := i.app.Figures(ctx)
	if err != nil {
		return err
	}
	for _, r := range f.Runs {
		set("runs", float64(r.N), r.Status, r.Stage)
	}
	for _, p := range f.Points {
		set("control_points_open", float64(p.Open), p.Stage)
		set("control_point_idle_seconds", time.Since(p.Touched).Seconds(), p.Stage)
	}
	set("outbox_messages_pending", float64(f.Outbox))
	waiting := 0.0
	if f.Outbox > 0 {
		waiting = time.Since(f.Unsent).Seconds()
	}
	set("outbox_oldest_seconds", waiting)
	for _, t := range f.Tiers {
		set("tier_used_today", float64(t.Amount), t.Tier, t.Measure)
	}
	return nil
}

func (i *instance) queue(ctx context.Context, set gauge) error {
	counts, err := i.app.QueueCounts(ctx)
	if err != nil {
		return err
	}
	for _, c := range counts {
		set("tasks", float64(c.N), c.Kind, c.State)
	}
	oldest, err := i.app.OldestTask(ctx)
	if err != nil {
		return err
	}
	set("task_oldest_wait_seconds", oldest.Seconds())
	if err := i.workers(ctx, set); err != nil {
		return err
	}
	dead, err := i.app.DeadTasks(ctx)
	if err != nil {
		return err
	}
	set("dead_tasks", float64(len(dead)))
	return nil
}

func (i *instance) workers(ctx context.Context, set gauge) error {
	queued, err := i.app.Queued(ctx)
	if err != nil {
		return err
	}
	wanted := int64(0)
	for _, q := range queued {
		set("queue_tasks", float64(q.N), q.Kind, q.Tier)
		wanted += q.Memory
	}
	set("queue_memory_wanted_bytes", float64(wanted))
	s := i.app.Standing()
	set("workers", float64(max(s.Budget.Workers, 0)))
	set("workers_busy", float64(s.Load.Running))
	set("workers_memory_promised_bytes", float64(s.Load.Promised))
	set("workers_memory_budget_bytes", float64(s.Budget.Memory))
	return nil
}

func (i *instance) broker(ctx context.Context, set gauge) error {
	s, err := i.app.BrokerStats(ctx)
	if err != nil {
		return err
	}
	set("broker_messages_pending", float64(s.Pending))
	set("dead_messages", float64(s.Dead))
	for _, c := range s.Consumers {
		set("broker_consumer_in_flight", float64(c.InFlight), c.Name)
		set("broker_consumer_redelivered", float64(c.Redelivered), c.Name)
	}
	return nil
}

func (i *instance) backup(_ context.Context, set gauge) error {
	last, err := i.app.LastBackup()
	if err != nil || last == nil {
		return err
	}
	set("backup_last_timestamp_seconds", seconds(last.At))
	set("backup_last_duration_seconds", last.Took.Seconds())
	set("backup_last_size_bytes", float64(last.Bytes))
	return nil
}

func (i *instance) storage(_ context.Context, set gauge) error {
	free, size, err := i.app.Disk()
	if err != nil {
		return err
	}
	set("storage_free_bytes", float64(free))
	set("storage_size_bytes", float64(size))
	if n := i.app.Recorded(); n > 0 {
		set("records_size_bytes", float64(n))
	}
	set("engine_spill_bytes", float64(i.app.Spilled()))
	return nil
}

func (i *instance) audit(ctx context.Context, set gauge) error {
	if i.own.Intact != nil {
		if intact, checked := i.own.Intact(); checked {
			v := 0.0
			if intact {
				v = 1
			}
			set("audit_intact", v)
		}
	}
	if i.own.Audit == nil {
		return nil
	}
	entries, unsent, forwarded, err := i.own.Audit(ctx)
	if err != nil {
		return err
	}
	set("audit_entries", float64(entries))
	if forwarded {
		set("audit_unsent_entries", float64(unsent))
	}
	return nil
}
