package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
)

const theRun = "run-to-be-killed"

// beVictim takes the one run of the home through all its control points, from wherever it stands.
func beVictim(home string) int {
	ctx := context.Background()
	err := func() error {
		a, err := open(ctx, home)
		if err != nil {
			return err
		}
		if _, _, err := a.State(ctx, theRun); err != nil {
			if _, err := a.Submit(ctx, home+".csv", app.Request{ID: theRun, Goal: "survive", Actor: person}); err != nil {
				return err
			}
		}
		u, err := finish(ctx, a, theRun)
		if err != nil {
			return err
		}
		if u.Status != control.Done {
			return fmt.Errorf("the run is %s: %+v", u.Status, u)
		}
		return a.Close(ctx)
	}()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func victim(ctx context.Context, home string, out *bytes.Buffer) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), part+"="+home)
	c.Stdout, c.Stderr = out, out
	return c
}

func prepare(t *testing.T) string {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home")
	if err := os.WriteFile(home+".csv", []byte("one\ntwo\nthree\nfour\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

// outcome is what a run ends in, without what differs from run to run as it must: ids and times.
type outcome struct {
	Documents map[flow.Stage]string
	Versions  []string
	Decisions []string
	Effects   []string // of the audit chain, sorted: what happened, and how often
	Files     int
}

func read(t *testing.T, home string) outcome {
	t.Helper()
	a := start(t, home)
	defer stop(t, a)
	o := outcome{Documents: map[flow.Stage]string{}}
	for _, st := range flow.Stages() {
		doc, err := a.Document(t.Context(), theRun, st)
		if err != nil {
			t.Fatal(err)
		}
		o.Documents[st] = string(doc)
	}
	versions, err := a.Versions(t.Context(), theRun)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		o.Versions = append(o.Versions, fmt.Sprint(v.Kind, v.ContentHash, v.Rows))
	}
	decisions, err := a.Decisions(t.Context(), theRun)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range decisions {
		o.Decisions = append(o.Decisions, decided(d))
	}
	o.Effects = effects(t, a)
	left, err := filepath.Glob(filepath.Join(home, "files", theRun, "*"))
	if err != nil {
		t.Fatal(err)
	}
	o.Files = len(left)
	return o
}

func decided(d store.Decided) string {
	return fmt.Sprint(d.Stage, d.Round, d.Decision.Item, d.Decision.Choice, d.Decision.Option, d.Decision.Seen)
}

func effects(t *testing.T, a *app.App) []string {
	t.Helper()
	links, err := a.Audit(t.Context(), theRun)
	if err != nil {
		t.Fatal(err)
	}
	var chain bytes.Buffer
	var all []string
	for _, l := range links {
		chain.Write(l.Line())
		var e struct {
			Action, Object string
			Details        struct {
				Stage      string
				Round, Try int
				Document   string
			}
		}
		if err := json.Unmarshal(l.Body, &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(e))
	}
	if _, err := audit.VerifySealed(&chain); err != nil {
		t.Error(err)
	}
	slices.Sort(all)
	return all
}

// TestLongKilledAtRandomMomentsEndsAsIfUndisturbed kills the process that drives a run again and again, each time at
// another moment, and starts it anew. The end must be that of a run which nobody disturbed, and every effect must be
// there exactly once.
func TestLongKilledAtRandomMomentsEndsAsIfUndisturbed(t *testing.T) {
	if testing.Short() {
		t.Skip("needs about a minute")
	}
	undisturbed := prepare(t)
	var out bytes.Buffer
	begun := time.Now()
	if err := victim(t.Context(), undisturbed, &out).Run(); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	whole := time.Since(begun)
	const kills = 50
	random := rand.New(rand.NewPCG(1, 2))
	home, runs, killed := prepare(t), 1, 0
	for killed < kills {
		out.Reset()
		c := victim(t.Context(), home, &out)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Float64()*float64(whole)), func() { _ = c.Process.Kill() })
		err := c.Wait()
		timer.Stop()
		switch {
		case err == nil: // it came to its end before it was to be killed: the next life begins
			compare(t, undisturbed, home)
			home = prepare(t)
			runs++
		case strings.Contains(err.Error(), "killed"):
			killed++
		default:
			t.Fatalf("after %d kills: %v\n%s", killed, err, out.String())
		}
	}
	if err := victim(t.Context(), home, &out).Run(); err != nil {
		t.Fatalf("the last run: %v\n%s", err, out.String())
	}
	compare(t, undisturbed, home)
	t.Logf("killed %d times in %d runs of %s", killed, runs, whole)
}

func compare(t *testing.T, undisturbed, home string) {
	t.Helper()
	want, got := read(t, undisturbed), read(t, home)
	wantText, err := json.MarshalIndent(want, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	gotText, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(wantText, gotText) {
		t.Fatalf("undisturbed:\n%s\nkilled:\n%s", wantText, gotText)
	}
}
