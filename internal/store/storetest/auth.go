package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 123_000, time.UTC)

// exerciseAuth are the cases about accounts and what they sign in with.
var exerciseAuth = map[string]func(*testing.T, *store.Store){
	"AccountsAreKept":               accountsAreKept,
	"AccountsAreComparedAndSwapped": accountsAreComparedAndSwapped,
	"AccountsAreListedInOrder":      accountsAreListedInOrder,
	"CodesAreTakenOnce":             codesAreTakenOnce,
	"SessionsAreKeptAndEnd":         sessionsAreKeptAndEnd,
	"RefreshTokensAreUsedOnce":      refreshTokensAreUsedOnce,
	"TicketsAreTakenOnce":           ticketsAreTakenOnce,
	"APITokensAreKept":              apiTokensAreKept,
	"SigningKeysAreInOrder":         signingKeysAreInOrder,
	"GuessesAreCounted":             guessesAreCounted,
}

func person(id string) *store.Account {
	return &store.Account{ID: id, Lookup: "l-" + id, Role: "operator", Status: "active", Profile: []byte("canary profile of " + id), Password: []byte("hash"),
		TOTP: []byte("seed"), TOTPStatus: "on", Created: noon, Updated: noon}
}

func accountsAreKept(t *testing.T, s *store.Store) {
	a := person("a")
	a.External = "x"
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.InsertAccount(ctx, a), tx.InsertAccount(ctx, person("b")), tx.InsertAccount(ctx, person("c")),
			tx.AccountSignedIn(ctx, "a", noon.Add(time.Hour)))
	})
	got, err := s.Account(t.Context(), "a")
	if err != nil || string(got.Profile) != "canary profile of a" || string(got.Password) != "hash" || string(got.TOTP) != "seed" || got.Version != 1 ||
		!got.Created.Equal(noon) || !got.SignedIn.Equal(noon.Add(time.Hour)) || got.Role != "operator" {
		t.Errorf("read %+v, %v", got, err)
	}
	if b, err := s.AccountByLookup(t.Context(), "l-b"); err != nil || b.ID != "b" || !b.SignedIn.IsZero() {
		t.Errorf("by lookup %+v, %v", b, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.AccountByExternal(ctx, "x")
		if err != nil || got.ID != "a" {
			t.Errorf("by external %+v, %v", got, err)
		}
		for _, nobody := range []string{"", "y"} {
			if _, err := tx.AccountByExternal(ctx, nobody); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("external %q: %v", nobody, err)
			}
		}
		n, err := tx.CountAccounts(ctx, "operator", "active")
		if all, err2 := tx.CountAccounts(ctx, "", ""); n != 3 || all != 3 || err2 != nil {
			t.Errorf("counted %d and %d, %v", n, all, err2)
		}
		return err
	})
	if _, err := s.Account(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an account that is not there: %v", err)
	}
}

func accountsAreComparedAndSwapped(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.InsertAccount(ctx, person("a")) })
	first, err := s.Account(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	second := *first
	first.Status, first.Password = "disabled", nil
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveAccount(ctx, first) })
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveAccount(ctx, &second) })
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("the second write: %v", err)
	}
	if got, err := s.Account(t.Context(), "a"); err != nil || got.Status != "disabled" || got.Version != 2 || len(got.Password) != 0 {
		t.Errorf("read %+v, %v", got, err)
	}
}

