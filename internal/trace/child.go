package trace

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Collector records the spans of a child process, which reaches no network: its parent takes them over and sends them.
type Collector struct {
	tracer *Tracer
	client *kept
}

// MostQueries is how many queries of one job have a span of their own; the job's span says how many there were.
const MostQueries = 200

// Collect makes the recorder of a child process.
func Collect(ctx context.Context) (*Collector, error) {
	c := &Collector{tracer: &Tracer{log: slog.New(slog.DiscardHandler)}, client: &kept{}}
	exporter, err := otlptrace.New(ctx, c.client)
	if err != nil {
		return nil, fmt.Errorf("beginning to record traces: %w", err)
	}
	// Whether a trace is recorded its first process has decided; the parent's spans begin none here.
	c.tracer.provide(sdk.WithSyncer(exporter), sdk.WithSampler(sdk.ParentBased(sdk.NeverSample())), sdk.WithResource(resource.Empty()))
	return c, nil
}

// With has what descends from the context recorded.
func (c *Collector) With(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, budgetKey, &budget{})
	return With(ctx, c.tracer)
}

// Take gives what was recorded since it was last called, for the parent to relay; nil where that is nothing.
func (c *Collector) Take() []byte {
	spans := c.client.take()
	if len(spans) == 0 {
		return nil
	}
	raw, err := proto.Marshal(&wire.TracesData{ResourceSpans: spans})
	if err != nil { // it was made of the types that it is read into
		return nil
	}
	return raw
}

// Relay sends what a child process gave by Take on, where the context is traced.
func Relay(ctx context.Context, raw []byte) {
	if t := from(ctx); t != nil && len(raw) > 0 && t.relayed != nil {
		t.relayRaw(raw)
	}
}

// kept keeps spans in the place of sending them.
type kept struct {
	mu    sync.Mutex
	spans []*wire.ResourceSpans
}

// Start implements otlptrace.Client.
func (k *kept) Start(context.Context) error { return nil }

// Stop implements otlptrace.Client.
func (k *kept) Stop(context.Context) error { return nil }

// UploadTraces implements otlptrace.Client.
func (k *kept) UploadTraces(_ context.Context, spans []*wire.ResourceSpans) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.spans = append(k.spans, spans...)
	return nil
}

func (k *kept) take() []*wire.ResourceSpans {
	k.mu.Lock()
	defer k.mu.Unlock()
	spans := k.spans
	k.spans = nil
	return merged(spans)
}

// merged puts the spans of one process, which come one by one, under one head.
func merged(all []*wire.ResourceSpans) []*wire.ResourceSpans {
	if len(all) == 0 {
		return nil
	}
	head := all[0]
	for _, r := range all[1:] {
		for _, s := range r.ScopeSpans {
			head.ScopeSpans[0].Spans = append(head.ScopeSpans[0].Spans, s.Spans...)
		}
	}
	return all[:1]
}
