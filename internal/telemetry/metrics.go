// Package telemetry gives the figures of a process and of its instance to Prometheus. Every name begins with analytix_; no
// label holds a user's data, nor the id of anything that belongs to one.
package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/scaling"
	"github.com/analytix-flow/analytix/internal/task"
	"github.com/analytix-flow/analytix/internal/trace"
)

// Metrics are the figures of one process. It implements app.Observer.
type Metrics struct {
	registry  *prometheus.Registry
	log       *slog.Logger
	requests  *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	accounts  *prometheus.CounterVec
	taskTime  *prometheus.HistogramVec
	taskWait  *prometheus.HistogramVec
	jobs      *prometheus.CounterVec
	rows      *prometheus.CounterVec
	bytes     *prometheus.CounterVec
	peak      *prometheus.HistogramVec
	scaled    *prometheus.CounterVec
	intrinsic prometheus.Registerer
}

// New makes the figures of a process, before there is an instance to tell of.
func New(log *slog.Logger) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(), log: log,
		requests: counter("api_requests_total"), seconds: histogram("api_request_duration_seconds"), accounts: counter("auth_events_total"),
		taskTime: histogram("task_duration_seconds"), taskWait: histogram("task_wait_seconds"),
		jobs: counter("engine_jobs_total"), rows: counter("engine_rows_written_total"), bytes: counter("engine_bytes_written_total"),
		peak: histogram("engine_peak_memory_bytes"), scaled: counter("scaling_decisions_total"),
	}
	m.intrinsic = prometheus.WrapRegistererWithPrefix(prefix, m.registry)
	m.intrinsic.MustRegister(m.requests, m.seconds, m.accounts, m.taskTime, m.taskWait, m.jobs, m.rows, m.bytes, m.peak, m.scaled,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Watch adds the figures of the instance, which are read from the records when they are asked for.
func (m *Metrics) Watch(a *app.App, own Own) {
	m.intrinsic.MustRegister(&instance{app: a, own: own, log: m.log})
}

// Answered counts a request that was answered. A duration of 0 is not observed.
func (m *Metrics) Answered(ctx context.Context, operation, status string, took time.Duration) {
	m.requests.WithLabelValues(operation, status).Inc()
	if took > 0 {
		observe(m.seconds.WithLabelValues(operation), took, trace.ID(ctx))
	}
}

// observe adds a duration, with the trace in which it came about as its exemplar.
func observe(o prometheus.Observer, took time.Duration, id string) {
	if e, ok := o.(prometheus.ExemplarObserver); ok && id != "" {
		e.ObserveWithExemplar(took.Seconds(), prometheus.Labels{"trace_id": id})
		return
	}
	o.Observe(took.Seconds())
}

// Account counts what happened to an account.
func (m *Metrics) Account(kind string, ok bool) {
	m.accounts.WithLabelValues(kind, strconv.FormatBool(ok)).Inc()
}

// Tried implements app.Observer.
func (m *Metrics) Tried(t task.Tried) {
	observe(m.taskTime.WithLabelValues(t.Kind, string(t.Outcome)), t.Took, t.Trace)
	observe(m.taskWait.WithLabelValues(t.Kind), t.Waited, t.Trace)
}

// Worked implements app.Observer.
func (m *Metrics) Worked(w process.Worked) {
	outcome := "done"
	switch {
	case w.Memory:
		outcome = "memory"
	case w.Crashed:
		outcome = "crashed"
	case w.Failed:
		outcome = "failed"
	}
	m.jobs.WithLabelValues(w.Handler, outcome).Inc()
	m.rows.WithLabelValues(w.Handler).Add(float64(w.Rows))
	m.bytes.WithLabelValues(w.Handler).Add(float64(w.Bytes))
	if w.Peak > 0 {
		m.peak.WithLabelValues().Observe(float64(w.Peak))
	}
}

// Handler serves the figures, in the form of OpenMetrics, which has exemplars, to whoever asks for it.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, EnableOpenMetrics: true})
}

// Text is what the figures are now, as a scrape would show them.
func (m *Metrics) Text() (string, error) {
	families, err := m.registry.Gather()
	if err != nil {
		return "", fmt.Errorf("gathering the figures: %w", err)
	}
	var b strings.Builder
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			return "", fmt.Errorf("writing down the figures: %w", err)
		}
	}
	return b.String(), nil
}

// Scaled implements app.Observer.
func (m *Metrics) Scaled(before, after int, why scaling.Reason) {
	direction := "hold"
	switch {
	case after > before:
		direction = "up"
	case after < before:
		direction = "down"
	}
	m.scaled.WithLabelValues(direction, string(why)).Inc()
}