func accountsAreListedInOrder(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for i, id := range []string{"c", "a", "b", "d"} {
			a := person(id)
			a.Created = noon.Add(time.Duration(i/2) * time.Second) // c and a, then b and d, at the same moment
			if err := tx.InsertAccount(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
	got, at, last := "", time.Time{}, ""
	for range 3 {
		page, err := s.Accounts(t.Context(), at, last, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page {
			got, at, last = got+a.ID, a.Created, a.ID
		}
		got += " "
	}
	if got != "ac bd  " {
		t.Errorf("listed %q", got)
	}
}

func codesAreTakenOnce(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		err := errors.Join(tx.InsertAccount(ctx, person("a")), tx.PutRecoveryCodes(ctx, "a", []string{"old"}),
			tx.PutRecoveryCodes(ctx, "a", []string{"1", "2"}), tx.PutRecoveryCodes(ctx, "b", []string{"1"}))
		for _, c := range []struct {
			step int64
			want bool
		}{{5, true}, {5, false}, {4, false}, {6, true}} {
			if ok, err := tx.AdvanceTOTP(ctx, "a", c.step); ok != c.want || err != nil {
				t.Errorf("step %d: %v, %v", c.step, ok, err)
			}
		}
		for _, c := range []struct {
			code string
			want bool
		}{{"old", false}, {"1", true}, {"1", false}} {
			if ok, err := tx.TakeRecoveryCode(ctx, "a", c.code); ok != c.want || err != nil {
				t.Errorf("code %s: %v, %v", c.code, ok, err)
			}
		}
		return err
	})
	if n, err := s.RecoveryCodes(t.Context(), "a"); n != 1 || err != nil {
		t.Errorf("%d codes are left, %v", n, err)
	}
}

func session(id, account string) store.Session {
	return store.Session{ID: id, Account: account, Origin: "o", Method: "password", Restricted: true, Detail: []byte("detail"), Created: noon, Seen: noon,
		Expires: noon.Add(time.Hour)}
}

func sessionsAreKeptAndEnd(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.InsertSession(ctx, session("1", "a")), tx.InsertSession(ctx, session("2", "a")), tx.InsertSession(ctx, session("3", "a")),
			tx.InsertSession(ctx, session("4", "b")), tx.LiftRestriction(ctx, "2"), tx.SessionSeen(ctx, "1", noon.Add(time.Minute)),
			tx.SessionSeen(ctx, "1", noon))
	})
	got, err := s.Session(t.Context(), "1")
	if err != nil || string(got.Detail) != "detail" || !got.Restricted || !got.Seen.Equal(noon.Add(time.Minute)) || !got.Ended.IsZero() {
		t.Errorf("read %+v, %v", got, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, c := range []struct {
			origin string
			since  time.Time
			want   bool
		}{{"o", noon.Add(-time.Second), true}, {"o", noon, false}, {"p", noon.Add(-time.Second), false}} {
			if ok, err := tx.KnowsOrigin(ctx, "a", c.origin, c.since); ok != c.want || err != nil {
				t.Errorf("origin %s since %v: %v, %v", c.origin, c.since, ok, err)
			}
		}
		for _, want := range []bool{true, false} {
			if ok, err := tx.EndSession(ctx, "1", "why", noon); ok != want || err != nil {
				t.Errorf("ended: %v, %v", ok, err)
			}
		}
		ids, err := tx.EndSessionsOf(ctx, "a", "2", "all", noon)
		if len(ids) != 1 || ids[0] != "3" {
			t.Errorf("ended %v", ids)
		}
		return err
	})
	if all, err := s.SessionsOf(t.Context(), "a", noon); err != nil || len(all) != 1 || all[0].ID != "2" || all[0].Restricted {
		t.Errorf("lasting %+v, %v", all, err)
	}
	if all, err := s.SessionsOf(t.Context(), "b", noon.Add(time.Hour)); err != nil || len(all) != 0 {
		t.Errorf("after their time %+v, %v", all, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropSessions(ctx, noon.Add(time.Hour+1000)) })
	if _, err := s.Session(t.Context(), "2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a forgotten session: %v", err)
	}
}

// refreshTokensAreUsedOnce has many use one token at the same time.
func refreshTokensAreUsedOnce(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.InsertSession(ctx, session("1", "a")),
			tx.InsertRefresh(ctx, store.RefreshToken{Hash: "h", Session: "1", Position: 1, Created: noon, Expires: noon.Add(time.Hour)}))
	})
	const users = 6
	won := make(chan string, users)
	var wg sync.WaitGroup
	for n := range users {
		wg.Go(func() {
			request, ok := fmt.Sprint("r", n), false
			err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
				ok, err = tx.UseRefresh(ctx, "h", request, noon)
				return err
			})
			if err != nil {
				t.Error(err)
			}
			if ok {
				won <- request
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d of %d used the token", len(won), users)
	}
	all, err := s.RefreshTokens(t.Context(), "1")
	if err != nil || len(all) != 1 || !all[0].Used.Equal(noon) || all[0].Request != <-won {
		t.Errorf("%+v, %v", all, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Refresh(ctx, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a token that is not there: %v", err)
		}
		return tx.DropSessions(ctx, noon.Add(2*time.Hour))
	})
	if all, err := s.RefreshTokens(t.Context(), "1"); err != nil || len(all) != 0 {
		t.Errorf("tokens of a forgotten session: %+v, %v", all, err)
	}
}

func ticketsAreTakenOnce(t *testing.T, s *store.Store) {
	put := func(hash, kind, account string, holds time.Duration) {
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.PutTicket(ctx, store.Ticket{Hash: hash, Kind: kind, Account: account, Body: []byte("body"), Created: noon, Expires: noon.Add(holds)})
		})
	}
	put("1", "reset", "a", time.Hour)
	put("2", "reset", "b", time.Minute)
	put("3", "invitation", "a", time.Hour)
	if k, err := s.Ticket(t.Context(), "reset", "1", noon); err != nil || string(k.Body) != "body" || k.Account != "a" {
		t.Errorf("read %+v, %v", k, err)
	}
	for _, c := range []struct {
		kind, hash string
		at         time.Time
	}{{"invitation", "1", noon}, {"reset", "1", noon.Add(time.Hour)}, {"reset", "9", noon}} {
		if _, err := s.Ticket(t.Context(), c.kind, c.hash, c.at); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%v: %v", c, err)
		}
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, want := range []bool{true, false} {
			if ok, err := tx.TakeTicket(ctx, "1"); ok != want || err != nil {
				t.Errorf("taken: %v, %v", ok, err)
			}
		}
		return errors.Join(tx.DropTickets(ctx, "a", "invitation"), tx.DropExpiredTickets(ctx, noon.Add(2*time.Minute)))
	})
	for _, k := range [][2]string{{"reset", "2"}, {"invitation", "3"}} {
		if _, err := s.Ticket(t.Context(), k[0], k[1], noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a forgotten ticket: %v", err)
		}
	}
}

