package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
)

func TestFirstStartMakesOneAdministratorWithAOneTimeLink(t *testing.T) {
	t.Parallel()
	b := start(t)
	if started, err := b.Started(t.Context()); started || err != nil {
		t.Errorf("started %v, %v", started, err)
	}
	old, err := b.FirstStart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l, err := b.FirstStart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	begin := func(token auth.Secret, password string) error {
		_, err := b.Begin(t.Context(), token, "Ada", "ada@example.org", password, home)
		return err
	}
	wants(t, "the link of an earlier start", begin(old.Token, goodPassword), auth.ErrLink)
	wants(t, "a made-up link", begin(auth.NewSecret("made up"), goodPassword), auth.ErrLink)
	wants(t, "a weak password", begin(l.Token, "password1234"), auth.ErrWeakPassword)
	if err := begin(l.Token, goodPassword); err != nil {
		t.Fatal(err)
	}
	wants(t, "the link again", begin(l.Token, goodPassword), auth.ErrLink)
	if again, err := b.FirstStart(t.Context()); again != nil || err != nil {
		t.Errorf("a first start with an account: %v, %v", again, err)
	}
	if i := b.identity(t, b.signIn(t, "ADA@example.org ")); i.Instance != access.Administrator || i.Name != "Ada" || i.Kind != auth.KindSession {
		t.Errorf("signed in as %+v", i)
	}
	if b.told(auth.EventFirstStart) != 1 || b.told(auth.EventSignIn) != 1 {
		t.Error("the audit was not told")
	}
}

func TestFirstStartExpires(t *testing.T) {
	t.Parallel()
	b := start(t)
	l, err := b.FirstStart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.clock.pass(24 * time.Hour)
	_, err = b.Begin(t.Context(), l.Token, "Ada", "ada@example.org", goodPassword, home)
	wants(t, "after a day", err, auth.ErrLink)
}

