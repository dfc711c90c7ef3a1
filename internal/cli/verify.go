package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/audit"
)

func newVerify(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "verify RUN|DIR",
		Short: "Check the audit chain, the stored files and the lineage of every changed cell; of a server, all of that and its access log",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			p := place{dir}
			if isServer(args[0]) {
				return verifyServer(cmd.Context(), s, args[0])
			}
			if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
				return verifyFolder(cmd.Context(), s, p, args[0])
			}
			if err := p.knownRun(args[0]); err != nil {
				return err
			}
			return verifyRun(cmd.Context(), s, p, args[0], nil)
		},
	}
}

// chainOf checks the audit chain in a folder of results.
func chainOf(dir string) (audit.Report, error) {
	f, err := os.Open(filepath.Join(dir, "audit.jsonl"))
	if err != nil {
		return audit.Report{}, usage(fmt.Errorf("%s is not a folder of results: %w", dir, err))
	}
	report, err := audit.VerifySealed(f)
	if errors.Is(err, audit.ErrUnsealed) { // a run that is still under way has no seal yet
		if _, err = f.Seek(0, 0); err == nil {
			report, err = audit.Verify(f)
		}
	}
	return report, errors.Join(err, f.Close())
}

// verifyFolder checks a folder of results: its chain, that the files are those that the run wrote and, where the run is in
// the state folder, everything that is stored of it.
func verifyFolder(ctx context.Context, s *streams, p place, dir string) error {
	report, err := chainOf(dir)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, "audit.jsonl"), err)
	}
	if _, err := fmt.Fprintf(s.out, "audit chain: %d entries hold\n", report.Entries); err != nil {
		return err
	}
	if p.knownRun(report.Run) != nil {
		_, err := fmt.Fprintf(s.out, "run %s is not below %s: its stored files and its lineage were not checked\n", report.Run, p.data)
		return err
	}
	return verifyRun(ctx, s, p, report.Run, &report)
}

// verifyRun checks what is stored of a run; given is the chain of a folder of results, which must be a beginning of the
// recorded one.
func verifyRun(ctx context.Context, s *streams, p place, run string, given *audit.Report) error {
	master, err := p.masterKey()
	if err != nil {
		return err
	}
	return p.visit(ctx, run, master, func(a *app.App) error {
		links, err := a.Audit(ctx, run)
		if err != nil {
			return err
		}
		var chain bytes.Buffer
		known := given == nil
		for _, l := range links {
			chain.Write(l.Line())
			known = known || l.Hash == given.Head
		}
		report, err := audit.Verify(&chain)
		if err != nil {
			return fmt.Errorf("the recorded audit chain of run %s: %w", run, err)
		}
		if !known {
			return fmt.Errorf("the audit chain of the folder is not that of run %s: %w", run, audit.ErrBroken)
		}
		v, err := a.Verify(ctx, run)
		if err != nil {
			return err
		}
		if v.Erased {
			_, err = fmt.Fprintf(s.out, "run %s: erased; %d recorded entries hold, its key and its files are gone\n", run, report.Entries)
			return err
		}
		_, err = fmt.Fprintf(s.out, "run %s: %d recorded entries, %d stored files and the lineage of %d changed cells hold\n",
			run, report.Entries, v.Files, v.Changed)
		return err
	})
}
