package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/trace"
)

// traced begins the span of a request, within what the client did where it says so (W3C traceparent). Streams have none: they last
// as long as somebody looks.
func traced(op huma.Operation) func(huma.Context, func(huma.Context)) {
	stream := isStream(op)
	return func(ctx huma.Context, next func(huma.Context)) {
		c := trace.Continue(ctx.Context(), ctx.Header("Traceparent"), ctx.Param("run"))
		if stream || !trace.On(c) {
			next(huma.WithContext(ctx, c))
			return
		}
		c, span := trace.StartKind(c, op.OperationID, trace.Server, trace.Text("method", op.Method), trace.Text("path", op.Path), trace.Text("request", requestID(c)))
		next(huma.WithContext(ctx, c))
		span.Set(trace.Count("status", int64(ctx.Status())))
		if ctx.Status() >= http.StatusInternalServerError {
			span.Fail()
		}
		span.End(nil)
	}
}
