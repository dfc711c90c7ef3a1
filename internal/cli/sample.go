package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/sample"
)

func newSample(s *streams) *cobra.Command {
	var dir string
	var seed uint64
	var rows int
	c := &cobra.Command{
		Use:   "sample",
		Short: "Write a shop's orders with planted problems and patterns, and the list of what was planted",
		Args:  exactArgs(0),
		RunE: func(*cobra.Command, []string) error {
			m, err := sample.Write(dir, seed, rows)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s: %d orders with %d planted problems and %d planted patterns (%s)\n",
				filepath.Join(dir, m.File), m.Rows, len(m.Problems), len(m.Patterns), filepath.Join(dir, "manifest.json"))
			return err
		},
	}
	c.Flags().StringVar(&dir, "out", ".", "folder for orders.csv and manifest.json")
	c.Flags().Uint64Var(&seed, "seed", 1, "the same seed gives the same bytes")
	c.Flags().IntVar(&rows, "rows", 4000, "number of orders")
	return c
}
