package store

import (
	"context"
	"fmt"
	"time"
)

// Remark is what somebody said about an item of a run; Item is empty where it is about the run as a whole.
type Remark struct {
	ID        string
	Workspace string
	Run       string
	Item      string
	Account   string
	RemarkBody
	Created time.Time
	Edited  time.Time // zero where it was not
}

// RemarkBody is what is sealed of a remark.
type RemarkBody struct {
	Text     string   `json:"text"`
	Mentions []string `json:"mentions,omitempty"` // accounts
	Salt     string   `json:"salt,omitempty"`     // goes before the text into the hash that the audit holds
}

// Assignment says who is to see to an item of a run.
type Assignment struct {
	Run       string
	Item      string
	Workspace string
	Account   string
	Assigner  string
	Due       time.Time // zero for none
	Created   time.Time
}

// InsertRemark records a remark.
func (t *Tx) InsertRemark(ctx context.Context, r Remark) error {
	body, err := t.s.sealJSON(r.RemarkBody)
	if err != nil {
		return fmt.Errorf("encrypting remark %s: %w", r.ID, err)
	}
	_, err = t.exec(ctx, "INSERT INTO remark (id, workspace, run, item, account, body, created) VALUES ($1,$2,$3,$4,$5,$6,$7)", r.ID, r.Workspace, r.Run,
		r.Item, r.Account, body, t.s.now())
	if err != nil {
		return fmt.Errorf("recording remark %s: %w", r.ID, err)
	}
	return nil
}

// SaveRemark writes the text of a remark anew, as edited now.
func (t *Tx) SaveRemark(ctx context.Context, id string, b RemarkBody) error {
	body, err := t.s.sealJSON(b)
	if err != nil {
		return fmt.Errorf("encrypting remark %s: %w", id, err)
	}
	if _, err = t.exec(ctx, "UPDATE remark SET body = $1, edited = $2 WHERE id = $3", body, t.s.now(), id); err != nil {
		return fmt.Errorf("editing remark %s: %w", id, err)
	}
	return nil
}

// DropRemark removes a remark on a run, and says whether there was one.
func (t *Tx) DropRemark(ctx context.Context, run, id string) (bool, error) {
	n, err := t.exec(ctx, "DELETE FROM remark WHERE id = $1 AND run = $2", id, run)
	if err != nil {
		return false, fmt.Errorf("removing remark %s: %w", id, err)
	}
	return n > 0, nil
}

// Remarks lists what was said about a run, the oldest first.
func (s *Store) Remarks(ctx context.Context, run string) ([]Remark, error) {
	return s.remarks(ctx, s.read, run)
}

// Remarks lists what was said about a run, the oldest first.
func (t *Tx) Remarks(ctx context.Context, run string) ([]Remark, error) {
	return t.s.remarks(ctx, t.tx, run)
}

func (s *Store) remarks(ctx context.Context, q querier, run string) ([]Remark, error) {
	all, err := list(ctx, q, func(scan func(...any) error) (Remark, error) {
		var r Remark
		var body []byte
		var created, edited int64
		if err := scan(&r.ID, &r.Workspace, &r.Run, &r.Item, &r.Account, &body, &created, &edited); err != nil {
			return r, err
		}
		r.Created, r.Edited = moment(created), perhaps(edited)
		return r, s.unsealJSON(body, &r.RemarkBody)
	}, "SELECT id, workspace, run, item, account, body, created, edited FROM remark WHERE run = $1 ORDER BY created, id", run)
	if err != nil {
		return nil, fmt.Errorf("listing the remarks on run %s: %w", run, err)
	}
	return all, nil
}

// PutAssignment records who is to see to an item, in the place of whoever was.
func (t *Tx) PutAssignment(ctx context.Context, a Assignment) error {
	var due int64
	if !a.Due.IsZero() {
		due = a.Due.UnixMicro()
	}
	_, err := t.exec(ctx, "INSERT INTO assignment (run, item, workspace, account, assigner, due, created) VALUES ($1,$2,$3,$4,$5,$6,$7) "+
		"ON CONFLICT (run, item) DO UPDATE SET account = excluded.account, assigner = excluded.assigner, due = excluded.due, created = excluded.created",
		a.Run, a.Item, a.Workspace, a.Account, a.Assigner, due, t.s.now())
	if err != nil {
		return fmt.Errorf("assigning %s of run %s: %w", a.Item, a.Run, err)
	}
	return nil
}

