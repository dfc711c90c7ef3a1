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
	return ServerOfItsOwn(t).Address
}

// Own is a NATS server that can be stopped and started again.
type Own struct {
	Address string
	options server.Options
	server  *server.Server
}

// ServerOfItsOwn starts one, as Server does.
func ServerOfItsOwn(t *testing.T) *Own {
	t.Helper()
	o := &Own{options: server.Options{
		ServerName: "analytix-test", Host: "127.0.0.1", Port: freePorts(t, 1)[0], NoSigs: true, JetStream: true, StoreDir: t.TempDir(),
	}}
	o.Start(t)
	t.Cleanup(o.Stop)
	o.Address = o.server.ClientURL()
	return o
}

// Start starts it again at its address, on what it has kept.
func (o *Own) Start(t *testing.T) {
	t.Helper()
	options := o.options // the server writes into them
	var err error
	if o.server, err = server.NewServer(&options); err != nil {
		t.Fatal(err)
	}
	o.server.Start()
	if !o.server.ReadyForConnections(time.Minute) {
		t.Fatal("the NATS server is not ready")
	}
}

// Stop ends it, and waits for that.
func (o *Own) Stop() {
	o.server.Shutdown()
	o.server.WaitForShutdown()
}
