package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"

	"github.com/analytix-flow/analytix/internal/flow"
)

var update = flag.Bool("update", false, "write the golden files")

// memory is a session that keeps decisions in memory and holds them to the rules of flow.
type memory struct {
	mu       sync.Mutex
	proposal *flow.Proposal
	log      []string
	broken   error
}

func (s *memory) Preview(_ context.Context, issue, option string, params map[string]any) (json.RawMessage, error) {
	if params["column"] == "nowhere" {
		return nil, errors.New(`there is no column "nowhere"`)
	}
	return json.RawMessage(`{"cells":2,"rows":2,"columns":["id","city"],"lines":[{"row":7,"before":["a7"," Rome"],"after":["a7","Rome"]},{"row":9,"before":["a9","\u001b[31mOslo "],"after":["a9","Oslo"]}]}`), nil
}

func (s *memory) Try(_ context.Context, d flow.Decision) error {
	if goal, ok := d.Params["goal"].(map[string]any); ok && goal["kpi"] == "nowhere" {
		return errors.New(`there is no column "nowhere"`)
	}
	return d.Check(s.proposal)
}

func (s *memory) Decide(_ context.Context, list []flow.Decision) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	for i := range list {
		if err := list[i].Check(s.proposal); err != nil {
			return err
		}
		raw, err := json.Marshal([]any{list[i].Item, list[i].Choice, list[i].Option, list[i].Params, list[i].Rows})
		if err != nil {
			return err
		}
		s.log = append(s.log, string(raw))
	}
	return nil
}

func (s *memory) Withdraw(_ context.Context, item string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, "withdraw "+item)
	return nil
}

func point(t *testing.T) Point {
	t.Helper()
	issues := flow.IssueList{Issues: []flow.Issue{
		{ID: "i1", Check: "whitespace", Columns: []string{"city"}, Title: "Blanks around \x1b]0;owned\x07 25 cities", Severity: flow.Low, Confidence: 0.99, Rows: 25, Cells: 25,
			Evidence:    flow.Evidence{SQL: "SELECT *\n\tFROM data", Numbers: map[string]float64{"cells": 25}, Notes: []string{"Blanks carry no meaning here."}},
			Resolutions: []flow.Resolution{{ID: "i1-trim", Kind: "trim", Label: "Remove the blanks", Why: "The other 975 cells have none.", Params: map[string]any{"column": "city"}}, {ID: "i1-mark", Kind: "mark_only", Label: "Mark them only"}}},
		{ID: "i2", Check: "numeric_outlier", Columns: []string{"amount"}, Title: "3 amounts far beyond the others", Severity: flow.High, Confidence: 0.6, Rows: 3, Cells: 3,
			Resolutions: []flow.Resolution{{ID: "i2-clip", Kind: "clip", Label: "Clip them", Params: map[string]any{"column": "amount"}}}}}}
	raw, err := json.Marshal(issues)
	if err != nil {
		t.Fatal(err)
	}
	return Point{Run: "r1", File: "orders.csv", Goal: "reduce late deliveries", Document: raw, Proposal: &flow.Proposal{Stage: flow.Quality, Hash: "h", Items: []flow.Item{
		{ID: "i1", Kind: flow.ItemIssue, Options: []string{"i1-trim", "i1-mark"}, Recommended: "i1-trim"},
		{ID: "i2", Kind: flow.ItemIssue, Options: []string{"i2-clip"}}}}}
}

// desk drives a form as bubbletea would, one message after the other.
type desk struct {
	*model
	s    *memory
	quit bool
}

func newDesk(t *testing.T, width, height int) *desk {
	t.Helper()
	return newDeskAt(t, point(t), width, height)
}

func newDeskAt(t *testing.T, p Point, width, height int) *desk {
	t.Helper()
	s := &memory{proposal: p.Proposal}
	m, err := newModel(t.Context(), s, p, flow.Actor{Kind: flow.ActorPerson, Name: "anna"})
	if err != nil {
		t.Fatal(err)
	}
	m.settle = 0
	d := &desk{model: m, s: s}
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.follow(m.Init())
	return d
}

