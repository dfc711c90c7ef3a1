// Package trace follows what a person did through the processes: from the request by control, outbox, broker, managers and
// tasks to the queries of the engine in a child process. It is the only importer of OpenTelemetry.
//
//	tracer, err := trace.Open(ctx, trace.Config{Endpoint: "http://collector:4318"}, about)
//	ctx = trace.With(ctx, tracer)                       // once, at the top
//	ctx = trace.Continue(ctx, "00-...")                 // what a request, a message, a task or a job carries
//	ctx, span := trace.Start(ctx, "control.step", trace.Text("event", kind))
//	defer func() { span.End(err) }()
//
// A context without a tracer costs nothing and records nothing. Spans hold names of operations, ids, counts and durations:
// never a user's data, nor the text of a query, whose literals are that.
package trace

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Attr is a fact about a span. Its name gets the prefix analytix. where it has none.
type Attr = attribute.KeyValue

const (
	prefix = "analytix."
	keyRun = prefix + "run"
)

// Text is a fact that is a word or an id.
func Text(name, value string) Attr { return attribute.String(prefix+name, value) }

// Count is a fact that is a number.
func Count(name string, value int64) Attr { return attribute.Int64(prefix+name, value) }

// Kind says on which side of an exchange a span stands.
type Kind = trace.SpanKind

// The kinds.
const (
	Inside   = trace.SpanKindInternal
	Server   = trace.SpanKindServer
	Producer = trace.SpanKindProducer
	Consumer = trace.SpanKindConsumer
	Client   = trace.SpanKindClient
)

// Span is one step under way. The zero Span, and that of a context without a tracer, records nothing.
type Span struct{ span trace.Span }

// Set adds facts.
func (s Span) Set(attrs ...Attr) {
	if s.span != nil {
		s.span.SetAttributes(attrs...)
	}
}

// End ends the span; an error marks it as failed, without its words, which may quote a user's data.
func (s Span) End(err error) {
	if s.span == nil {
		return
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// Fail marks the span as failed where there is no error to say so.
func (s Span) Fail() {
	if s.span != nil {
		s.span.SetStatus(codes.Error, "")
	}
}

// Start begins a step within that of the context.
func Start(ctx context.Context, name string, attrs ...Attr) (context.Context, Span) {
	return StartKind(ctx, name, Inside, attrs...)
}

// StartKind is Start for a span that is one side of an exchange.
func StartKind(ctx context.Context, name string, kind Kind, attrs ...Attr) (context.Context, Span) {
	t := from(ctx)
	if t == nil {
		return ctx, Span{}
	}
	if run, _ := ctx.Value(runKey).(string); run != "" {
		attrs = append(attrs, attribute.String(keyRun, run))
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attrs...))
	return ctx, Span{span}
}

type contextKey int

const (
	tracerKey contextKey = iota
	runKey
	budgetKey
)

// With has everything that descends from the context traced; a nil Tracer leaves it as it is.
func With(ctx context.Context, t *Tracer) context.Context {
	if t == nil {
		return ctx
	}
	return context.WithValue(ctx, tracerKey, t)
}

func from(ctx context.Context) *Tracer {
	t, _ := ctx.Value(tracerKey).(*Tracer)
	return t
}

// On says whether the context is traced.
func On(ctx context.Context) bool { return from(ctx) != nil }

// Run has the span of the context, all that follow, and the lines of the log bear the id of a run.
func Run(ctx context.Context, run string) context.Context {
	if run != "" {
		trace.SpanFromContext(ctx).SetAttributes(attribute.String(keyRun, run))
	}
	return within(ctx, run)
}

// within is Run for a span that has yet to begin.
func within(ctx context.Context, run string) context.Context {
	if run == "" {
		return ctx
	}
	return context.WithValue(ctx, runKey, run)
}

// Continue has what follows belong to the step that was carried here, as W3C has it in the header traceparent; what is not
// in that form is as if it were not there. The run, where there is one, is that of all spans that follow.
func Continue(ctx context.Context, carried, run string) context.Context {
	ctx = within(ctx, run)
	if from(ctx) == nil || carried == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{header: carried})
}

const header = "traceparent"

// Carry is the step of the context in the form in which requests, messages, tasks and jobs carry it; empty where there is none.
func Carry(ctx context.Context) string {
	if from(ctx) == nil {
		return ""
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[header]
}

// ID is the id of the trace that the context belongs to, where it is recorded; empty otherwise.
func ID(ctx context.Context) string {
	if c := trace.SpanContextFromContext(ctx); c.IsSampled() {
		return c.TraceID().String()
	}
	return ""
}
