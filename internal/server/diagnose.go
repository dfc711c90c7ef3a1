package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"

	"github.com/analytix-flow/analytix/internal/httpapi"
)

// self is what this process tells of itself in a diagnostics bundle. What cannot be told says why.
func (s *Server) self(ctx context.Context) httpapi.Self {
	d := httpapi.Self{Began: s.began, Complaints: s.memory.list(),
		Platform: fmt.Sprintf("%s %s/%s, %d processors", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())}
	if err := s.fit(ctx); err != nil {
		d.Ready = err.Error()
	}
	var settings bytes.Buffer
	if err := s.cfg.Print(&settings, nil); err != nil {
		fmt.Fprintf(&settings, "# %v\n", err)
	}
	d.Settings = settings.String()
	var err error
	if d.Figures, err = s.metrics.Text(); err != nil {
		d.Figures = fmt.Sprintf("# %v\n", err)
	}
	return d
}

// diagnose answers with the bundle.
func (s *Server) diagnose(w http.ResponseWriter, r *http.Request) {
	if s.api == nil {
		http.Error(w, "this process serves no API: ask one that does", http.StatusNotFound)
		return
	}
	d, err := s.api.Diagnose(r.Context())
	var text []byte
	if err == nil {
		text, err = json.MarshalIndent(d, "", " ")
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(text) // a command that is gone needs no answer
}

// Diagnostics asks the server that runs on a home for its bundle of diagnostics, as JSON. The error wraps ErrNotRunning where
// none runs there.
func Diagnostics(ctx context.Context, home string) ([]byte, error) {
	client := localClient(home)
	defer client.CloseIdleConnections()
	resp, err := localCall(ctx, client, http.MethodGet, pathDiagnose, nil)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("receiving the diagnostics from the server: %w", err)
	}
	return text, nil
}
