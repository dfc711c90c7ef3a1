package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	outcomes "github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/query"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/insight"
)

// A small flow of the tests' own: four stages whose handlers do real work on a table of lines, so that everything
// around them is tried without depending on what the product's stages find.

type manager struct {
	stage    flow.Stage
	waves    [][]string
	apply    string
	handlers []stage.Handler
}

func (m *manager) Stage() flow.Stage { return m.stage }

func (m *manager) Route(facts *flow.Facts, _ flow.Goal) flow.RouteEntry {
	r := flow.RouteEntry{Stage: m.stage, Why: "nothing is known yet"}
	if facts != nil {
		r.Why = fmt.Sprintf("the table has %d rows", facts.Rows)
	}
	for _, w := range m.waves {
		r.Handlers = append(r.Handlers, w...)
	}
	return r
}

func (m *manager) Waves(flow.RouteEntry) [][]string  { return m.waves }
func (m *manager) ApplyHandler() string              { return m.apply }
func (m *manager) Handlers() []stage.Handler         { return m.handlers }
func (m *manager) last() string                      { w := m.waves[len(m.waves)-1]; return w[len(w)-1] }
func (m *manager) item() string                      { return string(m.stage) + "-1" }
func (m *manager) kind() flow.ItemKind               { return flow.ItemIssue }
func (m *manager) decided(d []flow.Decision) (n int) { return len(d) }

func (m *manager) Assemble(docs stage.Documents) (json.RawMessage, []flow.Item, error) {
	if strings.Contains(string(docs[m.last()]), "unspeakable") {
		return nil, nil, errors.New("there is no telling what was found")
	}
	return docs[m.last()], []flow.Item{
		{ID: m.item(), Kind: m.kind(), Options: []string{"keep", "drop"}, Recommended: "keep", Fingerprint: m.item()},
		{ID: string(m.stage) + "-2", Kind: m.kind(), Options: []string{"keep"}, Fingerprint: string(m.stage) + "-2"},
	}, nil
}

func (m *manager) Decide(document json.RawMessage, decisions []flow.Decision) (json.RawMessage, error) {
	var d map[string]any
	if err := json.Unmarshal(document, &d); err != nil {
		return nil, err
	}
	d["decided"] = m.decided(decisions)
	return json.Marshal(d)
}

// rereading is a stage at whose control point the goal can be read otherwise.
type rereading struct {
	manager
	stage.Rereader
}

type handler struct {
	name string
	run  func(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error)
}

func (h handler) Name() string { return h.name }

func (h handler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	env.Progress(0.5, "half of "+h.name)
	return h.run(ctx, job, env)
}

func managers() []stage.Manager {
	return []stage.Manager{
		&manager{stage: flow.Reception, waves: [][]string{{"reception.parse"}, {"reception.profile"}}, handlers: []stage.Handler{
			handler{"reception.parse", parse}, handler{"reception.profile", profile}}},
		&manager{stage: flow.Quality, waves: [][]string{{"quality.long", "quality.short"}, {"quality.consolidate"}}, apply: "quality.apply",
			handlers: []stage.Handler{handler{"quality.long", count("length(line) > 3")}, handler{"quality.short", count("length(line) <= 3")},
				handler{"quality.consolidate", consolidate}, handler{"quality.apply", apply}, handler{"quality.preview", preview}}},
		&rereading{manager: manager{stage: flow.Insight, waves: [][]string{{"insight.most"}}, handlers: []stage.Handler{handler{"insight.most", count("true")}}},
			Rereader: insight.New()},
		&manager{stage: flow.Recommendation, waves: [][]string{{"recommendation.rank"}}, handlers: []stage.Handler{
			handler{"recommendation.rank", rank}}},
	}
}

func handlers() (all []stage.Handler) {
	for _, m := range managers() {
		all = append(all, m.Handlers()...)
	}
	return append(append(all, query.Handlers()...), outcomes.Handlers()...)
}

func result(v any) (*stage.Result, error) {
	raw, err := json.Marshal(v)
	return &stage.Result{Document: raw}, err
}

// parse reads the received lines into a table. Some lines make it stumble, so that errors are seen.
func parse(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	in, err := dataset.Open(ctx, job.Received)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // only read
	if err := env.Engine.Exec(ctx, "CREATE TABLE lines (__row BIGINT, line VARCHAR)"); err != nil {
		return nil, err
	}
	n := 0
	for lines := bufio.NewScanner(in); lines.Scan(); {
		n++
		if err := env.Engine.Exec(ctx, "INSERT INTO lines VALUES (?, ?)", n, lines.Text()); err != nil {
			return nil, err
		}
		if err := stumble(ctx, lines.Text()); err != nil {
			return nil, err
		}
	}
	return table(ctx, job, env, "SELECT * FROM lines ORDER BY __row", map[string]any{"rows": n})
}

