package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Access is an entry of the access log, a link of its chain. Package accesslog gives it its meaning: the fields from At to
// Outcome are copies of what stands in Body, for the search.
type Access struct {
	Seq       int64 // from 1, without gaps
	At        time.Time
	Action    string
	Account   string
	Operation string
	Object    string // a keyed hash
	Workspace string
	Outcome   string
	Prev      string
	Hash      string
	Body      []byte
}

// Mark is a place in the chain of the access log.
type Mark struct {
	Seq  int64
	Hash string
}

// LockAccess makes the transaction the only one that adds to the access log. It must be the first thing that the
// transaction does: on PostgreSQL what it sees is settled by the first statement that reads.
func (t *Tx) LockAccess(ctx context.Context) error {
	if t.s.dialect == SQLite {
		return nil // writers wait for one another as it is
	}
	if _, err := t.exec(ctx, "LOCK TABLE access_mark IN EXCLUSIVE MODE"); err != nil {
		return fmt.Errorf("locking the access log: %w", err)
	}
	return nil
}

// AccessMark reads a mark; one that was never set is the zero Mark.
func (t *Tx) AccessMark(ctx context.Context, name string) (Mark, error) {
	return accessMark(ctx, t.tx, name)
}

// AccessMark reads a mark; one that was never set is the zero Mark.
func (s *Store) AccessMark(ctx context.Context, name string) (Mark, error) {
	return accessMark(ctx, s.read, name)
}

func accessMark(ctx context.Context, q querier, name string) (Mark, error) {
	var m Mark
	err := q.QueryRowContext(ctx, "SELECT seq, hash FROM access_mark WHERE name = $1", name).Scan(&m.Seq, &m.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Mark{}, fmt.Errorf("reading the mark %s of the access log: %w", name, err)
	}
	return m, nil
}

// SetAccessMark sets a mark.
func (t *Tx) SetAccessMark(ctx context.Context, name string, m Mark) error {
	_, err := t.exec(ctx, "INSERT INTO access_mark (name, seq, hash) VALUES ($1,$2,$3) "+
		"ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, hash = excluded.hash", name, m.Seq, m.Hash)
	if err != nil {
		return fmt.Errorf("setting the mark %s of the access log: %w", name, err)
	}
	return nil
}

const (
	accessColumns = "seq, at, action, account, operation, object, workspace, outcome, prev, hash, body"
	accessWidth   = 11
	accessRows    = 64 // how many entries one statement inserts
)

// AddAccess adds entries to the access log.
func (t *Tx) AddAccess(ctx context.Context, all []Access) error {
	for len(all) > 0 {
		n := min(len(all), accessRows)
		if err := t.addAccess(ctx, all[:n]); err != nil {
			return fmt.Errorf("adding to the access log: %w", err)
		}
		all = all[n:]
	}
	return nil
}

func (t *Tx) addAccess(ctx context.Context, all []Access) error {
	var query strings.Builder
	query.WriteString("INSERT INTO access (" + accessColumns + ") VALUES ")
	args := make([]any, 0, len(all)*accessWidth)
	for i := range all {
		e := &all[i]
		body, err := t.s.seal(e.Body)
		if err != nil {
			return err
		}
		if i > 0 {
			query.WriteByte(',')
		}
		for k := range accessWidth {
			query.WriteByte("(,"[min(k, 1)])
			query.WriteString(t.placeholder(len(args) + k + 1))
		}
		query.WriteByte(')')
		args = append(args, e.Seq, e.At.UnixMicro(), e.Action, e.Account, e.Operation, e.Object, e.Workspace, e.Outcome, e.Prev, e.Hash, body)
	}
	_, err := t.exec(ctx, query.String(), args...)
	return err
}

// placeholder is that of the n-th argument of a statement with hundreds of them. SQLite looks every numbered one up among all
// before it, so it gets those without a number.
func (t *Tx) placeholder(n int) string {
	if t.s.dialect == SQLite {
		return "?"
	}
	return "$" + strconv.Itoa(n)
}

func (s *Store) scanAccess(scan func(...any) error) (Access, error) {
	var e Access
	var at int64
	err := scan(&e.Seq, &at, &e.Action, &e.Account, &e.Operation, &e.Object, &e.Workspace, &e.Outcome, &e.Prev, &e.Hash, &e.Body)
	if err != nil {
		return e, err
	}
	e.At = moment(at)
	if e.Body, err = s.unseal(e.Body); err != nil {
		return e, fmt.Errorf("decrypting entry %d of the access log: %w", e.Seq, err)
	}
	return e, nil
}

