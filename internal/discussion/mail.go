package discussion

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/outbound"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// How it stands with the mail of a notice. They are stored: they are never renamed.
const (
	MailPending = "pending"
	MailSent    = "sent"
	MailGivenUp = "given_up" // it could not be sent for a day, or never can be
	MailDropped = "dropped"  // it was read before, or is for nobody any more
)

const (
	mailsAtOnce   = 2
	firstPause    = time.Minute // after a failure; it triples with each
	longestPause  = 6 * time.Hour
	giveUpMailing = 24 * time.Hour
)

// MailConfig says how people are told by mail. All but Pause must be given.
type MailConfig struct {
	// Send hands a mail over; its error wraps Refused where another attempt is of no use.
	Send    func(ctx context.Context, to, subject, text string) error
	Refused error
	// Address finds whom a mail is for; not ok for an account that gets none, such as one that was disabled.
	Address func(ctx context.Context, account string) (email string, ok bool, err error)
	// Name is how mails call an account.
	Name func(ctx context.Context, account string) string
	// Origin is the address of the server as users see it: links lead there.
	Origin string
	// Pause is that after a first failure; 0 means a minute.
	Pause time.Duration
}

// MailsOn says whether people can be told by mail.
func (s *Service) MailsOn() bool { return s.mail != nil }

func (s *Service) wantsMail(ctx context.Context, tx *store.Tx, account string, k Kind) (bool, error) {
	if s.mail == nil {
		return false, nil
	}
	p, err := preferenceOf(ctx, tx, account)
	return slices.Contains(p.Mail, k), err
}

// sendMail makes one attempt. Every attempt is a task of its own, so that the queue's tries are left for what is not the mail
// server's fault.
func (s *Service) sendMail(ctx context.Context, t task.Task, _ task.Report) (task.Finish, error) {
	n, err := s.store.Notice(ctx, t.Run)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil // its run was erased
	}
	if err != nil {
		return nil, err
	}
	if n.Mail != MailPending {
		return nil, nil
	}
	if s.mail == nil {
		return s.mailEnds(n, MailGivenUp), nil
	}
	to, ok, err := s.mail.Address(ctx, n.Account)
	if err != nil {
		return nil, err
	}
	if !ok || !n.Seen.IsZero() {
		return s.mailEnds(n, MailDropped), nil
	}
	subject, text, err := s.letter(ctx, n)
	if err != nil {
		return nil, err
	}
	sending := ctx
	if t.Try > 1 {
		sending = outbound.Again(ctx)
	}
	err = s.mail.Send(sending, to, subject, text)
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil, ctx.Err() // the process is stopping: it is sent again rather than not at all
	}
	pause := s.mailPause(t.Try + t.Round)
	switch {
	case err == nil:
		return s.mailEnds(n, MailSent), nil
	case errors.Is(err, s.mail.Refused) || s.now().Add(pause).Sub(n.Created) > giveUpMailing:
		s.log.Warn("a mail was given up", "notice", n.ID, "kind", n.Kind, "error", err)
		return s.mailEnds(n, MailGivenUp), nil
	}
	next := task.Task{Run: n.ID, Try: t.Try + 1, Kind: kindMail}
	if outbound.NotAsked(err) { // it was put off: that is no attempt
		next.Try, next.Round = t.Try, t.Round+1
	}
	s.log.Info("a mail could not be sent and is tried again", "notice", n.ID, "attempt", t.Try, "error", err)
	return func(ctx context.Context, tx *store.Tx) error {
		return s.queue.Insert(ctx, tx, next, s.now().Add(pause))
	}, nil
}

func (s *Service) mailEnds(n *store.Notice, as string) task.Finish {
	return func(ctx context.Context, tx *store.Tx) error { return tx.SetNoticeMail(ctx, n.ID, as) }
}

// mailPause is how long after an attempt the next one is made: three times as long as before, spread by a tenth.
func (s *Service) mailPause(attempt int) time.Duration {
	p := s.mail.Pause
	if p == 0 {
		p = firstPause
	}
	for i := 1; i < attempt && p < longestPause; i++ {
		p *= 3
	}
	p = min(p, longestPause)
	return p + rand.N(p/10+1) //nolint:gosec // spreads attempts, no secret
}

// subjects are the titles of mails. %s is who did it.
var subjects = map[Kind]string{
	Mentioned: "%s mentioned you", Remarked: "%s wrote about something that concerns you", Assigned: "%s asks you to see to something",
	Waits: "A control point waits", Deadline: "A deadline is near", Escalated: "A control point was not closed in time",
	Failed: "A run failed", Done: "A run is done",
}

// letter is the mail of a notice: its title and a link, and nothing of the data or of what was said.
func (s *Service) letter(ctx context.Context, n *store.Notice) (subject, text string, err error) {
	w, err := s.store.Workspace(ctx, n.Workspace)
	if err != nil {
		return "", "", err
	}
	who := "Somebody"
	if n.From != "" {
		who = s.mail.Name(ctx, n.From)
	}
	title := strings.ReplaceAll(subjects[Kind(n.Kind)], "%s", who)
	text = title + " in the workspace " + w.Name + ".\n\n" + s.mail.Origin + "/w/" + n.Workspace + "/runs/" + n.Run +
		"\n\nWhich notices come by mail is chosen on the page of your account:\n" + s.mail.Origin + "/w/" + n.Workspace + "/account\n"
	return title + " (" + w.Name + ")", text, nil
}
