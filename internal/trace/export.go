package trace

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
)

// sendWithin bounds how long spans may take on their way to the collector.
const sendWithin = 10 * time.Second

// tellEvery is how often the log is told that the collector does not take spans.
const tellEvery = time.Minute

// patient sends spans and tells the log where they are lost, now and then: a collector that is down is no fault of the work.
type patient struct {
	otlptrace.Client
	log  *slog.Logger
	told atomic.Int64 // when, in nanoseconds
}

// UploadTraces implements otlptrace.Client.
func (p *patient) UploadTraces(ctx context.Context, spans []*wire.ResourceSpans) error {
	err := p.Client.UploadTraces(ctx, spans)
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
