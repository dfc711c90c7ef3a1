package discussion

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

// ErrInvalid is wrapped by errors about what cannot be said or assigned as it is.
var ErrInvalid = errors.New("this cannot be recorded")

// ErrForeign is wrapped by errors about a remark that is somebody else's.
var ErrForeign = errors.New("it is somebody else's")

// Bounds.
const (
	MostText     = 4000 // characters of a remark
	MostMentions = 20   // of a remark
	MostRemarks  = 5000 // on a run
	MostNotices  = 200  // that are given out at a time
	MostAssigned = 500  // likewise
)

// Entry is what the audit of a run keeps of a discussion: never the words.
type Entry struct {
	Action, Object string
	Details        map[string]any
}

// Recorder does what f does in a transaction, and adds the entry that it returns to the audit of the run.
type Recorder func(ctx context.Context, run string, by flow.Actor, f func(ctx context.Context, tx *store.Tx) (*Entry, error)) error

// Config sets the service up. Store must be given.
type Config struct {
	Store *store.Store
	// Mail, where given, tells people by mail as well.
	Mail *MailConfig
	// Happened, where given, is told of whom people mention and what they assign, in the transaction of it.
	Happened func(ctx context.Context, tx *store.Tx, x *Happening) error
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Service keeps discussions. It is safe for concurrent use once Use was called.
type Service struct {
	store  *store.Store
	mail   *MailConfig
	told   func(ctx context.Context, tx *store.Tx, x *Happening) error
	now    func() time.Time
	log    *slog.Logger
	record Recorder
	queue  Queue
	hub    *hub
	crowd  *crowd
}

// New makes a Service; Use must be called before anything else is, and Close in the end.
func New(cfg Config) *Service {
	s := &Service{store: cfg.Store, mail: cfg.Mail, told: cfg.Happened, now: cfg.Now, log: cfg.Log, hub: newHub(), crowd: newCrowd()}
	if s.told == nil {
		s.told = func(context.Context, *store.Tx, *Happening) error { return nil }
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// Use sets what was made with the kinds of the service: the record of runs, and the queue.
func (s *Service) Use(r Recorder, q Queue) { s.record, s.queue = r, q }

// Person is who says or assigns something, by the account and as audits name it.
type Person struct {
	Account string
	Actor   flow.Actor
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

// Say records a remark, and tells those whom it mentions, whoever is to see to the item, and those who spoke about it before.
// Mentions are accounts that may see the run: the caller has checked that.
func (s *Service) Say(ctx context.Context, at Place, by Person, text string, mentions []string) (*store.Remark, error) {
	body, err := remarkBody(text, mentions)
	if err != nil {
		return nil, err
	}
	r := store.Remark{ID: identifier.New("rmk"), Workspace: at.Workspace, Run: at.Run, Item: at.Item, Account: by.Account, RemarkBody: *body, Created: s.now().UTC()}
	err = s.record(ctx, at.Run, by.Actor, func(ctx context.Context, tx *store.Tx) (*Entry, error) {
		before, err := tx.Remarks(ctx, at.Run)
		if err != nil {
			return nil, err
		}
		if len(before) >= MostRemarks {
			return nil, fmt.Errorf("%w: a run has %d remarks at most", ErrInvalid, MostRemarks)
		}
		if err := tx.InsertRemark(ctx, r); err != nil {
			return nil, err
		}
		concerned, err := concerned(ctx, tx, at, before)
		if err != nil {
			return nil, err
		}
		return entryOf(ActionSaid, &r), s.tell(ctx, tx, at, &r, r.Mentions, concerned)
	})
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// Edit writes a remark of one's own anew, and tells those whom it did not mention before. The error wraps store.ErrNotFound where
// there is none of that id, and ErrForeign where it is somebody else's.
func (s *Service) Edit(ctx context.Context, at Place, id string, by Person, text string, mentions []string) (*store.Remark, error) {
	body, err := remarkBody(text, mentions)
	if err != nil {
		return nil, err
	}
	var r *store.Remark
	err = s.record(ctx, at.Run, by.Actor, func(ctx context.Context, tx *store.Tx) (*Entry, error) {
		if r, err = remark(ctx, tx, at.Run, id); err != nil {
			return nil, err
		}
		if r.Account != by.Account {
			return nil, fmt.Errorf("remark %s: %w", id, ErrForeign)
		}
		fresh := slices.DeleteFunc(slices.Clone(body.Mentions), func(m string) bool { return slices.Contains(r.Mentions, m) })
		r.RemarkBody, r.Edited = *body, s.now().UTC()
		at.Item = r.Item
		return entryOf(ActionEdited, r), errors.Join(tx.SaveRemark(ctx, id, *body), s.tell(ctx, tx, at, r, fresh, nil))
	})
	return r, err
}

// Unsay removes a remark: one's own, or any where that is allowed. The errors are those of Edit.
func (s *Service) Unsay(ctx context.Context, run, id string, by Person, foreign bool) error {
	return s.record(ctx, run, by.Actor, func(ctx context.Context, tx *store.Tx) (*Entry, error) {
		r, err := remark(ctx, tx, run, id)
		if err != nil {
			return nil, err
		}
		if r.Account != by.Account && !foreign {
			return nil, fmt.Errorf("remark %s: %w", id, ErrForeign)
		}
		_, err = tx.DropRemark(ctx, run, id)
		return entryOf(ActionUnsaid, r), err
	})
}

func remark(ctx context.Context, tx *store.Tx, run, id string) (*store.Remark, error) {
	all, err := tx.Remarks(ctx, run)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("remark %s: %w", id, store.ErrNotFound)
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
func (s *Service) tell(ctx context.Context, tx *store.Tx, at Place, r *store.Remark, mentions, concerned []string) error {
	others := slices.DeleteFunc(slices.Clone(mentions), func(m string) bool { return m == r.Account })
	if len(others) > 0 {
		if err := s.told(ctx, tx, &Happening{Kind: Mentioned, Place: at, By: r.Account, People: others, Remark: r.ID}); err != nil {
			return err
		}
	}
	told := []string{r.Account}
	for _, group := range []struct {
		kind     Kind
		accounts []string
	}{{Mentioned, mentions}, {Remarked, concerned}} {
		for _, account := range group.accounts {
			if slices.Contains(told, account) {
				continue
			}
			told = append(told, account)
			n := store.Notice{Account: account, NoticeBody: store.NoticeBody{From: r.Account, Item: at.Item, File: at.File, Stage: at.Stage, Text: beginning(r.Text)}}
			if err := s.insert(ctx, tx, at, group.kind, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// beginning is as much of a remark as a notice shows.
func beginning(text string) string {
	const most = 160
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// Assignments lists who is to see to what of a run.
func (s *Service) Assignments(ctx context.Context, run string) ([]store.Assignment, error) {
	return s.store.Assignments(ctx, run)
}

// AssignedTo lists what an account is to see to in a workspace, the latest first.
func (s *Service) AssignedTo(ctx context.Context, workspace, account string) ([]store.Assignment, error) {
	return s.store.AssignedTo(ctx, workspace, account, MostAssigned)
}

// Assign has an account see to an item, and tells it, unless it took the item itself.
func (s *Service) Assign(ctx context.Context, at Place, by Person, account string, due time.Time) error {
	if at.Item == "" {
		return fmt.Errorf("%w: it is not said which item", ErrInvalid)
	}
	return s.record(ctx, at.Run, by.Actor, func(ctx context.Context, tx *store.Tx) (*Entry, error) {
		err := tx.PutAssignment(ctx, store.Assignment{Run: at.Run, Item: at.Item, Workspace: at.Workspace, Account: account, Assigner: by.Account, Due: due})
		if err != nil {
			return nil, err
		}
		e := &Entry{Action: ActionAssigned, Object: at.Item, Details: map[string]any{"account": account}}
		if !due.IsZero() {
			e.Details["due"] = due.UTC().Format(time.RFC3339)
		}
		if err := s.told(ctx, tx, &Happening{Kind: Assigned, Place: at, By: by.Account, People: []string{account}, Due: due}); err != nil {
			return nil, err
		}
		if account == by.Account {
			return e, nil
		}
		return e, s.insert(ctx, tx, at, Assigned, store.Notice{Account: account, NoticeBody: store.NoticeBody{From: by.Account, Item: at.Item, File: at.File, Stage: at.Stage, Due: due}})
	})
}

// Unassign has nobody in particular see to an item. The error wraps store.ErrNotFound where nobody was to.
func (s *Service) Unassign(ctx context.Context, run, item string, by Person) error {
	return s.record(ctx, run, by.Actor, func(ctx context.Context, tx *store.Tx) (*Entry, error) {
		there, err := tx.DropAssignment(ctx, run, item)
		if err == nil && !there {
			err = fmt.Errorf("assignment of %s: %w", item, store.ErrNotFound)
		}
		return &Entry{Action: ActionUnassigned, Object: item}, err
	})
}
