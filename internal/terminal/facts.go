package terminal

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
	"github.com/analytix-flow/analytix/internal/recipe"
)

func (e *entry) describeFacts(f *flow.Facts) {
	e.title, e.badge = "How the file is read, and what its columns are", string(flow.Reception)
	e.amount = fmt.Sprintf("%d columns", len(f.Columns))
	header := "no header"
	if f.Format.Header {
		header = "with a header"
	}
	read := fmt.Sprintf("%s, %s, delimiter %q, quote %q, %s; %d rows", f.Format.Format, f.Format.Encoding, f.Format.Delimiter, f.Format.Quote, header, f.Rows)
	if f.Format.Compression != "" {
		read += ", " + f.Format.Compression
	}
	e.facts = append(e.facts, read)
	for _, kind := range slices.Sorted(maps.Keys(f.Problems)) {
		e.facts = append(e.facts, phrase.Count(f.Problems[kind], "! %d {line|lines}: %s", f.Problems[kind], strings.ReplaceAll(kind, "_", " ")))
	}
	if f.Context.Domain != "" {
		e.facts = append(e.facts, "about: "+f.Context.Domain)
	}
	if f.Context.Grain != "" {
		e.facts = append(e.facts, "a row is: "+f.Context.Grain)
	}
	if f.Context.TimeColumn != "" {
		e.facts = append(e.facts, "time: "+f.Context.TimeColumn)
	}
	switch g := f.Context.Goal; {
	case g.KPI != "":
		e.facts = append(e.facts, strings.TrimSpace("the goal is measured by "+g.KPI+", "+direction(g.Direction)))
	case g.Text != "":
		e.facts = append(e.facts, "no column measures the goal: name one with e, as goal: kpi")
	}
	e.body = func(width int) []string { return columnTable(f, width) }
	e.options = []flow.Resolution{{ID: flow.OptionKeep, Label: "Take the facts as they are (e corrects them)", Params: canonical(corrections(f))}}
}

func direction(d string) string {
	switch d {
	case "up":
		return "more is better"
	case "down":
		return "less is better"
	default:
		return "which way is better is not known"
	}
}

// columnTable lists the columns, and below them why each was taken for what it is.
func columnTable(f *flow.Facts, width int) []string {
	line := func(name, kind, semantic, role, missing, distinct, rest string) string {
		return cut("  "+pad(clean(name), 18)+" "+pad(kind, 9)+" "+pad(semantic, 12)+" "+pad(role, 10)+" "+right(missing, 7)+" "+right(distinct, 8)+"  "+rest, width)
	}
	out := []string{"", soft.Render(line("column", "type", "meaning", "role", "missing", "distinct", "examples"))}
	for i := range f.Columns {
		c := &f.Columns[i]
		var examples []string
		for _, x := range c.Examples {
			examples = append(examples, cell(&x))
		}
		out = append(out, line(c.Name, string(c.Type), c.Semantic, string(c.Role), fmt.Sprint(c.Missing), fmt.Sprint(c.Distinct), strings.Join(examples, " · ")))
	}
	out = append(out, "", " "+soft.Render("why"))
	for _, w := range f.Format.Why {
		out = append(out, indent("the file: "+w, width)...)
	}
	for i := range f.Columns {
		if c := &f.Columns[i]; c.Why != "" {
			out = append(out, indent(c.Name+": "+c.Why, width)...)
		}
	}
	return out
}

// indent wraps a text of the data below itself.
func indent(text string, width int) []string {
	list := wrap(clean(text), width-4)
	for i := range list {
		if i == 0 {
			list[i] = "  " + list[i]
		} else {
			list[i] = "    " + list[i]
		}
	}
	return list
}

// corrections are the facts in the form in which an edit of them is written.
func corrections(f *flow.Facts) map[string]any {
	columns := map[string]any{}
	for i := range f.Columns {
		c := &f.Columns[i]
		columns[c.Name] = map[string]any{"type": string(c.Type), "role": string(c.Role), "semantic_type": c.Semantic}
	}
	x := f.Context
	return map[string]any{
		"columns": columns,
		"context": map[string]any{"domain": x.Domain, "grain": x.Grain, "time_column": x.TimeColumn, "measures": x.Measures, "dimensions": x.Dimensions},
		"goal":    map[string]any{"kpi": x.Goal.KPI, "direction": x.Goal.Direction},
	}
}

// canonical gives values the types that they have after a person has edited them, for comparing.
func canonical(params map[string]any) map[string]any {
	back, err := recipe.DecodeParams(recipe.EncodeParams(params))
	if err != nil {
		return params
	}
	return back
}

// differences is what an edit changed: entries that were left as they were, or taken out, are not part of it.
func differences(base, edited map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range edited {
		old, known := base[k]
		a, both := old.(map[string]any)
		b, two := v.(map[string]any)
		switch {
		case known && both && two:
			if d := differences(a, b); len(d) > 0 {
				out[k] = d
			}
		case !known || !reflect.DeepEqual(old, v):
			out[k] = v
		}
	}
	return out
}

// overlay writes changes over a base.
func overlay(base, changes map[string]any) map[string]any {
	out := maps.Clone(base)
	for k, v := range changes {
		a, both := out[k].(map[string]any)
		b, two := v.(map[string]any)
		if both && two {
			v = overlay(a, b)
		}
		out[k] = v
	}
	return out
}
