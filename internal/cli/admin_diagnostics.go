package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/server"
)

func newDiagnostics(s *streams) *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "diagnostics --to FILE",
		Short: "Ask the server that runs on the state folder for what support needs to know, without secrets and data",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return usage(errors.New("say where the bundle goes: --to FILE"))
			}
			cfg, err := serverConfig(cmd)
			if err != nil {
				return err
			}
			p, err := serverPlace(&cfg)
			if err != nil {
				return err
			}
			text, err := server.Diagnostics(cmd.Context(), p.data)
			if errors.Is(err, server.ErrNotRunning) {
				return fmt.Errorf("asking for diagnostics: %w: start the server on %s, or name its folder with --data; where processes share their state, "+
					"ask the API: GET /api/v1/system/diagnostics", err, p.data)
			}
			if err != nil {
				return err
			}
			if err := os.WriteFile(to, text, 0o600); err != nil {
				return fmt.Errorf("writing the diagnostics: %w", err)
			}
			_, err = fmt.Fprintf(s.out, "%s: look through it before you give it away\n", to)
			return err
		},
	}
	c.Flags().StringVar(&to, "to", "", "file of the bundle (JSON)")
	return c
}
