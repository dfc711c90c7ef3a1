package terminal

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// Blue and orange are told apart by the colour-blind; every colour is doubled by a sign or a word. Lip Gloss leaves
// colours out under NO_COLOR.
var (
	strong = lipgloss.NewStyle().Bold(true)
	soft   = lipgloss.NewStyle().Faint(true)
	blue   = lipgloss.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: "#1d4ed8", Dark: "#7cb7ff"})
	orange = lipgloss.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: "#b4430f", Dark: "#f0935c"})
	marked = lipgloss.NewStyle().Reverse(true)
)

var signs = map[flow.Choice]string{flow.Accept: "✓", flow.Edit: "✎", flow.Partial: "◐", flow.Reject: "✗", flow.Leave: "–"}

// wideFrom is the width from which list and detail stand side by side.
const wideFrom = 110

// View draws the form.
func (m *model) View() string {
	if m.answer != nil {
		return ""
	}
	head, foot := m.head(), m.foot()
	room := max(3, m.height-len(head)-len(foot))
	var body []string
	switch m.mode {
	case editing, sending, naming:
		body = m.form()
	case helping:
		body = append([]string{""}, help...)
	case confirming:
		body = m.summary()
	case picking:
		body = m.rows(room, m.width)
	default:
		body = m.browse(room)
	}
	all := append(append(head, fit(body, room)...), foot...)
	for i := range all {
		all[i] = cut(all[i], m.width)
	}
	return strings.Join(all, "\n")
}

// fit cuts or fills to a number of lines.
func fit(list []string, n int) []string {
	for len(list) < n {
		list = append(list, "")
	}
	return list[:n]
}

func (m *model) head() []string {
	done := 0
	for _, e := range m.entries {
		if _, ok := m.decided[e.item.ID]; ok {
			done++
		}
	}
	right := fmt.Sprintf("%d of %d decided ", done, len(m.entries))
	left := fmt.Sprintf(" %s · control point: %s", clean(m.point.File), m.point.Proposal.Stage)
	if m.point.Goal != "" && m.width >= wideFrom {
		left += " · goal: " + clean(m.point.Goal)
	}
	return []string{marked.Render(pad(left, m.width-lipgloss.Width(right)) + right)}
}

func (m *model) foot() []string {
	keys := "a accept  r reject  l leave  e edit  x rows  b all  u undo  enter go on  ? help"
	switch m.mode {
	case editing:
		keys = "ctrl+s try it on the data and accept · esc leave it as it was"
	case sending:
		keys = "ctrl+s send the stage back · esc stay"
	case naming:
		keys = "enter accept for these rows only · esc leave"
	case picking:
		keys = "space pick · enter accept for the picked rows · esc leave"
	case confirming:
		keys = "enter go on · a first take what is recommended for the rest · esc stay"
	case aborting:
		keys = "abort the run for good? y aborts · any other key stays"
	case bulk:
		keys = "all that is undecided: a accept what is recommended · r reject · l leave alone · esc"
	case helping:
		keys = "any key goes back"
	case browsing:
	}
	notice := m.notice
	if m.failed {
		notice = orange.Render("! " + notice)
	}
	if m.leaving != nil {
		notice = "recording …"
	}
	return []string{" " + notice, soft.Render(" " + keys)}
}

// form is the text field, with what is asked for above it.
func (m *model) form() []string {
	var ask []string
	switch {
	case m.mode == sending && m.point.Proposal.Stage == flow.Reception:
		ask = []string{"Have the file read again. Options, one on a line, such as", "  delimiter: \";\"     encoding: windows-1252     header: false     skip_lines: 2"}
	case m.mode == sending:
		ask = []string{"Have the " + string(m.point.Proposal.Stage) + " stage begin anew; its open decisions are asked again. Options, if any:"}
	case m.mode == naming:
		ask = []string{"Do it in these rows only. Rows are counted from 1, such as 3,8-12", clean(m.chosen().Label)}
	case m.current().item.Kind == flow.ItemFacts:
		ask = []string{"Correct what is wrong: type, role and meaning of columns, context and goal.", "What you leave as it is, or take out, stays."}
	default:
		ask = []string{clean(m.current().title), clean(m.chosen().Label)}
	}
	out := []string{""}
	for _, a := range ask {
		for _, l := range wrap(a, m.width-2) {
			out = append(out, " "+l)
		}
	}
	out = append(out, "")
	m.text.SetHeight(max(3, m.height-len(out)-3))
	return append(out, strings.Split(m.text.View(), "\n")...)
}

