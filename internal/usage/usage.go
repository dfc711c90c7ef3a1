// Package usage meters what each workspace uses, by day (UTC), and holds workspaces against their tier where a limit is one
// on use: runs a day, and runs at a time. What a tier allows is package tier's to say.
package usage

import (
	"context"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
)

// Measure is something that is metered. Measures are stored: they are never renamed.
type Measure string

// The measures.
const (
	Runs   Measure = "runs"              // runs begun
	Bytes  Measure = "bytes"             // bytes received
	Rows   Measure = "rows"              // rows read by reception
	Cells  Measure = "cells"             // cells changed by decisions
	Millis Measure = "work_milliseconds" // time that handlers worked, each in a process of its own
)

// The statuses of runs that are under way, as package control writes them: they work, or wait for a decision.
const (
	running = "running"
	waiting = "waiting"
)

// Add meters use, in the transaction that brings it about. A run without a workspace is the command line's, and not metered.
func Add(ctx context.Context, tx *store.Tx, workspace string, at time.Time, m Measure, amount int64) error {
	if workspace == "" || amount == 0 {
		return nil
	}
	_, err := tx.AddUsage(ctx, workspace, at, string(m), amount)
	return err
}

// Admit holds a run that is about to be recorded against the tier of its workspace, and meters it, in the transaction that
// records it: two runs that are asked for at once cannot both be the last that is allowed. The error wraps tier.ErrLimit.
func Admit(ctx context.Context, tx *store.Tx, l tier.Limits, workspace string, at time.Time, bytes int64) error {
	if workspace == "" {
		return nil
	}
	// Metering comes first: on PostgreSQL it has transactions of the same workspace and day wait for one another.
	today, err := tx.AddUsage(ctx, workspace, at, string(Runs), 1)
	if err != nil {
		return err
	}
	now, err := tx.CountRuns(ctx, workspace, running, waiting)
	if err != nil {
		return err
	}
	if err := l.CheckRun(tier.Use{Today: today - 1, Now: now}); err != nil {
		return err
	}
	return Add(ctx, tx, workspace, at, Bytes, bytes)
}

// Day is what a workspace used on a day.
type Day struct {
	Workspace string            `json:"workspace"`
	Day       string            `json:"day" format:"date" doc:"UTC"`
	Used      map[Measure]int64 `json:"used" doc:"By measure: runs, bytes, rows, cells, work_milliseconds"`
}

// Days lists what was used from one day to another, both included, by workspace and day; an empty workspace means all of them.
func Days(ctx context.Context, s *store.Store, workspace string, from, to time.Time) ([]Day, error) {
	all, err := s.Usage(ctx, workspace, from, to)
	if err != nil {
		return nil, err
	}
	days := []Day{}
	for _, u := range all {
		day := u.Day.Format(time.DateOnly)
		if n := len(days); n == 0 || days[n-1].Workspace != u.Workspace || days[n-1].Day != day {
			days = append(days, Day{Workspace: u.Workspace, Day: day, Used: map[Measure]int64{}})
		}
		days[len(days)-1].Used[Measure(u.Measure)] = u.Amount
	}
	return days, nil
}

// Now is what a workspace has used of the limits of its tier today.
func Now(ctx context.Context, s *store.Store, workspace string, at time.Time) (tier.Use, error) {
	days, err := Days(ctx, s, workspace, at, at)
	if err != nil {
		return tier.Use{}, err
	}
	now, err := s.CountRuns(ctx, workspace, running, waiting)
	return tier.Use{Today: Total(days)[Runs], Now: now}, err
}

// Total adds up what was used on some days.
func Total(days []Day) map[Measure]int64 {
	total := map[Measure]int64{}
	for _, d := range days {
		for m, amount := range d.Used {
			total[m] += amount
		}
	}
	return total
}
