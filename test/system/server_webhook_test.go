package system_test

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/webhook"
)

// receiver is a server on the premises that is told of what happens. It answers as the test says.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	secret  string
	told    []toldEvent // accepted, in the order in which they came
	answers []int       // to the next requests; 200 afterwards. 0 drops the connection, as when it is away
	bad     []string
	change  *sync.Cond
}

type toldEvent struct {
	ID, Event string
	Run       struct {
		ID, File, Status, Stage, Link string
		Items                         int
	}
	Notice struct {
		Item, Remark, By, Due string
		People                []string
	}
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.change = sync.NewCond(&r.mu)
	r.Server = httptest.NewTLSServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change.Broadcast()
	if len(r.answers) > 0 {
		answer := r.answers[0]
		r.answers = r.answers[1:]
		if answer == 0 {
			panic(http.ErrAbortHandler)
		}
		if answer != http.StatusOK {
			w.WriteHeader(answer)
			_, _ = io.WriteString(w, "not now")
			return
		}
	}
	var e toldEvent
	if err == nil {
		err = webhook.Verify([]byte(r.secret), body, req.Header.Get(webhook.HeaderSignature), time.Now(), 5*time.Minute)
	}
	if err == nil {
		err = json.Unmarshal(body, &e)
	}
	if err != nil {
		r.bad = append(r.bad, err.Error())
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.told = append(r.told, e)
}

// await waits until so many events were accepted.
func (r *receiver) await(n int) []toldEvent {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.told) < n {
		r.change.Wait()
	}
	return append([]toldEvent(nil), r.told...)
}

// next sets what is answered to the next requests.
func (r *receiver) next(answers ...int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = answers
}