func (m *model) browse(room int) []string {
	if len(m.entries) == 0 {
		return []string{"", " Nothing was found that needs a decision. Enter moves on."}
	}
	if m.width >= wideFrom && len(m.entries) > 1 {
		w := m.width * 2 / 5
		list, detail := fit(m.list(room, w), room), fit(m.detail(room, m.width-w-3), room)
		for i := range list {
			list[i] = pad(list[i], w) + soft.Render(" │ ") + detail[i]
		}
		return list
	}
	n := min(len(m.entries), max(3, room/3))
	out := fit(m.list(n, m.width), n)
	out = append(out, soft.Render(strings.Repeat("─", m.width)))
	return append(out, m.detail(room-n-1, m.width)...)
}

func (m *model) list(room, width int) []string {
	m.top = min(max(m.top, m.cursor-room+1), m.cursor)
	var out []string
	for i := m.top; i < len(m.entries) && len(out) < room; i++ {
		e := &m.entries[i]
		sign := " "
		if d, ok := m.decided[e.item.ID]; ok {
			sign = signs[d.Choice]
		}
		badge := pad(clean(e.badge), badgeWidth(m.point.Proposal.Stage))
		switch e.badge {
		case string(flow.Critical), string(flow.High):
			badge = orange.Render(badge)
		default:
			badge = blue.Render(badge)
		}
		amount := clean(e.amount)
		title := pad(clean(e.title), width-7-lipgloss.Width(badge)-lipgloss.Width(amount))
		pointer := "  "
		if i == m.cursor {
			pointer, title = "▸ ", strong.Render(title)
		}
		out = append(out, pointer+sign+" "+badge+" "+title+" "+soft.Render(amount))
	}
	return out
}

// badgeWidth is how wide the second column of the list is: words of severity are short, kinds are longer.
func badgeWidth(s flow.Stage) int {
	switch s {
	case flow.Quality:
		return 8
	case flow.Reception:
		return 9
	default:
		return 14
	}
}

// summary says what moving on will do.
func (m *model) summary() []string {
	count := map[flow.Choice]int{}
	undecided := 0
	var changes []string
	for i := range m.entries {
		e := &m.entries[i]
		d, ok := m.decided[e.item.ID]
		if !ok {
			undecided++
			continue
		}
		count[d.Choice]++
		if d.Applies() {
			changes = append(changes, m.change(e, &d))
		}
	}
	if room := m.height - 10; len(changes) > room && room > 1 {
		changes = append(changes[:room-1], fmt.Sprintf("   and %d more", len(changes)-room+1))
	}
	out := append([]string{"", strong.Render(" What will happen"), ""}, changes...)
	return append(out, "", fmt.Sprintf(" %d accepted (%d with changes, %d for some rows) · %d rejected · %d left alone",
		count[flow.Accept]+count[flow.Edit]+count[flow.Partial], count[flow.Edit], count[flow.Partial], count[flow.Reject], count[flow.Leave]),
		m.undecided(undecided))
}

// change is the line of the summary for a decision that changes something.
func (m *model) change(e *entry, d *flow.Decision) string {
	label := ""
	for _, o := range e.options {
		if o.ID == d.Option {
			label = clean(o.Label)
		}
	}
	if e.item.Kind != flow.ItemIssue {
		return " " + signs[d.Choice] + " " + cut(clean(e.title), m.width-4)
	}
	extent := phrase.Count(e.cells, "%d {cell|cells}", e.cells)
	if d.Choice == flow.Partial {
		extent = phrase.Count(len(d.Rows), "%d {row|rows}", len(d.Rows))
	}
	room := max(10, m.width-18)
	return " " + signs[d.Choice] + " " + right(extent, 11) + "  " + pad(clean(e.title), room*11/20) + "  " + soft.Render(cut(label, room*9/20))
}

func (m *model) undecided(n int) string {
	switch {
	case n == 0:
		return " everything is decided"
	case m.point.Proposal.Stage == flow.Reception:
		return " not decided: the facts are taken as they are, and recorded so"
	default:
		return fmt.Sprintf(" %d not decided: they are left alone, and recorded so", n)
	}
}
