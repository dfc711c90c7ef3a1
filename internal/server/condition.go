package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/condition"
)

const (
	// lookAroundEvery is how often it is looked whether everything is in order.
	lookAroundEvery = 10 * time.Second
	// lookWithin bounds what a part may take to say how it stands.
	lookWithin = 5 * time.Second
	// backupsLate is of how many intervals there is no backup when that is out of order.
	backupsLate = 2
)

// errLate and errTampered are reported of what has no error of its own.
var (
	errLate     = errors.New("the last backup is too old")
	errTampered = errors.New("the access log is not what was written")
)

// lookAround looks whether everything is in order, until ctx ends.
func (s *Server) lookAround(ctx context.Context) {
	tick := time.NewTicker(lookAroundEvery)
	defer tick.Stop()
	for {
		s.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look asks the parts that nothing works without, and, of the systems outside, those that are out: the others are heard of by being used.
func (s *Server) look(ctx context.Context) {
	var all sync.WaitGroup
	for part, check := range s.app.Checks() {
		all.Go(func() { s.ask(ctx, part, "", check) })
	}
	for part, check := range s.outside {
		for _, which := range s.board.Out(part) {
			all.Go(func() { s.ask(ctx, part, which, func(ctx context.Context) error { return check(ctx, which) }) })
		}
	}
	if s.access != nil {
		intact, checked := s.intact()
		if checked {
			s.board.Report(condition.AccessLog, "", unless(intact, errTampered))
		}
	}
	s.lookAtBackups()
	s.lookAtReceivers(ctx)
	all.Wait()
	s.tellOthers(ctx)
}

func unless(good bool, otherwise error) error {
	if good {
		return nil
	}
	return otherwise
}

// ask asks a part how it stands, and reports it.
func (s *Server) ask(ctx context.Context, part condition.Part, which string, check func(context.Context) error) {
	within, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if err := check(within); ctx.Err() == nil {
		s.board.Report(part, which, err)
	}
}

func (s *Server) lookAtBackups() {
	every := s.cfg.Backups.Every
	if every == 0 {
		return
	}
	last, err := s.app.LastBackup()
	s.board.Report(condition.Backup, "", errors.Join(err, unless(!late(last, s.began, every, time.Now()), errLate)))
}

// late says whether the last backup, nil where there was none, is too old by now.
func late(last *app.Backup, began time.Time, every time.Duration, now time.Time) bool {
	if last != nil {
		began = last.At
	}
	return now.Sub(began) > backupsLate*every
}

// lookAtReceivers has those forgotten that no webhook leads to any more.
func (s *Server) lookAtReceivers(ctx context.Context) {
	out := s.board.Out(condition.Webhooks)
	if len(out) == 0 {
		return
	}
	hosts, err := s.app.Receivers(ctx)
	if err != nil {
		return // the records are gone, which is said elsewhere
	}
	for _, host := range out {
		if !hosts[host] {
			s.board.Report(condition.Webhooks, host, nil)
		}
	}
}

// watched are providers of keys that tell how they stand.
type watched interface {
	Watch(told func(error))
	Check(ctx context.Context) error
}

// openConditions makes the board, and says how systems outside that are out are asked again.
func (s *Server) openConditions() {
	s.board = condition.NewBoard(s.parts.Log, nil)
	s.outside = map[condition.Part]func(context.Context, string) error{}
	if v, ok := s.parts.App.Keys.(watched); ok {
		v.Watch(s.tells(condition.Keys))
		s.outside[condition.Keys] = func(ctx context.Context, _ string) error { return v.Check(ctx) }
	}
	s.outside[condition.Traces] = func(ctx context.Context, _ string) error { return s.tracer.Check(ctx) }
	s.outside[condition.SignIn] = func(ctx context.Context, host string) error {
		if s.auth == nil {
			return nil
		}
		if err := s.auth.CheckProvider(ctx, host); !errors.Is(err, auth.ErrNotFound) {
			return err
		}
		return nil // keys and tokens may come from hosts beside: whether those answer shows with the next sign-in
	}
}

// tells reports how a part stands that tells of itself.
func (s *Server) tells(part condition.Part) func(error) {
	return func(err error) { s.board.Report(part, "", err) }
}

// tellsOf does so for a part of which there are several.
func (s *Server) tellsOf(part condition.Part) func(string, error) {
	return func(which string, err error) { s.board.Report(part, which, err) }
}

// doubt is called after a failure that nobody knows. Where something is out of order that people feel it says what.
func (s *Server) doubt(ctx context.Context) (condition.Condition, bool) {
	ctx = context.WithoutCancel(ctx) // what failed may have taken all of its time
	var all sync.WaitGroup
	for part, check := range s.app.Checks() {
		if part == condition.Database {
			check = s.app.Recording
		}
		all.Go(func() { s.ask(ctx, part, "", check) })
	}
	all.Wait()
	for _, c := range s.board.Now() {
		if c.Part.Says().Felt {
			return c, true
		}
	}
	return condition.Condition{}, false
}
