package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/server"
)

func newBackup(s *streams) *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "backup --to FILE|DIR",
		Short: "Back up a server's state, encrypted, while it runs or while it does not",
		Long: "Back up a server's state, encrypted under the master key, while it runs or while it does not: records, files and wrapped keys as they\n" +
			"were at one moment. The master key is not in the backup: keep a copy of it elsewhere.",
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return usage(errors.New("say where the backup goes: --to FILE, or --to DIR"))
			}
			cfg, err := serverConfig(cmd)
			if err != nil {
				return err
			}
			b, err := backup(cmd.Context(), &cfg, to)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s\n%d files, %d bytes, SHA-256 %s, in %s\n", b.File, b.Entries, b.Bytes, b.SHA256, b.Took)
			return err
		},
	}
	c.Flags().StringVar(&to, "to", "", "file of the backup, or a folder in which it gets a name of its own")
	return c
}

// backup opens the state where it can, and asks the server that has it open otherwise.
func backup(ctx context.Context, cfg *server.Config, to string) (*app.Backup, error) {
	p, err := serverPlace(cfg)
	if err != nil {
		return nil, err
	}
	if !isServer(p.data) {
		return nil, usage(fmt.Errorf("%s holds no state of a server: name its folder with --data", p.data))
	}
	a, err := lookAtServer(ctx, cfg)
	if errors.Is(err, app.ErrInUse) {
		return server.Backup(ctx, p.data, to)
	}
	if err != nil {
		return nil, err
	}
	b, err := a.BackupTo(ctx, to, version)
	return b, errors.Join(err, a.Close(context.WithoutCancel(ctx)))
}

func newRestore(s *streams) *cobra.Command {
	var keyFile string
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Restore a server's state from a backup into an empty folder, and check all of it",
		Long: "Restore a server's state from a backup into the empty folder that --data names (with ANALYTIX_POSTGRES_URL the records into the empty\n" +
			"database there), and check access log, audit chains, every stored file and the lineage. The master key of the time of the backup is\n" +
			"needed: in ANALYTIX_MASTER_KEY, as master.key in the folder, or in a file that --master-key names, which is copied there.",
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := serverConfig(cmd)
			if err != nil {
				return err
			}
			return restore(cmd.Context(), s, &cfg, args[0], keyFile)
		},
	}
	c.Flags().StringVar(&keyFile, "master-key", "", "file of the master key, which is copied into the state folder")
	return c
}

func restore(ctx context.Context, s *streams, cfg *server.Config, file, keyFile string) error {
	p, err := serverPlace(cfg)
	if err != nil {
		return err
	}
	if err := placeKey(p, cfg.Keys.Provider, keyFile); err != nil {
		return err
	}
	opt, err := p.serverOptions(ctx, &cfg.Keys)
	if err != nil {
		return err
	}
	opt.PostgresURL, opt.NATSURL, opt.ObjectsURL = cfg.Postgres, cfg.NATS, cfg.Objects
	m, err := app.Restore(ctx, opt, file)
	if err != nil {
		return err
	}
	about := make([]string, 0, len(m.About))
	for _, name := range []string{"version", "runs"} {
		about = append(about, name+" "+m.About[name])
	}
	if _, err := fmt.Fprintf(s.out, "restored backup %s of %s (%s): %d files, %d bytes\n", m.ID, m.Created.Format(time.RFC3339), strings.Join(about, ", "),
		len(m.Entries), m.Bytes()); err != nil {
		return err
	}
	if err := verifyState(ctx, s, cfg, p.data); err != nil {
		return fmt.Errorf("the backup was restored, and something in it does not hold (it was so when it was made): %w", err)
	}
	_, err = fmt.Fprintln(s.out, "everything holds")
	return err
}

// placeKey brings the master key to where the server looks for it. Without one a new key would be made, which opens nothing.
func placeKey(p place, provider, keyFile string) error {
	own := filepath.Join(p.data, "master.key")
	_, err := os.Stat(own)
	if keyFile == "" {
		text, wrong := masterKeyGiven()
		if wrong != nil {
			return usage(wrong)
		}
		if err != nil && text == "" && provider != "vault" {
			return usage(fmt.Errorf("the master key of the backup is needed: give --master-key FILE, ANALYTIX_MASTER_KEY, or put it at %s", own))
		}
		return nil
	}
	if err == nil {
		return usage(fmt.Errorf("there is a master key at %s already: give no --master-key, or another folder", own))
	}
	content, err := os.ReadFile(keyFile)
	if err != nil {
		return usage(fmt.Errorf("reading the master key: %w", err))
	}
	if err := os.MkdirAll(p.data, 0o700); err != nil {
		return fmt.Errorf("making the state folder: %w", err)
	}
	if err := os.WriteFile(own, content, 0o600); err != nil { //nolint:gosec // the operator says where the state is
		return fmt.Errorf("copying the master key: %w", err)
	}
	return nil
}
