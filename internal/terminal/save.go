package terminal

import (
	"maps"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/analytix-flow/analytix/internal/flow"
)

// write is one change to record: decisions, or an item whose decision is withdrawn.
type write struct {
	decisions []flow.Decision
	withdraw  string
	undone    []step // how the form looked before
}

type writtenMsg struct{ err error }

// take shows decisions at once and records them after those before.
func (m *model) take(list ...flow.Decision) tea.Cmd {
	w := write{}
	for _, d := range list {
		d.Actor, d.Seen = m.actor, m.point.Proposal.Hash
		w.undone = append(w.undone, m.put(d.Item, &d))
		w.decisions = append(w.decisions, d)
	}
	m.undo = append(m.undo, w.undone...)
	if len(list) == 1 {
		m.forward()
	}
	return tea.Batch(m.enqueue(w), m.wantPreview())
}

// forward goes to the next item that is not decided, below the cursor.
func (m *model) forward() {
	for i := m.cursor + 1; i < len(m.entries); i++ {
		if _, ok := m.decided[m.entries[i].item.ID]; !ok {
			m.cursor, m.scroll = i, 0
			return
		}
	}
}

// put sets or removes what is shown as decided and returns how it was.
func (m *model) put(item string, d *flow.Decision) step {
	s := step{item: item}
	if old, ok := m.decided[item]; ok {
		s.old = &old
	}
	if d == nil {
		delete(m.decided, item)
	} else {
		m.decided[item] = *d
	}
	return s
}

func (m *model) takeBack() tea.Cmd {
	var s step
	switch e := m.current(); {
	case len(m.undo) > 0:
		s = m.undo[len(m.undo)-1]
		m.undo = m.undo[:len(m.undo)-1]
	case e != nil && m.decided[e.item.ID].Choice != "": // decided another time
		s.item = e.item.ID
	default:
		m.say(false, "there is nothing to undo")
		return nil
	}
	w := write{undone: []step{m.put(s.item, s.old)}}
	if s.old == nil {
		w.withdraw = s.item
	} else {
		again := *s.old
		again.ID, again.Actor, again.Seen = "", m.actor, m.point.Proposal.Hash
		again.At = flow.Decision{}.At
		w.decisions = []flow.Decision{again}
	}
	for i, e := range m.entries {
		if e.item.ID == s.item {
			m.cursor = i
		}
	}
	maps.DeleteFunc(m.previews, func(key string, _ *preview) bool { return strings.HasPrefix(key, s.item+"\x00") })
	return tea.Batch(m.enqueue(w), m.wantPreview())
}

func (m *model) enqueue(w write) tea.Cmd {
	m.queue = append(m.queue, w)
	return m.next()
}

// next records the first of the queue, unless one is being recorded: order is kept.
func (m *model) next() tea.Cmd {
	if m.writing {
		return nil
	}
	if len(m.queue) == 0 {
		if m.leaving == nil {
			return nil
		}
		m.answer = m.leaving
		return tea.Quit
	}
	m.writing = true
	w, ctx, s := m.queue[0], m.ctx, m.session
	return func() tea.Msg {
		if w.withdraw != "" {
			return writtenMsg{s.Withdraw(ctx, w.withdraw)}
		}
		return writtenMsg{s.Decide(ctx, w.decisions)}
	}
}

// written goes on with the queue. After a failure the form shows what is recorded: the failed change and those that
// wait behind it are taken out, and nobody leaves.
func (m *model) written(msg writtenMsg) tea.Cmd {
	m.writing = false
	if msg.err == nil {
		m.queue = m.queue[1:]
		return m.next()
	}
	for i := len(m.queue) - 1; i >= 0; i-- {
		for k := len(m.queue[i].undone) - 1; k >= 0; k-- {
			s := m.queue[i].undone[k]
			m.put(s.item, s.old)
		}
	}
	m.queue, m.leaving, m.undo = nil, nil, nil
	m.say(true, "not recorded: %v", msg.err)
	return nil
}

// leave ends the form when everything is recorded.
func (m *model) leave(a Answer) tea.Cmd {
	m.leaving = &a
	return m.next()
}
