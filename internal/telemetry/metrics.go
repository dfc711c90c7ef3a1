// Package telemetry gives the instance's figures to Prometheus. Every name begins with analytix_; no label holds a user's
// data, nor the id of anything that belongs to one.
package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/analytix-flow/analytix/internal/app"
)

// Metrics are the figures of one process.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// New makes the figures of a process that runs the instance.
func New(a *app.App, log *slog.Logger) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "api_requests_total",
			Help: "Requests to the API that were answered, by operation and status."}, []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "api_request_duration_seconds",
			Help:    "How long requests to the API took, streams left out.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"operation"}),
	}
	prometheus.WrapRegistererWithPrefix("analytix_", m.registry).MustRegister(m.requests, m.seconds,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &instance{a, log})
	return m
}

// Answered counts a request that was answered. A duration of 0 is not observed.
func (m *Metrics) Answered(operation, status string, took time.Duration) {
	m.requests.WithLabelValues(operation, status).Inc()
	if took > 0 {
		m.seconds.WithLabelValues(operation).Observe(took.Seconds())
	}
}

// Handler serves the figures.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// instance reads from the records what is counted there, when it is asked for.
type instance struct {
	app *app.App
	log *slog.Logger
}

var (
	runs  = prometheus.NewDesc("runs", "Runs that are kept, by status.", []string{"status"}, nil)
	tasks = prometheus.NewDesc("tasks", "Tasks of the queue, by kind and state.", []string{"kind", "state"}, nil)
	dead  = prometheus.NewDesc("dead_tasks", "Tasks that failed for good and wait for somebody.", nil, nil)
	stuck = prometheus.NewDesc("dead_messages", "Messages that could not be handled and wait for somebody.", nil, nil)
)

// Describe implements prometheus.Collector.
func (i *instance) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{runs, tasks, dead, stuck} {
		to <- d
	}
}

// collectWithin bounds how long a scrape may wait for the records.
const collectWithin = 5 * time.Second

// Collect implements prometheus.Collector.
func (i *instance) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectWithin)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counts, err := i.app.RunCounts(ctx)
	i.tell("runs", err)
	for status, n := range counts {
		gauge(runs, float64(n), status)
	}
	queue, err := i.app.QueueCounts(ctx)
	i.tell("tasks", err)
	for _, c := range queue {
		gauge(tasks, float64(c.N), c.Kind, c.State)
	}
	if all, err := i.app.DeadTasks(ctx); err != nil {
		i.tell("dead tasks", err)
	} else {
		gauge(dead, float64(len(all)))
	}
	if all, err := i.app.DeadLetters(ctx); err != nil {
		i.tell("dead messages", err)
	} else {
		gauge(stuck, float64(len(all)))
	}
}

func (i *instance) tell(what string, err error) {
	if err != nil {
		i.log.Warn("a figure cannot be collected", "what", what, "error", err)
	}
}
