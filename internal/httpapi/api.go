package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/condition"
)

// Prefix is where the API begins.
const Prefix = "/api/v1"

// Config is what an API is made of. App, Auth and Access must be given.
type Config struct {
	App  *app.App
	Auth *auth.Service
	// Access records every access and change.
	Access *accesslog.Log
	// Backups makes backups.
	Backups Backups
	// Self tells what the process knows of itself.
	Self func(context.Context) Self
	// Board knows what is out of order; nil means nothing. Doubt, where given, looks for what people feel of it, after a failure that nobody knows.
	Board *condition.Board
	// Elsewhere, where given, is what other processes have found out of order.
	Elsewhere func(ctx context.Context) ([]condition.Condition, error)
	Doubt     func(ctx context.Context) (condition.Condition, bool)
	// Answered, where given, is told of every answer, for the figures.
	Answered func(ctx context.Context, operation, status string, took time.Duration)
	// Secure says that clients come over TLS: cookies are then for TLS only, and browsers are told to stay with it.
	Secure bool
	// Version is the program's, for the description.
	Version string
	Limits  Limits
	Log     *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// API serves everything below Prefix. It is safe for concurrent use.
type API struct {
	Config
	log      *slog.Logger
	now      func() time.Time
	mux      *http.ServeMux
	huma     huma.API
	inFlight *inFlight
	verified verification
	handler  http.Handler
	ending   context.Context // of streams
	end      context.CancelFunc
}

// once because huma keeps its maker of errors in a package variable.
var errorsOnce sync.Once

// New makes the API.
func New(cfg Config) *API {
	errorsOnce.Do(func() { huma.NewError = humaError })
	a := &API{Config: cfg, log: cfg.Log, now: cfg.Now, mux: http.NewServeMux(), inFlight: newInFlight(cfg.Limits.perCaller())}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.Board == nil {
		a.Board = condition.NewBoard(a.log, cfg.Now)
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.ending, a.end = context.WithCancel(context.Background())
	a.huma = humago.New(a.mux, description(cfg.Version))
	for _, resource := range a.resources() {
		resource()
	}
	a.documents()
	a.handler = a.wrap(a.mux)
	return a
}

// resources lists what registers the operations: one function a file.
func (a *API) resources() []func() {
	return []func(){
		a.workspaces, a.members, a.runs, a.runStart, a.runMoves, a.points, a.findings, a.results, a.recipes, a.policies, a.streams, a.system, a.conditions, a.backups, a.diagnostics,
		a.audit, a.tiers, a.webhooks, a.uploads, a.samples, a.datasets, a.versions, a.readings, a.discussions, a.notices,
		a.links, a.signIns, a.oidc, a.me, a.sessions, a.tokens, a.accounts,
	}
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// EndStreams ends all streams, which would go on for ever. Their clients connect again, elsewhere or later.
func (a *API) EndStreams() { a.end() }

// OpenAPI is the description of the API.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

func description(version string) huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Analytix Flow", Version: version, Description: "From a data file that nobody quite trusts to " +
				"decisions that people can defend.\n\nErrors are problem documents (RFC 9457). Lists are read in pages: give `after` the `next` of " +
				"the page before. What can be changed carries an ETag, and a change carries it in If-Match. A POST with an Idempotency-Key " +
				"has its effect once, however often it is sent within a day."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer": {Type: "http", Scheme: "bearer", Description: "An access token, or a personal API token (atx_...)."},
					"cookie": {Type: "apiKey", In: "cookie", Name: accessCookie(true), Description: "A browser session; unsafe methods carry X-CSRF-Token too."},
				},
			},
		},
		OpenAPIPath:   Prefix + "/openapi",
		SchemasPath:   "",
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	}
}

// key is the type of what this package keeps in a context.
type key int

const (
	keyRequest key = iota
	keyCaller
	keyClient
)

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(keyRequest).(string)
	return id
}

// caller is who calls; nil for public operations.
func caller(ctx context.Context) *auth.Identity {
	id, _ := ctx.Value(keyCaller).(*auth.Identity)
	return id
}

// client is where the call comes from.
func client(ctx context.Context) auth.Client {
	c, _ := ctx.Value(keyClient).(auth.Client)
	return c
}
