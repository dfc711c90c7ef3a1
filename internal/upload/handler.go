package upload

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	tus "github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"golang.org/x/exp/slog"
)

// Protocol headers that this package adds to what the library knows.
const (
	headerExtension = "Tus-Extension"
	headerExpires   = "Upload-Expires"
	headerChecksum  = "Upload-Checksum"
)

// Handler answers the requests of the tus protocol.
type Handler struct {
	s       *Service
	tus     http.Handler
	problem func(http.ResponseWriter, *http.Request, int, error)
}

// linger is how long the work on a request may go on once its client is gone.
const linger = 2 * time.Second

// Handler makes a handler of the protocol. Problem writes the answer to a request that failed, given the protocol's status
// and the error.
func (s *Service) Handler(problem func(http.ResponseWriter, *http.Request, int, error)) (*Handler, error) {
	composer := tus.NewStoreComposer()
	store := tusStore{s}
	composer.UseCore(store)
	composer.UseTerminater(store)
	composer.UseLengthDeferrer(store)
	composer.UseLocker(memorylocker.New())
	h, err := tus.NewHandler(tus.Config{StoreComposer: composer, BasePath: "/", DisableDownload: true, DisableConcatenation: true,
		Cors: &tus.CorsConfig{Disable: true}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		GracefulRequestCompletionTimeout: linger})
	if err != nil {
		return nil, fmt.Errorf("setting up uploads: %w", err)
	}
	return &Handler{s: s, tus: h, problem: problem}, nil
}

// Serve answers a request. base is the path of the collection of uploads, which the request's path begins with; what
// follows is the id.
func (h *Handler) Serve(w http.ResponseWriter, r *http.Request, o Owner, base string) {
	base = strings.TrimSuffix(base, "/") + "/"
	c := &call{owner: o}
	if r.Header.Get("X-HTTP-Method-Override") != "" { // permissions were looked up for the method that was sent
		h.problem(w, r, http.StatusBadRequest, &Protocol{http.StatusBadRequest, "ERR_METHOD", "the method cannot be overridden here"})
		return
	}
	check, err := parseChecksum(r.Header.Get(headerChecksum))
	if err != nil {
		h.problem(w, r, statusOf(err), err)
		return
	}
	c.checksum = check
	inner := r.Clone(context.WithValue(r.Context(), callKey{}, c))
	inner.URL.Path = "/" + strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(base, "/")), "/")
	inner.URL.RawPath = ""
	a := &answer{ResponseWriter: w, h: h, r: r, call: c, base: base}
	h.tus.ServeHTTP(a, inner)
	a.finish()
}

// answer passes on what the library answers, adds what it does not know of, and has refusals written as problems.
type answer struct {
	http.ResponseWriter
	h      *Handler
	r      *http.Request
	call   *call
	base   string
	status int
	text   bytes.Buffer
}

// Unwrap lets the library set deadlines.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status != 0 {
		return
	}
	a.status = status
	header := a.Header()
	if location := header.Get("Location"); location != "" {
		header.Set("Location", a.base+location[strings.LastIndexByte(location, '/')+1:])
	}
	if header.Get(headerExtension) != "" {
		header.Set(headerExtension, header.Get(headerExtension)+",expiration,checksum")
		header.Set("Tus-Checksum-Algorithm", checksumAlgorithms)
		if a.call.owner.Limit > 0 {
			header.Set("Tus-Max-Size", fmt.Sprint(a.call.owner.Limit))
		}
	}
	if status >= http.StatusBadRequest {
		header.Del("Content-Length")
		return // the problem is written when all of the library's is there
	}
	if u := a.call.upload; u != nil && !u.Expires.IsZero() {
		header.Set(headerExpires, u.Expires.UTC().Format(http.TimeFormat))
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.status >= http.StatusBadRequest {
		const most = 1 << 10
		if a.text.Len() < most {
			a.text.Write(b)
		}
		return len(b), nil
	}
	return a.ResponseWriter.Write(b)
}

func (a *answer) finish() {
	if a.status < http.StatusBadRequest {
		return
	}
	err := a.call.err
	if err == nil {
		code, text, _ := strings.Cut(strings.TrimSpace(a.text.String()), ": ")
		if text == "" {
			code, text = "ERR_PROTOCOL", http.StatusText(a.status)
		}
		if a.status >= http.StatusInternalServerError {
			text = "the upload could not be worked"
		}
		err = &Protocol{Status: a.status, Code: code, Text: text}
	}
	if a.call.upload == nil || a.status == http.StatusRequestEntityTooLarge { // otherwise it can be gone on with
		a.Header().Del("Location")
	}
	a.h.problem(a.ResponseWriter, a.r, a.status, err)
}
