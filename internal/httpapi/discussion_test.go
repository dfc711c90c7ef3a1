package httpapi_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/httpapi"
)

// account is the id of whoever has a role.
func (s *plant) account(role access.Role) string {
	s.t.Helper()
	id, _ := s.want(http.StatusOK, s.do(role, http.MethodGet, "/me", nil)).json(s.t)["id"].(string)
	return id
}

func (s *plant) talk(t *testing.T, run string) {
	s.t = t
	at := s.in("/runs/" + run + "/discussion")
	items, _ := s.want(200, s.do(access.Analyst, http.MethodGet, s.in("/runs/"+run+"/issues"), nil)).json(t)["issues"].([]any)
	first, _ := items[0].(map[string]any)
	item, _ := first["id"].(string)
	steward, analyst := s.account(access.Steward), s.account(access.Analyst)

	events := s.follow(access.Viewer, s.in("/runs/"+run+"/events"))
	other := s.follow(access.Steward, s.in("/runs/"+run+"/events"))
	events.until(t, "event: presence")
	if who := events.data(t); !strings.Contains(who, steward) {
		t.Errorf("who is there is told as %s", who)
	}
	other.leave()
	events.until(t, "event: presence")
	if who := events.data(t); strings.Contains(who, steward) {
		t.Errorf("after somebody left, who is there is told as %s", who)
	}
	said := s.want(201, s.do(access.Viewer, http.MethodPost, at+"/remarks", map[string]any{"item": item, "text": "Is this so, @steward?", "mentions": []string{steward}}))
	events.until(t, "event: comment")
	if what := events.data(t); !strings.Contains(what, `"action":"remark.made"`) || !strings.Contains(what, item) {
		t.Errorf("a remark is told as %s", what)
	}
	if n := s.notices(access.Steward); !strings.Contains(n, `"kind":"mentioned"`) || !strings.Contains(n, "Is this so") || !strings.Contains(n, `"unseen":1`) {
		t.Errorf("who was named is told %s", n)
	}
	s.want(201, s.do(access.Steward, http.MethodPost, at+"/remarks", map[string]any{"item": item, "text": "It is."}))
	if n := s.notices(access.Viewer); !strings.Contains(n, `"kind":"remarked"`) {
		t.Errorf("who asked is told %s", n)
	}
	s.want(200, s.do(access.Steward, http.MethodPost, "/me/notices/seen", map[string]any{}))
	if n := s.notices(access.Steward); !strings.Contains(n, `"unseen":0`) {
		t.Errorf("after reading: %s", n)
	}

	s.want(http.StatusForbidden, s.do(access.Viewer, http.MethodPut, at+"/assignments/"+item, map[string]any{"account": analyst}))
	d := s.want(200, s.do(access.Steward, http.MethodPut, at+"/assignments/"+item, map[string]any{"account": analyst, "due": "2026-12-01T00:00:00Z"}))
	if !strings.Contains(string(d.body), `"due":"2026-12-01T00:00:00Z"`) || !strings.Contains(string(d.body), `"present":[{`) {
		t.Errorf("%s", d.body)
	}
	if n := s.notices(access.Analyst); !strings.Contains(n, `"kind":"assigned"`) {
		t.Errorf("who is to see to it is told %s", n)
	}
	events.until(t, "event: assignment")
	if mine := string(s.want(200, s.do(access.Analyst, http.MethodGet, s.in("/assignments"), nil)).body); !strings.Contains(mine, item) || !strings.Contains(mine, run) {
		t.Errorf("what the analyst is to see to is %s", mine)
	}
	s.preference(t)
	s.quoting(t, at, item)
	s.refusals(t, at, item, said.json(t)["id"].(string))
	s.want(204, s.do(access.Steward, http.MethodDelete, at+"/assignments/"+item, nil))
	s.want(404, s.do(access.Steward, http.MethodDelete, at+"/assignments/"+item, nil))
}

// refusals are what cannot be said or assigned.
func (s *plant) refusals(t *testing.T, at, item, remark string) {
	s.t = t
	for _, b := range []map[string]any{{"text": " "}, {"text": strings.Repeat("x", 4001)}, {"text": "Hello", "mentions": []string{"nobody"}}} {
		s.want(http.StatusUnprocessableEntity, s.do(access.Analyst, http.MethodPost, at+"/remarks", b))
	}
	s.want(http.StatusNotFound, s.do(access.Analyst, http.MethodPost, at+"/remarks", map[string]any{"item": "none", "text": "Hello"}))
	s.want(http.StatusUnprocessableEntity, s.do(access.Analyst, http.MethodPut, at+"/assignments/"+item, map[string]any{"account": "nobody"}))
	s.want(http.StatusForbidden, s.do(access.Analyst, http.MethodDelete, at+"/remarks/"+remark, nil)) // somebody else's
	s.want(http.StatusForbidden, s.do(access.Steward, http.MethodPut, at+"/remarks/"+remark, map[string]any{"text": "mine"}))
	edited := s.want(http.StatusOK, s.do(access.Viewer, http.MethodPut, at+"/remarks/"+remark, map[string]any{"text": "Is this really so?"}))
	if !strings.Contains(string(edited.body), "really") || !strings.Contains(string(edited.body), `"edited":`) {
		t.Errorf("edited: %s", edited.body)
	}
	s.want(http.StatusNoContent, s.do(access.Steward, http.MethodDelete, at+"/remarks/"+remark, nil))
	s.want(http.StatusNotFound, s.do(access.Operator, http.MethodGet, at, nil))
}

