package app_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/store"
)

// kindsOf lists what an account was told of, the earliest first.
func kindsOf(t *testing.T, a *app.App, account string) string {
	t.Helper()
	all, err := a.Discussion().Notices(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	kinds := ""
	for i := range all {
		kinds = all[i].Kind + " " + kinds
	}
	return kinds
}

func TestPeopleAreToldOfWhatWaitsAndOfDeadlines(t *testing.T) {
	t.Parallel()
	a, _ := peopled(t)
	defer stop(t, a)
	run := submit(t, a, file(t, "a", "1"), app.Request{Workspace: "w", Account: "owner", PointTTL: 8 * time.Hour})
	u := next(t, a, run, nil)
	item := u.Proposal.Items[0].ID
	at := discussion.Place{Workspace: "w", Run: run, Item: item}
	if err := a.Discussion().Assign(t.Context(), at, discussion.Person{Account: "viewer", Actor: person}, "viewer", time.Time{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after                  time.Duration
		owner, steward, viewer string
	}{
		{time.Hour, "waits ", "waits ", ""},
		{7 * time.Hour, "waits deadline ", "waits deadline ", "deadline "},
		{7*time.Hour + time.Minute, "waits deadline ", "waits deadline ", "deadline "}, // once
	} {
		if err := a.Remind(t.Context(), time.Now().Add(c.after)); err != nil {
			t.Fatal(err)
		}
		if owner, steward, viewer := kindsOf(t, a, "owner"), kindsOf(t, a, "steward"), kindsOf(t, a, "viewer"); owner != c.owner || steward != c.steward || viewer != c.viewer {
			t.Errorf("after %s the owner was told %q, the steward %q, who is to see to an item %q", c.after, owner, steward, viewer)
		}
	}
	if got := kindsOf(t, a, "admin"); got != "" {
		t.Errorf("the administrator was told %q before anything is late", got)
	}
}

// peopled is an instance with a workspace and somebody of each role in it, at a clock that the test moves.
func peopled(t *testing.T, change ...func(*app.Options)) (a *app.App, pass func(time.Duration)) {
	t.Helper()
	var ahead atomic.Int64
	a = openWith(t, filepath.Join(t.TempDir(), "home"), func(o *app.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		for _, f := range change {
			f(o)
		}
	})
	err := a.Records().InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for account, role := range map[string]string{"owner": "analyst", "steward": "steward", "admin": "administrator", "viewer": "viewer"} {
			if err := tx.PutMember(ctx, store.Member{Workspace: "w", Account: account, Role: role}); err != nil {
				return err
			}
		}
		return tx.InsertWorkspace(ctx, store.Workspace{ID: "w", Tier: "professional", Name: "Sales"})
	})
	if err != nil {
		t.Fatal(err)
	}
	return a, func(x time.Duration) { ahead.Add(int64(x)) }
}

func TestAControlPointThatNobodyClosedIsEscalatedAndTheEndOfARunIsTold(t *testing.T) {
	t.Parallel()
	a, pass := peopled(t)
	defer stop(t, a)
	run := submit(t, a, file(t, "a", "1"), app.Request{Workspace: "w", Account: "owner", PointTTL: 8 * time.Hour})
	u := next(t, a, run, nil)
	if err := a.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := kindsOf(t, a, "admin"); got != "" {
		t.Errorf("the administrator was told %q before the time has passed", got)
	}
	pass(9 * time.Hour)
	for range 2 { // once, however often it is looked
		if err := a.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if u = next(t, a, run, u); u.Status != control.Expired {
		t.Fatalf("the run is %s", u.Status)
	}
	if got := kindsOf(t, a, "admin"); got != "escalated " {
		t.Errorf("the administrator was told %q", got)
	}
	if owner, viewer := kindsOf(t, a, "owner"), kindsOf(t, a, "viewer"); owner != "waits " || viewer != "" {
		t.Errorf("the owner was told %q, a viewer %q", owner, viewer)
	}
	if err := a.Renew(t.Context(), run, person); err != nil {
		t.Fatal(err)
	}
	for u = next(t, a, run, u); u.Status == control.Waiting; u = next(t, a, run, u) {
		if err := proceed(t.Context(), a, run); err != nil {
			t.Fatal(err)
		}
	}
	if owner := kindsOf(t, a, "owner"); u.Status != control.Done || !strings.HasSuffix(owner, "waits done ") {
		t.Errorf("the run is %s, its owner was told %q", u.Status, owner)
	}
	if steward := kindsOf(t, a, "steward"); strings.Contains(steward, "done") || strings.Contains(steward, "escalated") {
		t.Errorf("the steward was told %q", steward)
	}
}

func TestThatARunFailedIsTold(t *testing.T) {
	t.Parallel()
	a, _ := peopled(t)
	defer stop(t, a)
	run := submit(t, a, file(t, "#refuse"), app.Request{Workspace: "w", Account: "owner"})
	if u := next(t, a, run, nil); u.Status != control.Failed {
		t.Fatalf("the run is %s", u.Status)
	}
	for account, want := range map[string]string{"owner": "failed ", "steward": "failed ", "admin": "", "viewer": ""} {
		if got := kindsOf(t, a, account); got != want {
			t.Errorf("%s was told %q in the place of %q", account, got, want)
		}
	}
}

// What is said after the end of a run goes behind its seal, and is sealed again.
func TestTheAuditOfARunThatHasEndedStaysSealed(t *testing.T) {
	t.Parallel()
	a := start(t, filepath.Join(t.TempDir(), "home"))
	defer stop(t, a)
	run := submit(t, a, file(t, "a", "1"), app.Request{})
	next(t, a, run, nil)
	if err := a.Abort(t.Context(), run, "enough", person); err != nil {
		t.Fatal(err)
	}
	who := discussion.Person{Account: "ada", Actor: person}
	if _, err := a.Discussion().Say(t.Context(), discussion.Place{Run: run}, who, "A pity.", nil); err != nil {
		t.Fatal(err)
	}
	links, err := a.Records().Audit(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	actions := []string{}
	for _, l := range links[len(links)-3:] {
		actions = append(actions, l.Kind)
	}
	if actions[0] != audit.ActionSeal || actions[1] != discussion.ActionSaid || actions[2] != audit.ActionSeal {
		t.Errorf("the audit ends with %v", actions)
	}
	if _, err := a.Verify(t.Context(), run); err != nil {
		t.Error(err)
	}
}
