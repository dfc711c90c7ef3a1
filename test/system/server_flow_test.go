package system_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// The main job over HTTP: upload, four control points decided by two people, the results, everything downloaded again.
func TestMainJobOverTheAPI(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	workspace := ada.workspace(t, "sales", "professional")
	base := "/workspaces/" + workspace
	bob := ada.invite(t, "bob", "")
	ada.join(t, workspace, bob, "steward")
	text := small(60)
	run := ada.start(t, workspace, "orders.csv", text, map[string]any{"goal": "raise the amount"})

	ada.await(t, workspace, run, waitsAt("reception"))
	point := decideRecommended(t, ada, base, run)
	if got := ada.call(t, "POST", base+"/runs/"+run+"/point/close", nil); got.status != http.StatusPreconditionRequired {
		t.Errorf("closed without saying what was seen: %d", got.status)
	}
	ada.call(t, "POST", base+"/runs/"+run+"/point/close", nil, "If-Match", point).want(t, 200)
	ada.await(t, workspace, run, waitsAt("quality"))
	twoDeciders(t, ada, bob, base, run)
	point = decideRecommended(t, ada, base, run)
	ada.call(t, "POST", base+"/runs/"+run+"/point/close", nil, "If-Match", point).want(t, 200)
	if got := bob.call(t, "POST", base+"/runs/"+run+"/point/close", nil, "If-Match", point); got.status != http.StatusConflict && got.status != http.StatusPreconditionFailed {
		t.Errorf("closed twice: %d %s", got.status, got.body)
	}
	for _, stage := range []string{"insight", "recommendation"} {
		ada.await(t, workspace, run, waitsAt(stage))
		ada.call(t, "POST", base+"/runs/"+run+"/point/close", nil, "If-Match", decideRecommended(t, ada, base, run)).want(t, 200)
	}
	ada.await(t, workspace, run, isDone)

	var found struct {
		Reception struct{ Rows int }
		Issues    []struct{ Check string }
	}
	ada.call(t, "GET", base+"/runs/"+run+"/results/findings.json", nil).want(t, 200).into(t, &found)
	if found.Reception.Rows != 60 || len(found.Issues) == 0 {
		t.Errorf("%+v", found)
	}
	if got := ada.call(t, "GET", base+"/runs/"+run+"/original", nil).want(t, 200); string(got.body) != text {
		t.Error("the file as received is another one")
	}
	if got := ada.call(t, "GET", base+"/runs/"+run+"/original", nil, "Range", "bytes=3-9"); got.status != http.StatusPartialContent || string(got.body) != text[3:10] {
		t.Errorf("a range of the file: %d %q", got.status, got.body)
	}
	chain := ada.call(t, "GET", base+"/runs/"+run+"/results/audit.jsonl", nil).want(t, 200)
	if !bytes.Contains(chain.body, []byte(`"run.sealed"`)) || !bytes.Contains(chain.body, []byte(bob.account)) {
		t.Error("the audit does not tell who decided, or has no end")
	}
	if got := ada.call(t, "GET", base+"/runs/"+run+"/results/report.html", nil).want(t, 200); !bytes.Contains(got.body, []byte("<html")) {
		t.Error("no report")
	}
}

// decideRecommended accepts what is recommended and returns the ETag of the control point.
func decideRecommended(t *testing.T, u *user, base, run string) string {
	t.Helper()
	var p struct {
		Items []struct {
			ID          string
			Recommended string
		}
	}
	got := u.call(t, "GET", base+"/runs/"+run+"/point", nil).want(t, 200).into(t, &p)
	var decisions []map[string]any
	for _, item := range p.Items {
		if item.Recommended != "" {
			decisions = append(decisions, map[string]any{"item": item.ID, "choice": "accept", "option": item.Recommended})
		}
	}
	if len(decisions) == 0 {
		return got.header.Get("ETag")
	}
	return u.call(t, "POST", base+"/runs/"+run+"/point/decisions", map[string]any{"decisions": decisions}, "If-Match", got.header.Get("ETag")).want(t, 200).header.Get("ETag")
}

// twoDeciders has two people decide on the same item: who comes second learns of the first, and overwrites nothing unseen.
func twoDeciders(t *testing.T, first, second *user, base, run string) {
	t.Helper()
	var p struct {
		Items []struct{ ID string }
	}
	etag := first.call(t, "GET", base+"/runs/"+run+"/point", nil).want(t, 200).into(t, &p).header.Get("ETag")
	take := func(u *user, supersedes string) reply {
		return u.call(t, "POST", base+"/runs/"+run+"/point/decisions", map[string]any{"decisions": []map[string]any{
			{"item": p.Items[0].ID, "choice": "reject", "supersedes": supersedes},
		}}, "If-Match", etag)
	}
	var after struct {
		Decisions map[string]struct{ ID string }
	}
	take(second, "").want(t, 200).into(t, &after)
	if got := take(first, ""); got.status != http.StatusPreconditionFailed || got.code() != "stale" {
		t.Errorf("the second decider overwrote the first: %d %s", got.status, got.body)
	}
	take(first, after.Decisions[p.Items[0].ID].ID).want(t, 200)
}

