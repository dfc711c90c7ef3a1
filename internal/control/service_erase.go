package control

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
)

// ActionErased is the action of the audit entry that tells of an erasure.
const ActionErased = "run.erased"

// Erase empties the records of a run in the transaction: goal, file name, state, decisions, messages, tasks, progress. Its
// audit chain goes on with an entry that holds the proof, and a seal; hashes and counts of its versions stay.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, run *store.Run, actor flow.Actor, proof map[string]any) (store.Erased, error) {
	erased := store.Erased{}
	state, err := json.Marshal(State{Run: run.ID, Status: Erased, Stage: flow.Stage(run.Stage)})
	if err != nil {
		return erased, fmt.Errorf("erasing run %s: %w", run.ID, err)
	}
	next := *run
	next.Status, next.State = string(Erased), state
	next.Head = store.Head{Dataset: run.Head.Dataset, Bytes: run.Head.Bytes, SHA256: run.Head.SHA256}
	if erased, err = tx.EraseRun(ctx, next); err != nil {
		return erased, err
	}
	tasks, err := s.queue.Forget(ctx, tx, run.ID)
	if err != nil {
		return erased, err
	}
	proof["decisions"], proof["messages"], proof["documents"], proof["files"] = erased.Decisions, erased.Messages, erased.Documents, erased.Files
	proof["tasks"] = tasks
	last, err := tx.AuditLast(ctx, run.ID)
	if err != nil {
		return erased, err
	}
	at := s.now()
	link, err := audit.Append(linkOf(last), audit.Entry{At: at, Run: run.ID, Actor: actor.Kind + ":" + actor.Name, Action: ActionErased,
		Object: run.Head.Dataset, Details: proof})
	if err != nil {
		return erased, err
	}
	if err := addLink(ctx, tx, run.ID, ActionErased, link); err != nil {
		return erased, err
	}
	seal, err := audit.Seal(&link, run.ID, systemActor, at)
	if err != nil {
		return erased, err
	}
	tx.AfterCommit(func() {
		s.hub.publish(updateOf(run, &State{Run: run.ID, Status: Erased, Stage: flow.Stage(run.Stage)}))
	})
	return erased, addLink(ctx, tx, run.ID, audit.ActionSeal, seal)
}
