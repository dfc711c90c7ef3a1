package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/server"
)

func newServe(s *streams) *cobra.Command {
	var file string
	var show bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "The server: web application, API, and by default every role in one process",
		Long: "The server: web application, API, and by default every role in one process.\n\nWhat a flag says goes before the variable of the " +
			"environment that stands behind it in brackets, and that before the file of --config.",
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, from, err := server.Load(cmd.Flags(), os.LookupEnv, configFile(file))
			if err != nil {
				return usage(err)
			}
			if show {
				return cfg.Print(s.out, from)
			}
			parts, err := serverParts(cmd.Context(), s, &cfg)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), cfg, parts)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&file, "config", "", "read settings from this file, YAML [ANALYTIX_CONFIG]")
	f.BoolVar(&show, "print-config", false, "show the settings in effect and where they come from, without secrets, and end")
	server.Flags(f)
	return c
}

// configFile is the file that the flag or the environment names; empty where there is none.
func configFile(flag string) string { return orElse(flag, os.Getenv("ANALYTIX_CONFIG")) }

// serverConfig is the configuration of a server whose state other commands open: from the environment and the file of
// --config, where the command has that, and the folder from --data.
func serverConfig(cmd *cobra.Command) (server.Config, error) {
	file := ""
	if f := cmd.Flags().Lookup("config"); f != nil {
		file = f.Value.String()
	}
	cfg, _, err := server.Load(nil, os.LookupEnv, configFile(file))
	if err != nil {
		return cfg, usage(err)
	}
	if cmd.Flags().Changed("data") {
		cfg.Data, err = dataDir(cmd)
	}
	return cfg, err
}

func serverParts(ctx context.Context, s *streams, cfg *server.Config) (server.Parts, error) {
	p, err := serverPlace(cfg)
	if err != nil {
		return server.Parts{}, err
	}
	opt, err := p.serverOptions(ctx, &cfg.Keys)
	if err != nil {
		return server.Parts{}, err
	}
	opt.MemoryLimit = defaultMemory()
	if cfg.Memory != "" {
		if opt.MemoryLimit, err = parseMemory(cfg.Memory); err != nil {
			return server.Parts{}, usage(fmt.Errorf("--memory: %w", err))
		}
	}
	opt.MemoryBudget = defaultBudget(opt.MemoryLimit)
	if cfg.MemoryBudget != "" {
		if opt.MemoryBudget, err = parseMemory(cfg.MemoryBudget); err != nil {
			return server.Parts{}, usage(fmt.Errorf("--memory-budget: %w", err))
		}
	}
	parts := server.Parts{App: opt, Version: version, Tell: func(format string, args ...any) {
		_, _ = fmt.Fprintf(s.err, format+"\n", args...) // there is nobody else to tell
	}}
	if cfg.Log == "" { // a server tells what goes wrong where nobody asks for more
		parts.Log = slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
		return parts, nil
	}
	parts.Log, _, err = openLog(cfg.Log, s) // the log stays open as long as the process
	return parts, err
}

// serverPlace is the state folder of a configuration.
func serverPlace(cfg *server.Config) (place, error) {
	dir, err := filepath.Abs(cfg.Data)
	if err != nil {
		return place{}, usage(fmt.Errorf("the state folder: %w", err))
	}
	return place{dir}, nil
}

func serve(ctx context.Context, cfg server.Config, p server.Parts) error {
	s, err := server.Open(ctx, cfg, p)
	if err != nil {
		return err
	}
	err = s.Wait(ctx)
	return errors.Join(err, s.Close(context.WithoutCancel(ctx)))
}
