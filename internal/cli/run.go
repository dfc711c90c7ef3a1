package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/recipe"
	"github.com/analytix-flow/analytix/internal/tier"
)

// runFlags are the flags that run, resume and replay share.
type runFlags struct {
	goal, kpi, decide, stage, out, format, recipe, memory, tier string
	json                                                        bool
}

func (f *runFlags) bind(c *cobra.Command) {
	c.Flags().StringVar(&f.decide, "decide", "", "ask | recommended | accept | reject (default: ask)")
	c.Flags().StringVar(&f.out, "out", "", "folder of the results (default: analytix-out/RUN_ID)")
	c.Flags().StringVar(&f.format, "format", "", "format of the cleaned data: "+strings.Join(outcome.Formats(), "|")+" (default: that of the input)")
	c.Flags().StringVar(&f.memory, "memory", "", "what a child process may take, such as 2GiB (default: half of the machine's memory, 8 GiB at most)")
	c.Flags().BoolVar(&f.json, "json", false, "progress and results on standard output as JSON lines")
}

// bindStart adds the flags that say what a run is for.
func (f *runFlags) bindStart(c *cobra.Command) {
	f.bind(c)
	c.Flags().StringVar(&f.goal, "goal", "", "the business goal in plain words")
	c.Flags().StringVar(&f.kpi, "kpi", "", "the column that measures the goal")
	c.Flags().StringVar(&f.stage, "stage", "", "stop after this stage: reception | quality | insight | recommendation")
	c.Flags().StringVar(&f.tier, "tier", string(tier.Professional), "demo | professional")
}

// check says what is wrong with the flags.
func (f *runFlags) check() error {
	if f.decide == "" {
		f.decide = string(flow.ModeAsk)
	}
	if _, err := flow.ParseMode(f.decide); err != nil {
		return usage(fmt.Errorf("--decide: %w", err))
	}
	if f.stage != "" && !flow.Stage(f.stage).Valid() {
		return usage(fmt.Errorf("--stage: there is no stage %q: use reception, quality, insight or recommendation", f.stage))
	}
	limits, err := tier.Of(tier.Name(f.tier))
	if err != nil {
		return usage(fmt.Errorf("--tier: %w", err))
	}
	if f.recipe != "" {
		if err := limits.CheckFeature(tier.Recipes); err != nil {
			return err
		}
	}
	if f.format != "" && !slices.Contains(outcome.Formats(), f.format) {
		return usage(fmt.Errorf("--format: %q is none of %s", f.format, strings.Join(outcome.Formats(), ", ")))
	}
	if f.memory != "" {
		if _, err := parseMemory(f.memory); err != nil {
			return usage(fmt.Errorf("--memory: %w", err))
		}
	}
	return nil
}

func (f *runFlags) memoryLimit() int64 {
	if n, err := parseMemory(f.memory); err == nil {
		return n
	}
	return defaultMemory()
}

func newRun(s *streams) *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use:   "run FILE",
		Short: "Take a file through the whole flow",
		Args:  exactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return begin(cmd, s, f, args[0]) },
	}
	f.bindStart(c)
	c.Flags().StringVar(&f.recipe, "recipe", "", "decisions to replay; what they do not cover is decided by --decide")
	return c
}

func newReplay(s *streams) *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use:   "replay RECIPE FILE",
		Short: "Take the same decisions on another file; stop where something new turns up",
		Args:  exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.recipe = args[0]
			return begin(cmd, s, f, args[1])
		},
	}
	f.bindStart(c)
	return c
}

func newResume(s *streams) *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use:   "resume RUN",
		Short: "Go on with a run that waits, failed, or was interrupted",
		Args:  exactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return resume(cmd, s, f, args[0]) },
	}
	f.bind(c)
	c.Flags().StringVar(&f.recipe, "recipe", "", "decisions to replay; what they do not cover is decided by --decide")
	return c
}

// begin starts a run on a file and follows it.
func begin(cmd *cobra.Command, s *streams, f *runFlags, file string) error {
	if err := f.check(); err != nil {
		return err
	}
	r, err := readRecipe(f.recipe)
	if err != nil {
		return err
	}
	if r != nil && f.goal == "" && f.kpi == "" {
		f.goal, f.kpi = r.Goal.Text, r.Goal.KPI
	}
	id := app.NewRunID()
	recorded := false
	err = withRun(cmd, s, f, id, r, func(ctx context.Context, a *app.App) error {
		_, err := a.Submit(ctx, file, app.Request{
			ID: id, Goal: f.goal, KPI: f.kpi, StopAfter: flow.Stage(f.stage), Tier: tier.Name(f.tier), Actor: me(),
		})
		recorded = err == nil
		return err
	})
	if recorded || err == nil {
		return err
	}
	dir, dirErr := dataDir(cmd)
	if dirErr != nil {
		return errors.Join(err, dirErr)
	}
	// The home of a run that never was holds nothing of anybody's.
	return errors.Join(err, os.RemoveAll(place{dir}.home(id)))
}

