package accesslog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/store"
)

// Query says what to look for; an empty field is no condition.
type Query struct {
	Action, Account, Operation, Object, Workspace string
	Outcome                                       Outcome
	From, To                                      time.Time // From <= At < To
	Cursor                                        string    // of the page before
	Limit                                         int       // 1 to MaxPage; 0 means 100
}

// MaxPage is the largest page.
const MaxPage = 1000

// Page is a part of what was found, the latest first.
type Page struct {
	Entries []Entry
	Next    string // cursor of the next page; empty where there is none
}

// ErrQuery is wrapped by errors about a query that cannot be answered as it is.
var ErrQuery = errors.New("the search cannot be made like this")

func (l *Log) query(q Query) (store.AccessQuery, error) {
	x := store.AccessQuery{Action: q.Action, Account: q.Account, Operation: q.Operation, Object: l.objectHash(q.Object), Workspace: q.Workspace,
		Outcome: string(q.Outcome), From: q.From, To: q.To, Limit: q.Limit}
	if x.Limit == 0 {
		x.Limit = 100
	}
	if x.Limit < 1 || x.Limit > MaxPage {
		return x, fmt.Errorf("%w: a page has 1 to %d entries", ErrQuery, MaxPage)
	}
	if q.Cursor != "" {
		before, err := strconv.ParseInt(q.Cursor, 10, 64)
		if err != nil || before < 1 {
			return x, fmt.Errorf("%w: the cursor is not one that was given out", ErrQuery)
		}
		x.Before = before
	}
	return x, nil
}

// Search looks for entries, the latest first. Reads of the last half second may not be there yet.
func (l *Log) Search(ctx context.Context, q Query) (Page, error) {
	x, err := l.query(q)
	if err != nil {
		return Page{}, err
	}
	page := Page{Entries: []Entry{}}
	x.Limit++ // one more tells whether there is a next page
	found, err := l.cfg.Store.FindAccess(ctx, x)
	if err != nil {
		return page, err
	}
	for i := range found {
		if i == x.Limit-1 {
			page.Next = strconv.FormatInt(found[i-1].Seq, 10)
			break
		}
		e, err := audit.Parse(found[i].Body)
		if err != nil {
			return page, fmt.Errorf("entry %d of the access log: %w", found[i].Seq, err)
		}
		page.Entries = append(page.Entries, shown(e, found[i].Hash))
	}
	return page, nil
}

// each calls f with every entry that a query finds and that was written when it began, the oldest first.
func (l *Log) each(ctx context.Context, q Query, f func(*store.Access) error) error {
	q.Cursor, q.Limit = "", MaxPage
	x, err := l.query(q)
	if err != nil {
		return err
	}
	last, err := l.cfg.Store.AccessMark(ctx, end)
	if err != nil {
		return err
	}
	x.Ascending, x.Before = true, last.Seq+1
	for {
		page, err := l.cfg.Store.FindAccess(ctx, x)
		if err != nil {
			return err
		}
		for i := range page {
			if err := f(&page[i]); err != nil {
				return err
			}
		}
		if len(page) < x.Limit {
			return nil
		}
		x.After = page[len(page)-1].Seq
	}
}
