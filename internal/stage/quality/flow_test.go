package quality_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/quality"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// bench runs the stage on a small table as the queue would: a fresh engine for each handler, files in between.
type bench struct {
	t     testing.TB
	dir   string
	key   []byte
	facts *flow.Facts
	docs  stage.Documents
	files map[string]engine.File
	items []flow.Item
	list  flow.IssueList
}

func begin(t testing.TB, csvText string) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), key: make([]byte, 32), docs: stage.Documents{}, files: map[string]engine.File{}}
	_, _ = rand.Read(b.key)
	s := b.open()
	b.facts = receptiontest.Facts(t, s, csvText)
	b.files[stage.FileData] = engine.File{Path: filepath.Join(b.dir, "data.parquet"), Key: b.key}
	if err := s.WriteParquet(context.Background(), "SELECT * FROM data ORDER BY __row", b.files[stage.FileData]); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.docs["reception"], err = json.Marshal(b.facts); err != nil {
		t.Fatal(err)
	}
	m := quality.New()
	for _, wave := range m.Waves(m.Route(b.facts, flow.Goal{})) {
		for _, h := range wave {
			res := b.run(h, nil, nil)
			b.docs[h] = res.Document
			for n, f := range res.Files {
				b.files[n] = engine.File{Path: f.Path, Key: b.key}
			}
		}
	}
	doc, items, err := m.Assemble(b.docs)
	if err != nil {
		t.Fatal(err)
	}
	b.items = items
	if err := json.Unmarshal(doc, &b.list); err != nil {
		t.Fatal(err)
	}
	b.docs["quality"] = doc
	return b
}

func (b *bench) open() *engine.Session {
	b.t.Helper()
	s, err := engine.Open(context.Background(), engine.Config{
		ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), Folders: []string{b.dir}, Threads: 1,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = s.Close() })
	return s
}

func (b *bench) run(handler string, decisions []flow.Decision, params any) *stage.Result {
	b.t.Helper()
	out, err := os.MkdirTemp(b.dir, "out-")
	if err != nil {
		b.t.Fatal(err)
	}
	job := &stage.Job{Stage: flow.Quality, Handler: handler, Documents: b.docs, Files: b.files, OutDir: out, Key: b.key, Decisions: decisions}
	if params != nil {
		if job.Params, err = json.Marshal(params); err != nil {
			b.t.Fatal(err)
		}
	}
	for _, h := range quality.New().Handlers() {
		if h.Name() != handler {
			continue
		}
		res, err := h.Run(context.Background(), job, &stage.Env{Engine: b.open(), Log: slog.New(slog.DiscardHandler), Progress: func(float64, string) {}})
		if err != nil {
			b.t.Fatalf("%s: %v", handler, err)
		}
		return res
	}
	b.t.Fatalf("no handler %s", handler)
	return nil
}

// issue returns the first issue of a check that concerns a column.
func (b *bench) issue(check, column string) *flow.Issue {
	for i := range b.list.Issues {
		if x := &b.list.Issues[i]; x.Check == check && slices.Contains(x.Columns, column) {
			return x
		}
	}
	return nil
}

// texts reads a query over a file into lines of text joined by "|".
func (b *bench) texts(file engine.File, query string) []string {
	b.t.Helper()
	s := b.open()
	from, err := s.ReadParquet(context.Background(), file)
	if err != nil {
		b.t.Fatal(err)
	}
	rows, err := s.Query(context.Background(), strings.ReplaceAll(query, "$", from))
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var x string
		if err := rows.Scan(&x); err != nil {
			b.t.Fatal(err)
		}
		out = append(out, x)
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) apply(decisions ...flow.Decision) (quality.Applied, *stage.Result) {
	b.t.Helper()
	res := b.run(quality.New().ApplyHandler(), decisions, nil)
	var doc quality.Applied
	if err := json.Unmarshal(res.Document, &doc); err != nil {
		b.t.Fatal(err)
	}
	return doc, res
}

// orders is a small table with faults of several kinds.
func orders() string {
	var b strings.Builder
	b.WriteString("id,city,weight,note\n")
	for i := 1; i <= 60; i++ {
		city, weight, note := []string{"Utrecht", "Leiden", "Delft"}[i%3], fmt.Sprint(10+i%7), fmt.Sprintf("text %d", i)
		switch i {
		case 5, 6:
			city = " " + city
		case 9, 10, 11:
			weight = "N/A"
		case 20:
			note = "=HYPERLINK(\"http://x\")"
		}
		fmt.Fprintf(&b, "%d,%s,%s,%q\n", i, city, weight, strings.ReplaceAll(note, `"`, ""))
	}
	return b.String()
}

