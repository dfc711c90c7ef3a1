package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
)

// begun starts a run that waits for people, and waits until it does.
func (s *plant) begun(dataset string) string {
	s.t.Helper()
	id, _ := s.want(http.StatusCreated, s.do(access.Analyst, http.MethodPost, s.in("/runs"), map[string]any{"dataset": dataset})).json(s.t)["id"].(string)
	s.waits(id, 1)
	return id
}

// waits until a run waits at the control point of its first stage, in the round.
func (s *plant) waits(run string, round float64) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Minute)
	defer cancel()
	updates, err := s.app.Watch(ctx, run)
	if err != nil {
		s.t.Fatal(err)
	}
	for range updates {
		r := s.do(access.Analyst, http.MethodGet, s.in("/runs/"+run+"/point"), nil)
		if r.status == http.StatusOK && r.json(s.t)["round"] == round {
			return
		}
	}
	s.t.Fatalf("the run does not wait: %s", s.do(access.Analyst, http.MethodGet, s.in("/runs/"+run), nil).body)
}

func TestAFileIsShownAsItWouldBeReadOverHTTP(t *testing.T) {
	s := openPlant(t)
	run := s.begun(s.uploaded(people()))
	preview, point := s.in("/runs/"+run+"/reception/preview"), s.in("/runs/"+run+"/point")
	ask := func(options map[string]any) map[string]any { return map[string]any{"options": options} }

	now := s.want(http.StatusOK, s.do(access.Analyst, http.MethodPost, preview, map[string]any{})).json(t)
	if now["columns"] != 5.0 || now["rows"] != 120.0 || now["whole"] != true || fmt.Sprint(now["names"]) != "[id email first_name city amount]" {
		t.Errorf("as it was read: %v", now)
	}
	other := s.want(http.StatusOK, s.do(access.Analyst, http.MethodPost, preview, ask(map[string]any{"delimiter": "@", "header": false}))).json(t)
	if fmt.Sprint(other["names"]) != "[col_1 col_2]" || !strings.Contains(fmt.Sprint(other["options"]), "@") {
		t.Errorf("otherwise: %v", other)
	}
	// Which columns hold personal data is not known of a file that is read otherwise: nothing of it is shown.
	hidden := s.want(http.StatusForbidden, s.do(access.Viewer, http.MethodPost, preview, map[string]any{}))
	if hidden.json(t)["code"] != "masked" || strings.Contains(string(hidden.body), "example.org") {
		t.Errorf("a viewer is told %s", hidden.body)
	}
	s.want(http.StatusNotFound, s.do(access.Operator, http.MethodPost, preview, map[string]any{}))
	s.want(http.StatusNotFound, s.do(access.Analyst, http.MethodPost, "/workspaces/"+s.demo+"/runs/"+run+"/reception/preview", map[string]any{}))

	refused := s.want(http.StatusUnprocessableEntity, s.do(access.Analyst, http.MethodPost, preview, ask(map[string]any{"skip_lines": 500}))).json(t)
	if detail := fmt.Sprint(refused["detail"]); refused["code"] != "unreadable" ||
		detail != "The file people.csv cannot be read so: 500 lines before the table are to be skipped, and the file has 121." {
		t.Errorf("too many lines: %v", refused)
	}
	// What cannot be read so does not end the run either: the control point stays as it is.
	tag := s.want(http.StatusOK, s.do(access.Analyst, http.MethodGet, point, nil)).header.Get("ETag")
	s.want(http.StatusUnprocessableEntity, s.do(access.Analyst, http.MethodPost, point+"/send-back", ask(map[string]any{"encoding": "klingon"}), "If-Match", tag))
	s.want(http.StatusOK, s.do(access.Analyst, http.MethodPost, point+"/send-back", ask(map[string]any{"header": false}), "If-Match", tag))
	s.waits(run, 2)
	now = s.want(http.StatusOK, s.do(access.Analyst, http.MethodPost, preview, map[string]any{})).json(t)
	if fmt.Sprint(now["options"]) != "map[header:false]" || now["rows"] != 121.0 {
		t.Errorf("as it was read again: %v", now)
	}
	found := s.want(http.StatusOK, s.do(access.Analyst, http.MethodPost, preview, ask(map[string]any{}))).json(t)
	if fmt.Sprint(found["options"]) != "map[]" || found["rows"] != 120.0 {
		t.Errorf("as it is found by itself: %v", found)
	}
	tag = s.want(http.StatusOK, s.do(access.Analyst, http.MethodGet, point, nil)).header.Get("ETag")
	s.want(http.StatusOK, s.do(access.Analyst, http.MethodPost, point+"/close", nil, "If-Match", tag))
	closed := s.want(http.StatusConflict, s.do(access.Analyst, http.MethodPost, preview, map[string]any{}))
	if closed.json(t)["code"] != "no_point_open" {
		t.Errorf("behind reception: %s", closed.body)
	}
}
