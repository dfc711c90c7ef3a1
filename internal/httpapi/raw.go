package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// extStream marks operations whose bodies stream: they are read by the handler, piece by piece, and never kept to be
// answered again.
const extStream = "x-stream"

// streamed are the extensions of an operation whose request streams in.
func streamed() map[string]any { return map[string]any{extStream: true} }

// raw gives a handler the request and the answer as net/http has them, for what streams. The guard has passed and the trail
// knows of it by then.
type raw struct{ ctx huma.Context }

// request is the request with what the guard put into its context.
func (r raw) request() *http.Request {
	req, _ := humago.Unwrap(r.ctx)
	return req.WithContext(r.ctx.Context())
}

// writer is where the answer goes; its status is told to the trail.
func (r raw) writer() http.ResponseWriter {
	_, w := humago.Unwrap(r.ctx)
	return &rawWriter{ResponseWriter: w, ctx: r.ctx}
}

type rawWriter struct {
	http.ResponseWriter
	ctx  huma.Context
	told bool
}

// WriteHeader implements http.ResponseWriter.
func (w *rawWriter) WriteHeader(status int) {
	if !w.told {
		w.told = true
		w.ctx.SetStatus(status)
	}
}

// Write implements http.ResponseWriter.
func (w *rawWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController through.
func (w *rawWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// streamOutput is an answer that the function writes.
type streamOutput struct {
	Body func(huma.Context)
}

// binary describes an answer that is a file.
func binary(media string) map[string]*huma.Response {
	content := map[string]*huma.MediaType{media: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}
	return map[string]*huma.Response{
		"200": {Description: "The file.", Content: content},
		"206": {Description: "The part of it that was asked for in Range.", Content: content},
	}
}
