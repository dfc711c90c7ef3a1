package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/machine"
	"github.com/analytix-flow/analytix/internal/sample"
)

func newBench(s *streams) *cobra.Command {
	c := group(&cobra.Command{Use: "bench", Short: "Measure the flow against what no profiler can avoid"})
	c.AddCommand(newBenchFloor(s), newBenchMake(s), newBenchCompare(s))
	return c
}

func newBenchFloor(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "floor FILE",
		Short: "Only load the file into a table and summarise it, with the settings that the stages use",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			return floor(cmd.Context(), s, dir, args[0])
		},
	}
}

func floor(ctx context.Context, s *streams, dir, file string) (err error) {
	file, err = filepath.Abs(file)
	if err != nil {
		return usage(err)
	}
	if _, err := os.Stat(file); err != nil {
		return exit{fmt.Errorf("the floor of %s: %w", file, err), exitRefused}
	}
	spill := filepath.Join(dir, "spill")
	if err := os.MkdirAll(spill, 0o700); err != nil {
		return fmt.Errorf("making the folder for spills: %w", err)
	}
	e, err := engine.Open(ctx, engine.Config{
		MemoryLimit: engineMemory(defaultMemory()), SpillDir: spill, ExtensionDir: filepath.Join(dir, "extension"),
		Folders: []string{filepath.Dir(file)},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	start := time.Now()
	if err := e.Exec(ctx, "CREATE TABLE data AS SELECT * FROM read_csv("+engine.Literal(file)+")"); err != nil {
		return err
	}
	loaded := time.Since(start)
	if err := e.Exec(ctx, "CREATE TABLE summary AS SELECT * FROM (SUMMARIZE data)"); err != nil {
		return err
	}
	var rows int64
	if err := e.QueryRow(ctx, "SELECT count(*) FROM data", &rows); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%d rows: loaded in %.2f s, summarised in %.2f s\n", rows, loaded.Seconds(),
		(time.Since(start) - loaded).Seconds())
	return err
}

func newBenchMake(s *streams) *cobra.Command {
	var size int64
	c := &cobra.Command{
		Use:   "make FILE",
		Short: "Write a CSV of a given size for benchmarks, the same bytes every time",
		Args:  exactArgs(1),
		RunE: func(_ *cobra.Command, args []string) (err error) {
			f, err := os.Create(args[0])
			if err != nil {
				return usage(err)
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			rows, err := sample.WriteLarge(f, 1, size<<20)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s: %d rows\n", args[0], rows)
			return err
		},
	}
	c.Flags().Int64Var(&size, "mib", 1024, "size in MiB")
	return c
}

func newBenchCompare(s *streams) *cobra.Command {
	var runs int
	c := &cobra.Command{
		Use:   "compare FILE",
		Short: "Time reception and quality of a file against the floor, in turns, each in a process of its own",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			return compare(cmd.Context(), s, dir, args[0], runs)
		},
	}
	c.Flags().IntVar(&runs, "runs", 3, "how often each is run")
	return c
}

// measured is one finished process with the processes that it started: wall time, processor time, and the peak memory of
// the largest process among them.
type measured struct {
	wall, processor time.Duration
	peak            int64 // bytes
}

func compare(ctx context.Context, s *streams, dir, file string, runs int) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the binary: %w", err)
	}
	stages := []struct {
		name string
		args []string
	}{
		{"floor: load and SUMMARIZE", []string{"bench", "floor", file}},
		{"reception", []string{"run", file, "--stage", "reception", "--decide", "reject"}},
		{"reception and quality", []string{"run", file, "--stage", "quality", "--decide", "reject"}},
		{"the same, repairs accepted", []string{"run", file, "--stage", "quality", "--decide", "recommended"}},
	}
	results := make([][]measured, len(stages))
	for range runs {
		for i, st := range stages {
			m, err := timed(ctx, dir, self, st.args)
			if err != nil {
				return fmt.Errorf("%s: %w", st.name, err)
			}
			results[i] = append(results[i], m)
		}
	}
	base := median(results[0])
	if _, err := fmt.Fprintf(s.out, "| %s, %d runs | time | to the floor | processor time | to the floor | largest process |\n"+
		"| --- | --- | --- | --- | --- | --- |\n", filepath.Base(file), runs); err != nil {
		return err
	}
	for i, st := range stages {
		m := median(results[i])
		if _, err := fmt.Fprintf(s.out, "| %s | %.1f s | %.2f | %.1f s | %.2f | %d MiB |\n", st.name, m.wall.Seconds(),
			m.wall.Seconds()/base.wall.Seconds(), m.processor.Seconds(), m.processor.Seconds()/base.processor.Seconds(), m.peak>>20); err != nil {
			return err
		}
	}
	return nil
}

// timed runs the binary once. Results go to a folder that is removed again, whatever they are.
func timed(ctx context.Context, dir, self string, args []string) (m measured, err error) {
	tmp, err := os.MkdirTemp(dir, "bench-")
	if err != nil {
		return m, fmt.Errorf("making a folder for results: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	args = append(slices.Clone(args), "--data", filepath.Join(tmp, "state"))
	if args[0] == "run" {
		args = append(args, "--out", filepath.Join(tmp, "out"))
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr = os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return m, fmt.Errorf("%v: %w", args, err)
	}
	m.wall = time.Since(start)
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.peak = u.Maxrss << 10
		m.processor = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return m, nil
}

func median(ms []measured) measured {
	sorted := slices.SortedFunc(slices.Values(ms), func(a, b measured) int { return int(a.wall - b.wall) })
	m := sorted[len(sorted)/2]
	m.processor = slices.SortedFunc(slices.Values(ms), func(a, b measured) int { return int(a.processor - b.processor) })[len(ms)/2].processor
	for _, x := range ms {
		m.peak = max(m.peak, x.peak)
	}
	return m
}

// defaultMemory is the memory that a child process may take where the user sets none: half of the machine's, and
// never more than 8 GiB.
func defaultMemory() int64 {
	const most = 8 << 30
	m, err := machine.Look()
	if err != nil {
		return 2 << 30
	}
	return min(most, m.Total/2)
}

// defaultBudget is the memory that all child processes of a server may take where the operator sets none: three quarters of
// the machine's, and as much as one may take in any case.
func defaultBudget(one int64) int64 {
	m, err := machine.Look()
	if err != nil {
		return 2 * one
	}
	return max(one, m.Total/4*3)
}

// parseMemory reads a size such as 2GiB or 512MiB.
func parseMemory(text string) (int64, error) {
	units := map[string]int64{"MiB": 1 << 20, "GiB": 1 << 30, "MB": 1e6, "GB": 1e9}
	for suffix, factor := range units {
		if n, found := strings.CutSuffix(text, suffix); found {
			x, err := strconv.ParseFloat(n, 64)
			if bytes := x * float64(factor); err == nil && bytes >= 1 && bytes < 1<<62 { // which NaN is not
				return int64(bytes), nil
			}
		}
	}
	return 0, fmt.Errorf("%q is not a size such as 512MiB or 2GiB", text)
}