// certificate writes the authority of the receiver into a file.
func (r *receiver) certificate(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A whole run is told to a receiver on the premises: signed, in order, again after a failure of the receiver and after it was
// away; the log of deliveries shows it all.
func TestAWholeRunIsToldToAReceiver(t *testing.T) {
	t.Parallel()
	r := receive(t)
	s := serveIn(t, []string{"SSL_CERT_FILE=" + r.certificate(t), "ANALYTIX_WEBHOOKS_FIRST_PAUSE=100ms"}, serverData(t), "--allow-target", "127.0.0.1")
	ada := s.administrator(t)
	w := ada.workspace(t, "w", "professional")
	base := "/workspaces/" + w
	var hook struct{ ID, Secret string }
	kinds := []string{"run.started", "control_point.opened", "control_point.closed", "run.done"}
	ada.call(t, "POST", base+"/webhooks", map[string]any{"url": r.URL + "/hook", "events": kinds}).want(t, 201).into(t, &hook)
	r.mu.Lock()
	r.secret = hook.Secret
	r.mu.Unlock()

	r.next(http.StatusInternalServerError) // to the first event of all
	run := ada.start(t, w, "orders.csv", small(60), nil)
	told := r.await(2)
	if told[0].Run.ID != run || told[1].Run.ID != run {
		t.Errorf("%+v", told)
	}
	n := 2
	for i, stage := range []string{"reception", "quality", "insight", "recommendation"} {
		ada.await(t, w, run, waitsAt(stage))
		r.await(n)
		if stage == "insight" {
			r.next(0, 0) // it is away for two attempts
		}
		ada.call(t, "POST", base+"/runs/"+run+"/point/close", nil, "If-Match", decideRecommended(t, ada, base, run)).want(t, 200)
		if n += 2; i == 3 {
			ada.await(t, w, run, isDone)
		}
		r.await(n) // closed, and the next one opened, or the run done
	}
	told = r.await(10)
	checkTold(t, told, run)
	for _, wrong := range r.bad {
		t.Error(wrong)
	}
	checkDeliveries(t, ada, base+"/webhooks/"+hook.ID+"/deliveries")
}

// Whom a remark mentions and who is to see to an item is told to a receiver, by ids alone.
func TestMentionsAndAssignmentsAreToldToAReceiver(t *testing.T) {
	t.Parallel()
	r := receive(t)
	s := serveIn(t, []string{"SSL_CERT_FILE=" + r.certificate(t)}, serverData(t), "--allow-target", "127.0.0.1", "--origin", "https://flow.example.org")
	ada := s.administrator(t)
	w := ada.workspace(t, "w", "professional")
	bob := ada.invite(t, "bob", "")
	ada.join(t, w, bob, "steward")
	base := "/workspaces/" + w
	var hook struct{ Secret string }
	kinds := []string{"person.mentioned", "item.assigned"}
	ada.call(t, "POST", base+"/webhooks", map[string]any{"url": r.URL, "events": kinds}).want(t, 201).into(t, &hook)
	r.mu.Lock()
	r.secret = hook.Secret
	r.mu.Unlock()
	run := ada.start(t, w, "orders.csv", small(60), nil)
	ada.await(t, w, run, waitsAt("reception"))
	var me, remark struct{ ID string }
	bob.call(t, "GET", "/me", nil).want(t, 200).into(t, &me)
	at := base + "/runs/" + run + "/discussion"
	ada.call(t, "POST", at+"/remarks", map[string]any{"text": "Is the canary right?", "mentions": []string{me.ID}}).want(t, 201).into(t, &remark)
	mention := r.await(1)[0]
	if n := mention.Notice; mention.Event != kinds[0] || n.Remark != remark.ID || n.Item != "" || len(n.People) != 1 || n.People[0] != me.ID {
		t.Errorf("a mention is told as %+v", mention)
	}
	var point struct{ Items []struct{ ID string } }
	ada.call(t, "GET", base+"/runs/"+run+"/point", nil).want(t, 200).into(t, &point)
	item := point.Items[0].ID
	ada.call(t, "PUT", at+"/assignments/"+item, map[string]any{"account": me.ID, "due": "2030-12-01T00:00:00Z"}).want(t, 200)
	assigned := r.await(2)[1]
	if n := assigned.Notice; assigned.Event != kinds[1] || n.Item != item || n.Due != "2030-12-01T00:00:00Z" || len(n.People) != 1 || n.People[0] != me.ID ||
		assigned.Run.Link != "https://flow.example.org/w/"+w+"/runs/"+run+"?view=reception&item="+item {
		t.Errorf("an assignment is told as %+v", assigned)
	}
	for _, wrong := range r.bad {
		t.Error(wrong)
	}
}

// checkTold holds that each event came, once but for repetitions, and in the order of the run.
func checkTold(t *testing.T, told []toldEvent, run string) {
	t.Helper()
	seen, at := map[string]bool{}, map[string]int{}
	for _, e := range told {
		if seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		if e.Run.ID != run || e.Run.File != "orders.csv" {
			t.Errorf("%+v", e)
		}
		at[e.Event+" "+e.Run.Stage] = len(seen)
	}
	if len(seen) != 10 {
		t.Errorf("%d events: %v", len(seen), at)
	}
	// What failed comes later than what came after it; all else is in the order in which it happened.
	for _, pair := range [][2]string{{"control_point.opened reception", "control_point.opened quality"}, {"control_point.opened quality", "control_point.opened insight"},
		{"control_point.closed reception", "control_point.closed quality"}, {"control_point.opened insight", "control_point.opened recommendation"},
		{"control_point.opened recommendation", "run.done recommendation"}} {
		if at[pair[0]] == 0 || at[pair[0]] > at[pair[1]] {
			t.Errorf("%s does not come before %s: %v", pair[0], pair[1], at)
		}
	}
}

// checkDeliveries holds that the log shows every delivery, and the attempts that failed with what was answered.
func checkDeliveries(t *testing.T, u *user, path string) {
	t.Helper()
	var list struct {
		Deliveries []struct {
			ID, Event, Status string
			Attempts          int
		}
	}
	delivered := func() (n int) {
		u.call(t, "GET", path, nil).want(t, 200).into(t, &list)
		for _, d := range list.Deliveries {
			if d.Status == "delivered" {
				n++
			}
		}
		return n
	}
	for until := time.Now().Add(soon); delivered() < 10 && time.Now().Before(until); { // the receiver knows of the last one before the log does
		u.call(t, "GET", "/version", nil)
	}
	if len(list.Deliveries) != 10 || delivered() != 10 {
		t.Fatalf("%+v", list)
	}
	var failed, away int
	for _, d := range list.Deliveries {
		var shown struct {
			Body string
			Log  []struct {
				Status        int
				Answer, Error string
			}
		}
		u.call(t, "GET", path+"/"+d.ID, nil).want(t, 200).into(t, &shown)
		if len(shown.Log) != d.Attempts || shown.Log[d.Attempts-1].Status != http.StatusOK || !strings.Contains(shown.Body, d.Event) {
			t.Errorf("%+v: %+v", d, shown)
		}
		for _, l := range shown.Log {
			if l.Status == http.StatusInternalServerError && l.Answer == "not now" {
				failed++
			}
			if l.Status == 0 && l.Error != "" {
				away++
			}
		}
	}
	if failed != 1 || away != 2 {
		t.Errorf("the log shows %d failures and %d attempts without an answer", failed, away)
	}
}
