package terminal

import (
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/recipe"
)

// help is what ? shows.
var help = []string{
	" j k ↓ ↑   next and last item            1-9      take that option",
	" J K       scroll the detail, space too  o tab    look at another option",
	" a         accept the marked option      r        reject: change nothing",
	" e         change its parameters         l        leave alone, no position",
	" x         accept for rows by number     p        pick rows in the preview",
	" b         all that is undecided         u        undo",
	" v         the query behind it           s        send the stage back",
	" enter     see what will change, go on   X        abort the run for good",
	" q ctrl+c  leave, and come back later    ?        this help",
	"",
	" ◆ is what is recommended, and why stands below it. Every choice is recorded",
	" at once: nothing is lost when you leave. Nothing is changed in the data until",
	" you move on, and even then the file as received is kept.",
}

func (m *model) browseKey(k string) tea.Cmd {
	switch k {
	case "j", "down":
		return m.step(1)
	case "k", "up":
		return m.step(-1)
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
	case "X":
		m.mode = aborting
	case "b":
		m.mode = bulk
	case "enter":
		m.mode = confirming
	case "u":
		return m.takeBack()
	case "s":
		return m.write(sending, "")
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
	if n, err := strconv.Atoi(k); err == nil && n >= 1 && len(k) == 1 {
		if n > len(e.options) {
			m.say(true, "there is no option %d", n)
			return nil
		}
		m.option[e.item.ID] = n - 1
		return m.take(flow.Decision{Item: e.item.ID, Choice: flow.Accept, Option: e.options[n-1].ID})
	}
	switch k {
	case "a":
		return m.take(flow.Decision{Item: e.item.ID, Choice: flow.Accept, Option: o.ID})
	case "e":
		params := o.Params
		if len(params) == 0 {
			m.say(true, "this has no parameters to change")
			return nil
		}
		if d, ok := m.decided[e.item.ID]; ok && d.Option == o.ID && d.Params != nil {
			if params = d.Params; e.item.Kind == flow.ItemFacts {
				params = overlay(o.Params, d.Params)
			}
		}
		return m.write(editing, string(recipe.EncodeParams(params)))
	case "x":
		if e.item.Kind != flow.ItemIssue {
			m.say(true, "only what is done to rows can be done to some of them")
			return nil
		}
		return m.write(naming, "")
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

// step goes to another item, or scrolls where there is but one.
func (m *model) step(by int) tea.Cmd {
	if len(m.entries) == 1 {
		m.scroll = max(0, m.scroll+by)
		return nil
	}
	return m.move(by)
}

// write opens the text field.
func (m *model) write(why mode, text string) tea.Cmd {
	m.mode = why
	m.text.SetValue(text)
	for m.text.Line() > 0 { // the cursor is where reading begins
		m.text.CursorUp()
	}
	m.text.CursorStart()
	return m.text.Focus()
}

func (m *model) editKey(k tea.KeyMsg) tea.Cmd {
	switch key := k.String(); {
	case key == "esc":
		m.mode = browsing
		m.text.Blur()
		return nil
	case key == "ctrl+s", key == "enter" && m.mode == naming:
		return m.finish()
	}
	var cmd tea.Cmd
	m.text, cmd = m.text.Update(k)
	return cmd
}

// finish takes what was typed, or says what is wrong with it.
func (m *model) finish() tea.Cmd {
	if m.mode == naming {
		rows, err := parseRows(m.text.Value())
		if err != nil {
			m.say(true, "%v", err)
			return nil
		}
		m.mode = browsing
		m.text.Blur()
		return m.take(flow.Decision{Item: m.current().item.ID, Choice: flow.Partial, Option: m.chosen().ID, Rows: rows})
	}
	params, err := recipe.DecodeParams([]byte(m.text.Value()))
	if err != nil {
		m.say(true, "%v", err)
		return nil
	}
	if m.mode == sending {
		return m.leave(Answer{Next: SendBack, Options: params})
	}
	if m.current().item.Kind == flow.ItemFacts {
		params = differences(m.chosen().Params, params)
	}
	if len(params) == 0 {
		m.say(true, "nothing was changed: esc leaves, then a accepts it as it is")
		return nil
	}
	m.say(false, "trying it on the data …")
	return m.check(params)
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

// confirmKey moves on: what was not decided is left alone, and recorded so; with a it is decided as recommended.
func (m *model) confirmKey(k string) tea.Cmd {
	m.mode = browsing
	if k != "enter" && k != "y" && k != "a" {
		return nil
	}
	var list []flow.Decision
	for _, e := range m.entries {
		if _, ok := m.decided[e.item.ID]; ok {
			continue
		}
		d := flow.Decision{Item: e.item.ID, Choice: flow.Leave}
		if e.item.Recommended != "" && (k == "a" || e.item.Kind == flow.ItemFacts) { // without facts there is nothing to go on with
			d.Choice, d.Option = flow.Accept, e.item.Recommended
		}
		list = append(list, d)
	}
	var cmd tea.Cmd
	if len(list) > 0 {
		cmd = m.take(list...)
	}
	return tea.Batch(cmd, m.leave(Answer{Next: Proceed}))
}