// resume goes on with a run.
func resume(cmd *cobra.Command, s *streams, f *runFlags, run string) error {
	if err := f.check(); err != nil {
		return err
	}
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	if err := (place{dir}).knownRun(run); err != nil {
		return err
	}
	r, err := readRecipe(f.recipe)
	if err != nil {
		return err
	}
	return withRun(cmd, s, f, run, r, func(ctx context.Context, a *app.App) error { return revive(ctx, a, run, r != nil) })
}

// revive takes up what stands still; a run that moves needs nothing.
func revive(ctx context.Context, a *app.App, run string, byRecipe bool) error {
	record, state, err := a.State(ctx, run)
	if err != nil {
		return err
	}
	limits, err := tier.Of(tier.Name(record.Tier))
	if err != nil {
		return err
	}
	if byRecipe {
		if err := limits.CheckFeature(tier.Recipes); err != nil {
			return err
		}
	}
	switch state.Status {
	case "failed":
		return a.Retry(ctx, run, me())
	case "expired":
		return a.Renew(ctx, run, me())
	default:
		return nil
	}
}

// withRun opens a run's home, lets first do its part, follows the run and writes its results.
func withRun(cmd *cobra.Command, s *streams, f *runFlags, run string, r *recipe.Recipe, first func(context.Context, *app.App) error) (err error) {
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	log, closeLog, err := logger(cmd, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog.Close()) }()
	out, err := f.outDir(run)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	a, err := place{dir}.open(ctx, run, f.memoryLimit(), out, log)
	if err != nil {
		return err
	}
	err = follow(ctx, s, f, a, run, r, out, dir, first)
	return errors.Join(err, a.Close(context.WithoutCancel(ctx)))
}

func follow(ctx context.Context, s *streams, f *runFlags, a *app.App, run string, r *recipe.Recipe, out, dir string, first func(context.Context, *app.App) error) error {
	if err := first(ctx, a); err != nil {
		return err
	}
	d := s.decider(f)
	var policies []recipe.Policy
	if r != nil {
		d, policies = byRecipe{recipe: r, file: f.recipe, rest: d, tell: s.err}, r.Policies
	}
	err := drive(ctx, a, run, d, s.reporter(f))
	if err != nil && !errors.Is(err, errWaiting) {
		return err
	}
	written, writing := writeResults(context.WithoutCancel(ctx), a, run, out, f.format, policies)
	if writing != nil {
		return fmt.Errorf("writing the results of run %s: %w; the run itself is kept: `analytix resume %s` writes them again", run, writing, run)
	}
	return errors.Join(err, s.summary(f, run, dir, written, err != nil))
}

// decider is who decides: a person at a terminal, or the mode.
func (s *streams) decider(f *runFlags) decider {
	if flow.Mode(f.decide) == flow.ModeAsk && !f.json && s.interactive() {
		return byPerson{in: s.in, out: s.out, actor: me()}
	}
	return byMode{flow.Mode(f.decide)}
}

// interactive says whether a person sits at both ends.
func (s *streams) interactive() bool {
	in, ok := s.in.(*os.File)
	out, ok2 := s.out.(*os.File)
	return ok && ok2 && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd()))
}

// outDir is the folder of the results, made absolute.
func (f *runFlags) outDir(run string) (string, error) {
	dir := f.out
	if dir == "" {
		dir = filepath.Join("analytix-out", run)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", usage(fmt.Errorf("--out: %w", err))
	}
	return dir, nil
}

// me is the person at this terminal, as the operating system knows them.
func me() flow.Actor {
	name := "unknown"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	return flow.Actor{Kind: flow.ActorPerson, Name: name}
}

func readRecipe(file string) (*recipe.Recipe, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usage(fmt.Errorf("reading the recipe: %w", err))
	}
	r, err := recipe.Parse(text)
	if err != nil {
		return nil, usage(fmt.Errorf("%s: %w", file, err))
	}
	return r, nil
}

// writeResults writes the files of the contract.
func writeResults(ctx context.Context, a *app.App, run, dir, format string, policies []recipe.Policy) (*outcome.Written, error) {
	r, err := a.Results(ctx, run)
	if err != nil {
		return nil, err
	}
	r.Policies = policies
	return r.Write(ctx, dir, format)
}
