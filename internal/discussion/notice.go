package discussion

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// Kind says of what a notice tells. Kinds are stored: they are never renamed.
type Kind string

// The kinds of notices.
const (
	Mentioned Kind = "mentioned" // somebody was named in a remark
	Remarked  Kind = "remarked"  // a remark on an item that somebody spoke about or is to see to
	Assigned  Kind = "assigned"  // somebody is to see to an item
	Waits     Kind = "waits"     // a run waits at a control point
	Deadline  Kind = "deadline"  // a control point or an assignment is soon over its time
	Escalated Kind = "escalated" // a control point was not closed in time
	Failed    Kind = "failed"    // a run failed
	Done      Kind = "done"      // a run is done
)

// Kinds lists the kinds of notices.
func Kinds() []Kind {
	return []Kind{Mentioned, Remarked, Assigned, Waits, Deadline, Escalated, Failed, Done}
}

// ByMail lists the kinds that come by mail where somebody chose nothing.
func ByMail() []Kind { return []Kind{Mentioned, Assigned, Deadline, Escalated} }

// keepFor is how long notices are kept, tendEvery how often old ones are dropped.
const (
	keepFor   = 90 * 24 * time.Hour
	tendEvery = 6 * time.Hour
)

// The kinds of tasks. They are stored: they are never renamed.
const (
	kindMail = "discussion.mail"
	kindTend = "discussion.tend"
)

// Queue is where tasks are put: task.Queue.
type Queue interface {
	Insert(ctx context.Context, tx *store.Tx, t task.Task, at time.Time) error
}

// Tasks are the kinds of tasks that the service works.
func (s *Service) Tasks() []task.Kind {
	return []task.Kind{
		{Name: kindMail, Work: s.sendMail, Limit: mailsAtOnce, Timeout: 2 * time.Minute},
		{Name: kindTend, Every: tendEvery, Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
			return func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.DropNotices(ctx, s.now().Add(-keepFor))
				return err
			}, nil
		}},
	}
}

// insert records a notice, and the mail that tells the same where there is to be one.
func (s *Service) insert(ctx context.Context, tx *store.Tx, at Place, k Kind, n store.Notice) error {
	n.ID, n.Workspace, n.Run, n.Kind = identifier.New("ntc"), at.Workspace, at.Run, string(k)
	wanted, err := s.wantsMail(ctx, tx, n.Account, k)
	if err != nil {
		return err
	}
	if wanted {
		n.Mail = MailPending
	}
	fresh, err := tx.InsertNotice(ctx, n)
	if err != nil || !fresh {
		return err
	}
	tx.AfterCommit(func() { s.hub.publish(Signal{Account: n.Account}) })
	if !wanted {
		return nil
	}
	return s.queue.Insert(ctx, tx, task.Task{Run: n.ID, Try: 1, Kind: kindMail}, time.Time{})
}

// Happening is something that somebody did and that concerns others: Mentioned once for each remark, Assigned once for each
// assignment, one's own too. It holds ids, and never what was said.
type Happening struct {
	Kind   Kind
	Place  Place
	By     string   // account
	People []string // accounts
	Remark string
	Due    time.Time
}

// Told is something that people are told of a run, for no remark or assignment of somebody.
type Told struct {
	Place Place
	Kind  Kind
	Stage string
	Due   time.Time
	// About tells it from others of its kind: an account is told each only once. Empty tells it again.
	About string
	// Here has also those told who look at the run at this moment.
	Here bool
}

// Tell tells accounts of something, in the transaction that brings it about; each once, and the empty one not.
func (s *Service) Tell(ctx context.Context, tx *store.Tx, x Told, accounts ...string) error {
	var here []string
	var err error
	if !x.Here {
		if here, err = tx.Present(ctx, x.Place.Run); err != nil {
			return err
		}
		here = s.present(x.Place.Run, here)
	}
	for _, account := range slices.Compact(slices.Sorted(slices.Values(accounts))) {
		if account == "" || slices.Contains(here, account) {
			continue
		}
		n := store.Notice{Account: account, NoticeBody: store.NoticeBody{File: x.Place.File, Item: x.Place.Item, Stage: x.Stage, Due: x.Due}}
		if x.About != "" {
			n.About = string(x.Kind) + " " + x.About
		}
		if err := s.insert(ctx, tx, x.Place, x.Kind, n); err != nil {
			return err
		}
	}
	return nil
}

// Notices lists what an account was told of, the latest first, but for the kinds that it does not want to see here. They are
// kept all the same: mails are sent of them, and they are seen again where somebody chooses otherwise.
func (s *Service) Notices(ctx context.Context, account string) ([]store.Notice, error) {
	p, err := s.Preference(ctx, account)
	if err != nil {
		return nil, err
	}
	all, err := s.store.Notices(ctx, account, MostNotices)
	return slices.DeleteFunc(all, func(n store.Notice) bool { return slices.Contains(p.Hidden, Kind(n.Kind)) }), err
}

// See marks notices of an account as read: those of the ids, or all where there are none.
func (s *Service) See(ctx context.Context, account string, ids []string) error {
	err := s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SeeNotices(ctx, account, ids) })
	if err == nil {
		s.hub.publish(Signal{Account: account})
	}
	return err
}

// Preference is what an account chose about its notices.
type Preference struct {
	Mail   []Kind `json:"mail"`             // kinds that come by mail as well
	Hidden []Kind `json:"hidden,omitempty"` // kinds that are not shown in the application
}

// Preference reads what an account chose, or what holds where it chose nothing.
func (s *Service) Preference(ctx context.Context, account string) (Preference, error) {
	return preferenceOf(ctx, s.store, account)
}

func preferenceOf(ctx context.Context, from interface {
	NoticePreference(ctx context.Context, account string, into any) (bool, error)
}, account string,
) (Preference, error) {
	p := Preference{}
	chosen, err := from.NoticePreference(ctx, account, &p)
	if !chosen {
		p.Mail = ByMail()
	}
	return p, err
}

// Prefer writes what an account chose.
func (s *Service) Prefer(ctx context.Context, account string, p Preference) error {
	for _, k := range slices.Concat(p.Mail, p.Hidden) {
		if !slices.Contains(Kinds(), k) {
			return fmt.Errorf("%w: there is no kind %q of notices", ErrInvalid, k)
		}
	}
	p.Mail, p.Hidden = once(p.Mail), once(p.Hidden)
	err := s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.PutNoticePreference(ctx, account, p) })
	if err == nil {
		s.hub.publish(Signal{Account: account})
	}
	return err
}

func once(kinds []Kind) []Kind {
	return append([]Kind{}, slices.Compact(slices.Sorted(slices.Values(kinds)))...)
}
