package discussion

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

// ErrInvalid is wrapped by errors about what cannot be said or assigned as it is.
var ErrInvalid = errors.New("this cannot be recorded")

// Bounds.
const (
	MostText     = 4000 // characters of a remark
	MostMentions = 20   // of a remark
	MostRemarks  = 5000 // on a run
	MostNotices  = 200  // that are given out at a time
)

// Service keeps discussions.
type Service struct {
	store *store.Store
	now   func() time.Time
	hub   *hub
}

// New makes a Service on the records. The clock may be nil.
func New(s *store.Store, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{store: s, now: now, hub: newHub()}
}

// Place is an item of a run, with what notices say of it.
type Place struct {
	Workspace string
	Run       string
	File      string
	Item      string // empty for the run as a whole
	Stage     string // of the item
}

// Remarks lists what was said about a run, the oldest first.
func (s *Service) Remarks(ctx context.Context, run string) ([]store.Remark, error) {
	return s.store.Remarks(ctx, run)
}

// Say records a remark of an account, and tells those whom it mentions, whoever is to see to the item, and those who spoke
// about it before. Mentions are accounts that may see the run: the caller has checked that.
func (s *Service) Say(ctx context.Context, at Place, account, text string, mentions []string) (*store.Remark, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, fmt.Errorf("%w: the remark is empty", ErrInvalid)
	case utf8.RuneCountInString(text) > MostText:
		return nil, fmt.Errorf("%w: a remark has %d characters at most", ErrInvalid, MostText)
	case len(mentions) > MostMentions:
		return nil, fmt.Errorf("%w: a remark mentions %d people at most", ErrInvalid, MostMentions)
	}
	mentions = slices.Compact(slices.Sorted(slices.Values(mentions)))
	r := store.Remark{ID: identifier.New("rmk"), Workspace: at.Workspace, Run: at.Run, Item: at.Item, Account: account,
		RemarkBody: store.RemarkBody{Text: text, Mentions: mentions}, Created: s.now().UTC()}
	var told []string
	err := s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		before, err := tx.Remarks(ctx, at.Run)
		if err != nil {
			return err
		}
		if len(before) >= MostRemarks {
			return fmt.Errorf("%w: a run has %d remarks at most", ErrInvalid, MostRemarks)
		}
		if err := tx.InsertRemark(ctx, r); err != nil {
			return err
		}
		concerned, err := concerned(ctx, tx, at, before)
		if err != nil {
			return err
		}
		told, err = s.tell(ctx, tx, at, &r, concerned)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.hub.publish(append(toAccounts(told), Signal{Run: at.Run})...)
	return &r, nil
}

// concerned lists those whom a remark on an item concerns without naming them.
func concerned(ctx context.Context, tx *store.Tx, at Place, before []store.Remark) ([]string, error) {
	assigned, err := tx.Assignments(ctx, at.Run)
	if err != nil {
		return nil, err
	}
	var all []string
	for i := range assigned {
		if assigned[i].Item == at.Item {
			all = append(all, assigned[i].Account)
		}
	}
	for i := range before {
		if before[i].Item == at.Item {
			all = append(all, before[i].Account)
		}
	}
	return all, nil
}

// tell writes the notices of a remark: a mention is told as one, and nobody is told twice or of what they said themselves.
func (s *Service) tell(ctx context.Context, tx *store.Tx, at Place, r *store.Remark, concerned []string) ([]string, error) {
	told := []string{r.Account}
	for _, group := range []struct {
		kind     Kind
		accounts []string
	}{{Mentioned, r.Mentions}, {Remarked, concerned}} {
		for _, account := range group.accounts {
			if slices.Contains(told, account) {
				continue
			}
			told = append(told, account)
			n := store.Notice{Account: account, NoticeBody: store.NoticeBody{From: r.Account, Item: at.Item, File: at.File, Stage: at.Stage, Text: beginning(r.Text)}}
			if err := insert(ctx, tx, at, group.kind, n); err != nil {
				return nil, err
			}
		}
	}
	return told[1:], nil
}

// beginning is as much of a remark as a notice shows.
func beginning(text string) string {
	const most = 160
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// Unsay removes a remark of an account's own. The error wraps store.ErrNotFound where it has none of that id.
func (s *Service) Unsay(ctx context.Context, run, id, account string) error {
	err := s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		there, err := tx.DropRemark(ctx, run, id, account)
		if err == nil && !there {
			err = fmt.Errorf("remark %s: %w", id, store.ErrNotFound)
		}
		return err
	})
	if err == nil {
		s.hub.publish(Signal{Run: run})
	}
	return err
}

// Assignments lists who is to see to what of a run.
func (s *Service) Assignments(ctx context.Context, run string) ([]store.Assignment, error) {
	return s.store.Assignments(ctx, run)
}

// Assign has an account see to an item, and tells it, unless it took the item itself.
func (s *Service) Assign(ctx context.Context, at Place, assigner, account string, due time.Time) error {
	if at.Item == "" {
		return fmt.Errorf("%w: it is not said which item", ErrInvalid)
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		err := tx.PutAssignment(ctx, store.Assignment{Run: at.Run, Item: at.Item, Workspace: at.Workspace, Account: account, Assigner: assigner, Due: due})
		if err != nil || account == assigner {
			return err
		}
		return insert(ctx, tx, at, Assigned, store.Notice{Account: account, NoticeBody: store.NoticeBody{From: assigner, Item: at.Item, File: at.File, Stage: at.Stage}})
	})
	if err == nil {
		s.hub.publish(Signal{Run: at.Run}, Signal{Account: account})
	}
	return err
}

// Unassign has nobody in particular see to an item. The error wraps store.ErrNotFound where nobody was to.
func (s *Service) Unassign(ctx context.Context, run, item string) error {
	err := s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		there, err := tx.DropAssignment(ctx, run, item)
		if err == nil && !there {
			err = fmt.Errorf("assignment of %s: %w", item, store.ErrNotFound)
		}
		return err
	})
	if err == nil {
		s.hub.publish(Signal{Run: run})
	}
	return err
}
