package store

import (
	"context"
	"fmt"
	"strings"
)

// Posted is what became of a message of the outbox.
type Posted struct {
	ID      string
	Channel Channel
	Seq     int64
	Kind    string
	Sent    bool
	Handled []string // the consumers that entered it into their inbox
}

// Posted lists the messages of a run with what became of them, in the order in which they were posted. A message that
// stands in an inbox and not in the outbox has no channel.
func (s *Store) Posted(ctx context.Context, run string) ([]Posted, error) {
	agg := "group_concat(i.consumer)"
	if s.dialect == Postgres {
		agg = "string_agg(i.consumer, ',')"
	}
	all, err := list(ctx, s.read, scanPosted, "SELECT o.id, o.channel, o.seq, o.kind, o.sent, (SELECT coalesce("+agg+
		", '') FROM inbox i WHERE i.message = o.id) FROM outbox o WHERE o.run = $1 ORDER BY o.position", run)
	if err != nil {
		return nil, fmt.Errorf("reading the messages of run %s: %w", run, err)
	}
	orphans, err := list(ctx, s.read, scanPosted, "SELECT i.message, '', i.seq, '', 0, i.consumer FROM inbox i "+
		"WHERE i.run = $1 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = i.message) ORDER BY i.seq", run)
	if err != nil {
		return nil, fmt.Errorf("reading the inboxes of run %s: %w", run, err)
	}
	return append(all, orphans...), nil
}

func scanPosted(scan func(...any) error) (Posted, error) {
	var d Posted
	var sent int64
	var handled string
	if err := scan(&d.ID, &d.Channel, &d.Seq, &d.Kind, &sent, &handled); err != nil {
		return d, err
	}
	d.Sent = sent != 0
	if handled != "" {
		d.Handled = strings.Split(handled, ",")
	}
	return d, nil
}