// AccessQuery says what to look for in the access log; an empty field is no condition.
type AccessQuery struct {
	Action, Account, Operation, Object, Workspace, Outcome string
	From, To                                               time.Time // From <= At < To
	Before                                                 int64     // entries with a smaller Seq only
	After                                                  int64     // entries with a greater Seq only
	Ascending                                              bool
	Limit                                                  int
}

// FindAccess lists entries of the access log, by Seq.
func (s *Store) FindAccess(ctx context.Context, q AccessQuery) ([]Access, error) {
	var where []string
	var args []any
	and := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, condition+" $"+strconv.Itoa(len(args)))
	}
	for _, c := range []struct{ column, value string }{{"action", q.Action}, {"account", q.Account}, {"operation", q.Operation},
		{"object", q.Object}, {"workspace", q.Workspace}, {"outcome", q.Outcome}} {
		if c.value != "" {
			and(c.column+" =", c.value)
		}
	}
	if !q.From.IsZero() {
		and("at >=", q.From.UnixMicro())
	}
	if !q.To.IsZero() {
		and("at <", q.To.UnixMicro())
	}
	if q.Before > 0 {
		and("seq <", q.Before)
	}
	if q.After > 0 {
		and("seq >", q.After)
	}
	query := "SELECT " + accessColumns + " FROM access"
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	query += " ORDER BY seq"
	if !q.Ascending {
		query += " DESC"
	}
	args = append(args, q.Limit)
	all, err := list(ctx, s.read, s.scanAccess, query+" LIMIT $"+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("searching the access log: %w", err)
	}
	return all, nil
}

// OldAccess summarises the oldest entries of the access log: those before a time, as far as no younger one stands among them,
// and not more than limit.
type OldAccess struct {
	From, To Mark // the first and the last
	FirstAt  time.Time
	LastAt   time.Time
	Outcomes map[string]int64
}

// OldAccess looks for what may be dropped; nil where there is nothing.
func (t *Tx) OldAccess(ctx context.Context, before time.Time, limit int64) (*OldAccess, error) {
	o := &OldAccess{Outcomes: map[string]int64{}}
	var first, end sql.NullInt64
	err := t.tx.QueryRowContext(ctx, "SELECT (SELECT min(seq) FROM access), "+
		"coalesce((SELECT min(seq) FROM access WHERE at >= $1), (SELECT max(seq) FROM access) + 1)", before.UnixMicro()).Scan(&first, &end)
	if err != nil {
		return nil, fmt.Errorf("looking for old entries of the access log: %w", err)
	}
	if !first.Valid || end.Int64 <= first.Int64 {
		return nil, nil //nolint:nilnil // nothing is old
	}
	o.From.Seq, o.To.Seq = first.Int64, min(end.Int64-1, first.Int64+limit-1)
	for _, x := range []struct {
		mark *Mark
		at   *time.Time
	}{{&o.From, &o.FirstAt}, {&o.To, &o.LastAt}} {
		var at int64
		if err := t.tx.QueryRowContext(ctx, "SELECT hash, at FROM access WHERE seq = $1", x.mark.Seq).Scan(&x.mark.Hash, &at); err != nil {
			return nil, fmt.Errorf("reading entry %d of the access log: %w", x.mark.Seq, err)
		}
		*x.at = moment(at)
	}
	type count struct {
		outcome string
		n       int64
	}
	all, err := list(ctx, t.tx, func(scan func(...any) error) (count, error) {
		var c count
		return c, scan(&c.outcome, &c.n)
	}, "SELECT outcome, count(*) FROM access WHERE seq <= $1 GROUP BY outcome", o.To.Seq)
	if err != nil {
		return nil, fmt.Errorf("counting old entries of the access log: %w", err)
	}
	for _, c := range all {
		o.Outcomes[c.outcome] = c.n
	}
	return o, nil
}

// DropAccess removes the entries of the access log up to one.
func (t *Tx) DropAccess(ctx context.Context, upTo int64) error {
	if _, err := t.exec(ctx, "DELETE FROM access WHERE seq <= $1", upTo); err != nil {
		return fmt.Errorf("dropping old entries of the access log: %w", err)
	}
	return nil
}