func TestInvitationsAndResets(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	a, invitation, err := b.Create(t.Context(), auth.Operator(), auth.NewAccount{Name: " Ben  Bo ", Email: "Ben@Example.org"})
	if err != nil || a.Name != "Ben Bo" || a.Email != "ben@example.org" || a.Status != auth.Invited {
		t.Fatalf("created %+v, %v", a, err)
	}
	_, _, err = b.Create(t.Context(), auth.Operator(), auth.NewAccount{Name: "Ben", Email: "BEN@example.org"})
	wants(t, "the same address again", err, auth.ErrExists)
	if kind, who, err := b.Look(t.Context(), invitation.Token); kind != auth.LinkInvitation || err != nil || who.ID != a.ID {
		t.Errorf("the link is %v for %+v, %v", kind, who, err)
	}
	_, err = b.SignIn(t.Context(), a.Email, goodPassword, "", home)
	wants(t, "before the invitation was accepted", err, auth.ErrCredentials)
	if _, err := b.Accept(t.Context(), invitation.Token, goodPassword, home); err != nil {
		t.Fatal(err)
	}
	_, err = b.Accept(t.Context(), invitation.Token, otherPassword, home)
	wants(t, "the invitation again", err, auth.ErrLink)
	tokens := b.signIn(t, a.Email)

	first, err := b.Reset(t.Context(), auth.Operator(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.Reset(t.Context(), auth.Operator(), a.ID)
	if err != nil || second.Kind != auth.LinkReset {
		t.Fatalf("%+v, %v", second, err)
	}
	_, err = b.Accept(t.Context(), first.Token, otherPassword, home)
	wants(t, "the first of two resets", err, auth.ErrLink)
	if !b.holds(tokens) {
		t.Error("a reset that nobody took ended a session")
	}
	if _, err := b.Accept(t.Context(), second.Token, otherPassword, home); err != nil {
		t.Fatal(err)
	}
	if b.holds(tokens) {
		t.Error("the session outlived the reset")
	}
	_, err = b.SignIn(t.Context(), a.Email, goodPassword, "", home)
	wants(t, "the old password", err, auth.ErrCredentials)
	if _, err := b.SignIn(t.Context(), a.Email, otherPassword, "", home); err != nil {
		t.Error(err)
	}
}

func TestDisablingHoldsAtOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	a := b.member(t, "ben@example.org", "")
	tokens := b.signIn(t, a.Email)
	if !b.holds(tokens) {
		t.Fatal("the token does not hold")
	}
	yes, no := true, false
	reset, err := b.Reset(t.Context(), auth.Operator(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Change(t.Context(), auth.Operator(), a.ID, 0, auth.Change{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	if b.holds(tokens) {
		t.Error("the access token outlived its account")
	}
	_, err = b.Refresh(t.Context(), tokens.Refresh, "", home)
	wants(t, "refreshing", err, auth.ErrUnauthenticated)
	_, err = b.SignIn(t.Context(), a.Email, goodPassword, "", home)
	wants(t, "signing in", err, auth.ErrCredentials)
	_, err = b.Accept(t.Context(), reset.Token, otherPassword, home)
	wants(t, "an open reset", err, auth.ErrLink)
	_, err = b.Reset(t.Context(), auth.Operator(), a.ID)
	wants(t, "a new reset", err, auth.ErrForbidden)
	if _, err := b.Change(t.Context(), auth.Operator(), a.ID, 0, auth.Change{Disabled: &no}); err != nil {
		t.Fatal(err)
	}
	if b.holds(tokens) {
		t.Error("enabling brought an ended session back")
	}
	b.signIn(t, a.Email)
	if b.told(auth.EventAccountDisabled) != 1 || b.told(auth.EventAccountEnabled) != 1 {
		t.Error("the audit was not told")
	}
}

func TestAnAdministratorAlwaysRemains(t *testing.T) {
	t.Parallel()
	b := start(t)
	ada := b.administrator(t)
	none, yes := access.Role(""), true
	for name, c := range map[string]auth.Change{"role": {Role: &none}, "disabled": {Disabled: &yes}} {
		_, err := b.Change(t.Context(), auth.Operator(), ada.ID, 0, c)
		wants(t, name, err, auth.ErrForbidden)
	}
	invited, _, err := b.Create(t.Context(), auth.Operator(), auth.NewAccount{Name: "Cy", Email: "cy@example.org", Role: access.Administrator})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Change(t.Context(), auth.Operator(), ada.ID, 0, auth.Change{Role: &none})
	wants(t, "with "+string(invited.Status)+" alone", err, auth.ErrForbidden)
	b.member(t, "ben@example.org", access.Administrator)
	if _, err := b.Change(t.Context(), auth.Operator(), ada.ID, 0, auth.Change{Role: &none}); err != nil {
		t.Errorf("with another administrator: %v", err)
	}
}

func TestChangesOfAnAccount(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	a := b.member(t, "ben@example.org", "")
	i := b.identity(t, b.signIn(t, a.Email))
	text := func(s string) *string { return &s }
	role := func(r access.Role) *access.Role { return &r }
	for name, c := range map[string]struct {
		change auth.Change
		want   error
	}{
		"no name":           {auth.Change{Name: text("  ")}, auth.ErrInvalid},
		"markup":            {auth.Change{Name: text("<b>")}, auth.ErrInvalid},
		"a control":         {auth.Change{Name: text("a\x00b")}, auth.ErrInvalid},
		"turned around":     {auth.Change{Name: text("a\u202eb")}, auth.ErrInvalid},
		"a long name":       {auth.Change{Name: text(strings.Repeat("x", 101))}, auth.ErrInvalid},
		"no address":        {auth.Change{Email: text("nobody")}, auth.ErrInvalid},
		"two addresses":     {auth.Change{Email: text("a@x.org, b@x.org")}, auth.ErrInvalid},
		"a named address":   {auth.Change{Email: text("A <a@x.org>")}, auth.ErrInvalid},
		"a taken address":   {auth.Change{Email: text("ADA@example.org")}, auth.ErrExists},
		"a workspace's":     {auth.Change{Role: role(access.Steward)}, auth.ErrInvalid},
		"a role of nothing": {auth.Change{Role: role("king")}, auth.ErrInvalid},
	} {
		_, err := b.Change(t.Context(), auth.Operator(), a.ID, 0, c.change)
		wants(t, name, err, c.want)
	}
	now, err := b.Account(t.Context(), a.ID)
	if err != nil || now.Version != a.Version {
		t.Fatalf("a refused change changed the account: %+v, %v", now, err)
	}
	got, err := b.Change(t.Context(), auth.Operator(), a.ID, now.Version, auth.Change{Name: text("Bo"), Email: text("Bo@x.org"), Role: role(access.Operator)})
	if err != nil || got.Name != "Bo" || got.Email != "bo@x.org" || got.Role != access.Operator || got.Version != now.Version+1 {
		t.Fatalf("%+v, %v", got, err)
	}
	_, err = b.Change(t.Context(), auth.Operator(), a.ID, now.Version, auth.Change{Name: text("Late")})
	wants(t, "a change of what was read before", err, auth.ErrConflict)
	if again, err := b.Authenticate(t.Context(), b.signIn(t, "bo@x.org").Access.Reveal(), home.Address); err != nil || again.Instance != access.Operator {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := b.AccountByEmail(t.Context(), i.Email); err == nil {
		t.Error("the old address still finds the account")
	}
	_, err = b.Change(t.Context(), auth.Operator(), "usr_none", 0, auth.Change{})
	wants(t, "an account that is not there", err, auth.ErrNotFound)
}

func TestListOfAccountsGoesByCursor(t *testing.T) {
	t.Parallel()
	b := start(t)
	want := map[string]bool{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		a, _, err := b.Create(t.Context(), auth.Operator(), auth.NewAccount{Name: name, Email: name + "@example.org"})
		if err != nil {
			t.Fatal(err)
		}
		want[a.ID] = true
		if name != "b" { // two of the same moment
			b.clock.pass(time.Second)
		}
	}
	cursor, pages := "", 0
	for {
		page, next, err := b.Accounts(t.Context(), cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, a := range page {
			if !want[a.ID] {
				t.Errorf("%s came twice", a.Name)
			}
			delete(want, a.ID)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if len(want) != 0 || pages != 3 {
		t.Errorf("%d accounts are missing after %d pages", len(want), pages)
	}
	for _, bad := range []string{"x", "%%%", "MTIz", "MTIzIHVzcl9h"} {
		_, _, err := b.Accounts(t.Context(), bad, 2)
		wants(t, bad, err, auth.ErrInvalid)
	}
}
