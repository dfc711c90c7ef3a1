package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/tier"
	"github.com/analytix-flow/analytix/internal/usage"
)

// Used is what a workspace has used of its tier.
type Used struct {
	Limits tier.Limits `json:"limits" doc:"What the tier of the workspace allows; 0 is no limit."`
	Today  int64       `json:"runs_today" doc:"Runs begun today (UTC)."`
	Now    int64       `json:"runs_now" doc:"Runs under way: they work, or wait for a decision."`
	Days   []usage.Day `json:"days"`
}

// Days says for which days use is asked for.
type Days struct {
	From string `query:"from" format:"date" maxLength:"10" doc:"The first day (UTC); 30 days ago by default."`
	To   string `query:"to" format:"date" maxLength:"10" doc:"The last day (UTC), itself included; today by default."`
}

const mostDays = 400

func (d *Days) between(now time.Time) (from, to time.Time, err error) {
	from, to = now.AddDate(0, 0, -30), now
	for _, x := range []struct {
		text string
		at   *time.Time
	}{{d.From, &from}, {d.To, &to}} {
		if x.text == "" {
			continue
		}
		if *x.at, err = time.Parse(time.DateOnly, x.text); err != nil {
			return from, to, newProblem(http.StatusUnprocessableEntity, "invalid", "A day is written as 2026-11-24.").next("correct the request")
		}
	}
	if to.Before(from) || to.Sub(from) > mostDays*24*time.Hour {
		return from, to, newProblem(http.StatusUnprocessableEntity, "invalid", "The days run backwards, or there are too many.").next("ask for a year at most")
	}
	return from, to, nil
}

type tiersOutput struct {
	Body struct {
		Tiers []tier.Limits `json:"tiers"`
	}
}

type usageOutput struct {
	Body struct {
		Days []usage.Day `json:"days"`
	}
}

func (a *API) tiers() {
	tags := []string{"tiers"}
	register(a, public, huma.Operation{OperationID: "list-tiers", Method: http.MethodGet, Path: Prefix + "/tiers", Summary: "What each tier allows", Tags: tags},
		func(context.Context, *struct{}) (*tiersOutput, error) {
			all, err := tier.All()
			if err != nil {
				return nil, err
			}
			out := &tiersOutput{}
			out.Body.Tiers = all
			return out, nil
		})
	register(a, need(access.RunsRead), huma.Operation{OperationID: "get-usage", Method: http.MethodGet, Path: Prefix + "/workspaces/{workspace}/usage",
		Summary: "What the workspace has used, and what its tier allows", Tags: tags}, a.usage)
	register(a, need(access.SystemObserve), huma.Operation{OperationID: "get-system-usage", Method: http.MethodGet, Path: Prefix + "/system/usage",
		Summary: "What every workspace has used", Tags: tags},
		func(ctx context.Context, in *Days) (*usageOutput, error) {
			from, to, err := in.between(a.now())
			if err != nil {
				return nil, err
			}
			out := &usageOutput{}
			out.Body.Days, err = usage.Days(ctx, a.App.Records(), "", from, to)
			return out, err
		})
}

func (a *API) usage(ctx context.Context, in *struct {
	WorkspacePath
	Days
},
) (*struct{ Body Used }, error) {
	from, to, err := in.between(a.now())
	if err != nil {
		return nil, err
	}
	w, err := a.App.Workspace(ctx, in.Workspace)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body Used }{}
	if out.Body.Limits, err = tier.Of(tier.Name(w.Tier)); err != nil {
		return nil, err
	}
	now, err := usage.Now(ctx, a.App.Records(), w.ID, a.now())
	if err != nil {
		return nil, err
	}
	out.Body.Today, out.Body.Now = now.Today, now.Now
	out.Body.Days, err = usage.Days(ctx, a.App.Records(), w.ID, from, to)
	return out, err
}
