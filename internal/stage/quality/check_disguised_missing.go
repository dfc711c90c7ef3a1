package quality

import (
	"context"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// disguisedMissing finds texts that mean "missing": words such as N/A, and numbers that stand in for a gap, such as
// 999. A table that writes every gap by one word, in several columns, and leaves no cell empty has a convention;
// that is told, but its cells are not errors.
var _ = register(spec{id: "disguised_missing", handler: handlerCompleteness, run: disguisedMissing})

func disguisedMissing(ctx context.Context, t *Table) ([]Finding, error) {
	users, empty, err := tokenUsers(ctx, t)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		v, err := t.Values(ctx, c.Name)
		if err != nil {
			return nil, err
		}
		if f := missingTokens(t, c, v, users, empty); f != nil {
			out = append(out, *f)
		}
		if f := standIn(c, v); f != nil {
			out = append(out, *f)
		}
	}
	return out, nil
}

// tokenUsers counts in how many columns each missing token stands, and whether any cell of the table is empty.
func tokenUsers(ctx context.Context, t *Table) (users map[string]int, empty bool, err error) {
	users = map[string]int{}
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		empty = empty || c.Missing > 0
		v, err := t.Values(ctx, c.Name)
		if err != nil {
			return nil, false, err
		}
		for _, x := range v.List {
			if semantic.MissingToken(x.Value) {
				users[x.Value]++
			}
		}
	}
	return users, empty, nil
}

// ambiguous are tokens that are also ordinary categories or codes; they need a column of numbers or dates, or company.
var ambiguous = []string{"none", "unknown", "na", "*", "**", "-", ".", "_", "nil", "missing", "empty", "blank", "not known", "unk", "not reported", "leer", "leeg", "geen", "brak", "vide", "nan"}

func missingTokens(t *Table, c *flow.Column, v *Values, users map[string]int, empty bool) *Finding {
	var tokens []string
	var cells int64
	everywhere, convention := !empty, true
	for _, x := range v.List {
		if !semantic.MissingToken(x.Value) {
			continue
		}
		tokens = append(tokens, x.Value)
		cells += x.Count
		convention = convention && users[x.Value] > 1
	}
	// Several columns that write their gaps alike, often and more than by empty cells, do so by rule.
	convention = convention && (everywhere || c.Missing < cells && share(cells, v.Present) > 0.1)
	if len(tokens) == 0 {
		return nil
	}
	typed := c.Type.Numeric() || c.Type.Temporal() || c.Type == flow.Boolean || c.Type == flow.Time
	sure := 0.9
	why := []string{}
	switch {
	case cells == v.Present:
		convention = true // the whole column says so: there is nothing that it breaks with
	case !typed && slices.ContainsFunc(tokens, func(s string) bool { return slices.Contains(ambiguous, lower(s)) }):
		sure = 0.45
		why = append(why, "the text may be a category of its own here")
	case !typed:
		sure = 0.75
	}
	where := inTexts(c.Name, tokens)
	f := &Finding{Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(cells, t.Facts.Rows), flow.Medium), Confidence: sure,
		Rows: cells, Cells: cells,
		Title: phrase.Count(cells, "%d {cell|cells} of %s {says|say} %s where a value is missing", cells, c.Name, quoted(tokens, 4)),
		Evidence: flow.Evidence{
			SQL: evidence(c.Name, where), Numbers: map[string]float64{"cells": float64(cells), "share": share(cells, t.Facts.Rows)}, Notes: why,
		},
	}}
	set := setMissing(c.Name, tokens)
	if convention || sure < 0.5 {
		if convention {
			f.Issue.Evidence.Notes = append(f.Issue.Evidence.Notes, "the table writes its gaps this way throughout, so nothing is flagged")
		}
		f.Issue.Severity, f.Issue.Resolutions = flow.Info, []flow.Resolution{markOnly(), set}
		return f
	}
	f.Issue.Resolutions = []flow.Resolution{recommended(set, "a missing value is then counted as one"), markOnly()}
	f.Group, f.GroupTitle = "tokens", "Words stand where values are missing, in %s"
	return f
}

// standIn finds a number that stands for a gap: one of the usual ones, often, and far from all others.
func standIn(c *flow.Column, v *Values) *Finding {
	if !c.Type.Numeric() || c.Role == flow.RoleIdentifier || c.Role == flow.RoleKey || !v.Complete || len(v.List) < 8 {
		return nil
	}
	nums := numbers(v)
	if len(nums) < 8 {
		return nil
	}
	for _, end := range []int{0, len(nums) - 1} {
		x := nums[end]
		if !gapNumber(x.number) || x.count < 3 || x.count < 3*v.Present/1000 {
			continue
		}
		rest := nums[1:]
		if end > 0 {
			rest = nums[:end]
		}
		if !farOff(x, rest) {
			continue
		}
		share := share(x.count, v.Present)
		f := &Finding{Issue: flow.Issue{
			Columns: []string{c.Name}, Severity: severity(c, share, flow.Medium), Confidence: 0.75, Rows: x.count, Cells: x.count,
			Title: phrase.Count(x.count, "%d {cell|cells} of %s {holds|hold} %s, which seems to stand for a missing value", x.count, c.Name, x.text),
			Evidence: flow.Evidence{
				SQL: evidence(c.Name, inTexts(c.Name, []string{x.text})), Numbers: map[string]float64{"cells": float64(x.count), "share": share},
				Notes: []string{"it is far from all other values and returns exactly; a real limit of the scale would look alike"},
			},
			Resolutions: []flow.Resolution{recommended(setMissing(c.Name, []string{x.text}), "computing with it distorts sums and means"), markOnly()},
		}, Priority: 1}
		return f
	}
	return nil
}

func gapNumber(n float64) bool {
	return slices.Contains([]float64{-1, -9, -99, -999, -9999, -99999, 99, 999, 9999, 99999, 999999, 9999999, -1e6, 8888, 77777, 88888}, n)
}

// farOff says whether a value lies outside of the others by more than their own spread, and more often than its place
// in the tail would allow.
func farOff(x numberCount, rest []numberCount) bool {
	low, high := quantile(rest, 0.02), quantile(rest, 0.98)
	spread := high - low
	near := rest[0]
	if x.number > near.number {
		near = rest[len(rest)-1]
	}
	gap := x.number - near.number
	if gap < 0 {
		gap = -gap
	}
	often := int64(2) * near.count
	if x.number < 0 && rest[0].number >= 0 {
		return x.count >= often // a negative number among counts
	}
	return spread > 0 && gap > spread && x.count >= often
}