// preference is chosen by whoever is told.
func (s *plant) preference(t *testing.T) {
	s.t = t
	p := s.want(http.StatusOK, s.do(access.Analyst, http.MethodPut, "/me/notices/preference", map[string]any{"mail": []string{"assigned"}}))
	if !strings.Contains(string(p.body), `"mail":["assigned"]`) || !strings.Contains(string(p.body), `"possible":false`) {
		t.Errorf("chosen: %s", p.body)
	}
	for _, kind := range []string{"mail", "hidden"} {
		chosen := map[string]any{"mail": []string{}}
		chosen[kind] = []string{"nonsense"}
		s.want(http.StatusUnprocessableEntity, s.do(access.Analyst, http.MethodPut, "/me/notices/preference", chosen))
	}
	s.want(http.StatusOK, s.do(access.Analyst, http.MethodPut, "/me/notices/preference", map[string]any{"mail": []string{}, "hidden": []string{"assigned"}}))
	if n := s.notices(access.Analyst); strings.Contains(n, `"kind":"assigned"`) {
		t.Errorf("who does not want to see it is told %s", n)
	}
	p = s.want(http.StatusOK, s.do(access.Analyst, http.MethodPut, "/me/notices/preference", map[string]any{"mail": []string{}}))
	if n := s.notices(access.Analyst); !strings.Contains(n, `"kind":"assigned"`) || !strings.Contains(string(p.body), `"hidden":[]`) {
		t.Errorf("who wants to see it again, with %s, is told %s", p.body, n)
	}
}

// quoting says something that looks personal: who may not see such data sees it masked, but for what they said themselves.
func (s *plant) quoting(t *testing.T, at, item string) {
	s.t = t
	const personal = "jane.doe@example.org"
	viewer := s.account(access.Viewer)
	for role, said := range map[access.Role]string{access.Analyst: "Is " + personal + " right?", access.Viewer: "I know " + personal + " well."} {
		s.want(http.StatusCreated, s.do(role, http.MethodPost, at+"/remarks", map[string]any{"item": item, "text": said, "mentions": []string{viewer}}))
	}
	seen := string(s.want(http.StatusOK, s.do(access.Viewer, http.MethodGet, at, nil)).body)
	if strings.Contains(seen, "Is "+personal) || !strings.Contains(seen, "Is j***@example.org right?") || !strings.Contains(seen, "I know "+personal) {
		t.Errorf("a viewer sees %s", seen)
	}
	all := string(s.want(http.StatusOK, s.do(access.Analyst, http.MethodGet, at, nil)).body)
	if !strings.Contains(all, "Is "+personal) || strings.Count(all, `"salt"`) != strings.Count(all, `"text"`) || strings.Count(seen, `"salt"`) >= strings.Count(seen, `"text"`) {
		t.Errorf("an analyst sees %s; a viewer %s", all, seen)
	}
	if n := s.notices(access.Viewer); strings.Contains(n, personal) || !strings.Contains(n, "Is j***@example.org right?") {
		t.Errorf("a viewer is told %s", n)
	}
}

func (s *plant) notices(role access.Role) string {
	s.t.Helper()
	return string(s.want(http.StatusOK, s.do(role, http.MethodGet, "/me/notices", nil)).body)
}

// following is a stream of events that somebody follows.
type following struct {
	lines *bufio.Scanner
	leave context.CancelFunc
}

// follow begins to follow a stream; it has begun when follow returns.
func (s *plant) follow(role access.Role, path string) *following {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+httpapi.Prefix+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.tokens[role])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = resp.Body.Close() })
	f := &following{bufio.NewScanner(resp.Body), cancel}
	f.until(s.t, "event: run")
	return f
}

func (f *following) until(t *testing.T, line string) {
	t.Helper()
	for f.lines.Scan() {
		if f.lines.Text() == line {
			return
		}
	}
	t.Fatalf("the stream ended before %q: %v", line, f.lines.Err())
}

// data is what the event tells whose name was read last.
func (f *following) data(t *testing.T) string {
	t.Helper()
	if !f.lines.Scan() {
		t.Fatalf("the stream ended: %v", f.lines.Err())
	}
	return f.lines.Text()
}