func TestEachFlaggedCellBelongsToOneIssue(t *testing.T) {
	b := begin(t, orders())
	if got := b.texts(b.files["cells"], `SELECT count(*)::VARCHAR FROM $ GROUP BY __row, "column" HAVING count(*) > 1`); len(got) > 0 {
		t.Errorf("cells with several issues: %v", got)
	}
	var flagged int64
	for i, x := range b.list.Issues {
		if x.ID != fmt.Sprintf("q-%03d", i+1) || b.items[i].ID != x.ID {
			t.Errorf("issue %d has the id %s", i, x.ID)
		}
		var n string
		if got := b.texts(b.files["cells"], "SELECT count(*)::VARCHAR FROM $ WHERE issue = '"+x.ID+"'"); len(got) == 1 {
			n = got[0]
		}
		if n != "0" && n != fmt.Sprint(x.Cells) {
			t.Errorf("%s %s says %d cells, the file has %s", x.ID, x.Check, x.Cells, n)
		}
		flagged += x.Cells
	}
	if flagged == 0 {
		t.Error("nothing was found")
	}
	again := begin(t, orders())
	if string(b.docs["quality"]) != string(again.docs["quality"]) {
		t.Error("two runs differ")
	}
}

func TestNothingChangesWithoutAnAcceptedDecision(t *testing.T) {
	b := begin(t, orders())
	var rejected []flow.Decision
	for _, i := range b.items {
		rejected = append(rejected, flow.Decision{Item: i.ID, Choice: flow.Reject})
	}
	doc, res := b.apply(rejected...)
	const all = "SELECT concat_ws('|', __row, id, city, weight, note) FROM $ ORDER BY __row"
	before := b.texts(b.files["data"], all)
	after := b.texts(engine.File{Path: res.Files["data"].Path, Key: b.key}, all)
	if !slices.Equal(before, after) || doc.Cells != 0 || res.Files["changes"].Rows != 0 {
		t.Error("the table changed although everything was rejected")
	}
	none, _ := b.apply()
	if none.ContentHash != doc.ContentHash || len(doc.ContentHash) != 64 {
		t.Errorf("content hashes %q and %q", none.ContentHash, doc.ContentHash)
	}
}

func TestDecisionsAreCarriedOutAsTaken(t *testing.T) {
	b := begin(t, orders())
	trim, gaps, formula := b.issue("whitespace", "city"), b.issue("disguised_missing", "weight"), b.issue("formula_injection", "note")
	if trim == nil || gaps == nil || formula == nil {
		t.Fatalf("an issue is missing: %v %v %v", trim, gaps, formula)
	}
	doc, res := b.apply(
		flow.Decision{Item: trim.ID, Choice: flow.Partial, Option: "trim", Rows: []int64{6}},
		flow.Decision{Item: gaps.ID, Choice: flow.Reject},
		flow.Decision{Item: gaps.ID, Choice: flow.Accept, Option: "set_missing"}, // the last one holds
		flow.Decision{Item: formula.ID, Choice: flow.Edit, Option: formula.Resolutions[0].ID, Params: map[string]any{"column": "city"}},
	)
	data := engine.File{Path: res.Files["data"].Path, Key: b.key}
	if got := b.texts(data, "SELECT coalesce(weight, 'gap') || city FROM $ WHERE __row IN (5, 6, 9) ORDER BY __row"); !slices.Equal(got, []string{"15 Delft", "16Utrecht", "gapUtrecht"}) {
		t.Errorf("rows 5, 6 and 9 are %q", got)
	}
	if doc.Cells != 4 || doc.Rows != 60 {
		t.Errorf("document: %+v", doc)
	}
	changes := b.texts(engine.File{Path: res.Files["changes"].Path, Key: b.key}, `SELECT concat_ws('|', issue, __row, "column", old, new) FROM $ WHERE applied ORDER BY __row`)
	if len(changes) != 4 || changes[0] != trim.ID+"|6|city| Utrecht|Utrecht" {
		t.Errorf("lineage: %q", changes)
	}
}

