package terminal

import (
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
)

// detail shows the item under the cursor, scrolled.
func (m *model) detail(room, width int) []string {
	e := m.current()
	var out []string
	for _, l := range wrap(clean(e.title), width-2) {
		out = append(out, " "+strong.Render(l))
	}
	for _, f := range e.facts {
		for _, l := range wrap(clean(f), width-3) {
			out = append(out, "  "+l)
		}
	}
	out = append(out, m.choices(e, width)...)
	if m.showSQL && e.sql != "" {
		out = append(out, "", " "+soft.Render("the query behind it"))
		for _, l := range lines(e.sql) {
			for _, part := range wrap(l, width-3) {
				out = append(out, "  "+part)
			}
		}
	}
	out = append(out, m.rows(0, width)...)
	m.scroll = min(m.scroll, max(0, len(out)-room))
	return fit(out[m.scroll:], room)
}

func (m *model) choices(e *entry, width int) []string {
	out := []string{""}
	d, decided := m.decided[e.item.ID]
	for i, o := range e.options {
		pointer := "   ○ "
		if i == m.option[e.item.ID] {
			pointer = " ▸ ● "
		}
		line := pointer + clean(o.Label)
		if o.Recommended {
			line += blue.Render(" ★ recommended")
		}
		if decided && d.Applies() && d.Option == o.ID {
			line += " " + signs[d.Choice] + " " + string(d.Choice)
		}
		out = append(out, cut(line, width))
		if i == m.option[e.item.ID] && o.Why != "" {
			for _, l := range wrap(clean(o.Why), width-7) {
				out = append(out, "      "+soft.Render(l))
			}
		}
	}
	if e.item.Recommended == "" && len(e.options) > 0 {
		out = append(out, soft.Render("   recommended: leave it alone, or decide yourself"))
	}
	if decided && !d.Applies() {
		word := "rejected: nothing is changed"
		if d.Choice == flow.Leave {
			word = "left alone: nothing is changed"
		}
		out = append(out, "   "+signs[d.Choice]+" "+word)
	}
	return out
}

// rows shows the preview; while picking, room is the height and the cursor stays visible.
func (m *model) rows(room, width int) []string {
	e := m.current()
	if e == nil || e.item.Kind != flow.ItemIssue || m.chosen() == nil {
		return nil
	}
	p := m.previews[m.previewKey()]
	switch {
	case p == nil:
		return []string{"", soft.Render(" preview …")}
	case p.err != nil:
		return append([]string{""}, wrap(orange.Render(" ! no preview: "+clean(p.err.Error())), width)...)
	}
	title := fmt.Sprintf(" preview: %d cells in %d rows", p.Cells, p.Rows)
	if p.Removed > 0 {
		title += fmt.Sprintf(", %d rows removed", p.Removed)
	}
	out := []string{"", soft.Render(title)}
	first := 0
	if m.mode == picking {
		first = max(0, m.pick-max(1, room-4))
	}
	for i := first; i < len(p.Lines); i++ {
		out = append(out, m.row(p, i, width))
	}
	return out
}

func (m *model) row(p *preview, i, width int) string {
	l := p.Lines[i]
	prefix := "  "
	if m.mode == picking {
		box := "[ ]"
		if m.picked[l.Row] {
			box = "[x]"
		}
		pointer := " "
		if i == m.pick {
			pointer = "▸"
		}
		prefix = pointer + " " + box + " "
	}
	var parts []string
	for k, before := range l.Before {
		name := ""
		if k < len(p.Columns) {
			name = soft.Render(clean(p.Columns[k]) + " ")
		}
		switch {
		case len(l.After) == 0:
			parts = append(parts, name+cell(before))
		case k < len(l.After) && cell(before) != cell(l.After[k]):
			parts = append(parts, name+orange.Render("−"+cell(before))+" → "+blue.Render("+"+cell(l.After[k])))
		default:
			parts = append(parts, name+cell(before))
		}
	}
	line := fmt.Sprintf("%s%6d  %s", prefix, l.Row, strings.Join(parts, "  "))
	if len(l.After) == 0 {
		line += orange.Render("  removed")
	}
	return cut(line, width)
}
