package trace

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	meta "go.opentelemetry.io/proto/otlp/resource/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Config says where spans go.
type Config struct {
	// Endpoint is the address of a collector that takes OTLP over HTTP, without /v1/traces. Headers, certificates and the like
	// are read from the variables OTEL_EXPORTER_OTLP_... of the standard.
	Endpoint string
	// Percent is how many traces of a hundred are recorded; a trace is recorded by all processes or by none.
	Percent int
	// Told, where given, is told what came of each upload: nil where the collector took it.
	Told func(err error)
}

// Check says what is wrong with it.
func (c *Config) Check() error {
	if c.Percent < 0 || c.Percent > 100 {
		return fmt.Errorf("of a hundred traces 0 to 100 are recorded, not %d", c.Percent)
	}
	if c.Endpoint == "" {
		return nil
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("the collector of traces has an address such as http://collector:4318")
	}
	return nil
}

// About says whose spans they are.
type About struct {
	Version string
	Roles   []string
}

// Tracer records spans. It is safe for concurrent use.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	version  string
	log      *slog.Logger

	// relayed are spans of child processes on their way to the collector.
	relayed  chan []*wire.ResourceSpans
	client   *patient
	relaying sync.WaitGroup
	closed   chan struct{}
}

// scope names what makes the spans.
const (
	scope   = "github.com/analytix-flow/analytix"
	service = "analytix"
)

// waiting bounds the jobs whose spans wait to be sent; more are dropped, for work does not wait for its own record.
const waiting = 256

// Open begins to record. Close must be called. A collector that cannot be reached holds nothing up: its spans are lost, and
// the log says so.
func Open(ctx context.Context, cfg Config, about About, log *slog.Logger) (*Tracer, error) {
	u, err := url.Parse(cfg.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("the address of the collector of traces: %w", err)
	}
	t := &Tracer{version: about.Version, log: log, relayed: make(chan []*wire.ResourceSpans, waiting), closed: make(chan struct{})}
	t.client = newPatient(otlptracehttp.NewClient(otlptracehttp.WithEndpointURL(u.JoinPath("v1", "traces").String()),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{})), log, cfg.Told) // what is tried again is patient's to say
	exporter, err := otlptrace.New(ctx, t.client)
	if err != nil {
		return nil, fmt.Errorf("beginning to record traces: %w", err)
	}
	t.provide(sdk.WithBatcher(exporter), sdk.WithSampler(sampler(cfg.Percent)), sdk.WithResource(self(about)))
	t.relaying.Go(t.relay)
	return t, nil
}

// Check says whether the collector takes spans.
func (t *Tracer) Check(ctx context.Context) error {
	if err := t.client.check(ctx); err != nil {
		return fmt.Errorf("reaching the collector of traces: %w", err)
	}
	return nil
}

// provide sets the recorder up.
func (t *Tracer) provide(opts ...sdk.TracerProviderOption) {
	t.provider = sdk.NewTracerProvider(opts...)
	t.tracer = t.provider.Tracer(scope)
}

// sampler records so many of a hundred traces, by their id: whoever began a trace, all processes judge it alike. What a caller
// does not want recorded is not.
func sampler(percent int) sdk.Sampler {
	share := sdk.TraceIDRatioBased(float64(percent) / 100)
	return sdk.ParentBased(share, sdk.WithRemoteParentSampled(share))
}

func self(about About) *resource.Resource {
	return resource.NewSchemaless(attribute.String("service.name", service), attribute.String("service.version", about.Version),
		attribute.StringSlice(prefix+"roles", about.Roles))
}

// relayRaw sends what a child process recorded, as Take gave it, to the collector.
func (t *Tracer) relayRaw(raw []byte) {
	var spans wire.TracesData
	if err := proto.Unmarshal(raw, &spans); err != nil {
		t.log.Warn("the spans of a child process are not understood")
		return
	}
	for _, r := range spans.ResourceSpans {
		r.Resource = &meta.Resource{Attributes: []*common.KeyValue{fact("service.name", service), fact("service.version", t.version), fact(prefix+"process", "child")}}
	}
	select {
	case <-t.closed:
	case t.relayed <- spans.ResourceSpans:
	default: // the collector is slow; the work is not
	}
}

func (t *Tracer) relay() {
	for {
		select {
		case spans := <-t.relayed:
			t.send(spans)
		case <-t.closed:
			for { // what came before the end
				select {
				case spans := <-t.relayed:
					t.send(spans)
				default:
					return
				}
			}
		}
	}
}

func (t *Tracer) send(spans []*wire.ResourceSpans) {
	ctx, cancel := context.WithTimeout(context.Background(), sendWithin)
	defer cancel()
	_ = t.client.UploadTraces(ctx, spans) // patient has told the log
}

// Close sends what is left. A nil Tracer has nothing to close.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	close(t.closed)
	t.relaying.Wait()
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.Warn("the last spans may not have been sent", "error", err)
	}
	return nil
}
