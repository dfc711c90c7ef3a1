// Package tooltest finds the servers that tests need and that make test-setup builds into bin/tools, and where they can listen.
package tooltest

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

// The programs, with their versions, as the Makefile names them.
const (
	VersityGW  = "versitygw-v1.8.0"    // S3-compatible storage
	NATSServer = "nats-server-v2.15.2" // a server of a NATS cluster
)

// Path is where a program is. Where it is missing the test is skipped, or with CI set, fails.
func Path(t *testing.T, program string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	path := filepath.Join(dir, "bin", "tools", program)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v (make test-setup): what needs it was not tried", err)
		}
		t.Skipf("%v (make test-setup): what needs it was not tried", err)
	}
	return path
}

// FreeAddress is an address of this machine, with a port that nobody had a moment ago: for servers that must know theirs
// beforehand.
func FreeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only to have the port
	return l.Addr().String()
}
