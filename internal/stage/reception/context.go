package reception

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Context works out what the table as a whole is about. Its document is the complete flow.Facts.
type Context struct{}

// NewContext makes the handler.
func NewContext() *Context { return &Context{} }

// Name implements stage.Handler.
func (*Context) Name() string { return HandlerContext }

// Run implements stage.Handler.
func (*Context) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	var facts flow.Facts
	ok, err := job.Documents.Decode(HandlerProfile, &facts)
	if err != nil || !ok {
		return nil, stage.Permanent(fmt.Errorf("determining the context: what the profile found cannot be read: %w", orMissing(err)))
	}
	if err := attach(ctx, job, env.Engine); err != nil {
		return nil, fmt.Errorf("determining the context: %w", err)
	}
	if env.Progress != nil {
		env.Progress(0, "looking for keys")
	}
	if err := Determine(ctx, env.Engine, &facts, job.Goal); err != nil {
		return nil, fmt.Errorf("determining the context: %w; the profile is kept, try again", err)
	}
	document, err := json.Marshal(&facts)
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("determining the context: writing the facts: %w", err))
	}
	return &stage.Result{Document: document}, nil
}

var errNoDocument = errors.New("it is not there")

func orMissing(err error) error {
	if err == nil {
		return errNoDocument
	}
	return err
}

// Determine fills the context of facts from the profiled columns, the session's table data and the goal.
func Determine(ctx context.Context, s *engine.Session, facts *flow.Facts, goal flow.Goal) error {
	keys, near, err := findKeys(ctx, s, facts)
	if err != nil {
		return fmt.Errorf("looking for keys: %w", err)
	}
	c := &facts.Context
	c.Keys = keys
	c.Domain = domain(facts)
	c.TimeColumn = timeColumn(facts)
	c.Measures, c.Dimensions = []string{}, dimensions(facts)
	for i := range facts.Columns {
		if facts.Columns[i].Role == flow.RoleMeasure {
			c.Measures = append(c.Measures, facts.Columns[i].Name)
		}
	}
	c.Grain = grain(facts, near)
	c.Goal, err = readGoal(ctx, s, facts, goal)
	return err
}

// dimensions lists the columns to break measures down by: those with few values first, then those with many.
func dimensions(facts *flow.Facts) []string {
	var few, many []string
	limit := dimensionLimit(facts.Rows)
	for i := range facts.Columns {
		c := &facts.Columns[i]
		switch {
		case c.Role != flow.RoleDimension || slices.Contains(placing, c.Semantic) || c.Distinct < 2:
		case c.Type == flow.Decimal && c.Distinct > limit:
		case c.Distinct <= limit:
			few = append(few, c.Name)
		default:
			many = append(many, c.Name)
		}
	}
	return slices.Concat([]string{}, few, many)
}