func apiTokensAreKept(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for i, id := range []string{"1", "2"} {
			k := store.APIToken{ID: id, Account: "a", Hash: "h" + id, Name: []byte("name " + id), Scopes: `["runs.read"]`,
				Created: noon.Add(time.Duration(i) * time.Second), Expires: noon.Add(time.Hour)}
			if err := tx.InsertAPIToken(ctx, k); err != nil {
				return err
			}
		}
		return tx.APITokenUsed(ctx, "1", noon.Add(time.Minute))
	})
	if all, err := s.APITokens(t.Context(), "a"); err != nil || len(all) != 2 || all[0].ID != "2" || string(all[1].Name) != "name 1" ||
		!all[1].Used.Equal(noon.Add(time.Minute)) || !all[0].Used.IsZero() {
		t.Errorf("listed %+v, %v", all, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		if ok, err := tx.RevokeAPIToken(ctx, "b", "1", noon); ok || err != nil {
			t.Errorf("somebody else's was revoked: %v, %v", ok, err)
		}
		for _, want := range []bool{true, false} {
			if ok, err := tx.RevokeAPIToken(ctx, "a", "1", noon); ok != want || err != nil {
				t.Errorf("revoked: %v, %v", ok, err)
			}
		}
		n, err := tx.CountAPITokens(ctx, "a", noon)
		if late, err2 := tx.CountAPITokens(ctx, "a", noon.Add(time.Hour)); n != 1 || late != 0 || err2 != nil {
			t.Errorf("%d hold, later %d, %v", n, late, err2)
		}
		return err
	})
	if k, err := s.APIToken(t.Context(), "1"); err != nil || !k.Revoked.Equal(noon) || k.Hash != "h1" {
		t.Errorf("read %+v, %v", k, err)
	}
	if _, err := s.APIToken(t.Context(), "9"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a token that is not there: %v", err)
	}
}

func signingKeysAreInOrder(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.InsertSigningKey(ctx, store.SigningKey{ID: "late", Private: []byte("p2"), SignsFrom: noon.Add(time.Hour), Created: noon}),
			tx.InsertSigningKey(ctx, store.SigningKey{ID: "now", Private: []byte("p1"), SignsFrom: noon, Created: noon}))
	})
	all, err := s.SigningKeys(t.Context())
	if err != nil || len(all) != 2 || all[0].ID != "now" || string(all[1].Private) != "p2" || !all[1].SignsFrom.Equal(noon.Add(time.Hour)) {
		t.Errorf("read %+v, %v", all, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropSigningKey(ctx, "now") })
	if all, err := s.SigningKeys(t.Context()); err != nil || len(all) != 1 || all[0].ID != "late" {
		t.Errorf("read %+v, %v", all, err)
	}
}

func guessesAreCounted(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for n, subject := range []string{"code:a", "code:a:1", "code:b", "code@1"} {
			g, err := tx.Guess(ctx, subject)
			if err != nil || g.Failures != 0 || !g.Until.IsZero() {
				t.Errorf("a fresh subject: %+v, %v", g, err)
			}
			g.Failures, g.Last, g.Until = int64(n+1), noon.Add(time.Duration(n)*time.Hour), noon.Add(time.Hour)
			if err := errors.Join(tx.PutGuess(ctx, store.Guess{Subject: subject, Failures: 99}), tx.PutGuess(ctx, g)); err != nil {
				return err
			}
		}
		g, err := tx.Guess(ctx, "code:b")
		if g.Failures != 3 || !g.Until.Equal(noon.Add(time.Hour)) || !g.Last.Equal(noon.Add(2*time.Hour)) {
			t.Errorf("read %+v", g)
		}
		return errors.Join(err, tx.DropGuessesOf(ctx, "code:a"), tx.DropGuess(ctx, "code:b"), tx.PutGuess(ctx, store.Guess{Subject: "old", Failures: 1, Last: noon}),
			tx.DropGuesses(ctx, noon.Add(time.Hour)))
	})
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for subject, want := range map[string]int64{"code:a": 0, "code:a:1": 0, "code:b": 0, "old": 0, "code@1": 4} {
			if g, err := tx.Guess(ctx, subject); g.Failures != want || err != nil {
				t.Errorf("%s failed %d times, %v", subject, g.Failures, err)
			}
		}
		return nil
	})
}