// DropAssignment has nobody in particular see to an item, and says whether somebody was to.
func (t *Tx) DropAssignment(ctx context.Context, run, item string) (bool, error) {
	n, err := t.exec(ctx, "DELETE FROM assignment WHERE run = $1 AND item = $2", run, item)
	if err != nil {
		return false, fmt.Errorf("unassigning %s of run %s: %w", item, run, err)
	}
	return n > 0, nil
}

// Assignments lists who is to see to what of a run, by the item.
func (s *Store) Assignments(ctx context.Context, run string) ([]Assignment, error) {
	return assignments(ctx, s.read, "run = $1 ORDER BY item", run)
}

// Assignments lists who is to see to what of a run, by the item.
func (t *Tx) Assignments(ctx context.Context, run string) ([]Assignment, error) {
	return assignments(ctx, t.tx, "run = $1 ORDER BY item", run)
}

// AssignedTo lists what an account is to see to in a workspace, the latest first.
func (s *Store) AssignedTo(ctx context.Context, workspace, account string, limit int) ([]Assignment, error) {
	return assignments(ctx, s.read, "workspace = $1 AND account = $2 ORDER BY created DESC, run, item LIMIT $3", workspace, account, limit)
}

func assignments(ctx context.Context, q querier, where string, args ...any) ([]Assignment, error) {
	all, err := list(ctx, q, func(scan func(...any) error) (Assignment, error) {
		var a Assignment
		var due, created int64
		err := scan(&a.Run, &a.Item, &a.Workspace, &a.Account, &a.Assigner, &due, &created)
		a.Due, a.Created = perhaps(due), moment(created)
		return a, err
	}, "SELECT run, item, workspace, account, assigner, due, created FROM assignment WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("listing assignments: %w", err)
	}
	return all, nil
}

// PutPresence records that somebody looks at a run, until a moment.
func (t *Tx) PutPresence(ctx context.Context, run, account string, until time.Time) error {
	_, err := t.exec(ctx, "INSERT INTO presence (run, account, until) VALUES ($1,$2,$3) ON CONFLICT (run, account) DO UPDATE SET until = excluded.until",
		run, account, until.UnixMicro())
	if err != nil {
		return fmt.Errorf("recording who looks at run %s: %w", run, err)
	}
	return nil
}

// DropPresence records that somebody looks at a run no more, and forgets those whose moment has passed.
func (t *Tx) DropPresence(ctx context.Context, run, account string) error {
	if _, err := t.exec(ctx, "DELETE FROM presence WHERE (run = $1 AND account = $2) OR until < $3", run, account, t.s.now()); err != nil {
		return fmt.Errorf("recording who looks at run %s: %w", run, err)
	}
	return nil
}

// Presences tells who looks at which run, and until when that holds.
func (s *Store) Presences(ctx context.Context) (map[string]map[string]time.Time, error) {
	all := map[string]map[string]time.Time{}
	_, err := list(ctx, s.read, func(scan func(...any) error) (struct{}, error) {
		var run, account string
		var until int64
		err := scan(&run, &account, &until)
		if all[run] == nil {
			all[run] = map[string]time.Time{}
		}
		all[run][account] = moment(until)
		return struct{}{}, err
	}, "SELECT run, account, until FROM presence WHERE until >= $1", s.now())
	if err != nil {
		return nil, fmt.Errorf("listing who looks at runs: %w", err)
	}
	return all, nil
}

// Present lists the accounts that look at a run, in their order.
func (s *Store) Present(ctx context.Context, run string) ([]string, error) {
	return s.present(ctx, s.read, run)
}

// Present lists the accounts that look at a run, in their order.
func (t *Tx) Present(ctx context.Context, run string) ([]string, error) {
	return t.s.present(ctx, t.tx, run)
}

func (s *Store) present(ctx context.Context, q querier, run string) ([]string, error) {
	all, err := list(ctx, q, func(scan func(...any) error) (string, error) {
		var account string
		err := scan(&account)
		return account, err
	}, "SELECT account FROM presence WHERE run = $1 AND until >= $2 ORDER BY account", run, s.now())
	if err != nil {
		return nil, fmt.Errorf("listing who looks at run %s: %w", run, err)
	}
	return all, nil
}
