package terminal

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/recipe"
)

// help is what ? shows.
var help = []string{
	"j k ↓ ↑    next and last item          o tab    other option",
	"J K        scroll the detail           v        the query behind it",
	"a          accept the marked option    r        reject: change nothing",
	"e          change its parameters       l        leave alone, no position",
	"p          accept for some rows only   u        undo",
	"b          all at once                 s        send the stage back",
	"enter      move on                     x        abort the run",
	"q          leave, and come back later  ?        this help",
}

func (m *model) browseKey(k string) tea.Cmd {
	switch k {
	case "j", "down":
		return m.move(1)
	case "k", "up":
		return m.move(-1)
	case "g", "home":
		return m.move(-len(m.entries))
	case "G", "end":
		return m.move(len(m.entries))
	case "J", "pgdown", " ":
		m.scroll += 5
	case "K", "pgup":
		m.scroll = max(0, m.scroll-5)
	case "v":
		m.showSQL = !m.showSQL
	case "o", "tab", "right":
		return m.turn(1)
	case "O", "shift+tab", "left":
		return m.turn(-1)
	case "?":
		m.mode = helping
	case "q", "esc":
		return m.leave(Answer{Next: Later})
	case "x":
		m.mode = aborting
	case "b":
		m.mode = bulk
	case "enter":
		m.mode = confirming
	case "u":
		return m.takeBack()
	case "s":
		m.mode = sending
		m.text.SetValue("")
		return m.text.Focus()
	default:
		return m.decideKey(k)
	}
	return nil
}

func (m *model) decideKey(k string) tea.Cmd {
	e, o := m.current(), m.chosen()
	if e == nil {
		return nil
	}
	switch k {
	case "r":
		return m.take(flow.Decision{Item: e.item.ID, Choice: flow.Reject})
	case "l":
		return m.take(flow.Decision{Item: e.item.ID, Choice: flow.Leave})
	}
	if o == nil {
		return nil
	}
	switch k {
	case "a":
		return m.take(flow.Decision{Item: e.item.ID, Choice: flow.Accept, Option: o.ID})
	case "e":
		params := o.Params
		if d, ok := m.decided[e.item.ID]; ok && d.Option == o.ID && d.Params != nil {
			params = d.Params
		}
		m.mode = editing
		m.text.SetValue(string(recipe.EncodeParams(params)))
		return m.text.Focus()
	case "p":
		if p := m.previews[m.previewKey()]; p == nil || len(p.Lines) == 0 {
			m.say(true, "there is no preview to pick rows from yet")
		} else {
			m.mode, m.pick, m.picked = picking, 0, map[int64]bool{}
		}
	}
	return nil
}

func (m *model) move(by int) tea.Cmd {
	if len(m.entries) == 0 {
		return nil
	}
	m.cursor = min(max(m.cursor+by, 0), len(m.entries)-1)
	m.scroll = 0
	return m.wantPreview()
}

func (m *model) turn(by int) tea.Cmd {
	e := m.current()
	if e == nil || len(e.options) < 2 {
		return nil
	}
	n := len(e.options)
	m.option[e.item.ID] = (m.option[e.item.ID] + by + n) % n
	return m.wantPreview()
}

func (m *model) editKey(k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		m.mode = browsing
		m.text.Blur()
		return nil
	case "ctrl+s":
		params, err := recipe.DecodeParams([]byte(m.text.Value()))
		if err != nil {
			m.say(true, "%v", err)
			return nil
		}
		if m.mode == sending {
			return m.leave(Answer{Next: SendBack, Options: params})
		}
		if len(params) == 0 {
			m.say(true, "there are no parameters")
			return nil
		}
		m.say(false, "trying it on the data …")
		return m.check(params)
	}
	var cmd tea.Cmd
	m.text, cmd = m.text.Update(k)
	return cmd
}

func (m *model) pickKey(k string) tea.Cmd {
	p := m.previews[m.previewKey()]
	switch k {
	case "esc", "q":
		m.mode = browsing
	case "j", "down":
		m.pick = min(m.pick+1, len(p.Lines)-1)
	case "k", "up":
		m.pick = max(m.pick-1, 0)
	case " ", "x":
		row := p.Lines[m.pick].Row
		m.picked[row] = !m.picked[row]
	case "enter":
		var rows []int64
		for _, l := range p.Lines {
			if m.picked[l.Row] {
				rows = append(rows, l.Row)
			}
		}
		if len(rows) == 0 {
			m.say(true, "no row is picked: space picks one, esc leaves")
			return nil
		}
		m.mode = browsing
		return m.take(flow.Decision{Item: m.current().item.ID, Choice: flow.Partial, Option: m.chosen().ID, Rows: rows})
	}
	return nil
}

func (m *model) bulkKey(k string) tea.Cmd {
	m.mode = browsing
	var list []flow.Decision
	for _, e := range m.entries {
		if _, ok := m.decided[e.item.ID]; ok {
			continue
		}
		switch {
		case k == "a" && e.item.Recommended != "":
			list = append(list, flow.Decision{Item: e.item.ID, Choice: flow.Accept, Option: e.item.Recommended})
		case k == "r":
			list = append(list, flow.Decision{Item: e.item.ID, Choice: flow.Reject})
		case k == "l":
			list = append(list, flow.Decision{Item: e.item.ID, Choice: flow.Leave})
		}
	}
	if len(list) == 0 {
		m.say(false, "nothing to do")
		return nil
	}
	return m.take(list...)
}

// confirmKey moves on: what was not decided is left alone, and recorded so.
func (m *model) confirmKey(k string) tea.Cmd {
	m.mode = browsing
	if k != "enter" && k != "y" {
		return nil
	}
	var list []flow.Decision
	for _, e := range m.entries {
		if _, ok := m.decided[e.item.ID]; !ok {
			list = append(list, flow.Decision{Item: e.item.ID, Choice: flow.Leave})
		}
	}
	var cmd tea.Cmd
	if len(list) > 0 {
		cmd = m.take(list...)
	}
	return tea.Batch(cmd, m.leave(Answer{Next: Proceed}))
}
