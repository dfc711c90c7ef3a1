package trace

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/analytix-flow/analytix/internal/outbound"
)

// sendWithin bounds how long spans may take on their way to the collector.
const sendWithin = 10 * time.Second

// tellEvery is how often the log is told that the collector does not take spans.
const tellEvery = time.Minute

// patient sends spans and tells the log where they are lost, now and then: a collector that is down is no fault of the work.
type patient struct {
	otlptrace.Client
	way  *outbound.Way
	log  *slog.Logger
	told atomic.Int64 // when, in nanoseconds
}

// collectorHost is the one host of the way.
const collectorHost = "the collector of traces"

// sendingAtOnce is how many uploads are under way: those of this process and of its children.
const sendingAtOnce = 2

func newPatient(client otlptrace.Client, log *slog.Logger, told func(error)) *patient {
	return &patient{Client: client, log: log, way: outbound.NewWay(outbound.Limits{Timeout: sendWithin, AtOnce: sendingAtOnce, Turn: sendWithin, Told: outbound.ToldOf(told)})}
}

// check asks the collector by handing it nothing.
func (p *patient) check(ctx context.Context) error { return p.upload(ctx, nil) }

func (p *patient) upload(ctx context.Context, spans []*wire.ResourceSpans) error {
	return p.way.Do(ctx, collectorHost, func(ctx context.Context) error { return p.Client.UploadTraces(ctx, spans) })
}

// UploadTraces implements otlptrace.Client. What is not taken is sent once more, as far as the budget goes.
func (p *patient) UploadTraces(ctx context.Context, spans []*wire.ResourceSpans) error {
	err := p.upload(ctx, spans)
	if err != nil && !outbound.NotAsked(err) {
		err = p.upload(outbound.Again(ctx), spans)
	}
	if err == nil {
		return nil
	}
	now, last := time.Now().UnixNano(), p.told.Load()
	if now-last > int64(tellEvery) && p.told.CompareAndSwap(last, now) {
		p.log.Warn("the collector of traces does not take them; they are lost, and nothing else is", "error", err)
	}
	return nil
}

func fact(key, value string) *common.KeyValue {
	return &common.KeyValue{Key: key, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: value}}}
}