func (d *desk) send(msg tea.Msg) {
	_, cmd := d.Update(msg)
	d.follow(cmd)
}

func (d *desk) follow(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			d.follow(c)
		}
	case tea.QuitMsg:
		d.quit = true
	case settledMsg, *preview, writtenMsg, checkedMsg:
		d.send(msg)
	}
}

func (d *desk) keys(keys ...string) {
	special := map[string]tea.KeyType{"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "ctrl+s": tea.KeyCtrlS, "ctrl+c": tea.KeyCtrlC}
	for _, k := range keys {
		if t, ok := special[k]; ok {
			d.send(tea.KeyMsg{Type: t})
			continue
		}
		d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)})
	}
}

func TestKeysRecordDecisions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys   []string
		log    []string
		answer *Answer
	}{
		"accept and go on":      {[]string{"a", "r"}, []string{`["i1","accept","i1-trim",null,null]`, `["i2","reject","",null,null]`}, nil},
		"another option":        {[]string{"tab", "a"}, []string{`["i1","accept","i1-mark",null,null]`}, nil},
		"undo":                  {[]string{"a", "u", "u"}, []string{`["i1","accept","i1-trim",null,null]`, "withdraw i1"}, nil},
		"undo of a second mind": {[]string{"a", "k", "r", "u"}, []string{`["i1","accept","i1-trim",null,null]`, `["i1","reject","",null,null]`, `["i1","accept","i1-trim",null,null]`}, nil},
		"some rows":             {[]string{"p", "j", " ", "enter"}, []string{`["i1","partial","i1-trim",null,[9]]`}, nil},
		"rows by number":        {[]string{"x", "3,8-1", "0", "enter"}, []string{`["i1","partial","i1-trim",null,[3,8,9,10]]`}, nil},
		"the second option":     {[]string{"2", "1"}, []string{`["i1","accept","i1-mark",null,null]`, `["i2","accept","i2-clip",null,null]`}, nil},
		"no such option":        {[]string{"7"}, nil, nil},
		"go on as recommended":  {[]string{"enter", "a"}, []string{`["i1","accept","i1-trim",null,null]`, `["i2","leave","",null,null]`}, &Answer{Next: Proceed}},
		"no rows":               {[]string{"p", "enter", "esc"}, nil, nil},
		"edit":                  {[]string{"e", "ctrl+s"}, []string{`["i1","edit","i1-trim",{"column":"city"},null]`}, nil},
		"edit, and leave it":    {[]string{"e", "z", "esc"}, nil, nil},
		"all recommended":       {[]string{"b", "a"}, []string{`["i1","accept","i1-trim",null,null]`}, nil},
		"reject all":            {[]string{"b", "r"}, []string{`["i1","reject","",null,null]`, `["i2","reject","",null,null]`}, nil},
		"move on":               {[]string{"a", "enter", "enter"}, []string{`["i1","accept","i1-trim",null,null]`, `["i2","leave","",null,null]`}, &Answer{Next: Proceed}},
		"do not move on":        {[]string{"enter", "n"}, nil, nil},
		"later":                 {[]string{"l", "q"}, []string{`["i1","leave","",null,null]`}, &Answer{Next: Later}},
		"interrupt":             {[]string{"e", "ctrl+c"}, nil, &Answer{Next: Later}},
		"abort":                 {[]string{"X", "y"}, nil, &Answer{Next: Abort}},
		"do not abort":          {[]string{"X", "q"}, nil, nil},
		"send back":             {[]string{"s", "deep: true", "ctrl+s"}, nil, &Answer{Next: SendBack, Options: map[string]any{"deep": true}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, 80, 24)
			d.keys(c.keys...)
			if !reflect.DeepEqual(d.s.log, c.log) {
				t.Errorf("recorded %q", d.s.log)
			}
			if !reflect.DeepEqual(d.answer, c.answer) || d.quit != (c.answer != nil) {
				t.Errorf("answered %+v, quit %v", d.answer, d.quit)
			}
		})
	}
}

