package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/app"
)

func newRuns(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "runs",
		Short: "List the runs of the state folder and where they stand",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			return listRuns(cmd, s, place{dir})
		},
	}
}

func listRuns(cmd *cobra.Command, s *streams, p place) error {
	ids, err := p.runIDs()
	if err != nil || len(ids) == 0 {
		return err
	}
	master, err := p.masterKey()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "RUN\tSTATUS\tSTAGE\tFILE\tBEGUN") // errors of a tabwriter show at Flush
	for _, id := range ids {
		err := p.visit(cmd.Context(), id, master, func(a *app.App) error {
			r, _, err := a.State(cmd.Context(), id)
			if err == nil {
				_, err = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", id, r.Status, r.Stage, r.Head.File, r.Created.Format("2006-01-02 15:04"))
			}
			return err
		})
		switch {
		case errors.Is(err, app.ErrInUse):
			_, _ = fmt.Fprintf(w, "%s\tbeing worked on\t\t\t\n", id)
		case err != nil:
			_, _ = fmt.Fprintf(w, "%s\t%v\t\t\t\n", id, err)
		}
	}
	return w.Flush()
}

func (p place) runIDs() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(p.data, "runs"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("listing the runs: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

func newAdmin(s *streams) *cobra.Command {
	c := group(&cobra.Command{Use: "admin", Short: "Keys, accounts, API tokens, backups"})
	c.PersistentFlags().String("config", "", "settings of the server, as for `analytix serve` [ANALYTIX_CONFIG]")
	c.AddCommand(newUsers(s), newTokens(s), newBackup(s), newDiagnostics(s), newHealth(s), newRestore(s))
	k := group(&cobra.Command{Use: "keys", Short: "The master key"})
	k.AddCommand(newRotate(s))
	c.AddCommand(k)
	return c
}
