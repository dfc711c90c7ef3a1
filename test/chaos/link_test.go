package chaos_test

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
)

// link is the way of one process to one service: a port of this machine from which everything goes to the service and back.
// A link that is cut loses its connections and takes no further ones; over one that is stalled nothing comes through, and
// neither end is told.
type link struct {
	at     string // address for the process
	target func(ctx context.Context) (net.Conn, error)

	mu    sync.Mutex
	moves sync.Cond // told when stalled ends
	cut   bool
	stall bool
	conns map[net.Conn]bool
}

func newLink(t *testing.T, target func(ctx context.Context) (net.Conn, error)) *link {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := &link{at: l.Addr().String(), target: target, conns: map[net.Conn]bool{}}
	k.moves.L = &k.mu
	ctx := context.WithoutCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { k.carry(ctx, c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close() // ends the loop above
		k.set(true, false)
		all.Wait()
	})
	return k
}

// set cuts or stalls the link, or heals it.
func (k *link) set(cut, stall bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cut, k.stall = cut, stall
	if cut {
		for c := range k.conns {
			_ = c.Close() // both ends learn of it by this
		}
	}
	k.moves.Broadcast()
}

// keep notes a connection, to be closed when the link is cut; one that comes meanwhile is not taken.
func (k *link) keep(c net.Conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.cut {
		k.conns[c] = true
	}
	return !k.cut
}

func (k *link) drop(c net.Conn) {
	k.mu.Lock()
	delete(k.conns, c)
	k.mu.Unlock()
	_ = c.Close() // it may be closed
}

func (k *link) carry(ctx context.Context, near net.Conn) {
	defer k.drop(near)
	if !k.keep(near) {
		return
	}
	far, err := k.target(ctx)
	if err != nil {
		return
	}
	defer k.drop(far)
	if !k.keep(far) {
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			_, _ = io.Copy(gate{way[1], k}, way[0]) // however it ends, the other way ends with it
			k.drop(way[0])
			k.drop(way[1])
		})
	}
	both.Wait()
}

// gate lets nothing through while the link is stalled.
type gate struct {
	io.Writer
	k *link
}

func (g gate) Write(p []byte) (int, error) {
	g.k.mu.Lock()
	for g.k.stall && !g.k.cut {
		g.k.moves.Wait()
	}
	g.k.mu.Unlock()
	return g.Writer.Write(p)
}

// to dials an address.
func to(network, address string) func(ctx context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) { return (&net.Dialer{}).DialContext(ctx, network, address) }
}
