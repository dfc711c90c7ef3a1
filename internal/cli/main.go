// Package cli is the command line of the contract: it reads flags and the environment, calls the application, and
// turns errors into sentences and exit codes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes of the contract.
const (
	exitDone      = 0
	exitInternal  = 1
	exitUsage     = 2
	exitWaiting   = 3
	exitRefused   = 4
	exitForbidden = 5
)

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// exit is an error that carries its exit code.
type exit struct {
	error
	code int
}

func (e exit) Unwrap() error { return e.error }

// usage marks an error as bad usage.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return exit{err, exitUsage}
}

// Main runs the command line and returns the exit code.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(&streams{in: in, out: out, err: errs})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	code := exitCode(err)
	if code != exitWaiting {
		_, _ = fmt.Fprintf(errs, "analytix: %v\n", err)
	}
	return code
}

func newRoot(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "analytix",
		Short:         "From a data file that nobody quite trusts to decisions that people can defend",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.PersistentFlags().String("data", "", "folder of the state (default: analytix in the user's cache folder)")
	root.PersistentFlags().String("log", "", "write a log to this file, JSON lines; - for standard error")
	root.AddCommand(newRun(s), newResume(s), newReplay(s), newRuns(s), newOriginal(s), newVerify(s), newServe(s), newAdmin(s), newSample(s), newBench(s),
		newVersion(s), newProcessor(s))
	root.CompletionOptions.HiddenDefaultCmd = true
	return group(root)
}

// group makes a command that only holds others: alone it shows its help, and a word that is none of them is bad usage.
func group(c *cobra.Command) *cobra.Command {
	c.Args, c.SuggestionsMinimumDistance = cobra.ArbitraryArgs, 2
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		about := ""
		if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
			about = "; did you mean " + strings.Join(like, " or ") + "?"
		}
		return usage(fmt.Errorf("%s has no command %q%s (see `%s --help`)", cmd.CommandPath(), args[0], about, cmd.CommandPath()))
	}
	return c
}

// exactArgs is cobra's check, with the exit code of bad usage.
func exactArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		return usage(cobra.ExactArgs(n)(cmd, args))
	}
}

// dataDir is the state folder that the flag names, or the default one.
func dataDir(cmd *cobra.Command) (string, error) {
	dir, err := cmd.Flags().GetString("data")
	if err != nil {
		return "", usage(err)
	}
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", usage(fmt.Errorf("no folder for the state: %w: name one with --data", err))
		}
		dir = filepath.Join(cache, "analytix")
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", usage(fmt.Errorf("the state folder %s: %w", dir, err))
	}
	return dir, nil
}

// logger is what the --log flag asks for. The caller closes it.
func logger(cmd *cobra.Command, s *streams) (*slog.Logger, io.Closer, error) {
	name, err := cmd.Flags().GetString("log")
	if err != nil {
		return nil, nil, usage(err)
	}
	return openLog(name, s)
}

// openLog opens the log of a name: none where it is empty, standard error for a hyphen. The caller closes it.
func openLog(name string, s *streams) (*slog.Logger, io.Closer, error) {
	switch name {
	case "":
		return slog.New(slog.DiscardHandler), io.NopCloser(nil), nil
	case "-":
		return slog.New(slog.NewJSONHandler(s.err, nil)), io.NopCloser(nil), nil
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, usage(fmt.Errorf("opening the log: %w", err))
	}
	return slog.New(slog.NewJSONHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})), f, nil
}

func exitCode(err error) int {
	var e exit
	if errors.As(err, &e) {
		return e.code
	}
	return codeOf(err)
}
