package httpapi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
	"github.com/analytix-flow/analytix/internal/webhook"
)

// Problem is an error as a client gets it (RFC 9457).
type Problem struct {
	Type   string `json:"type" doc:"Always about:blank; code tells problems apart."`
	Title  string `json:"title" doc:"The status in words."`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"What happened, and to what."`
	Code   string `json:"code" doc:"A stable word for the kind of problem."`
	Kept   string `json:"kept,omitempty" doc:"What was kept."`
	Next   string `json:"next,omitempty" doc:"What to do next."`
	// Request names the request in the server's log.
	Request string       `json:"request,omitempty" doc:"Id of the request, for whoever reads the server's log."`
	Fields  []FieldError `json:"fields,omitempty" doc:"What is wrong with which part of the request."`

	headers http.Header
}

// FieldError is what is wrong with one part of a request. It never quotes the value: it may be a secret.
type FieldError struct {
	Where string `json:"where" example:"body.goal"`
	What  string `json:"what"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is that of problem documents.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statusGone is that of a request whose maker went away before it was answered. Nobody reads it but the log and the figures.
const statusGone = 499

// newProblem makes a problem; code is derived from the status where it is empty.
func newProblem(status int, code, detail string) *Problem {
	if code == "" {
		code = strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_")
	}
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

func (p *Problem) next(format string, args ...any) *Problem {
	p.Next = fmt.Sprintf(format, args...)
	return p
}

func (p *Problem) kept(what string) *Problem {
	p.Kept = what
	return p
}

func (p *Problem) header(name, value string) *Problem {
	if p.headers == nil {
		p.headers = http.Header{}
	}
	p.headers.Set(name, value)
	return p
}

// humaError is how huma's own errors (requests that do not fit the description of the operation) become problems.
func humaError(status int, msg string, errs ...error) huma.StatusError {
	if status >= http.StatusInternalServerError {
		return internalProblem()
	}
	p := newProblem(status, "", msg)
	for _, err := range errs {
		var d huma.ErrorDetailer
		switch {
		case err == nil:
		case errors.As(err, &d):
			e := d.ErrorDetail()
			p.Fields = append(p.Fields, FieldError{Where: e.Location, What: e.Message})
		default:
			p.Fields = append(p.Fields, FieldError{What: "cannot be read"})
		}
	}
	if status == http.StatusUnprocessableEntity || status == http.StatusBadRequest {
		p.Kept, p.Next = "nothing was changed", "correct the request: fields says what is wrong"
	}
	return p
}

func internalProblem() *Problem {
	return newProblem(http.StatusInternalServerError, "internal", "The server failed.").
		kept("what was stored before stands").next("try again; if it stays so, give the request's id to whoever runs the server")
}

// missing is the answer for what is not there, and for what is not the caller's: the same words for both.
func missing() *Problem {
	return newProblem(http.StatusNotFound, "not_found", "There is nothing here.").next("look at the list of what there is")
}

// problem is the one mapping of the application's errors to answers. Nothing of an error that is not known leaves the
// server.
func (a *API) problem(ctx context.Context, err error) error {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	for _, m := range slices.Concat(mappings, uploadMappings, dataMappings, discussionMappings) {
		if errors.Is(err, m.is) {
			return m.problem(err)
		}
	}
	switch {
	case stage.IsRefused(err):
		return newProblem(http.StatusUnprocessableEntity, "refused", sentence(err)).kept("nothing was kept").next("check the file and send it again")
	case errors.Is(context.Cause(ctx), context.Canceled): // whoever asked went away: no failure of the server
		p := newProblem(statusGone, "given_up", "The request was given up by whoever made it.").next("ask again where the answer is still wanted")
		p.Title = "Given Up"
		return p
	case ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded): // databases call it by other names
		return newProblem(http.StatusServiceUnavailable, "too_slow", "The request took too long, or was given up.").next("try again")
	case store.IsFull(err):
		return full()
	}
	if p := a.outOfOrder(ctx); p != nil {
		a.log.WarnContext(ctx, "a request failed, since something is out of order", "request", requestID(ctx), "error", err)
		return p
	}
	a.log.ErrorContext(ctx, "a request failed", "request", requestID(ctx), "error", err)
	return internalProblem()
}

func full() *Problem {
	return newProblem(http.StatusInsufficientStorage, "storage_full", "The server's disk is full.").
		kept("what was stored before stands").next("ask whoever runs the server to make room, then try again")
}

// mapping says what becomes of errors that wrap a sentinel.
type mapping struct {
	is      error
	problem func(err error) *Problem
}

func status(code int, word, next string) func(error) *Problem {
	return func(err error) *Problem { return newProblem(code, word, sentence(err)).next("%s", next) }
}

var mappings = []mapping{
	{auth.ErrUnauthenticated, func(error) *Problem { return unauthenticated() }},
	{auth.ErrThrottled, throttled},
	{auth.ErrWeakPassword, weakPassword},
	{auth.ErrCredentials, func(error) *Problem {
		return newProblem(http.StatusUnauthorized, "credentials", "The mail address, the password or the code is wrong.").
			kept("nothing was changed").next("check them and try again, or ask an administrator for a link").header("WWW-Authenticate", `Bearer realm="analytix"`)
	}},
	{auth.ErrLink, func(error) *Problem {
		return newProblem(http.StatusGone, "link", "The link is not valid: it was used, it is too old, or a newer one was made.").
			kept("nothing was changed").next("ask for a new one")
	}},
	{auth.ErrBusy, func(error) *Problem {
		return newProblem(http.StatusServiceUnavailable, "busy", "Too many people sign in at this moment.").
			kept("nothing was changed").next("try again in a few seconds").header("Retry-After", "2")
	}},
	{store.ErrNotFound, func(error) *Problem { return missing() }},
	{broker.ErrNoLetter, func(error) *Problem { return missing() }},
	{auth.ErrNotFound, func(error) *Problem { return missing() }},
	{dataset.ErrNoCell, func(error) *Problem { return missing() }},
	{control.ErrFourEyes, status(http.StatusForbidden, "four_eyes", "ask a colleague to close the control point")},
	{flow.ErrStale, status(http.StatusPreconditionFailed, "stale", "read it again, look at what changed, and decide anew")},
	{control.ErrConflict, status(http.StatusConflict, "conflict", "read the run again to see where it stands")},
	{store.ErrConflict, status(http.StatusPreconditionFailed, "stale", "read it again and repeat the change")},
	{flow.ErrInvalid, status(http.StatusUnprocessableEntity, "invalid", "correct the request")},
	{auth.ErrConflict, status(http.StatusPreconditionFailed, "stale", "read it again and repeat the change")},
	{auth.ErrInvalid, status(http.StatusUnprocessableEntity, "invalid", "correct the request")},
	{auth.ErrExists, status(http.StatusConflict, "exists", "use the one that is there")},
	{auth.ErrForbidden, status(http.StatusForbidden, "forbidden", "ask an administrator")},
	{tier.ErrLimit, tierProblem},
	{accesslog.ErrQuery, status(http.StatusUnprocessableEntity, "invalid", "correct the search")},
	{accesslog.ErrTampered, status(http.StatusConflict, "tampered", "keep the records as they are, and look into who could change them")},
	{keys.ErrRotating, status(http.StatusConflict, "under_way", "wait until it has ended")},
	{webhook.ErrInvalid, status(http.StatusUnprocessableEntity, "invalid", "correct the request")},
	{app.ErrBackingUp, status(http.StatusConflict, "running", "wait until it is made")},
	{app.ErrNoFolder, status(http.StatusConflict, "no_folder", "start the server with --backup-dir, or use `analytix admin backup`")},
	{dataset.ErrDiskFull, func(error) *Problem { return full() }},
}

// tierProblem tells everything that a tier's limit tells.
func tierProblem(err error) *Problem {
	var l *tier.Limit
	if !errors.As(err, &l) {
		return newProblem(http.StatusForbidden, "tier_limit", sentence(err)).next("use the professional tier")
	}
	return newProblem(http.StatusForbidden, "tier_limit", sentence(errors.New(l.What))).kept(l.Kept).next("%s", l.Next)
}

// throttled says when to try again.
func throttled(err error) *Problem {
	wait := time.Minute
	var t *auth.ThrottledError
	if errors.As(err, &t) {
		wait = t.RetryAfter
	}
	return newProblem(http.StatusTooManyRequests, "throttled", "Too many attempts failed.").kept("nothing was checked").
		next("wait %s, or ask an administrator for a link", wait.Round(time.Second)).header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

// weakPassword says what is wrong with a password that was chosen; it never quotes it.
func weakPassword(err error) *Problem {
	p := newProblem(http.StatusUnprocessableEntity, "weak_password", sentence(err)).kept("nothing was changed").next("choose another one")
	var weak *auth.WeakPasswordError
	if errors.As(err, &weak) && len(weak.Advice) > 0 {
		p.Next = strings.Join(weak.Advice, " ")
	}
	return p
}

// sentence is an error as a sentence.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:min(1, len(text))]) + text[min(1, len(text)):] + "."
}

func unauthenticated() *Problem {
	return newProblem(http.StatusUnauthorized, "unauthenticated", "Nobody is signed in, or the session has ended.").
		next("sign in").header("WWW-Authenticate", `Bearer realm="analytix"`)
}
