package terminal

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/analytix-flow/analytix/internal/flow"
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
	case editing, sending:
		body = strings.Split(m.text.View(), "\n")
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
	keys := "a accept  r reject  e edit  p rows  o option  b all  enter move on  ? help"
	switch m.mode {
	case editing:
		keys = "parameters of the option · ctrl+s try and accept · esc leave"
	case sending:
		keys = "send the stage back: options as YAML, such as  delimiter: \";\" · ctrl+s send · esc stay"
	case picking:
		keys = "space pick · enter accept for the picked rows · esc leave"
	case confirming:
		keys = "enter move on · any other key stays"
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

func (m *model) browse(room int) []string {
	if len(m.entries) == 0 {
		return []string{"", " Nothing was found that needs a decision. Enter moves on."}
	}
	if m.width >= wideFrom {
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
		badge := pad(clean(e.badge), 9)
		switch e.badge {
		case string(flow.Critical), string(flow.High):
			badge = orange.Render(badge)
		default:
			badge = blue.Render(badge)
		}
		amount := clean(e.amount)
		title := pad(clean(e.title), width-16-lipgloss.Width(amount))
		pointer := "  "
		if i == m.cursor {
			pointer, title = "▸ ", strong.Render(title)
		}
		out = append(out, pointer+sign+" "+badge+" "+title+" "+soft.Render(amount))
	}
	return out
}

func (m *model) summary() []string {
	count := map[flow.Choice]int{}
	undecided := 0
	out := []string{"", strong.Render(" What will happen"), ""}
	for _, e := range m.entries {
		d, ok := m.decided[e.item.ID]
		if !ok {
			undecided++
			continue
		}
		count[d.Choice]++
		if d.Applies() && e.item.Kind == flow.ItemIssue {
			for _, o := range e.options {
				if o.ID == d.Option {
					out = append(out, " "+signs[d.Choice]+" "+clean(e.title)+": "+clean(o.Label)+" ("+clean(e.amount)+")")
				}
			}
		}
	}
	if room := m.height - 9; len(out) > room && room > 4 {
		more := len(out) - room
		out = append(out[:room], fmt.Sprintf("   and %d more", more))
	}
	return append(out, "", fmt.Sprintf(" %d accepted (%d with changes, %d for some rows) · %d rejected · %d left alone",
		count[flow.Accept]+count[flow.Edit]+count[flow.Partial], count[flow.Edit], count[flow.Partial], count[flow.Reject], count[flow.Leave]),
		fmt.Sprintf(" %d not decided: they are left alone, and recorded so", undecided))
}
