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
	cfg := server.Config{}
	var roles []string
	var postgres, nats, memory string
	var workers int
	c := &cobra.Command{
		Use:   "serve",
		Short: "The server: web application, API, and by default every role in one process",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, r := range roles {
				cfg.Roles = append(cfg.Roles, server.Role(r))
			}
			limit := defaultMemory()
			if memory != "" {
				n, err := parseMemory(memory)
				if err != nil {
					return usage(fmt.Errorf("--memory: %w", err))
				}
				limit = n
			}
			dir, err := serverDir(cmd)
			if err != nil {
				return err
			}
			parts, err := serverParts(cmd, s, place{dir})
			if err != nil {
				return err
			}
			parts.App.PostgresURL, parts.App.NATSURL, parts.App.Workers, parts.App.MemoryLimit = postgres, nats, workers, limit
			return serve(cmd.Context(), cfg, parts)
		},
	}
	f := c.Flags()
	f.StringSliceVar(&roles, "role", nil, "all|api|control|worker, repeatable; what this process does (default: all)")
	f.StringVar(&cfg.Listen, "listen", "127.0.0.1:8080", "address to listen on")
	f.StringVar(&cfg.Origin, "origin", "", "the address as users see it, such as https://flow.example.org (default: that of --listen)")
	f.StringVar(&cfg.TLS.CertFile, "tls-cert", "", "certificate chain, PEM; read again when it changes")
	f.StringVar(&cfg.TLS.KeyFile, "tls-key", "", "its private key, PEM")
	f.StringSliceVar(&cfg.TLS.Domains, "tls-domain", nil, "get a certificate for this domain by ACME (repeatable; port 443 must lead here)")
	f.StringVar(&cfg.TLS.Email, "tls-email", "", "whom the authority may write to")
	f.StringVar(&cfg.TLS.Directory, "tls-authority", "", "ACME directory of another authority than Let's Encrypt")
	f.BoolVar(&cfg.TLS.SelfMade, "tls-self-made", false, "make a certificate for local use, whose fingerprint is shown")
	f.IntVar(&cfg.Audit.KeepDays, "audit-keep-days", 0, "drop entries of the access log that are older, 30 at least; 0 keeps them for ever")
	f.StringVar(&cfg.Audit.Syslog, "audit-syslog", "", "send the access log there as well, such as tls://logs.example.org:6514 (tcp, udp)")
	f.BoolVar(&cfg.Audit.CEF, "audit-cef", false, "send it in the Common Event Format")
	f.StringSliceVar(&cfg.AllowTargets, "allow-target", nil, "range, address or name on the premises that webhooks may lead to (repeatable)")
	f.BoolVar(&cfg.Insecure, "insecure", false, "let other machines reach the server without TLS, which a proxy in front has")
	f.DurationVar(&cfg.PointTTL, "point-ttl", 0, "how long control points stay open; 0 is for ever")
	f.IntVar(&cfg.PerCaller, "per-caller", 64, "requests of one account that are worked on at the same time, streams included")
	f.StringVar((*string)(&cfg.Auth.TOTP), "second-factor", "", "who must have a second factor: administrators or everyone (default: nobody)")
	f.StringVar(&postgres, "postgres", os.Getenv("ANALYTIX_POSTGRES_URL"), "keep the records on PostgreSQL (or ANALYTIX_POSTGRES_URL)")
	f.StringVar(&nats, "nats", os.Getenv("ANALYTIX_NATS_URL"), "send messages through a NATS cluster (or ANALYTIX_NATS_URL)")
	f.StringVar(&memory, "memory", "", "what a child process may take, such as 2GiB (default: half of the machine's memory, 8 GiB at most)")
	f.IntVar(&workers, "workers", 0, "how many tasks run at the same time (default: 2)")
	return c
}

// serverDir is the state folder of the server: ./analytix-data where the flag names none.
func serverDir(cmd *cobra.Command) (string, error) {
	if cmd.Flags().Changed("data") {
		return dataDir(cmd)
	}
	dir, err := filepath.Abs("analytix-data")
	if err != nil {
		return "", usage(fmt.Errorf("the state folder: %w", err))
	}
	return dir, nil
}

func serverParts(cmd *cobra.Command, s *streams, p place) (server.Parts, error) {
	opt, err := p.serverOptions(cmd.Context())
	if err != nil {
		return server.Parts{}, err
	}
	parts := server.Parts{App: opt, Version: version, Tell: func(format string, args ...any) {
		_, _ = fmt.Fprintf(s.err, format+"\n", args...) // there is nobody else to tell
	}}
	name, err := cmd.Flags().GetString("log")
	if err != nil {
		return parts, usage(err)
	}
	if name == "" { // a server tells what goes wrong where nobody asks for more
		parts.Log = slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
		return parts, nil
	}
	parts.Log, _, err = logger(cmd, s) // the log stays open as long as the process
	return parts, err
}

func serve(ctx context.Context, cfg server.Config, p server.Parts) error {
	s, err := server.Open(ctx, cfg, p)
	if err != nil {
		return err
	}
	err = s.Wait(ctx)
	return errors.Join(err, s.Close(context.WithoutCancel(ctx)))
}
