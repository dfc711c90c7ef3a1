package terminal

import (
	"fmt"

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
	out = append(out, m.rows(0, width)...)
	if e.body != nil {
		out = append(out, e.body(width)...)
	}
	if len(e.notes) > 0 {
		out = append(out, "")
	}
	for _, n := range e.notes {
		out = append(out, indent("• "+n, width)...)
	}
	if m.showSQL && e.sql != "" {
		out = append(out, "", " "+soft.Render("the query behind it"))
		for _, l := range lines(e.sql) {
			for _, part := range wrap(l, width-3) {
				out = append(out, "  "+part)
			}
		}
	}
	m.scroll = min(m.scroll, max(0, len(out)-room))
	if below := len(out) - room - m.scroll; below > 0 && room > 1 {
		last := m.scroll + room - 1
		out[last] = soft.Render(fmt.Sprintf("  ↓ %d more lines: space or J", below+1))
	}
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
		line := pointer + fmt.Sprintf("%d ", i+1) + clean(o.Label)
		if o.Recommended {
			line += blue.Render(" ◆ recommended")
		}
		if decided && d.Applies() && d.Option == o.ID {
			line += " " + signs[d.Choice] + " " + string(d.Choice)
		}
		out = append(out, cut(line, width))
		if i == m.option[e.item.ID] && o.Why != "" {
			for _, l := range wrap(clean(o.Why), width-7) {
				out = append(out, "       "+soft.Render(l))
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
