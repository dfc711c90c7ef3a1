package accesslog

import "context"

// Lag says how many entries the log has, and how many of them a target of Send was not sent yet.
func (l *Log) Lag(ctx context.Context, t Target) (entries, unsent int64, err error) {
	last, err := l.cfg.Store.AccessMark(ctx, end)
	if err != nil || t == (Target{}) {
		return last.Seq, 0, err
	}
	sent, err := l.cfg.Store.AccessMark(ctx, markOf(t))
	return last.Seq, last.Seq - sent.Seq, err
}

// markOf names the mark of how far a target has got.
func markOf(t Target) string { return "sent " + t.String() }
