package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/query"
	"github.com/analytix-flow/analytix/internal/server"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/insight"
	"github.com/analytix-flow/analytix/internal/stage/quality"
	"github.com/analytix-flow/analytix/internal/stage/reception"
	"github.com/analytix-flow/analytix/internal/stage/recommendation"
	"github.com/analytix-flow/analytix/internal/tier"
)

// opener opens what was received, for the handler that reads it.
type opener struct{}

// Open implements reception.Opener.
func (opener) Open(ctx context.Context, r stage.Received) (io.ReadCloser, error) {
	return dataset.Open(ctx, &r)
}

// managers are the four stages.
func managers() []stage.Manager {
	return []stage.Manager{reception.New(opener{}), quality.New(), insight.New(), recommendation.New()}
}

// handlers is everything that a child process can run.
func handlers() []stage.Handler {
	all := append(outcome.Handlers(), query.Handlers()...)
	for _, m := range managers() {
		all = append(all, m.Handlers()...)
	}
	return all
}

// newProcessor is the command of child processes; people do not call it.
func newProcessor(*streams) *cobra.Command {
	return &cobra.Command{
		Use:    "processor",
		Hidden: true,
		Args:   exactArgs(0),
		RunE:   func(cmd *cobra.Command, _ []string) error { return process.Child(cmd.Context(), handlers()) },
	}
}

// place is where the state is kept.
type place struct{ data string }

func (p place) home(run string) string { return filepath.Join(p.data, "runs", run) }

// masterKeyGiven is the master key that the environment holds, or the file that it names; empty where there is none.
func masterKeyGiven() (string, error) {
	text, err := server.FromFile(os.LookupEnv, "ANALYTIX_MASTER_KEY")
	return orElse(text, os.Getenv("ANALYTIX_MASTER_KEY")), err
}

// masterKey reads the master key from the environment or from the state folder, where it is made on first use.
func (p place) masterKey() (*keys.Master, error) {
	text, err := masterKeyGiven()
	if err != nil {
		return nil, err
	}
	if text != "" {
		return keys.Parse(text)
	}
	if err := os.MkdirAll(p.data, 0o700); err != nil {
		return nil, fmt.Errorf("making the state folder: %w", err)
	}
	return keys.Load(filepath.Join(p.data, "master.key"))
}

// open starts the instance of a run. The folder of the results is the one further folder that engines may write to.
func (p place) open(ctx context.Context, run string, memory int64, out string, log *slog.Logger) (*app.App, error) {
	master, err := p.masterKey()
	if err != nil {
		return nil, err
	}
	opt, err := p.options(run, master)
	if err != nil {
		return nil, err
	}
	opt.MemoryLimit, opt.Log, opt.Folders = memory, log.With("run", run), []string{out}
	return app.Open(ctx, opt)
}

// provider is what wraps the keys of a server: the master key, or the Vault that the operator names.
func (p place) provider(ctx context.Context, k *server.Keys) (keys.Provider, error) {
	if k.Provider != "vault" {
		return p.masterKey()
	}
	v := k.Vault
	return keys.OpenVault(ctx, keys.VaultConfig{Address: v.Address, Engine: v.Engine, Key: v.Key, RoleID: v.RoleID, SecretFile: v.SecretFile})
}

// serverOptions are those of a server whose state the folder is.
func (p place) serverOptions(ctx context.Context, k *server.Keys) (app.Options, error) {
	provider, err := p.provider(ctx, k)
	if err != nil {
		return app.Options{}, err
	}
	opt, err := p.options("", provider)
	opt.Home = p.data
	return opt, err
}

// lookAtServer opens the state of a server without taking up its work: of one that does not run, or whose state is shared.
func lookAtServer(ctx context.Context, cfg *server.Config) (*app.App, error) {
	p, err := serverPlace(cfg)
	if err != nil {
		return nil, err
	}
	opt, err := p.serverOptions(ctx, &cfg.Keys)
	if err != nil {
		return nil, err
	}
	opt.Dormant, opt.PostgresURL, opt.NATSURL, opt.ObjectsURL = true, cfg.Postgres, cfg.NATS, cfg.Objects
	opt.NATSReplicas = cfg.NATSReplicas
	return app.Open(ctx, opt)
}

func (p place) options(run string, master keys.Provider) (app.Options, error) {
	self, err := os.Executable()
	if err != nil {
		return app.Options{}, fmt.Errorf("finding the binary for child processes: %w", err)
	}
	return app.Options{
		Home: p.home(run), Keys: master, Managers: managers(), Command: []string{self, "processor"},
		ExtensionDir: filepath.Join(p.data, "extension"),
	}, nil
}

// visit opens the instance of a run without taking anything up, for do.
func (p place) visit(ctx context.Context, run string, master *keys.Master, do func(*app.App) error) error {
	opt, err := p.options(run, master)
	if err != nil {
		return err
	}
	opt.Dormant = true
	a, err := app.Open(ctx, opt)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close(context.WithoutCancel(ctx)))
}

// knownRun says whether there is a run with the id, in words for the person who named it.
func (p place) knownRun(run string) error {
	if strings.ContainsAny(run, `/\`) || run == "" || run == "." || run == ".." {
		return usage(fmt.Errorf("%q is not the id of a run", run))
	}
	if _, err := os.Stat(p.home(run)); err != nil {
		return usage(fmt.Errorf("there is no run %s below %s: list them with `analytix runs`", run, p.data))
	}
	return nil
}

// codeOf is the exit code of an error that names none.
func codeOf(err error) int {
	switch {
	case stage.IsRefused(err):
		return exitRefused
	case errors.Is(err, tier.ErrLimit):
		return exitForbidden
	default:
		return exitInternal
	}
}

// engineMemory is the engine's share of a child's memory, as package process gives it.
func engineMemory(limit int64) int64 { return limit / 100 * 65 }