func TestRemovedRowsLeaveTheOthersTheirNumbers(t *testing.T) {
	b := begin(t, "a,b\n1,x\n2,y\na,b\n3,z\n4,w\n")
	extra := b.issue("extra_header", "*")
	if extra == nil {
		t.Fatal("the repeated header was not found")
	}
	doc, res := b.apply(flow.Decision{Item: extra.ID, Choice: flow.Accept, Option: "drop_rows"})
	got := b.texts(engine.File{Path: res.Files["data"].Path, Key: b.key}, "SELECT __row::VARCHAR FROM $ ORDER BY __row")
	if !slices.Equal(got, []string{"1", "2", "4", "5"}) || doc.RowsRemoved != 1 {
		t.Errorf("rows %v, document %+v", got, doc)
	}
}

func TestPreviewShowsRowsBeforeAndAfter(t *testing.T) {
	b := begin(t, orders())
	gaps := b.issue("disguised_missing", "weight")
	res := b.run("quality.preview", nil, quality.PreviewRequest{Issue: gaps.ID, Resolution: "set_missing", Limit: 2})
	var p quality.Preview
	if err := json.Unmarshal(res.Document, &p); err != nil {
		t.Fatal(err)
	}
	if p.Cells != 3 || p.Rows != 3 || len(p.Lines) != 2 || len(p.Distribution) != 1 {
		t.Fatalf("preview: %+v", p)
	}
	at := slices.Index(p.Columns, "weight")
	if l := p.Lines[0]; *l.Before[at] != "N/A" || l.After[at] != nil || !slices.Equal(l.Changed, []string{"weight"}) {
		t.Errorf("line: %+v", l)
	}
}

func TestPreviewSaysHowManyColumnsItLeavesOut(t *testing.T) {
	const columns, rows = 31, 24
	var csv strings.Builder
	for r := range rows + 1 {
		for c := range columns {
			switch {
			case r == 0:
				fmt.Fprintf(&csv, "c%d,", c)
			case r == 9 || r == 17 && c == 30: // most changes are in the last
				fmt.Fprintf(&csv, "  %s,", []string{"north", "south", "east"}[(r+c)%3])
			default:
				fmt.Fprintf(&csv, "%s,", []string{"north", "south", "east"}[(r+c)%3])
			}
		}
		fmt.Fprintf(&csv, "%d\n", r)
	}
	b := begin(t, csv.String())
	blanks := b.issue("whitespace", "c0")
	res := b.run("quality.preview", nil, quality.PreviewRequest{Issue: blanks.ID, Resolution: blanks.Resolutions[0].ID, Limit: 2})
	var p quality.Preview
	if err := json.Unmarshal(res.Document, &p); err != nil {
		t.Fatal(err)
	}
	if len(blanks.Columns) != columns || p.MoreColumns != columns-24 || !slices.Contains(p.Columns, "c30") {
		t.Errorf("of %d columns %v are shown and %d not", len(blanks.Columns), p.Columns, p.MoreColumns)
	}
}

func TestDecideNotesTheLastDecision(t *testing.T) {
	doc, err := json.Marshal(flow.IssueList{Issues: []flow.Issue{{ID: "q-001"}, {ID: "q-002"}}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := quality.New().Decide(doc, []flow.Decision{{Item: "q-001", Choice: flow.Accept}, {Item: "q-001", Choice: flow.Reject}})
	if err != nil {
		t.Fatal(err)
	}
	var list flow.IssueList
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatal(err)
	}
	if list.Issues[0].Decision.Choice != flow.Reject || list.Issues[1].Decision != nil {
		t.Errorf("decided: %+v", list)
	}
}

func TestRouteLeavesOutWhatMakesNoSense(t *testing.T) {
	entry := quality.New().Route(&flow.Facts{Rows: 10, Columns: []flow.Column{{Name: "a", Type: flow.Text}}}, flow.Goal{})
	if slices.Contains(entry.Handlers, "quality.dependencies") || !strings.Contains(entry.Why, "left out: ") {
		t.Errorf("route of a single text column: %+v", entry)
	}
	if waves := quality.New().Waves(entry); !slices.Equal(waves[len(waves)-1], []string{"quality.consolidate"}) {
		t.Errorf("waves: %v", waves)
	}
}
