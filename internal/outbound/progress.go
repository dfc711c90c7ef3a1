package outbound

import (
	"context"
	"net"
	"time"
)

// Progress has connections fail on which nothing moves for so long, in neither direction: of a transfer that takes as long as its size
// needs, it is the one sign that the other side is still there.
func Progress(dial func(ctx context.Context, network, address string) (net.Conn, error), within time.Duration) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &moving{Conn: c, within: within}, nil
	}
}

// moving is a connection that ends where nothing moves on it.
type moving struct {
	net.Conn
	within time.Duration
}

// Read implements net.Conn.
func (m *moving) Read(p []byte) (int, error) {
	if err := m.SetDeadline(time.Now().Add(m.within)); err != nil {
		return 0, err
	}
	return m.Conn.Read(p)
}

// Write implements net.Conn. What is written also puts off the end of a read that waits for the answer.
func (m *moving) Write(p []byte) (int, error) {
	if err := m.SetDeadline(time.Now().Add(m.within)); err != nil {
		return 0, err
	}
	return m.Conn.Write(p)
}
