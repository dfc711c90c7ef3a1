package broker

import (
	"context"
	"errors"
	"fmt"
)

// Stats say how the broker stands.
type Stats struct {
	Pending   uint64 // messages that were not handled yet
	Dead      uint64 // that could not be handled
	Consumers []ConsumerStats
}

// ConsumerStats are of one durable name.
type ConsumerStats struct {
	Name        string
	Waiting     uint64 // not handed out yet
	InFlight    int    // handed out, not acknowledged
	Redelivered int    // of those, handed out more than once
}

// Stats asks the broker how it stands.
func (b *Broker) Stats(ctx context.Context) (*Stats, error) {
	live, err := b.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking the message broker for its figures: %w", err)
	}
	dead, err := b.dead.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking the message broker for its figures: %w", err)
	}
	s := &Stats{Pending: live.State.Msgs, Dead: dead.State.Msgs}
	all := b.stream.ListConsumers(ctx)
	for c := range all.Info() {
		s.Consumers = append(s.Consumers, ConsumerStats{Name: c.Name, Waiting: c.NumPending, InFlight: c.NumAckPending, Redelivered: c.NumRedelivered})
	}
	if err := all.Err(); err != nil {
		return nil, fmt.Errorf("asking the message broker for its figures: %w", err)
	}
	return s, nil
}

// ErrAway is the error about a broker that cannot be reached; messages wait in the outbox meanwhile.
var ErrAway = errors.New("the message broker cannot be reached")

// Ready says whether the broker is reached.
func (b *Broker) Ready() error {
	if !b.conn.IsConnected() {
		return ErrAway
	}
	return nil
}
