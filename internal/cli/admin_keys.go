package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/server"
)

func newRotate(s *streams) *cobra.Command {
	retire := false
	c := &cobra.Command{
		Use:   "rotate",
		Short: "Make a new master key and wrap all keys anew; no data is rewritten",
		Long: "Makes a new master key and wraps all keys below the state folder anew: those of a server that does not run, and those of runs of the " +
			"command line. No data is rewritten. Interrupted, it can be run again. A server that runs is asked by its API (rotate-keys).",
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := serverConfig(cmd)
			if err != nil {
				return err
			}
			p, err := serverPlace(&cfg)
			if err == nil && !cmd.Flags().Changed("data") && !isServer(p.data) { // runs of the command line have a place of their own
				p.data, err = dataDir(cmd)
			}
			if err != nil {
				return err
			}
			cfg.Data = p.data
			return rotate(cmd.Context(), s, p, &cfg, retire)
		},
	}
	c.Flags().BoolVar(&retire, "retire", false, "drop the old master key also where several processes share the state: none of them may run")
	return c
}

// rotate goes on where an earlier rotation was interrupted: every home is wrapped anew before the old keys go.
func rotate(ctx context.Context, s *streams, p place, cfg *server.Config, retire bool) (err error) {
	var home *app.App
	if isServer(p.data) {
		// Opened before anything changes, and held until all is done: a server that runs says no here.
		if home, err = lookAtServer(ctx, cfg); err != nil {
			if errors.Is(err, app.ErrInUse) {
				return fmt.Errorf("%w; or rotate through the server that runs: POST /api/v1/system/keys/rotate", err)
			}
			return err
		}
		defer func() { err = errors.Join(err, home.Close(context.WithoutCancel(ctx))) }()
	}
	if cfg.Keys.Provider == "vault" && home != nil {
		r, err := home.RotateKeys(ctx)
		if err != nil {
			return err
		}
		if err := recordRotation(ctx, home, p, r.Datasets); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "the keys of %d datasets are wrapped by the present key of the Vault\n", r.Datasets)
		return err
	}
	master, err := p.masterKey()
	if err != nil {
		return err
	}
	return master.Alone(func() error { return rotateFile(ctx, s, p, cfg, home, master, retire) })
}

// rotateFile rotates a master key that is kept in a file or in the environment.
func rotateFile(ctx context.Context, s *streams, p place, cfg *server.Config, home *app.App, master *keys.Master, retire bool) error {
	made := true
	if err := master.Rotate(); errors.Is(err, keys.ErrNoFile) {
		made = false // the first key of the variable wraps
	} else if err != nil {
		return err
	}
	runs, datasets, err := rewrapHomes(ctx, p, home, master)
	if err != nil {
		return err
	}
	told := "the keys of %d runs and %d datasets of a server are wrapped by the new master key\n"
	switch {
	case !made:
		told = "the keys of %d runs and %d datasets of a server are wrapped by the first key of ANALYTIX_MASTER_KEY; the others can be taken out of it\n"
	case cfg.Postgres != "" && !retire:
		told += "the old one is kept, for other processes may use it: with none of them running, rotate with --retire\n"
	default:
		err = master.Retire()
	}
	if err != nil {
		return err
	}
	if home != nil {
		if err := recordRotation(ctx, home, p, datasets); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(s.out, told, runs, datasets)
	return err
}

// recordRotation tells the access log of the server.
func recordRotation(ctx context.Context, home *app.App, p place, datasets int) error {
	log, err := server.OpenAccess(ctx, home, p.data, 0, nil)
	if err != nil {
		return err
	}
	err = log.Happened(ctx, accesslog.Access{Account: "operator", Operation: "keys.rotated", Agent: agent, Status: http.StatusOK, Note: fmt.Sprintf("datasets=%d", datasets)})
	return errors.Join(err, log.Close(context.WithoutCancel(ctx)))
}

// rewrapHomes wraps the keys of the server anew, where there is one, and of every run of the command line.
func rewrapHomes(ctx context.Context, p place, home *app.App, master *keys.Master) (runs, datasets int, err error) {
	const kept = "nothing is lost, all keys stay readable: mend it and rotate again"
	if home != nil {
		if datasets, err = home.Rewrap(ctx); err != nil {
			return 0, 0, fmt.Errorf("the server: %w; %s", err, kept)
		}
	}
	ids, err := p.runIDs()
	if err != nil {
		return 0, 0, err
	}
	for _, id := range ids {
		err := p.visit(ctx, id, master, func(a *app.App) error {
			_, err := a.Rewrap(ctx)
			return err
		})
		if err != nil {
			return 0, 0, fmt.Errorf("run %s: %w; %s", id, err, kept)
		}
	}
	return len(ids), datasets, nil
}