// The same POST sent again has its effect once.
func TestIdempotencyKeyHasOneEffect(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	body := map[string]any{"name": "once", "tier": "demo"}
	first := ada.call(t, "POST", "/workspaces", body, "Idempotency-Key", "k1").want(t, 201)
	again := ada.call(t, "POST", "/workspaces", body, "Idempotency-Key", "k1").want(t, 201)
	if !bytes.Equal(first.body, again.body) || again.header.Get("Idempotent-Replay") != "true" {
		t.Errorf("%s, %s", first.body, again.body)
	}
	if got := ada.call(t, "POST", "/workspaces", map[string]any{"name": "other"}, "Idempotency-Key", "k1"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("the key of another request: %d", got.status)
	}
	var list struct{ Workspaces []struct{ Name string } }
	ada.call(t, "GET", "/workspaces", nil).into(t, &list)
	if n := strings.Count(string(mustJSON(t, list)), `"once"`); n != 1 {
		t.Errorf("%d workspaces were made", n)
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The demo tier's limits hold, and a file over its size is cut off as it comes, whether its size was declared or not.
func TestDemoTier(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	demo := ada.workspace(t, "demo", "demo")
	const limit = 10 << 20
	var sent atomic.Int64 // the sender goes on after the answer came
	big := io.TeeReader(io.LimitReader(zeros{}, 64<<20), counter{&sent})
	req := ada.request(t, "PUT", "/workspaces/"+demo+"/files/big.csv", nil)
	req.Body, req.ContentLength = io.NopCloser(big), -1
	req.Header.Set("Content-Type", "text/csv")
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("a file over the limit: %d %s", resp.StatusCode, text)
		}
	}
	if n := sent.Load(); n > limit+8<<20 { // what the sockets of both ends hold goes on a little
		t.Errorf("%d bytes were taken before the file was cut off", n)
	}
	if got := ada.call(t, "POST", "/workspaces/"+demo+"/policies", map[string]any{"name": "p", "text": "version: 1\npolicies: []\n"}); got.code() != "tier_limit" {
		t.Errorf("policies in the demo tier: %d %s", got.status, got.body)
	}
	run := ada.start(t, demo, "a.csv", small(30), nil)
	var d struct{ ID string }
	ada.call(t, "PUT", "/workspaces/"+demo+"/files/b.csv", small(30), "Content-Type", "text/csv").want(t, 201).into(t, &d)
	got := ada.call(t, "POST", "/workspaces/"+demo+"/runs", map[string]any{"dataset": d.ID})
	var p struct{ Code, Next, Kept string }
	got.into(t, &p)
	if got.status != http.StatusForbidden || p.Code != "tier_limit" || p.Next == "" {
		t.Errorf("a second run at a time: %d %s", got.status, got.body)
	}
	ada.await(t, demo, run, waitsAt("reception"))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

type counter struct{ n *atomic.Int64 }

func (c counter) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

// Nothing of two workspaces' data, of names or of secrets can be read in the state folder, while the server runs and after.
func TestNothingOfAServerIsReadableAtRest(t *testing.T) {
	t.Parallel()
	data := serverData(t)
	s := serve(t, data)
	ada := s.administrator(t)
	for _, name := range []string{"canary-workspace-one", "canary-workspace-two"} {
		w := ada.workspace(t, name, "professional")
		run := ada.start(t, w, "canary-file.csv", small(50), map[string]any{"decide": "recommended", "goal": "canary-goal"})
		ada.await(t, w, run, isDone)
	}
	canaries := [][]byte{[]byte("canary"), []byte("person1@"), []byte(password), []byte(ada.token), []byte(s.link), []byte("ada@example.org")}
	search := func(when string) {
		err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil //nolint:nilerr // what is gone by now holds nothing
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return nil //nolint:nilerr // likewise
			}
			for _, c := range canaries {
				if bytes.Contains(text, c) || bytes.Contains(text, []byte(base64.StdEncoding.EncodeToString(c))) {
					t.Errorf("%s: %s holds %q", when, path, c)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	search("running")
	if strings.Contains(s.said(), "canary") || strings.Contains(s.said(), ada.token) {
		t.Errorf("the log tells of data or secrets: %s", s.said())
	}
	s.stop()
	search("stopped")
	call(t, "verify", data).want(t, 0)
}

// A server that is killed goes on where it was, and whoever was signed in still is.
func TestServerSurvivesAKill(t *testing.T) {
	t.Parallel()
	data := serverData(t)
	origin := []string{"--origin", "http://flow.example"} // tokens name the address that they were made for
	s := serve(t, data, origin...)
	ada := s.administrator(t)
	w := ada.workspace(t, "w", "professional")
	run := ada.start(t, w, "orders.csv", small(200), map[string]any{"decide": "recommended"})
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	ada.s = serve(t, data, origin...)
	ada.await(t, w, run, isDone)
	ada.call(t, "GET", "/me", nil).want(t, http.StatusOK)
}
