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
}

// RemarkBody is what is sealed of a remark.
type RemarkBody struct {
	Text     string   `json:"text"`
	Mentions []string `json:"mentions,omitempty"` // accounts
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

// Notice tells somebody of something.
type Notice struct {
	ID        string
	Account   string // who is told
	Workspace string
	Run       string
	Kind      string
	NoticeBody
	Created time.Time
	Seen    time.Time // zero while nobody has read it
}

// NoticeBody is what is sealed of a notice.
type NoticeBody struct {
	From  string `json:"from,omitempty"` // account
	Item  string `json:"item,omitempty"`
	File  string `json:"file,omitempty"`
	Stage string `json:"stage,omitempty"`
	Text  string `json:"text,omitempty"` // the beginning of a remark
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

// DropRemark removes a remark of an account on a run, and says whether there was one.
func (t *Tx) DropRemark(ctx context.Context, run, id, account string) (bool, error) {
	n, err := t.exec(ctx, "DELETE FROM remark WHERE id = $1 AND run = $2 AND account = $3", id, run, account)
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
		var created int64
		if err := scan(&r.ID, &r.Workspace, &r.Run, &r.Item, &r.Account, &body, &created); err != nil {
			return r, err
		}
		r.Created = moment(created)
		return r, s.unsealJSON(body, &r.RemarkBody)
	}, "SELECT id, workspace, run, item, account, body, created FROM remark WHERE run = $1 ORDER BY created, id", run)
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
	return assignments(ctx, s.read, run)
}

// Assignments lists who is to see to what of a run, by the item.
func (t *Tx) Assignments(ctx context.Context, run string) ([]Assignment, error) {
	return assignments(ctx, t.tx, run)
}

func assignments(ctx context.Context, q querier, run string) ([]Assignment, error) {
	all, err := list(ctx, q, func(scan func(...any) error) (Assignment, error) {
		var a Assignment
		var due, created int64
		err := scan(&a.Run, &a.Item, &a.Workspace, &a.Account, &a.Assigner, &due, &created)
		if due != 0 {
			a.Due = moment(due)
		}
		a.Created = moment(created)
		return a, err
	}, "SELECT run, item, workspace, account, assigner, due, created FROM assignment WHERE run = $1 ORDER BY item", run)
	if err != nil {
		return nil, fmt.Errorf("listing the assignments of run %s: %w", run, err)
	}
	return all, nil
}

// InsertNotice records a notice that nobody has read.
func (t *Tx) InsertNotice(ctx context.Context, n Notice) error {
	body, err := t.s.sealJSON(n.NoticeBody)
	if err != nil {
		return fmt.Errorf("encrypting notice %s: %w", n.ID, err)
	}
	_, err = t.exec(ctx, "INSERT INTO notice (id, account, workspace, run, kind, body, created, seen) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)", n.ID, n.Account,
		n.Workspace, n.Run, n.Kind, body, t.s.now(), int64(0))
	if err != nil {
		return fmt.Errorf("recording notice %s: %w", n.ID, err)
	}
	return nil
}

// Notices lists what an account was told of, the latest first.
func (s *Store) Notices(ctx context.Context, account string, limit int) ([]Notice, error) {
	all, err := list(ctx, s.read, func(scan func(...any) error) (Notice, error) {
		var n Notice
		var body []byte
		var created, seen int64
		if err := scan(&n.ID, &n.Account, &n.Workspace, &n.Run, &n.Kind, &body, &created, &seen); err != nil {
			return n, err
		}
		n.Created = moment(created)
		if seen != 0 {
			n.Seen = moment(seen)
		}
		return n, s.unsealJSON(body, &n.NoticeBody)
	}, "SELECT id, account, workspace, run, kind, body, created, seen FROM notice WHERE account = $1 ORDER BY created DESC, id DESC LIMIT $2", account, limit)
	if err != nil {
		return nil, fmt.Errorf("listing the notices of account %s: %w", account, err)
	}
	return all, nil
}

// SeeNotices marks notices of an account as read: those of the ids, or all where there are none.
func (t *Tx) SeeNotices(ctx context.Context, account string, ids []string) error {
	query, args := "UPDATE notice SET seen = $1 WHERE account = $2 AND seen = 0", [][]any{{t.s.now(), account}}
	if len(ids) > 0 {
		query, args = query+" AND id = $3", nil
		for _, id := range ids {
			args = append(args, []any{t.s.now(), account, id})
		}
	}
	for _, a := range args {
		if _, err := t.exec(ctx, query, a...); err != nil {
			return fmt.Errorf("marking notices of account %s as read: %w", account, err)
		}
	}
	return nil
}

// DropNotices removes notices that are older than a moment, and says how many.
func (t *Tx) DropNotices(ctx context.Context, before time.Time) (int64, error) {
	n, err := t.exec(ctx, "DELETE FROM notice WHERE created < $1", before.UnixMicro())
	if err != nil {
		return 0, fmt.Errorf("removing old notices: %w", err)
	}
	return n, nil
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

// DiscussionMark is another whenever something was said, taken back or assigned at a run.
func (s *Store) DiscussionMark(ctx context.Context, run string) (string, error) {
	var remarks, lastRemark, assigned, lastAssigned int64
	err := s.read.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM remark WHERE run = $1), (SELECT coalesce(max(created), 0) FROM remark WHERE run = $1), "+
		"(SELECT count(*) FROM assignment WHERE run = $1), (SELECT coalesce(max(created), 0) FROM assignment WHERE run = $1)", run).
		Scan(&remarks, &lastRemark, &assigned, &lastAssigned)
	if err != nil {
		return "", fmt.Errorf("looking at what was said about run %s: %w", run, err)
	}
	return fmt.Sprint(remarks, lastRemark, assigned, lastAssigned), nil
}
