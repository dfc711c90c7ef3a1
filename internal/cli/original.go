package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/app"
)

func newOriginal(s *streams) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "original RUN",
		Short: "Give back the file of a run as it was received, byte for byte",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			return original(cmd.Context(), s, place{dir}, args[0], out)
		},
	}
	c.Flags().StringVar(&out, "out", "", "file to write (default: standard output)")
	return c
}

func original(ctx context.Context, s *streams, p place, run, out string) error {
	if err := p.knownRun(run); err != nil {
		return err
	}
	master, err := p.masterKey()
	if err != nil {
		return err
	}
	return p.visit(ctx, run, master, func(a *app.App) (err error) {
		in, err := a.Received(ctx, run)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, in.Close()) }()
		to := s.out
		if out != "" {
			f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return usage(fmt.Errorf("--out: %w", err))
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			to = f
		}
		if _, err := io.Copy(to, in); err != nil {
			return fmt.Errorf("giving back the file of run %s: %w", run, err)
		}
		return nil
	})
}
