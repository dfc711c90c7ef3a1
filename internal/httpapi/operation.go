package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
)

// Extensions of the OpenAPI document.
const (
	extPermission = "x-permission"
	extPublic     = "x-public"
	extSecret     = "x-secret" // the answer holds a secret that is shown once
)

// rule says who may call an operation. The zero rule is none: registering with it is a mistake that a test finds.
type rule struct {
	permission access.Permission
	public     bool
}

// need is the rule of an operation that needs a permission.
func need(p access.Permission) rule { return rule{permission: p} }

// public is the rule of an operation that anybody may call.
var public = rule{public: true}

// register adds an operation. The handler's errors become problem documents.
func register[I, O any](a *API, r rule, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	op.Middlewares = append(huma.Middlewares{traced(op), a.track(op.OperationID)}, op.Middlewares...)
	if r.public {
		op.Extensions[extPublic] = true
	} else {
		op.Extensions[extPermission] = string(r.permission)
		op.Security = []map[string][]string{{"bearer": {}}, {"cookie": {}}}
		op.Middlewares = append(op.Middlewares, a.guard(r.permission))
	}
	op.Middlewares = append(op.Middlewares, a.record(op))
	if op.Method == http.MethodPost && !r.public && op.Extensions[extStream] == nil {
		once := a.idempotent
		if op.Extensions[extSecret] != nil {
			once = a.neverKept
		}
		op.Middlewares = append(op.Middlewares, once)
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = 1 << 20
	}
	op.Responses = withProblems(a.huma, op)
	within := a.Limits.timeout()
	if transfers(op) {
		within = 0
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		if within > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, within)
			defer cancel()
		}
		out, err := handler(ctx, in)
		if err != nil {
			return nil, judged(ctx, a.problem(ctx, err))
		}
		return out, nil
	})
}

// transfers says whether an operation takes as long as its file or its watcher needs: streams in or out.
func transfers(op huma.Operation) bool {
	if op.Extensions[extStream] != nil {
		return true
	}
	for status, r := range op.Responses {
		if len(status) != 3 || status[0] != '2' {
			continue
		}
		for media := range r.Content {
			if media != "application/json" {
				return true
			}
		}
	}
	return false
}

// secretAnswer marks an operation whose answer holds a secret that is shown once: it is never kept to be given again.
func secretAnswer(op huma.Operation) huma.Operation {
	op.Extensions = map[string]any{extSecret: true}
	return op
}

// withProblems describes every error as a problem document.
func withProblems(api huma.API, op huma.Operation) map[string]*huma.Response {
	r := op.Responses
	if r == nil {
		r = map[string]*huma.Response{}
	}
	r["default"] = &huma.Response{Description: "A problem (RFC 9457).", Content: map[string]*huma.MediaType{
		"application/problem+json": {Schema: huma.SchemaFromType(api.OpenAPI().Components.Schemas, typeOf[Problem]())},
	}}
	return r
}
