package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/engine"
)

// version and commit are set by the linker.
var version, commit = "dev", "none"

func newVersion(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, and those of Go and the engine",
		Args:  exactArgs(0),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(s.out, "analytix %s (commit %s)\n%s %s/%s\nDuckDB %s\n",
				version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH, engine.Version)
			return err
		},
	}
}
