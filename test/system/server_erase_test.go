package system_test

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
)

// planted is a text that stands in cells, in the name of the file, in the goal, in the reason of a decision and in its
// parameters.
const planted = "wolverine"

// After an erasure no operation of the API gives any of it back, whoever asks.
func TestAfterAnErasureNothingIsReadable(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	w := ada.workspace(t, "w", "professional")
	base := "/workspaces/" + w
	ada.call(t, "POST", base+"/webhooks", map[string]any{"url": "https://receiver.invalid/x", "events": []string{"run.started", "control_point.opened"}}).want(t, 201)
	text := strings.ReplaceAll(small(60), "Berlin", planted)
	var d struct{ ID string }
	ada.call(t, "PUT", base+"/files/"+planted+".csv", text, "Content-Type", "text/csv").want(t, 201).into(t, &d)
	start := map[string]any{"dataset": d.ID, "goal": "less " + planted}
	var r struct{ ID string }
	ada.call(t, "POST", base+"/runs", start, "Idempotency-Key", "once").want(t, 201).into(t, &r)
	ada.await(t, w, r.ID, waitsAt("reception"))
	ada.call(t, "POST", base+"/runs/"+r.ID+"/point/close", nil, "If-Match", decideRecommended(t, ada, base, r.ID)).want(t, 200)
	ada.await(t, w, r.ID, waitsAt("quality"))
	var p struct{ Items []struct{ ID string } }
	tag := ada.call(t, "GET", base+"/runs/"+r.ID+"/point", nil).want(t, 200).into(t, &p).header.Get("ETag")
	var v struct{ Versions []struct{ ID string } }
	ada.call(t, "GET", base+"/runs/"+r.ID+"/versions", nil).want(t, 200).into(t, &v)
	ada.call(t, "POST", base+"/runs/"+r.ID+"/point/decisions", map[string]any{"decisions": []map[string]any{{"item": p.Items[0].ID, "choice": "reject",
		"reason": "as " + planted + " says"}}}, "If-Match", tag).want(t, 200)
	fill := strings.NewReplacer("{workspace}", w, "{run}", r.ID, "{dataset}", d.ID, "{version}", v.Versions[len(v.Versions)-1].ID, "{item}", p.Items[0].ID)
	operations := s.operations(t)
	if before := tells(t, ada, operations, fill); len(before) < 5 {
		t.Errorf("before the erasure only %v tell of it: the test looks in the wrong places", before)
	}
	ada.call(t, "POST", base+"/datasets/"+d.ID+"/erase", map[string]any{"why": "it was asked for"}).want(t, 200)
	if after := tells(t, ada, operations, fill); len(after) > 0 {
		t.Errorf("after the erasure it is told by %v", after)
	}
	if got := ada.call(t, "POST", base+"/runs", start, "Idempotency-Key", "once"); bytes.Contains(got.body, []byte(planted)) {
		t.Errorf("the answer of before is given again: %d %s", got.status, got.body)
	}
	chain := ada.call(t, "GET", base+"/runs/"+r.ID+"/results/audit.jsonl", nil)
	if chain.status == http.StatusOK && (!bytes.Contains(chain.body, []byte("run.erased")) || !bytes.Contains(chain.body, []byte("it was asked for"))) {
		t.Errorf("the proof of the erasure is not shown: %s", chain.body)
	}
	s.stop()
	if got := call(t, "verify", s.data).want(t, 0); !strings.Contains(got.out, "its data was erased") {
		t.Errorf("%s", got.out)
	}
}

// tells lists the operations that read and whose answers hold the planted text.
func tells(t *testing.T, u *user, operations []operation, fill *strings.Replacer) (ids []string) {
	t.Helper()
	for i := range operations {
		o := &operations[i]
		if o.method != http.MethodGet {
			continue
		}
		path := fill.Replace(o.path)
		for {
			i := strings.IndexByte(path, '{')
			if i < 0 {
				break
			}
			path = path[:i] + "1" + path[strings.IndexByte(path, '}')+1:]
		}
		if o.id == "get-profile" || o.id == "get-cell" {
			path += "?column=city&row=3"
		}
		ctx, cancel := context.WithTimeout(t.Context(), soon)
		req := u.request(t, o.method, path, nil, "Last-Event-ID", "0")
		if strings.HasSuffix(o.path, "/events") {
			if found(t, req.WithContext(ctx), o.id == "watch-run", planted) {
				ids = append(ids, o.id)
			}
		} else if got := send(t, req.WithContext(ctx)); bytes.Contains(got.body, []byte(planted)) {
			ids = append(ids, o.id)
		}
		cancel()
	}
	return ids
}

// found reads a stream until it tells where the run stands, which comes after the entries, and says whether it holds the
// text. A stream of the workspace tells of nothing that happened before.
func found(t *testing.T, req *http.Request, run bool, what string) bool {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	hit := false
	for event := ""; run && lines.Scan(); {
		hit = hit || strings.Contains(lines.Text(), what)
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			event = name
		}
		if lines.Text() == "" && event == "run" {
			break
		}
	}
	return hit
}

// A viewer is told how a run moves, and sees personal data neither in its name, nor in its goal, nor in its audit.
func TestAViewerSeesNoPersonalDataInWhatRunsTell(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	w := ada.workspace(t, "w", "professional")
	base := "/workspaces/" + w
	eve, bob := ada.invite(t, "eve", ""), ada.invite(t, "bob", "")
	ada.join(t, w, eve, "viewer")
	ada.join(t, w, bob, "analyst")
	const person = "canary.person7@example.org"
	run := ada.start(t, w, person+".csv", small(60), map[string]any{"goal": "write to " + person})
	ada.await(t, w, run, waitsAt("reception"))
	for path, events := range map[string]bool{"/runs": false, "/runs/" + run: false, "/datasets": false, "/runs/" + run + "/events": true} {
		see := func(u *user) bool {
			if events {
				return found(t, u.request(t, http.MethodGet, base+path, nil, "Last-Event-ID", "0"), true, person)
			}
			return bytes.Contains(u.call(t, http.MethodGet, base+path, nil).want(t, 200).body, []byte(person))
		}
		if see(eve) {
			t.Errorf("a viewer sees a person in %s", path)
		}
		if !see(bob) {
			t.Errorf("an analyst does not see the name of the file in %s", path)
		}
	}
}
