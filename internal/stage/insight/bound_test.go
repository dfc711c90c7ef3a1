package insight

import (
	"fmt"
	"slices"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
)

func TestOfVeryManyColumnsThoseAreSearchedThatTheGoalSpeaksOf(t *testing.T) {
	t.Parallel()
	facts := &flow.Facts{Rows: 500}
	for i := range 3000 {
		c := flow.Column{Name: fmt.Sprintf("reading_%d", i), Type: flow.Decimal, Role: flow.RoleMeasure, Distinct: 400}
		switch i % 3 {
		case 1:
			c = flow.Column{Name: fmt.Sprintf("area_%d", i), Type: flow.Text, Role: flow.RoleDimension, Distinct: 5}
		case 2:
			c = flow.Column{Name: fmt.Sprintf("day_%d", i), Type: flow.Date, Role: flow.RoleTime, Distinct: 100}
		}
		facts.Columns = append(facts.Columns, c)
	}
	facts.Columns[2997].Name, facts.Columns[2998].Name = "revenue", "region"
	facts.Context.TimeColumn = facts.Columns[2999].Name
	p := planOf(facts)
	limits := p.bound(facts, newRelevance(facts, flow.Goal{Text: "raise revenue by region"}))
	if len(p.measures) != mostMeasures || len(p.groups) != mostGroups || len(p.times) != mostTimes {
		t.Errorf("%d measures, %d groups and %d times are searched", len(p.measures), len(p.groups), len(p.times))
	}
	if len(limits) != 3 {
		t.Errorf("it says %q", limits)
	}
	if p.measures[mostMeasures-1].Name != "revenue" || p.groups[mostGroups-1].Column != "region" || p.times[mostTimes-1].Name != facts.Context.TimeColumn {
		t.Error("what the goal speaks of, or the time column, is left out")
	}
	if p.measures[0].Name != "reading_0" || p.measures[1].Name != "reading_3" {
		t.Error("they are not in the order of the file")
	}
	few := &flow.Facts{Rows: 500, Columns: slices.Clone(facts.Columns[:30])}
	p = planOf(few)
	if limits := p.bound(few, newRelevance(few, flow.Goal{})); limits != nil || len(p.measures) != 10 {
		t.Errorf("of a few columns it says %q and keeps %d", limits, len(p.measures))
	}
}

func TestDatesOfBirthAreNoCourseOfTime(t *testing.T) {
	t.Parallel()
	facts := &flow.Facts{Rows: 500}
	for _, name := range []string{"joined", "birth_date", "dateofbirth", "dob"} {
		facts.Columns = append(facts.Columns, flow.Column{Name: name, Type: flow.Date, Role: flow.RoleTime, Distinct: 400})
	}
	for when, want := range map[string]int{"": 1, "joined": 1, "dob": 2} {
		facts.Context.TimeColumn = when
		if p := planOf(facts); len(p.times) != want || p.times[0].Name != "joined" {
			t.Errorf("with %q as the time: %d times are searched", when, len(p.times))
		}
	}
}

func TestWhatIsToBeIgnoredIsNotLookedAt(t *testing.T) {
	t.Parallel()
	facts := &flow.Facts{Rows: 500}
	for _, kind := range []flow.Type{flow.Boolean, flow.Integer, flow.Date, flow.Text} {
		facts.Columns = append(facts.Columns, flow.Column{Name: string(kind), Type: kind, Role: flow.RoleIgnore, Distinct: 6, Examples: []string{"so it goes"}})
	}
	if p := planOf(facts); len(p.measures)+len(p.groups)+len(p.times)+len(p.texts) > 0 {
		t.Errorf("it searches %v, %v, %v and %v", p.measures, p.groups, p.times, p.texts)
	}
}
