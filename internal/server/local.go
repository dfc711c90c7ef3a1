package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
)

// A server whose home is its own answers the operator's commands on a Unix socket in it: whoever may use that folder may
// read the master key, so no further proof is asked for. Homes that processes share need none: a command opens them itself.
const (
	socketName    = "admin.sock"
	pathBackup    = "/backup"
	pathKept      = "/backup/kept"
	pathDiagnose  = "/diagnostics"
	trailerBackup = "Analytix-Backup"
	trailerError  = "Analytix-Error"
)

// openLocal listens on the socket; a home whose path is too long for one goes without.
func (s *Server) openLocal(ctx context.Context) error {
	path := filepath.Join(s.parts.App.Home, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // left by a server that was killed: the lock of the home is ours
		return fmt.Errorf("clearing the socket for the operator's commands: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		s.parts.Log.Warn("there is no socket for the operator's commands: is the path of the state folder too long?", "error", err)
		return nil
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(fmt.Errorf("closing the socket for the operator's commands to others: %w", err), l.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+pathBackup, s.streamBackup)
	mux.HandleFunc("POST "+pathKept, s.backupKept)
	mux.HandleFunc("GET "+pathDiagnose, s.diagnose)
	s.local = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := s.local.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.parts.Log.Error("the operator's commands are not answered any more", "error", err)
		}
	}()
	return nil
}

// streamBackup sends a backup; what follows it says whether it is whole.
func (s *Server) streamBackup(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Trailer", trailerBackup+", "+trailerError)
	w.WriteHeader(http.StatusOK)
	b, err := s.app.WriteBackup(r.Context(), w, s.parts.Version)
	if err != nil {
		s.parts.Log.Warn("a backup failed", "error", err)
		w.Header().Set(trailerError, err.Error())
		return
	}
	text, err := json.Marshal(b)
	if err != nil {
		w.Header().Set(trailerError, err.Error())
		return
	}
	w.Header().Set(trailerBackup, string(text))
}

func (s *Server) backupKept(w http.ResponseWriter, r *http.Request) {
	var b app.Backup
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&b)
	if err == nil {
		err = s.app.KeepBackup(&b)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ErrNotRunning is wrapped by the error about a home that is in use by something that does not answer.
var ErrNotRunning = errors.New("what uses it does not answer the operator's commands")

// Backup asks the server that runs on a home for a backup, in a file as app.SaveBackup makes it.
func Backup(ctx context.Context, home, path string) (*app.Backup, error) {
	client := localClient(home)
	defer client.CloseIdleConnections()
	b, err := app.SaveBackup(path, func(w io.Writer) (*app.Backup, error) { return receiveBackup(ctx, client, w) })
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("telling the server that backup %s is kept: %w", b.ID, err)
	}
	resp, err := localCall(ctx, client, http.MethodPost, pathKept, body)
	if err != nil {
		return nil, err
	}
	return b, resp.Body.Close()
}

// localClient reaches the server that runs on a home.
func localClient(home string) *http.Client {
	socket := filepath.Join(home, socketName)
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
}

func receiveBackup(ctx context.Context, client *http.Client, w io.Writer) (b *app.Backup, err error) {
	resp, err := localCall(ctx, client, http.MethodGet, pathBackup, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if _, err := io.Copy(w, resp.Body); err != nil {
		return nil, fmt.Errorf("receiving the backup from the server: %w", err)
	}
	if said := resp.Trailer.Get(trailerError); said != "" {
		return nil, fmt.Errorf("the server says: %s", said)
	}
	b = &app.Backup{}
	if err := json.Unmarshal([]byte(resp.Trailer.Get(trailerBackup)), b); err != nil {
		return nil, errors.New("the server ended before the backup was whole")
	}
	return b, nil
}

func localCall(ctx context.Context, client *http.Client, method, path string, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://local"+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("asking the server: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the server: %w (%w)", ErrNotRunning, err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<12)) // the status says enough
		return nil, errors.Join(fmt.Errorf("the server says: %s", bytes.TrimSpace(said)), resp.Body.Close())
	}
	return resp, nil
}
