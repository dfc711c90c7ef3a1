package control

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
)

// systemActor names the program itself in the audit chain.
const systemActor = "system:control"

func linkOf(e *store.AuditEntry) *audit.Link {
	if e == nil {
		return nil
	}
	return &audit.Link{Seq: e.Seq, Prev: e.Prev, Hash: e.Hash, Body: e.Body}
}

func addLink(ctx context.Context, tx *store.Tx, run, kind string, l audit.Link) error {
	return tx.AddAudit(ctx, store.AuditEntry{Run: run, Seq: l.Seq, Kind: kind, Prev: l.Prev, Hash: l.Hash, Body: l.Body})
}

// object is what the event is about.
func object(e *Event) string {
	switch {
	case e.Decision != nil:
		return e.Decision.Item
	case e.Item != "":
		return e.Item
	case e.Handler != "":
		return e.Handler
	default:
		return string(e.Stage)
	}
}

// details is what an auditor wants to know of an event: what was decided and why, and the hashes of what was made.
func (s *Service) details(ctx context.Context, e *Event, after *State) (map[string]any, error) {
	d := map[string]any{"status": string(after.Status)}
	set := func(name, value string) {
		if value != "" {
			d[name] = value
		}
	}
	set("stage", string(e.Stage))
	set("message", e.Message)
	set("seen", e.Seen)
	set("like", string(e.Like))
	set("stop_after", string(e.StopAfter))
	if e.Round > 0 {
		d["round"], d["try"] = e.Round, e.Try
	}
	if e.Options != nil {
		d["options"] = e.Options
	}
	if e.Proposal != nil {
		d["proposal"], d["items"], d["version"] = e.Proposal.Hash, len(e.Proposal.Items), e.Proposal.Version
	}
	if e.Decision != nil {
		decisionDetails(d, e.Decision)
	}
	if e.Document != "" {
		doc, err := s.store.Document(ctx, e.Document)
		if err != nil {
			return nil, err
		}
		d["document"] = doc.SHA256
	}
	files := map[string]any{}
	for name, id := range e.Files {
		f, err := s.store.File(ctx, id)
		if err != nil {
			return nil, err
		}
		files[name] = map[string]any{"rows": f.Rows, "content_hash": f.ContentHash}
	}
	if len(files) > 0 {
		d["files"] = files
	}
	if e.Kind == RunRequested {
		run, err := s.store.Run(ctx, e.Run)
		if err != nil {
			return nil, err
		}
		d["file"], d["bytes"], d["sha256"] = run.Head.File, run.Head.Bytes, run.Head.SHA256
		set("goal", run.Head.Goal)
		set("kpi", run.Head.KPI)
	}
	return d, nil
}

func decisionDetails(d map[string]any, x *flow.Decision) {
	d["decision"], d["choice"], d["seen"] = x.ID, string(x.Choice), x.Seen
	if x.Option != "" {
		d["option"] = x.Option
	}
	if x.Reason != "" {
		d["reason"] = x.Reason
	}
	if x.Due != "" {
		d["due"] = x.Due
	}
	if len(x.Params) > 0 {
		d["params"] = x.Params
	}
	if len(x.Rows) > 0 {
		d["rows"] = x.Rows
	}
}

// Audit returns the run's chain from its beginning.
func (s *Service) Audit(ctx context.Context, run string) ([]audit.Link, error) {
	return s.AuditSince(ctx, run, 0)
}

// AuditSince returns what was added to the run's chain after the entry with the number.
func (s *Service) AuditSince(ctx context.Context, run string, seq int64) ([]audit.Link, error) {
	entries, err := s.store.AuditSince(ctx, run, seq)
	if err != nil {
		return nil, fmt.Errorf("the audit chain of run %s: %w", run, err)
	}
	links := make([]audit.Link, len(entries))
	for i := range entries {
		links[i] = *linkOf(&entries[i])
	}
	return links, nil
}
