package app

import (
	"context"

	"github.com/analytix-flow/analytix/internal/tier"
)

// SupportedWorkspaces says how many workspaces there are, by tier. The error wraps tier.ErrLimit where there are some and none
// has a tier with priority in support.
func (a *App) SupportedWorkspaces(ctx context.Context) (map[string]int64, error) {
	all, err := a.records.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	var refused error
	supported := len(all) == 0
	for _, w := range all {
		counts[w.Tier]++
		limits, err := tier.Of(tier.Name(w.Tier))
		if err == nil {
			err = limits.CheckSupport()
		}
		supported = supported || err == nil
		refused = err
	}
	if !supported {
		return nil, refused
	}
	return counts, nil
}

// RecordsForm says which database the records are on, and the version of their form.
func (a *App) RecordsForm(ctx context.Context) (database string, schema int64, err error) {
	schema, err = a.records.Schema(ctx)
	return string(a.records.Dialect()), schema, err
}
