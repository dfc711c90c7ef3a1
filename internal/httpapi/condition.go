package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/condition"
)

// Condition is something that is out of order right now.
type Condition struct {
	Part  string    `json:"part" doc:"A stable word: database, disk, object_storage, vault, broker, access_log, sign_in, mail, webhooks, backup, certificate_authority, syslog or traces."`
	Since time.Time `json:"since" doc:"When it was first found so."`
	Title string    `json:"title" doc:"What is out of order."`
	Works string    `json:"works" doc:"What works all the same."`
	Held  string    `json:"held" doc:"What is held back, and what of it is kept."`
	Next  string    `json:"next" doc:"What happens next, and what is to be done."`
}

// SystemCondition is the same for those who run the system.
type SystemCondition struct {
	Condition
	Which string    `json:"which,omitempty" doc:"Which of several, such as the host of a receiver."`
	Why   string    `json:"why" doc:"What is known of the reason; the log tells more."`
	Last  time.Time `json:"last" doc:"When it was last found so."`
	Felt  bool      `json:"felt" doc:"Those who work with the application notice it, and are told."`
}

func conditionOf(c *condition.Condition) Condition {
	w := c.Part.Says()
	return Condition{Part: string(c.Part), Since: c.Since.UTC(), Title: w.Title, Works: w.Works, Held: w.Held, Next: w.Next}
}

func (a *API) conditions() {
	tags := []string{"system"}
	register(a, public, huma.Operation{OperationID: "get-status", Method: http.MethodGet, Path: Prefix + "/status",
		Summary: "What is out of order that everybody feels, as far as this process knows", Tags: tags,
		Description: "Needs no sign-in, for nobody can sign in while the database is gone. Empty where everything is in order."}, a.status)
	register(a, need(access.SystemObserve), huma.Operation{OperationID: "list-conditions", Method: http.MethodGet, Path: Prefix + "/system/conditions",
		Summary: "Everything that is out of order, as far as the processes of the instance know, the worst first", Tags: tags}, a.listConditions)
}

type statusOutput struct {
	Body struct {
		Conditions []Condition `json:"conditions"`
	}
}

func (a *API) status(context.Context, *struct{}) (*statusOutput, error) {
	out := &statusOutput{}
	out.Body.Conditions = []Condition{}
	last := ""
	for _, c := range a.Board.Now() {
		if c.Part.Says().Felt && string(c.Part) != last {
			out.Body.Conditions = append(out.Body.Conditions, conditionOf(&c))
			last = string(c.Part)
		}
	}
	return out, nil
}

type conditionsOutput struct {
	Body struct {
		Conditions []SystemCondition `json:"conditions"`
	}
}

func (a *API) listConditions(ctx context.Context, _ *struct{}) (*conditionsOutput, error) {
	out := &conditionsOutput{}
	out.Body.Conditions = a.outNow(ctx)
	return out, nil
}

func (a *API) outNow(ctx context.Context) []SystemCondition {
	found := a.Board.Now()
	if a.Elsewhere != nil {
		others, err := a.Elsewhere(ctx)
		if err != nil { // then the records are out, which is on the board, or will be
			a.log.WarnContext(ctx, "what other processes found out of order is not known", "error", err)
		}
		found = condition.Join(found, others)
	}
	all := []SystemCondition{}
	for _, c := range found {
		all = append(all, SystemCondition{Condition: conditionOf(&c), Which: c.Which, Why: c.Why, Last: c.Last.UTC(), Felt: c.Part.Says().Felt})
	}
	return all
}

// outOfOrder is the answer to a request that failed since something is out of order; nil where nothing is that would explain it.
func (a *API) outOfOrder(ctx context.Context) *Problem {
	if a.Doubt == nil {
		return nil
	}
	c, out := a.Doubt(ctx)
	if !out {
		return nil
	}
	w := c.Part.Says()
	return newProblem(http.StatusServiceUnavailable, "out_of_order", w.Title).kept("what was stored before stands; of this request nothing is").
		next("%s", strings.TrimSuffix(w.Next, ".")+", then try again").header("Retry-After", "5")
}
