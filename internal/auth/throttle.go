package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

// What is guessed. Each is counted for itself: a right password says nothing about codes.
const (
	guessPassword = "password"
	guessCode     = "code"
)

// Every attempt counts for its address, for its account from that address, and for its account. The last does not hold
// for an address from which the account signed in of late, so that nobody locks others out by guessing from afar. A
// block is at most longestBlock, so that nobody, an administrator least of all, is locked out for ever.
const (
	freeOfPair    = 5
	freeOfAccount = 10
	freeOfAddress = 100 // many people share an address
	firstBlock    = 2 * time.Second
	longestBlock  = 15 * time.Minute
	forgiveness   = 24 * time.Hour
	knownFor      = 30 * 24 * time.Hour
)

// attempt is one that was let through and counted.
type attempt struct {
	own     []string // subjects that a success clears
	address string   // subject that a success only takes itself off
	block   time.Duration
}

// block is for how long the n-th failure in a row keeps its subject out.
func block(n, free int64) time.Duration {
	if n < free {
		return 0
	}
	d := firstBlock
	for range n - free {
		if d *= 2; d >= longestBlock {
			return longestBlock
		}
	}
	return d
}

// admit counts an attempt as failed before it is made, so that many at once gain nothing, or refuses it with a
// ThrottledError. A refused attempt does not count.
func (s *Service) admit(ctx context.Context, kind, lookup string, c Client) (*attempt, error) {
	account := kind + ":" + lookup
	a := &attempt{address: kind + "@" + s.origin(c.Address)}
	var wait time.Duration
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		free := map[string]int64{a.address: freeOfAddress, account + ":" + s.origin(c.Address): freeOfPair}
		known, err := s.knownOrigin(ctx, tx, lookup, c)
		if err != nil {
			return err
		}
		if !known {
			free[account] = freeOfAccount
		}
		a.own, a.block, wait = nil, 0, 0
		guesses := make([]store.Guess, 0, len(free))
		for subject := range free {
			g, err := tx.Guess(ctx, subject)
			if err != nil {
				return err
			}
			wait = max(wait, g.Until.Sub(now))
			guesses = append(guesses, g)
		}
		if wait > 0 {
			return nil
		}
		for _, g := range guesses {
			if now.Sub(g.Last) > forgiveness {
				g.Failures = 0
			}
			g.Failures, g.Last = g.Failures+1, now
			b := block(g.Failures, free[g.Subject])
			g.Until, a.block = now.Add(b), max(a.block, b)
			if err := tx.PutGuess(ctx, g); err != nil {
				return err
			}
			if g.Subject != a.address {
				a.own = append(a.own, g.Subject)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if wait > 0 {
		return nil, &ThrottledError{RetryAfter: wait}
	}
	return a, nil
}

func (s *Service) knownOrigin(ctx context.Context, tx *store.Tx, lookup string, c Client) (bool, error) {
	r, err := tx.AccountByLookup(ctx, lookup)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return tx.KnowsOrigin(ctx, r.ID, s.origin(c.Address), s.now().Add(-knownFor))
}

// failed tells of an attempt that did not hold; account may be empty. It returns the error that says nothing.
func (s *Service) failed(ctx context.Context, a *attempt, account, what string, c Client) error {
	e := Event{Kind: EventSignInFailed, Account: account, Address: c.Address, Agent: clip(c.Agent, maxAgent), Detail: map[string]string{"step": what}}
	s.tell(ctx, e)
	if a.block > 0 {
		e.Kind, e.Detail = EventLockOut, map[string]string{"step": what, "for": a.block.String()}
		s.tell(ctx, e)
	}
	return fmt.Errorf("%w: nothing was changed", ErrCredentials)
}

// succeeded forgets the failures of the account; those of the address stay, or whoever has one account could go on
// guessing others.
func (s *Service) succeeded(ctx context.Context, a *attempt) error {
	return s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, subject := range a.own {
			if err := tx.DropGuess(ctx, subject); err != nil {
				return err
			}
		}
		return uncount(ctx, tx, a.address, freeOfAddress)
	})
}

// undo takes an attempt back that was not made after all.
func (s *Service) undo(ctx context.Context, a *attempt) error {
	return s.in(context.WithoutCancel(ctx), func(ctx context.Context, tx *store.Tx) error {
		for _, subject := range a.own {
			if err := uncount(ctx, tx, subject, freeOfPair); err != nil {
				return err
			}
		}
		return uncount(ctx, tx, a.address, freeOfAddress)
	})
}

func uncount(ctx context.Context, tx *store.Tx, subject string, free int64) error {
	g, err := tx.Guess(ctx, subject)
	if err != nil || g.Failures == 0 {
		return err
	}
	if g.Failures--; g.Failures < free {
		g.Until = time.Time{}
	}
	return tx.PutGuess(ctx, g)
}

// forgive forgets every failure of an account, whatever was guessed and from where.
func (s *Service) forgive(ctx context.Context, tx *store.Tx, lookup string) error {
	return errors.Join(tx.DropGuessesOf(ctx, guessPassword+":"+lookup), tx.DropGuessesOf(ctx, guessCode+":"+lookup))
}
