// Package brokertest starts a NATS server as a cluster's would be: one that listens, for processes to connect to.
package brokertest

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Server starts a NATS server with JetStream on a free port of this machine and returns its address. It ends with the test.
func Server(t *testing.T) string {
	t.Helper()
	srv, err := server.NewServer(&server.Options{
		ServerName: "analytix-test", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, JetStream: true, StoreDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	})
	if !srv.ReadyForConnections(time.Minute) {
		t.Fatal("the NATS server is not ready")
	}
	return srv.ClientURL()
}
