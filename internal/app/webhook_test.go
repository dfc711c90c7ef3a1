package app_test

import (
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/outbound"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/webhook"
)

// notified is what a receiver is told of what concerns people.
type notified struct {
	Event webhook.Kind
	Run   webhook.Run
	About webhook.Notice `json:"notice"`
	whole string
}

// listener is somebody else's system: what it is told, and whether it was signed.
type listener struct {
	url    string
	roots  *x509.CertPool
	secret chan string
	told   chan notified
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{roots: x509.NewCertPool(), secret: make(chan string, 1), told: make(chan notified, 100)}
	s := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		secret := <-l.secret
		l.secret <- secret
		if err := webhook.Verify([]byte(secret), body, r.Header.Get(webhook.HeaderSignature), time.Now(), 5*time.Minute); err != nil {
			t.Error(err)
		}
		n := notified{whole: string(body)}
		if err := json.Unmarshal(body, &n); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		l.told <- n
	}))
	t.Cleanup(s.Close)
	l.url = s.URL
	l.roots.AddCert(s.Certificate())
	return l
}

// next is what it is told next.
func (l *listener) next(t *testing.T, want webhook.Kind) notified {
	t.Helper()
	select {
	case n := <-l.told:
		if n.Event != want {
			t.Fatalf("told of %s in the place of %s: %s", n.Event, want, n.whole)
		}
		return n
	case <-time.After(patience):
		t.Fatalf("not told of %s", want)
		return notified{}
	}
}

func TestOtherSystemsAreToldOfMentionsAssignmentsAndDeadlines(t *testing.T) {
	t.Parallel()
	l := listen(t)
	policy, err := outbound.ParsePolicy([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	a, pass := peopled(t, func(o *app.Options) {
		o.Webhooks = &webhook.Config{Outbound: outbound.Options{Policy: policy, Roots: l.roots}, First: time.Millisecond, Origin: "https://flow.example.org"}
	})
	defer stop(t, a)
	_, secret, err := a.Webhooks().Create(t.Context(), "w", webhook.Spec{URL: l.url, Active: true,
		Events: []webhook.Kind{webhook.PersonMentioned, webhook.ItemAssigned, webhook.DeadlineNear, webhook.PointExpired}})
	if err != nil {
		t.Fatal(err)
	}
	l.secret <- secret
	run := submit(t, a, file(t, "a", "1"), app.Request{Workspace: "w", Account: "owner", PointTTL: 8 * time.Hour})
	u := next(t, a, run, nil)
	at := discussion.Place{Workspace: "w", Run: run, File: "lines.csv", Item: u.Proposal.Items[0].ID, Stage: string(u.Proposal.Stage)}
	owner := discussion.Person{Account: "owner", Actor: person}
	item := "https://flow.example.org/w/w/runs/" + run + "?view=" + at.Stage + "&item=" + at.Item

	remark, err := a.Discussion().Say(t.Context(), at, owner, "Is the canary right, @steward?", []string{"owner", "steward"})
	if err != nil {
		t.Fatal(err)
	}
	n := l.next(t, webhook.PersonMentioned)
	if n.About.Remark != remark.ID || n.About.By != "owner" || !slices.Equal(n.About.People, []string{"steward"}) || n.About.Item != at.Item || n.Run.Link != item ||
		n.Run.File != "lines.csv" || n.Run.Status != "waiting" {
		t.Errorf("a mention is told as %s", n.whole)
	}
	if strings.Contains(n.whole, "canary") {
		t.Errorf("what was said is told: %s", n.whole)
	}
	due := time.Now().Add(30 * time.Hour).Truncate(time.Second)
	if err := a.Discussion().Assign(t.Context(), at, owner, "viewer", due); err != nil {
		t.Fatal(err)
	}
	n = l.next(t, webhook.ItemAssigned)
	if n.About.By != "owner" || !slices.Equal(n.About.People, []string{"viewer"}) || n.About.Due == nil || !n.About.Due.Equal(due) || n.About.Item != at.Item {
		t.Errorf("an assignment is told as %s", n.whole)
	}
	remind := func(after time.Duration) {
		for range 2 { // each is told once
			if err := a.Remind(t.Context(), time.Now().Add(after)); err != nil {
				t.Fatal(err)
			}
		}
	}
	remind(time.Hour)
	remind(6*time.Hour + time.Minute) // the assignment is due within a day, and a quarter of the control point's time is left
	first, second := l.next(t, webhook.DeadlineNear), l.next(t, webhook.DeadlineNear)
	if first.About.Item == "" {
		first, second = second, first
	}
	if first.About.Item != at.Item || !slices.Equal(first.About.People, []string{"viewer"}) || !first.About.Due.Equal(due) {
		t.Errorf("that an assignment is due is told as %s", first.whole)
	}
	if second.About.Item != "" || !slices.Equal(second.About.People, []string{"owner", "steward", "viewer"}) || second.About.Due == nil ||
		second.Run.Link != "https://flow.example.org/w/w/runs/"+run {
		t.Errorf("that a control point is soon over its time is told as %s", second.whole)
	}
	pass(9 * time.Hour)
	for range 2 {
		if err := a.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	n = l.next(t, webhook.PointExpired)
	if n.Run.ID != run || n.Run.Status != string(control.Expired) || n.Run.Stage != at.Stage || n.About.Due == nil || !n.About.Due.Equal(*second.About.Due) {
		t.Errorf("that a control point was not closed in time is told as %s", n.whole)
	}
	if _, err := a.EraseRun(t.Context(), run, person, "asked for"); err != nil {
		t.Fatal(err)
	}
	select {
	case n := <-l.told:
		t.Errorf("told of something twice: %s", n.whole)
	default:
	}
	left(t, a)
}

// left holds that nothing is kept of deliveries that name an erased file.
func left(t *testing.T, a *app.App) {
	t.Helper()
	all, err := a.Webhooks().List(t.Context(), "w")
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	page, err := a.Records().Deliveries(t.Context(), all[0].ID, store.DeliveryPlace{}, 100)
	if err != nil || len(page) != 0 {
		t.Errorf("after the erasure there are still %d deliveries, %v", len(page), err)
	}
}
