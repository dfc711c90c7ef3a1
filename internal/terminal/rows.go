package terminal

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// fewRows are shown below an option; p shows all that were asked for.
const fewRows = 6

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
	if p.Cells+p.Rows+p.Removed == 0 {
		return []string{"", soft.Render(" preview: no cell is changed")}
	}
	title := phrase.Count(p.Cells, " preview: %d {cell|cells}", p.Cells) + phrase.Count(p.Rows, " in %d {row|rows}", p.Rows)
	if p.Removed > 0 {
		title += phrase.Count(p.Removed, ", %d {row|rows} removed", p.Removed)
	}
	if shown := int64(len(p.Lines)); shown > 0 && shown < p.Rows+p.Removed {
		title += fmt.Sprintf("; %d of them", shown)
	}
	out := []string{"", soft.Render(title)}
	if len(p.Lines) == 0 {
		return out
	}
	prefix := "  "
	if m.mode == picking {
		prefix = "      "
	}
	widths := p.widths(width)
	head := prefix + right("row", 7)
	for k, c := range p.Columns {
		if widths[k] > 0 {
			head += "  " + pad(clean(c), widths[k])
		}
	}
	out = append(out, soft.Render(cut(head, width)))
	first, last := 0, min(fewRows, len(p.Lines))
	if m.mode == picking {
		first, last = max(0, m.pick-max(0, room-4)), len(p.Lines)
	}
	for i := first; i < last; i++ {
		out = append(out, cut(m.row(p, i, widths), width))
	}
	if last < len(p.Lines) {
		out = append(out, soft.Render(fmt.Sprintf("   p shows %d more", len(p.Lines)-last)))
	}
	return out
}

// widths are those of the preview's columns, of which none takes the whole width.
func (p *preview) widths(width int) []int {
	widest := max(20, width-32)
	out := make([]int, len(p.Columns))
	for k := range out {
		out[k] = min(ansi.StringWidth(clean(p.Columns[k])), widest)
		for i := range p.Lines {
			out[k] = min(max(out[k], ansi.StringWidth(p.cell(i, k))), widest)
		}
	}
	return out
}

// cell shows a cell before and after: signs tell removed from added, for colours may be missing.
func (p *preview) cell(line, column int) string {
	l := p.Lines[line]
	if column >= len(l.Before) {
		return ""
	}
	before := cell(l.Before[column])
	if column >= len(l.After) || before == cell(l.After[column]) {
		return before
	}
	return orange.Render("−"+before) + " → " + blue.Render("+"+cell(l.After[column]))
}

func (m *model) row(p *preview, i int, widths []int) string {
	l := p.Lines[i]
	var b strings.Builder
	b.WriteString("  ")
	if m.mode == picking {
		b.Reset()
		pointer, box := " ", "[ ]"
		if i == m.pick {
			pointer = "▸"
		}
		if m.picked[l.Row] {
			box = "[x]"
		}
		b.WriteString(pointer + " " + box + " ")
	}
	b.WriteString(right(fmt.Sprint(l.Row), 7))
	if len(l.After) == 0 {
		b.WriteString(orange.Render("  − removed"))
	}
	for k := range widths {
		b.WriteString("  " + pad(p.cell(i, k), widths[k]))
	}
	return b.String()
}
