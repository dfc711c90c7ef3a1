package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/server"
	"github.com/analytix-flow/analytix/internal/store"
)

// isServer says whether a folder is the state of a server: its keys are there, or its copies of files that are kept elsewhere,
// and no results.
func isServer(dir string) bool {
	_, keys := os.Stat(filepath.Join(dir, "keys.json"))
	_, copies := os.Stat(filepath.Join(dir, "copies"))
	_, results := os.Stat(filepath.Join(dir, "audit.jsonl"))
	return (keys == nil || copies == nil) && results != nil
}

// verifyServer checks the state of a server that does not run: its access log, and of every run the chain, the stored files
// and the lineage. The error joins everything that does not hold.
func verifyServer(ctx context.Context, s *streams, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return usage(fmt.Errorf("the state folder %s: %w", dir, err))
	}
	cfg, _, err := server.Load(nil, os.LookupEnv, configFile(""))
	if err != nil {
		return usage(err)
	}
	cfg.Data = dir
	given, err := masterKeyGiven()
	if err != nil {
		return usage(err)
	}
	_, err = os.Stat(filepath.Join(dir, "master.key")) // with a new one nothing could be read
	if err != nil && given == "" && cfg.Keys.Provider != "vault" {
		return usage(fmt.Errorf("%s holds the state of a server, and its master key is not there: give it in ANALYTIX_MASTER_KEY", dir))
	}
	return verifyState(ctx, s, &cfg, dir)
}

// verifyState is verifyServer for the state of a configuration.
func verifyState(ctx context.Context, s *streams, cfg *server.Config, dir string) error {
	a, err := lookAtServer(ctx, cfg)
	if err != nil {
		return err
	}
	faults := verifyAccess(ctx, s, a, dir)
	runs, err := a.Runs(ctx)
	faults = errors.Join(faults, err)
	for i := range runs {
		if err := verifyStored(ctx, s, a, &runs[i]); err != nil {
			faults = errors.Join(faults, fmt.Errorf("run %s: %w", runs[i].ID, err))
		}
	}
	return errors.Join(faults, a.Close(context.WithoutCancel(ctx)))
}

func verifyAccess(ctx context.Context, s *streams, a *app.App, dir string) error {
	log, err := accesslog.Look(ctx, accesslog.Config{Store: a.Records(), Ring: a.Ring(), Anchor: filepath.Join(dir, server.AnchorFile)})
	if err != nil {
		return err
	}
	r, err := log.Verify(ctx)
	if err != nil {
		return err
	}
	if r.Last == 0 {
		_, err = fmt.Fprintln(s.out, "access log: it is empty")
		return err
	}
	if _, err := fmt.Fprintf(s.out, "access log: entries %d to %d and %d signatures hold; signed to entry %d at %s with key %s\n", r.First, r.Last,
		r.Signatures, r.Signed, r.SignedAt.Format("2006-01-02 15:04:05 MST"), accesslog.KeyID(log.PublicKey())); err != nil {
		return err
	}
	if !r.Closed {
		_, err = fmt.Fprintf(s.out, "access log: the server did not end as it should; the last %d entries are held by the chain and its anchor alone\n", r.Last-r.Signed)
	}
	return err
}

// verifyStored checks a run of a server; of one that was erased only the chain is left.
func verifyStored(ctx context.Context, s *streams, a *app.App, run *store.Run) error {
	links, err := a.Audit(ctx, run.ID)
	if err != nil {
		return err
	}
	var chain bytes.Buffer
	for _, l := range links {
		chain.Write(l.Line())
	}
	check := audit.Verify
	switch run.Status {
	case "done", "aborted", "erased":
		check = audit.VerifySealed
	}
	report, err := check(&chain)
	if err != nil {
		return fmt.Errorf("its audit chain: %w", err)
	}
	if run.Status == "erased" {
		_, err = fmt.Fprintf(s.out, "run %s: %d recorded entries hold; its data was erased\n", run.ID, report.Entries)
		return err
	}
	v, err := a.Verify(ctx, run.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "run %s: %d recorded entries, %d stored files and the lineage of %d changed cells hold\n",
		run.ID, report.Entries, v.Files, v.Changed)
	return err
}
