package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/broker/brokertest"
	"github.com/analytix-flow/analytix/internal/condition"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/httpapi"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/keys/keystest"
	"github.com/analytix-flow/analytix/internal/mail"
	"github.com/analytix-flow/analytix/internal/object/objecttest"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
	"github.com/analytix-flow/analytix/internal/tooltest"
)

// patience bounds how long a test waits for what comes by itself.
const patience = 2 * time.Minute

// untilNoticed waits until it is noticed, by whoever looks around, that a part is out of order.
func (d *desk) untilNoticed(part condition.Part) {
	d.Helper()
	ctx, cancel := context.WithTimeout(d.Context(), patience)
	defer cancel()
	for len(d.server.board.Out(part)) == 0 {
		d.server.look(ctx)
		if ctx.Err() != nil {
			d.Fatalf("out: %+v", d.server.board.Now())
		}
	}
}

// untilOut waits until a part is out of order, or in order again, looking whether it is.
func (d *desk) untilOut(part condition.Part, out bool) {
	d.Helper()
	ctx, cancel := context.WithTimeout(d.Context(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for (len(d.server.board.Out(part)) > 0) != out {
		select {
		case <-ctx.Done():
			d.Fatalf("out: %+v", d.server.board.Now())
		case <-tick.C:
			if !out {
				d.server.look(ctx)
			}
		}
	}
}

// everybody is told what they feel, signed in or not.
func (d *desk) everybody() (parts []string) {
	d.Helper()
	token := d.token
	d.token = ""
	var status struct{ Conditions []httpapi.Condition }
	d.call(http.MethodGet, "/status", http.StatusOK, nil, &status)
	d.token = token
	for _, c := range status.Conditions {
		if c.Title == "" || c.Works == "" || c.Held == "" || c.Next == "" || c.Since.IsZero() {
			d.Errorf("it says too little: %+v", c)
		}
		parts = append(parts, c.Part)
	}
	return parts
}

// operators are told of everything.
func (d *desk) operators() []httpapi.SystemCondition {
	d.Helper()
	var all struct{ Conditions []httpapi.SystemCondition }
	d.call(http.MethodGet, "/system/conditions", http.StatusOK, nil, &all)
	return all.Conditions
}

// figure reads one of the process.
func (d *desk) figure(want string) {
	d.Helper()
	text, err := d.server.metrics.Text()
	if err != nil || !strings.Contains(text, "\n"+want+"\n") {
		d.Errorf("no figure %s (%v)", want, err)
	}
}

// submit begins a run on a small file.
func (d *desk) submit() string {
	d.Helper()
	path := filepath.Join(d.TempDir(), "orders.csv")
	if err := os.WriteFile(path, []byte("a\n1\n"), 0o600); err != nil {
		d.Fatal(err)
	}
	run, err := d.server.app.Submit(d.Context(), path, app.Request{Workspace: d.workspace, Actor: flow.Actor{Kind: flow.ActorPerson, Name: "ann"}})
	if err != nil {
		d.Fatal(err)
	}
	return run
}

// A mail server that is gone, and a receiver of webhooks: operators see both, the others nothing; a server that is back is found so,
// and a webhook that was removed is not waited for.
func TestSystemsOutsideThatAreOutAreToldToOperators(t *testing.T) {
	t.Parallel()
	server, receiver := tooltest.FreeAddress(t), tooltest.FreeAddress(t)
	d := sitDownAt(t, Config{Listen: "127.0.0.1:0", Origin: "https://flow.example.org", AllowTargets: []string{"127.0.0.1"},
		Mail: Mail{Server: server, From: "Analytix Flow <flow@example.org>", Security: mail.Plain}})
	d.server.cfg.Origin = "http://" + d.server.net.Addr().String() // where calls go
	d.figure(`analytix_degraded{part="mail"} 0`)
	var bo struct {
		Account struct{ ID string }
		Link    struct{ Token string }
	}
	d.call(http.MethodPost, "/accounts", http.StatusCreated, map[string]any{"name": "Bo", "email": "bo@example.org"}, &bo)
	d.call(http.MethodPut, "{w}/members/"+bo.Account.ID, http.StatusOK, map[string]any{"role": "analyst"}, nil)
	d.call(http.MethodPost, "/auth/links/accept", http.StatusOK, map[string]any{"token": bo.Link.Token, "password": password}, nil)
	var hook struct{ ID string }
	d.call(http.MethodPost, "{w}/webhooks", http.StatusCreated, map[string]any{"url": "https://" + receiver + "/?token=secret", "events": []string{"run.started"}, "active": true}, &hook)
	run := d.submit()
	d.call(http.MethodPost, "{w}/runs/"+run+"/discussion/remarks", http.StatusCreated, map[string]any{"text": "Look, @Bo."}, nil)
	d.untilOut(condition.Webhooks, true)
	d.untilOut(condition.Mail, true)
	all := d.operators()
	if len(all) != 2 || all[0].Part != "mail" || all[0].Why != "it refuses connections" || all[0].Felt || all[1].Which != receiver || strings.Contains(all[1].Why, "secret") {
		t.Errorf("%+v", all)
	}
	if got := d.everybody(); len(got) != 0 {
		t.Errorf("everybody is told of %v", got)
	}
	d.figure(`analytix_degraded{part="mail"} 1`)
	d.figure(`analytix_degraded{part="webhooks"} 1`)

	l := listen(t, server)
	s, done := smtp.NewServer(make(office, 1)), make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // ends with an error when it is closed
	}()
	t.Cleanup(func() { _, _ = s.Close(), l.Close(); <-done })
	d.untilOut(condition.Mail, false)
	d.call(http.MethodDelete, "{w}/webhooks/"+hook.ID, http.StatusNoContent, nil, nil)
	d.untilOut(condition.Webhooks, false)
	if all := d.operators(); len(all) != 0 {
		t.Errorf("all is well, and they are told of %+v", all)
	}
	d.figure(`analytix_degraded{part="mail"} 0`)
}

// What takes the log and the traces away is gone: operators are told, nothing is held back, and it clears by itself.
func TestReceiversOfLogsThatAreOutAreToldToOperators(t *testing.T) {
	t.Parallel()
	syslog, collector := tooltest.FreeAddress(t), tooltest.FreeAddress(t)
	d := sitDownAt(t, Config{Listen: "127.0.0.1:0", Audit: Audit{Syslog: "tcp://" + syslog}, Tracing: Tracing{Endpoint: "http://" + collector, Percent: 100}})
	d.call(http.MethodPost, "/workspaces", http.StatusCreated, map[string]string{"name": "next"}, nil)
	d.untilOut(condition.Syslog, true)
	d.untilOut(condition.Traces, true)
	for _, c := range d.operators() {
		if c.Felt || c.Why != "it refuses connections" {
			t.Errorf("%+v", c)
		}
	}
	if got := d.everybody(); len(got) != 0 {
		t.Errorf("everybody is told of %v", got)
	}
	logs := listen(t, syslog)
	go func() {
		for {
			c, err := logs.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, c) }() // until the server ends
		}
	}()
	traces := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: patience}
	l := listen(t, collector)
	go func() { _ = traces.Serve(l) }() // ends with an error when it is closed
	t.Cleanup(func() { _ = traces.Close() })
	d.untilOut(condition.Syslog, false)
	d.untilOut(condition.Traces, false)
	if all := d.operators(); len(all) != 0 {
		t.Errorf("all is well, and they are told of %+v", all)
	}
}

