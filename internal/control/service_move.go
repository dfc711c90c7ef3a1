package control

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/analytix-flow/analytix/internal/admission"
	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// move is a run on its way through events, all in one transaction: its state is read once before them and written once after
// them, however many there are.
type move struct {
	*Service
	tx      *store.Tx
	run     *store.Run
	state   *State
	link    *audit.Link  // the end of the run's chain
	entries []audit.Link // what was added to it
	decided bool         // a decision was taken or withdrawn
	moved   bool         // something is to be announced
}

func (s *Service) move(ctx context.Context, tx *store.Tx, id string) (*move, error) {
	run, err := tx.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	state, err := s.stateOf(run)
	if err != nil {
		return nil, err
	}
	last, err := tx.AuditLast(ctx, id)
	if err != nil {
		return nil, err
	}
	return &move{Service: s, tx: tx, run: run, state: state, link: linkOf(last)}, nil
}

// step steps the state by an event, and carries out what follows. With an error of Step, which IsConflict or flow.ErrInvalid
// tell, nothing is changed, and further events may follow.
func (m *move) step(ctx context.Context, e Event) (err error) {
	ctx, ended := m.stepping(ctx, e)
	defer func() { ended(err) }()
	next, commands, err := Step(*m.state, e)
	if err != nil {
		return err
	}
	if !e.Kind.FromPerson() && len(commands) == 0 && reflect.DeepEqual(*m.state, next) {
		return nil // late, and dropped
	}
	before := m.state
	m.state, m.run.Status, m.run.Stage = &next, string(next.Status), string(next.Stage)
	m.decided = m.decided || e.Kind == DecisionTaken || e.Kind == DecisionWithdrawn
	if e.Kind == DecisionTaken {
		if err := m.tx.AddDecision(ctx, m.run.ID, e.Stage, e.Round, *e.Decision); err != nil {
			return err
		}
	}
	if e.Kind == RunRetried {
		if err := m.tx.DropDeadTasks(ctx, m.run.ID); err != nil {
			return err
		}
	}
	if err := m.record(ctx, e, before); err != nil {
		return err
	}
	if m.onMove != nil {
		if err := m.onMove(ctx, m.tx, Moved{Run: m.run, Event: e.Kind, At: e.At, Before: before, After: m.state}); err != nil {
			return err
		}
	}
	for _, c := range commands {
		if err := m.carryOut(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// end writes the state, and tells whoever watches once the transaction is committed.
func (m *move) end(ctx context.Context) error {
	if len(m.entries) == 0 {
		return nil
	}
	encoded, err := json.Marshal(m.state)
	if err != nil {
		return fmt.Errorf("writing the state of run %s: %w", m.run.ID, err)
	}
	m.run.State = encoded
	if err := m.tx.SaveState(ctx, m.run); err != nil {
		return err
	}
	u := updateOf(m.run, m.state)
	u.Entries = m.entries
	m.tx.AfterCommit(func() {
		if m.decided {
			d := u
			d.Kind, d.Proposal = Decided, nil
			m.hub.publish(d)
		}
		if m.moved {
			m.hub.publish(u)
		}
	})
	return nil
}

func (m *move) carryOut(ctx context.Context, c Command) error {
	t := task.Task{Run: c.Run, Stage: c.Stage, Round: c.Round, Try: c.Try, Tier: m.run.Tier, Kind: c.Handler,
		Size: admission.Size{Bytes: m.run.Head.Bytes, Columns: m.state.Columns}}
	switch c.Kind {
	case Plan, Assemble, Conclude:
		return m.put(ctx, m.tx, store.Command, c.Run, string(c.Kind), c)
	case Task:
		return m.queue.Insert(ctx, m.tx, t, time.Time{})
	case Decide:
		if !Automatic(&m.run.Head) {
			return nil
		}
		t.Kind = kindDecide
		return m.queue.Insert(ctx, m.tx, t, time.Time{})
	case Cancel:
		return m.queue.Cancel(ctx, m.tx, c.Run, c.Stage)
	case Announce:
		m.moved = true
		return nil
	default:
		return fmt.Errorf("command %q of run %s is not known", c.Kind, c.Run)
	}
}

// record adds an event to the run's audit chain; the chain of a run that has ended is sealed.
func (m *move) record(ctx context.Context, e Event, before *State) error {
	entry := audit.Entry{At: e.At, Run: e.Run, Actor: systemActor, Action: string(e.Kind), Object: object(&e)}
	if e.Actor.Kind != "" {
		entry.Actor = e.Actor.Kind + ":" + e.Actor.Name
	}
	var err error
	if entry.Details, err = m.details(ctx, &e, m.state); err != nil {
		return err
	}
	return m.chain(ctx, entry, m.state.Status != before.Status)
}

// chain adds an entry to the run's audit, and a seal behind it where the run has ended and that is asked for.
func (m *move) chain(ctx context.Context, entry audit.Entry, seal bool) error {
	next, err := audit.Append(m.link, entry)
	if err != nil {
		return err
	}
	if err := m.add(ctx, entry.Action, next); err != nil {
		return err
	}
	if !seal || (m.state.Status != Done && m.state.Status != Aborted) {
		return nil
	}
	last, err := audit.Seal(&next, m.run.ID, systemActor, entry.At)
	if err != nil {
		return err
	}
	return m.add(ctx, audit.ActionSeal, last)
}

func (m *move) add(ctx context.Context, kind string, l audit.Link) error {
	m.link, m.entries = &l, append(m.entries, l)
	return addLink(ctx, m.tx, m.run.ID, kind, l)
}

// take applies events from outside in one transaction, so that whoever asks learns at once what becomes of them. Stage and round
// are filled in from the present state where an event leaves them open.
func (s *Service) take(ctx context.Context, run string, events ...Event) error {
	return s.store.InRunTx(ctx, run, func(ctx context.Context, tx *store.Tx) error {
		m, err := s.move(ctx, tx, run)
		if err != nil {
			return err
		}
		for _, e := range events {
			e.Run, e.At = run, s.now()
			st := m.state.Stages[m.state.Stage]
			if e.Stage == "" && st != nil {
				e.Stage, e.Round, e.Try = m.state.Stage, st.Round, st.Try
			}
			if err := m.step(ctx, e); err != nil {
				return err
			}
		}
		return m.end(ctx)
	})
}
