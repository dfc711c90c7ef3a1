package brokertest

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Cluster starts three NATS servers that are one, and returns their addresses and a function that ends the one that is
// asked for. What is left ends with the test.
func Cluster(t *testing.T) (addresses string, stop func(i int)) {
	t.Helper()
	var all []*server.Server
	var urls []string
	ports := freePorts(t, 3)
	routes := server.RoutesFromStr(fmt.Sprintf("nats://127.0.0.1:%d,nats://127.0.0.1:%d,nats://127.0.0.1:%d", ports[0], ports[1], ports[2]))
	for i := range 3 {
		o := &server.Options{
			ServerName: fmt.Sprintf("analytix-test-%d", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, JetStream: true, StoreDir: t.TempDir(),
			Cluster: server.ClusterOpts{Name: "analytix-test", Host: "127.0.0.1", Port: ports[i]}, Routes: routes,
		}
		srv, err := server.NewServer(o)
		if err != nil {
			t.Fatal(err)
		}
		srv.Start()
		t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
		all = append(all, srv)
	}
	for _, srv := range all { // one alone is not ready: it takes two to agree
		if !srv.ReadyForConnections(2 * time.Minute) {
			t.Fatal("a NATS server is not ready")
		}
		urls = append(urls, srv.ClientURL())
	}
	led := func() bool {
		for _, srv := range all {
			if srv.JetStreamIsLeader() {
				return len(srv.JetStreamClusterPeers()) == len(all)
			}
		}
		return false
	}
	await(t, led, "the NATS servers found no leader")
	return strings.Join(urls, ","), func(i int) { all[i].Shutdown(); all[i].WaitForShutdown() }
}

// await returns once something is so.
func await(t *testing.T, so func() bool, otherwise string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for until := time.After(2 * time.Minute); !so(); {
		select {
		case <-tick.C:
		case <-until:
			t.Fatal(otherwise)
		}
	}
}

// freePorts are ports of this machine that nobody has; servers that are to find one another must know them beforehand.
func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() //nolint:errcheck // only to have the port
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}