// listen waits for connections at an address until the test ends.
func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// The database, the broker's connection and the object storage go and come back under a server: everybody is told, requests are answered
// so, and all of it clears by itself.
func TestWhatEverybodyFeelsIsToldToEverybody(t *testing.T) {
	storage := objecttest.Start(t)
	db, messages := storetest.PostgresOfItsOwn(t), brokertest.ServerOfItsOwn(t)
	d := sitDownAt(t, Config{Listen: "127.0.0.1:0", Postgres: db.Address, NATS: messages.Address, Objects: storage.URL("p")})
	if got := d.everybody(); len(got) != 0 {
		t.Errorf("at the beginning everybody is told of %v", got)
	}
	// What a worker finds, which sends the mails, is told here.
	mails := condition.Condition{Part: condition.Mail, Since: time.Now(), Last: time.Now(), Why: "it fails"}
	worker := func(all ...condition.Condition) {
		err := d.server.app.Records().InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveConditions(ctx, "worker", all, time.Now().Add(-believed))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	worker(mails)
	if all := d.operators(); len(all) != 1 || all[0].Part != "mail" {
		t.Errorf("what a worker found: %+v", all)
	}
	worker()
	storage.Stop()
	d.server.look(t.Context())
	if all, err := d.server.app.Records().Conditions(t.Context(), "worker", time.Now().Add(-believed)); err != nil || len(all) != 1 || all[0].Part != condition.Files {
		t.Errorf("others are told of %+v, %v", all, err)
	}
	if got := d.everybody(); len(got) != 1 || got[0] != "object_storage" {
		t.Errorf("without files everybody is told of %v", got)
	}
	storage.Resume()
	d.untilOut(condition.Files, false)

	messages.Stop()
	d.untilNoticed(condition.Messages)
	if got := d.everybody(); len(got) != 1 || got[0] != "broker" {
		t.Errorf("without a broker everybody is told of %v", got)
	}
	messages.Start(t)
	d.untilOut(condition.Messages, false)

	db.Stop()
	var p httpapi.Problem
	d.call(http.MethodPost, "/workspaces", http.StatusServiceUnavailable, map[string]string{"name": "next"}, &p)
	if p.Code != "out_of_order" || !strings.Contains(p.Kept, "of this request nothing is") || p.Next == "" || strings.Contains(p.Detail, "127.0.0.1") {
		t.Errorf("%+v", p)
	}
	if got := d.everybody(); len(got) != 1 || got[0] != "database" {
		t.Errorf("without a database everybody is told of %v", got)
	}
	d.figure(`analytix_degraded{part="database"} 1`)
	db.Start(t)
	d.untilOut(condition.Database, false)
	d.call(http.MethodPost, "/workspaces", http.StatusCreated, map[string]string{"name": "next"}, nil)
	if got := d.everybody(); len(got) != 0 || len(d.operators()) != 0 {
		t.Errorf("in the end everybody is told of %v, operators of %+v", got, d.operators())
	}
}

// A Vault that is sealed under a server: what needs no new key goes on, an upload is refused and nothing of it kept, and both clear by
// themselves when it is unsealed.
func TestAVaultThatIsSealedIsToldToEverybody(t *testing.T) {
	t.Parallel()
	vault := keystest.New(t)
	provider, err := keys.OpenVault(t.Context(), vault.ByRole(t))
	if err != nil {
		t.Fatal(err)
	}
	d := sitDownWith(t, Config{Listen: "127.0.0.1:0"}, filepath.Join(t.TempDir(), "home"), provider)
	upload := func(want int, into any) {
		t.Helper()
		d.call(http.MethodPost, "{w}/uploads", want, nil, into, "Tus-Resumable", "1.0.0", "Upload-Length", "4", "Upload-Metadata", "filename YS5jc3Y=")
	}
	upload(http.StatusCreated, nil)
	vault.Fail(1 << 20)
	var p httpapi.Problem
	upload(http.StatusServiceUnavailable, &p)
	if p.Code != "out_of_order" || !strings.Contains(p.Detail, "Vault") || !strings.Contains(p.Kept, "of this request nothing is") {
		t.Errorf("%+v", p)
	}
	d.call(http.MethodPost, "/workspaces", http.StatusCreated, map[string]string{"name": "next"}, nil)
	d.untilOut(condition.Keys, true)
	if got := d.everybody(); len(got) != 1 || got[0] != "vault" {
		t.Errorf("with a sealed Vault everybody is told of %v", got)
	}
	d.figure(`analytix_degraded{part="vault"} 1`)
	vault.Fail(0)
	d.untilOut(condition.Keys, false)
	upload(http.StatusCreated, nil)
	if got := d.everybody(); len(got) != 0 {
		t.Errorf("with the Vault unsealed everybody is told of %v", got)
	}
}

// A provider of sign-ins that is gone is told to operators, and found when it is back, though nobody signs in.
func TestAProviderThatIsGoneIsTold(t *testing.T) {
	t.Parallel()
	at := tooltest.FreeAddress(t)
	d := sitDownAt(t, Config{Listen: "127.0.0.1:0", Auth: Auth{Providers: []Provider{{ID: "acme", Issuer: "http://" + at, ClientID: "analytix"}}}})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.server.Origin()+"/api/v1/auth/oidc/acme", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode < 300 {
		t.Errorf("%d, %v", answer.StatusCode, err)
	}
	if all := d.operators(); len(all) != 1 || all[0].Part != "sign_in" || all[0].Which != at {
		t.Errorf("%+v", all)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	provider := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"issuer":"http://` + at + `","authorization_endpoint":"http://` + at + `/a","token_endpoint":"http://` + at + `/t","jwks_uri":"http://` + at + `/k"}`))
	})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = provider.Serve(l) // ends with an error when it is closed
	}()
	t.Cleanup(func() { _ = provider.Close(); <-served })
	d.untilOut(condition.SignIn, false)
}

func TestBackupsAreLateAfterTwoIntervals(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		last  *app.Backup
		began time.Duration // before noon
		late  bool
	}{
		"none, and the server has just begun": {nil, time.Hour, false},
		"none for long":                       {nil, 49 * time.Hour, true},
		"one of yesterday":                    {&app.Backup{At: noon.Add(-30 * time.Hour)}, 500 * time.Hour, false},
		"an old one":                          {&app.Backup{At: noon.Add(-49 * time.Hour)}, time.Hour, true},
	} {
		if got := late(c.last, noon.Add(-c.began), 24*time.Hour, noon); got != c.late {
			t.Errorf("%s: %v", name, got)
		}
	}
}
