package app

import (
	"context"
	"errors"
	"net/url"

	"github.com/analytix-flow/analytix/internal/condition"
	"github.com/analytix-flow/analytix/internal/outbound"
)

func (a *App) filesTold(err error) {
	if a.opt.Conditions != nil {
		a.opt.Conditions.Report(condition.Files, "", err)
	}
}

// receiverTold is told what came of a delivery. That an address may not be reached is no fault of the receiver.
func (a *App) receiverTold(host string, err error) {
	if a.opt.Conditions != nil && !errors.Is(err, outbound.ErrRefused) {
		a.opt.Conditions.Report(condition.Webhooks, host, err)
	}
}

// Checks ask the parts that nothing works without how they stand. Each returns by itself only when its context ends or it knows.
func (a *App) Checks() map[condition.Part]func(context.Context) error {
	checks := map[condition.Part]func(context.Context) error{
		condition.Database: a.recording,
		condition.Disk:     func(context.Context) error { return a.Room() },
		condition.Messages: func(context.Context) error { return a.control.Broker().Ready() },
	}
	if a.objects != nil {
		checks[condition.Files] = a.objects.Check
	}
	return checks
}

// recording says whether something can be recorded. That is tried only where there is a doubt: a server that rests writes nothing.
func (a *App) recording(ctx context.Context) error {
	_, err := a.records.RunCounts(ctx)
	if _, down := a.records.Outage(); err != nil || down {
		return a.Recording(ctx)
	}
	return nil
}

// Recording says whether something can be recorded, by doing so.
func (a *App) Recording(ctx context.Context) error { return a.records.Check(ctx) }

// Receivers says which hosts webhooks that are switched on lead to.
func (a *App) Receivers(ctx context.Context) (map[string]bool, error) {
	hosts := map[string]bool{}
	if a.hooks == nil {
		return hosts, nil
	}
	all, err := a.records.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		hooks, err := a.hooks.List(ctx, w.ID)
		if err != nil {
			return nil, err
		}
		for _, h := range hooks {
			if u, err := url.Parse(h.URL); err == nil && h.Active {
				hosts[u.Host] = true
			}
		}
	}
	return hosts, nil
}