func stumble(ctx context.Context, line string) error {
	if marker, ok := strings.CutPrefix(line, "#once:"); ok { // fails until the marker is there
		if _, err := os.Stat(marker); err != nil {
			return errors.Join(errors.New("not yet"), os.WriteFile(marker, nil, 0o600))
		}
	}
	if marker, ok := strings.CutPrefix(line, "#until:"); ok { // fails for good while the marker is not there
		if _, err := os.Stat(marker); err != nil {
			return stage.Permanent(errors.New("the table is not to be had"))
		}
	}
	if marker, ok := strings.CutPrefix(line, "#hold:"); ok { // goes on for ever while the marker is not there
		if _, err := os.Stat(marker); err != nil {
			<-ctx.Done()
			return ctx.Err()
		}
	}
	if marker, ok := strings.CutPrefix(line, "#until-there:"); ok { // goes on when the marker is there
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			if _, err := os.Stat(marker); err == nil {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-tick.C:
			}
		}
	}
	switch line {
	case "#refuse":
		return stage.Refused(errors.New("this is no table"))
	case "#eat": // takes more and more memory until it is stopped
		var all [][]byte
		for ctx.Err() == nil {
			b := make([]byte, 4<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			all = append(all, b)
		}
		return fmt.Errorf("%d pieces: %w", len(all), ctx.Err())
	case "#wait":
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

func table(ctx context.Context, job *stage.Job, env *stage.Env, query string, document any) (*stage.Result, error) {
	f := engine.File{Path: filepath.Join(job.OutDir, "data.parquet"), Key: job.Key}
	if err := env.Engine.WriteParquet(ctx, query, f); err != nil {
		return nil, err
	}
	from, err := env.Engine.ReadParquet(ctx, f)
	if err != nil {
		return nil, err
	}
	hash, rows, err := env.Engine.ContentHash(ctx, from)
	if err != nil {
		return nil, err
	}
	r, err := result(document)
	if err != nil {
		return nil, err
	}
	r.Files = map[string]stage.OutFile{stage.FileData: {Path: f.Path, Rows: rows, ContentHash: hash}}
	return r, nil
}

func profile(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	facts := flow.Facts{Context: flow.Context{Goal: job.Goal}}
	facts.Context.Goal.Why = "read"
	err := onData(ctx, job, env, "SELECT count(*) FROM data", &facts.Rows)
	if err != nil {
		return nil, err
	}
	return result(facts)
}

func onData(ctx context.Context, job *stage.Job, env *stage.Env, query string, dest ...any) error {
	if err := env.Engine.AttachData(ctx, true, job.Files[stage.FileData]); err != nil {
		return err
	}
	return env.Engine.QueryRow(ctx, query, dest...)
}

func count(where string) func(context.Context, *stage.Job, *stage.Env) (*stage.Result, error) {
	return func(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
		var n int64
		if err := onData(ctx, job, env, "SELECT count(*) FROM data WHERE "+where, &n); err != nil {
			return nil, err
		}
		return result(map[string]any{"n": n, "goal": job.Goal.Why, "round": job.Round, "options": job.Options})
	}
}

func consolidate(_ context.Context, job *stage.Job, _ *stage.Env) (*stage.Result, error) {
	return result(map[string]any{"long": job.Documents["quality.long"], "short": job.Documents["quality.short"]})
}

func apply(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	if err := env.Engine.AttachData(ctx, true, job.Files[stage.FileData]); err != nil {
		return nil, err
	}
	change := "line"
	for _, d := range job.Decisions {
		if d.Applies() && d.Item == "quality-1" {
			change = "upper(line) AS line"
		}
	}
	return table(ctx, job, env, "SELECT __row, "+change+" FROM data ORDER BY __row", map[string]any{"decisions": len(job.Decisions)})
}

func preview(_ context.Context, job *stage.Job, _ *stage.Env) (*stage.Result, error) {
	return result(map[string]any{"asked": job.Params, "seen": job.Documents["quality.consolidate"] != nil})
}

func rank(_ context.Context, job *stage.Job, _ *stage.Env) (*stage.Result, error) {
	return result(map[string]any{"most": job.Documents["insight"], "facts": job.Documents["reception"], "quality": job.Documents["quality"]})
}
