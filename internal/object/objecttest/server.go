// Package objecttest starts a server of S3-compatible storage.
package objecttest

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/object"
	"github.com/analytix-flow/analytix/internal/tooltest"
)

// What lets tests in. The same for all, since whoever opens a bucket reads it from the environment.
const (
	access = "analytix-test"
	secret = "analytix-test-secret" //nolint:gosec // of a server that lives as long as the test
)

// Server is a server with a bucket. It ends with the test.
type Server struct {
	t    *testing.T
	path string // of the program
	dir  string
	at   string // its address
	cmd  *exec.Cmd
}

// Start starts a server on a free port of this machine, and has the environment of the test say who may come in.
func Start(t *testing.T) *Server {
	t.Helper()
	path := tooltest.Path(t, tooltest.VersityGW)
	t.Setenv("AWS_ACCESS_KEY_ID", access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	s := &Server{t: t, path: path, dir: t.TempDir(), at: tooltest.FreeAddress(t)}
	for _, dir := range []string{s.root(), s.sidecar(), filepath.Join(s.root(), "bucket")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.Resume()
	t.Cleanup(s.Stop)
	return s
}

func (s *Server) root() string    { return filepath.Join(s.dir, "root") }
func (s *Server) sidecar() string { return filepath.Join(s.dir, "sidecar") }

// URL is the address of a prefix in the server's bucket.
func (s *Server) URL(prefix string) string {
	return "s3://bucket/" + prefix + "?endpoint=" + url.QueryEscape("http://"+s.at) + "&region=us-east-1"
}

// Process is the server's, to be paused; nil where it was stopped.
func (s *Server) Process() *os.Process {
	if s.cmd == nil {
		return nil
	}
	return s.cmd.Process
}

// Stop ends the server; what it keeps stays.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // that it was killed is the purpose
	s.cmd = nil
}

// Resume starts the server again with what it keeps.
func (s *Server) Resume() {
	s.t.Helper()
	s.cmd = exec.Command(s.path, "--quiet", "--port", s.at, "posix", "--sidecar", s.sidecar(), s.root()) //nolint:noctx // ended by Stop
	s.cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY_ID="+access, "ROOT_SECRET_ACCESS_KEY="+secret)
	var said bytes.Buffer
	s.cmd.Stdout, s.cmd.Stderr = &said, &said
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := object.Open(ctx, s.URL(""))
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.t.Fatalf("the object storage does not answer: %v\n%s", err, said.String())
		}
	}
}
