package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/server"
)

// newHealth is the probe of a container: an image without a shell has nothing else that could ask.
func newHealth(s *streams) *cobra.Command {
	var alive bool
	within := 4 * time.Second
	c := &cobra.Command{
		Use:   "health",
		Short: "Ask the server of this machine whether it can do its work; exit code 1 where it cannot",
		Long: "Asks the server that listens where the settings say (`listen`, by default 127.0.0.1:8080) for /readyz, or with --alive for /healthz, " +
			"and repeats its answer. It needs no account, and works in every role.",
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := serverConfig(cmd)
			if err != nil {
				return err
			}
			path := "/readyz"
			if alive {
				path = "/healthz"
			}
			said, err := server.Probe(cmd.Context(), &cfg, path, within)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(s.out, said)
			return err
		},
	}
	c.Flags().BoolVar(&alive, "alive", false, "ask whether it lives, not whether it can do its work")
	c.Flags().DurationVar(&within, "within", within, "how long the answer may take")
	return c
}
