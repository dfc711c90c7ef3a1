package recipe

import (
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Automatic decides at control points in the place of a person, by what people wrote before.
type Automatic struct {
	Recipe *Recipe   // its entries and policies decide first; nil for none
	Mode   flow.Mode // decides what they leave open; ask and empty leave it to a person
}

// Point is a control point as Automatic sees it.
type Point struct {
	Target
	Columns []string                 // of the table
	Decided map[string]flow.Decision // taken before, by item; they stand
}

// Taken is what Automatic takes.
type Taken struct {
	Decisions []flow.Decision // complete save the ids of those of the recipe
	New       []New           // issues that the recipe does not cover, also where the mode decides on them
	// Closer is who may close the point once the decisions are taken; empty where a person has to look.
	Closer flow.Actor
}

// At says what is decided at a point. The error says where the recipe does not fit the table.
func (a *Automatic) At(p Point, at time.Time) (*Taken, error) {
	out := &Taken{}
	decided := map[string]flow.Decision{}
	for item, d := range p.Decided {
		decided[item] = d
	}
	if a.Recipe != nil {
		if p.Proposal.Stage == flow.Reception {
			if err := a.Recipe.Fits(p.Columns); err != nil {
				return nil, err
			}
		}
		m := a.Recipe.Match(p.Target)
		for _, d := range m.Decisions {
			if _, ok := decided[d.Item]; !ok {
				out.Decisions = append(out.Decisions, d)
				decided[d.Item] = d
			}
		}
		// Insights, recommendations and facts speak of the new file by nature: only issues, which change data, stop a replay.
		for _, n := range m.New {
			if _, ok := decided[n.Item.ID]; !ok && n.Item.Kind == flow.ItemIssue {
				out.New = append(out.New, n)
			}
		}
		if len(out.New) == 0 && a.replays() {
			out.Closer = a.Recipe.Actor()
		}
	}
	if a.Mode != "" && a.Mode != flow.ModeAsk {
		out.Decisions = append(out.Decisions, a.Mode.Decide(p.Proposal, decided, at)...)
		if out.Closer.Kind == "" {
			out.Closer = flow.Actor{Kind: flow.ActorMode, Name: string(a.Mode)}
		}
	}
	return out, nil
}

// replays says whether the recipe holds decisions of an earlier run, and not policies alone: those decide on what they
// cover and leave the closing to a person.
func (a *Automatic) replays() bool { return len(a.Recipe.Decisions) > 0 }
