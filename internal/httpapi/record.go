package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/auth"
)

// Access is one access to the API, as the access log keeps it.
type Access struct {
	At        time.Time
	Request   string         // id of the request
	Operation string         // id of the operation in the OpenAPI document
	Workspace string         // empty outside of one
	Object    string         // the ids in the path, such as a run's
	Caller    *auth.Identity // nil for public operations, and where nobody is signed in
	Client    auth.Client
	Change    bool // whether the operation may change something
}

// Outcome is what became of an access.
type Outcome struct {
	Status int
	Code   string // of the problem; empty where there was none
	Took   time.Duration
}

// Trail keeps the accesses.
type Trail interface {
	// Begin is told of an access before it has any effect. Where a change cannot be recorded it returns an error, and the
	// change is not made. The function that it returns is called once, with the outcome.
	Begin(ctx context.Context, a Access) (end func(context.Context, Outcome), err error)
}

// verdict is filled in on the way back. It is one request's.
type verdict struct {
	began time.Time
	op    string
	code  string
}

const keyVerdict key = 100

// track begins the account of a request.
func (a *API) track(operation string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		next(withValue(ctx, keyVerdict, &verdict{began: a.now(), op: operation}))
	}
}

func verdictOf(ctx context.Context) *verdict {
	if o, ok := ctx.Value(keyVerdict).(*verdict); ok {
		return o
	}
	return &verdict{}
}

// record tells the trail of the access, before and after.
func (a *API) record(op huma.Operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		o := verdictOf(ctx.Context())
		end, err := a.Trail.Begin(ctx.Context(), a.access(ctx, op.OperationID, op.Method))
		if err != nil {
			a.log.ErrorContext(ctx.Context(), "an access cannot be recorded", "request", requestID(ctx.Context()), "operation", op.OperationID, "error", err)
			a.answer(ctx, newProblem(http.StatusServiceUnavailable, "not_recorded", "The access cannot be recorded, so it was not made.").
				kept("nothing was changed").next("try again; tell whoever runs the server if it stays so"))
			return
		}
		next(ctx)
		end(context.WithoutCancel(ctx.Context()), Outcome{Status: ctx.Status(), Code: o.code, Took: a.now().Sub(o.began)})
	}
}

// recordRefusal tells the trail of an access that the guard refused.
func (a *API) recordRefusal(ctx huma.Context, p *Problem) {
	o := verdictOf(ctx.Context())
	x := a.access(ctx, o.op, http.MethodGet) // nothing was changed
	end, err := a.Trail.Begin(ctx.Context(), x)
	if err != nil {
		a.log.ErrorContext(ctx.Context(), "a refusal cannot be recorded", "request", x.Request, "operation", o.op, "error", err)
		return
	}
	end(context.WithoutCancel(ctx.Context()), Outcome{Status: p.Status, Code: p.Code, Took: a.now().Sub(o.began)})
}

func (a *API) access(ctx huma.Context, operation, method string) Access {
	return Access{
		At: a.now(), Request: requestID(ctx.Context()), Operation: operation, Workspace: ctx.Param("workspace"), Object: object(ctx),
		Caller: caller(ctx.Context()), Client: client(ctx.Context()), Change: unsafe(method),
	}
}

// object is the most particular id of the path.
func object(ctx huma.Context) string {
	for _, name := range []string{"item", "recipe", "policy", "webhook", "delivery", "token", "session", "version", "dataset", "upload", "run", "account"} {
		if id := ctx.Param(name); id != "" {
			return name + ":" + id
		}
	}
	return ""
}
