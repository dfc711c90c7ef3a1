package reception

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// corrections are the parameters of an edit of the facts; what is nil stays.
type corrections struct {
	Columns map[string]columnCorrection `json:"columns"`
	Context contextCorrection           `json:"context"`
	Goal    goalCorrection              `json:"goal"`
}

type columnCorrection struct {
	Type     *flow.Type `json:"type"`
	Role     *flow.Role `json:"role"`
	Semantic *string    `json:"semantic_type"`
	Formats  []string   `json:"formats"`
	Additive *string    `json:"additive"`
}

type contextCorrection struct {
	Domain     *string    `json:"domain"`
	Grain      *string    `json:"grain"`
	Keys       [][]string `json:"keys"`
	TimeColumn *string    `json:"time_column"`
	Measures   []string   `json:"measures"`
	Dimensions []string   `json:"dimensions"`
}

type goalCorrection struct {
	Text      *string  `json:"text"`
	KPI       *string  `json:"kpi"`
	Direction *string  `json:"direction"`
	Columns   []string `json:"columns"`
}

var (
	knownRoles = []flow.Role{
		flow.RoleIdentifier, flow.RoleKey, flow.RoleTime, flow.RoleMeasure, flow.RoleDimension, flow.RoleText, flow.RoleConstant, flow.RoleIgnore,
	}
	knownAdditive = []string{"additive", "semi-additive", "ratio"}
)

// correct writes an edit's parameters into the facts. Its errors wrap flow.ErrInvalid and say which entry is wrong.
func correct(facts *flow.Facts, params map[string]any) error {
	raw, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("%w: the correction of the facts cannot be read: %w", flow.ErrInvalid, err)
	}
	var c corrections
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return fmt.Errorf("%w: the correction of the facts cannot be read: %w", flow.ErrInvalid, err)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Columns)) {
		if err := correctColumn(facts, name, c.Columns[name]); err != nil {
			return err
		}
	}
	if err := correctContext(facts, &c.Context); err != nil {
		return err
	}
	return correctGoal(facts, &c.Goal)
}

func correctColumn(facts *flow.Facts, name string, to columnCorrection) error {
	c := facts.Column(name)
	if c == nil {
		return fmt.Errorf("%w: there is no column %q to correct", flow.ErrInvalid, name)
	}
	if to.Type != nil {
		if err := c.Retype(*to.Type); err != nil {
			return fmt.Errorf("%w: %w", flow.ErrInvalid, err)
		}
	}
	if to.Formats != nil {
		c.Formats = to.Formats
	}
	if to.Semantic != nil {
		if *to.Semantic != "" && semantic.Lookup(*to.Semantic) == nil && *to.Semantic != "date" && *to.Semantic != "time" && *to.Semantic != "timestamp" {
			return fmt.Errorf("%w: column %q: %q is no semantic type", flow.ErrInvalid, name, *to.Semantic)
		}
		c.Semantic, c.SemanticFit = *to.Semantic, 0
	}
	if to.Additive != nil {
		if !slices.Contains(knownAdditive, *to.Additive) {
			return fmt.Errorf("%w: column %q: %q is not one of %v", flow.ErrInvalid, name, *to.Additive, knownAdditive)
		}
		c.Additive = *to.Additive
	}
	if to.Role != nil {
		if !slices.Contains(knownRoles, *to.Role) {
			return fmt.Errorf("%w: column %q: %q is no role; take one of %v", flow.ErrInvalid, name, *to.Role, knownRoles)
		}
		setRole(facts, c, *to.Role)
	}
	return nil
}

// setRole moves a column to another role, in the lists of the context too.
func setRole(facts *flow.Facts, c *flow.Column, role flow.Role) {
	c.Role = role
	without := func(n string) bool { return n == c.Name }
	x := &facts.Context
	x.Measures = slices.DeleteFunc(x.Measures, without)
	x.Dimensions = slices.DeleteFunc(x.Dimensions, without)
	switch role {
	case flow.RoleMeasure:
		x.Measures = append(x.Measures, c.Name)
		if c.Additive == "" {
			c.Additive = "additive"
		}
	case flow.RoleDimension:
		x.Dimensions = append(x.Dimensions, c.Name)
	default: // the other roles stand in no list
	}
	if role != flow.RoleMeasure {
		c.Additive = ""
	}
	if x.TimeColumn == c.Name && role != flow.RoleTime {
		x.TimeColumn = timeColumn(facts)
	}
	if role == flow.RoleTime && x.TimeColumn == "" {
		x.TimeColumn = c.Name
	}
}

func correctContext(facts *flow.Facts, to *contextCorrection) error {
	x := &facts.Context
	for _, list := range append([][]string{to.Measures, to.Dimensions}, to.Keys...) {
		if err := exist(facts, list); err != nil {
			return err
		}
	}
	if to.TimeColumn != nil && *to.TimeColumn != "" {
		if err := exist(facts, []string{*to.TimeColumn}); err != nil {
			return err
		}
	}
	set(&x.Domain, to.Domain)
	set(&x.Grain, to.Grain)
	set(&x.TimeColumn, to.TimeColumn)
	if to.Keys != nil {
		x.Keys = to.Keys
	}
	if to.Measures != nil {
		x.Measures = to.Measures
	}
	if to.Dimensions != nil {
		x.Dimensions = to.Dimensions
	}
	return nil
}

func correctGoal(facts *flow.Facts, to *goalCorrection) error {
	if err := exist(facts, to.Columns); err != nil {
		return err
	}
	if err := facts.MeasureGoal(to.KPI, to.Direction); err != nil {
		return err
	}
	g := &facts.Context.Goal
	set(&g.Text, to.Text)
	if to.Columns != nil {
		g.Columns = to.Columns
	}
	return nil
}

func set(to, from *string) {
	if from != nil {
		*to = *from
	}
}

func exist(facts *flow.Facts, names []string) error {
	for _, n := range names {
		if facts.Column(n) == nil {
			return fmt.Errorf("%w: there is no column %q", flow.ErrInvalid, n)
		}
	}
	return nil
}
