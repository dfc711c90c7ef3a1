package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/store"
)

// mostReplayed bounds the answers that are kept to be given again.
const mostReplayed = 256 << 10

// keptAnswer is an answer as it is kept.
type keptAnswer struct {
	Type     string `json:"type"`
	Location string `json:"location,omitempty"`
	ETag     string `json:"etag,omitempty"`
	Body     string `json:"body"` // a text, so that what names something that is erased can be found
}

// idempotent gives a POST with an Idempotency-Key its effect once: the same request sent again gets the first one's answer.
func (a *API) idempotent(ctx huma.Context, next func(huma.Context)) {
	name := ctx.Header("Idempotency-Key")
	who := caller(ctx.Context())
	if name == "" || who == nil {
		next(ctx)
		return
	}
	if len(name) > 200 {
		a.answer(ctx, newProblem(http.StatusBadRequest, "idempotency_key", "The Idempotency-Key is longer than 200 characters."))
		return
	}
	body, err := io.ReadAll(io.LimitReader(ctx.BodyReader(), 1<<20+1))
	if err != nil || len(body) > 1<<20 {
		a.answer(ctx, newProblem(http.StatusRequestEntityTooLarge, "", "The request is too large to have an Idempotency-Key."))
		return
	}
	u := ctx.URL()
	sum := sha256.Sum256([]byte(ctx.Method() + " " + u.RequestURI() + "\n" + string(body)))
	answer := store.Answer{Account: who.Account, Name: name, Request: hex.EncodeToString(sum[:])}
	old, err := a.App.TakeAnswer(ctx.Context(), answer)
	switch {
	case err != nil:
		a.refuse(ctx, err)
	case old == nil:
		a.answerOnce(ctx, next, answer, body)
	case old.Request != answer.Request:
		a.answer(ctx, newProblem(http.StatusUnprocessableEntity, "idempotency_key", "The Idempotency-Key was used for another request.").
			kept("nothing was changed").next("use a new key for a new request"))
	case old.Status == 0:
		a.answer(ctx, newProblem(http.StatusConflict, "under_way", "The same request is being worked on.").next("wait and send it again"))
	default:
		replay(ctx, old)
	}
}

// neverKept refuses an Idempotency-Key where the answer may not be kept, rather than to have an effect twice.
func (a *API) neverKept(ctx huma.Context, next func(huma.Context)) {
	if ctx.Header("Idempotency-Key") != "" {
		a.answer(ctx, newProblem(http.StatusBadRequest, "idempotency_key", "The answer holds a secret that is shown once, so it is not kept to be given again.").
			kept("nothing was changed").next("send it without an Idempotency-Key"))
		return
	}
	next(ctx)
}

func (a *API) answerOnce(ctx huma.Context, next func(huma.Context), answer store.Answer, body []byte) {
	rec := &recorder{answering: ctx, body: bytes.NewReader(body), written: &bytes.Buffer{}}
	defer func() { // also after a panic: without an answer the request can be sent again
		// A server's own failure is not the request's last word.
		if rec.status < 500 && rec.written.Len() <= mostReplayed {
			answer.Status = rec.status
			answer.Body, _ = json.Marshal(keptAnswer{rec.header("Content-Type"), rec.header("Location"), rec.header("ETag"), rec.written.String()})
		}
		if err := a.App.PutAnswer(context.WithoutCancel(ctx.Context()), answer); err != nil {
			a.log.ErrorContext(ctx.Context(), "an answer cannot be kept", "request", requestID(ctx.Context()), "error", err)
		}
	}()
	next(rec)
}

func replay(ctx huma.Context, old *store.Answer) {
	var k keptAnswer
	if err := json.Unmarshal(old.Body, &k); err != nil {
		k = keptAnswer{}
	}
	for name, v := range map[string]string{"Content-Type": k.Type, "Location": k.Location, "ETag": k.ETag, "Idempotent-Replay": "true"} {
		if v != "" {
			ctx.SetHeader(name, v)
		}
	}
	ctx.SetStatus(old.Status)
	_, _ = io.WriteString(ctx.BodyWriter(), k.Body) // a client that is gone can ask again
}

// answering is huma's context under a name that does not hide its method Context.
type answering = huma.Context

// recorder is a context that keeps what is answered.
type recorder struct {
	answering
	body    io.Reader
	written *bytes.Buffer
	status  int
	headers map[string]string
}

// BodyReader gives what was read before.
func (r *recorder) BodyReader() io.Reader { return r.body }

// SetStatus notes the status.
func (r *recorder) SetStatus(code int) {
	r.status = code
	r.answering.SetStatus(code)
}

// SetHeader notes the header.
func (r *recorder) SetHeader(name, value string) {
	if r.headers == nil {
		r.headers = map[string]string{}
	}
	r.headers[strings.ToLower(name)] = value
	r.answering.SetHeader(name, value)
}

func (r *recorder) header(name string) string { return r.headers[strings.ToLower(name)] }

// BodyWriter writes to the client and to what is kept.
func (r *recorder) BodyWriter() io.Writer { return io.MultiWriter(r.answering.BodyWriter(), r.written) }