func TestFaultyEditsStayInTheEditor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"column: [": "cannot be used", "column: nowhere": "no column"} {
		d := newDesk(t, 80, 24)
		d.keys("e")
		d.text.SetValue(text)
		d.keys("ctrl+s")
		if d.mode != editing || !d.failed || !strings.Contains(d.notice, want) || len(d.s.log) > 0 {
			t.Errorf("%q: mode %v, notice %q", text, d.mode, d.notice)
		}
	}
}

func TestWhatIsNotRecordedIsNotShown(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 80, 24)
	d.s.broken = errors.New("the disk is full")
	d.keys("a", "enter", "enter")
	if len(d.decided) != 0 || d.quit || !strings.Contains(d.notice, "disk is full") {
		t.Errorf("decided %v, quit %v, notice %q", d.decided, d.quit, d.notice)
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		width, height int
		keys          []string
	}{
		"narrow": {80, 24, []string{"v"}}, "wide": {140, 30, []string{"a"}}, "help": {80, 24, []string{"?"}}, "rows": {80, 24, []string{"p", " "}},
		"summary": {80, 24, []string{"a", "enter"}}, "tiny": {20, 6, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, c.width, c.height)
			d.keys(c.keys...)
			got := d.View()
			if strings.Contains(got, "\x1b]") || strings.Contains(got, "\x1b[31m") || strings.Contains(got, "\a") {
				t.Error("an escape of the data reached the terminal")
			}
			got = ansi.Strip(got)
			list := strings.Split(got, "\n")
			if len(list) != c.height {
				t.Errorf("%d lines on a terminal of %d", len(list), c.height)
			}
			for _, l := range list {
				if w := ansi.StringWidth(l); w > c.width {
					t.Errorf("%d cells wide: %q", w, l)
				}
			}
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || string(want) != got {
				t.Errorf("%v, got\n%s", err, got)
			}
		})
	}
}

// On a real terminal: keys go in, the form comes out, the decisions are recorded.
func TestOnATerminal(t *testing.T) {
	t.Parallel()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Skipf("this machine gives out no pseudo terminals: %v", err)
	}
	defer keyboard.Close() //nolint:errcheck // the end of the test
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	p := point(t)
	s := &memory{proposal: p.Proposal}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	screen := make(chan string, 1000)
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := keyboard.Read(buf)
			if err != nil {
				close(screen)
				return
			}
			screen <- string(buf[:n])
		}
	}()
	type end struct {
		answer Answer
		err    error
	}
	ended := make(chan end, 1)
	go func() {
		a, err := Ask(ctx, s, p, flow.Actor{Kind: flow.ActorPerson, Name: "anna"}, tty, tty)
		ended <- end{a, err}
	}()
	wait := func(text string) {
		t.Helper()
		seen := ""
		for !strings.Contains(ansi.Strip(seen), text) {
			select {
			case more := <-screen:
				seen += more
			case <-ctx.Done():
				t.Fatalf("never saw %q, but %q", text, seen)
			}
		}
	}
	press := func(keys string) {
		t.Helper()
		if _, err := keyboard.WriteString(keys); err != nil {
			t.Fatal(err)
		}
	}
	wait("preview: 2 cells")
	press("a")
	wait("1 of 2 decided")
	press("\r")
	wait("What will happen")
	press("\r")
	e := <-ended
	if e.err != nil || e.answer.Next != Proceed {
		t.Errorf("ended with %+v", e)
	}
	if want := []string{`["i1","accept","i1-trim",null,null]`, `["i2","leave","",null,null]`}; !reflect.DeepEqual(s.log, want) {
		t.Errorf("recorded %q", s.log)
	}
	if err := tty.Close(); err != nil {
		t.Error(err)
	}
}
