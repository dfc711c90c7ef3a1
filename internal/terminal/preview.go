package terminal

import (
	"encoding/json"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/analytix-flow/analytix/internal/flow"
)

// preview is what an option would change.
type preview struct {
	key     string
	err     error
	Cells   int64    `json:"cells"`
	Rows    int64    `json:"rows"`
	Removed int64    `json:"rows_removed"`
	Columns []string `json:"columns"`
	Lines   []struct {
		Row    int64     `json:"row"`
		Before []*string `json:"before"`
		After  []*string `json:"after"` // absent where the row is removed
	} `json:"lines"`
}

// settleFor is how long the cursor must rest before a preview is computed: paging through a list starts nothing.
const settleFor = 150 * time.Millisecond

type settledMsg string

func (m *model) previewKey() string {
	e, o := m.current(), m.chosen()
	if e == nil || o == nil {
		return ""
	}
	return e.item.ID + "\x00" + o.ID
}

func (m *model) wantPreview() tea.Cmd {
	e := m.current()
	if e == nil || e.item.Kind != flow.ItemIssue || m.chosen() == nil {
		return nil
	}
	m.wanted = m.previewKey()
	if m.previews[m.wanted] != nil {
		return nil
	}
	key := m.wanted
	return tea.Tick(m.settle, func(time.Time) tea.Msg { return settledMsg(key) })
}

// askPreview computes a preview if it is still the one that is wanted.
func (m *model) askPreview(key string) tea.Cmd {
	if key != m.wanted || m.previews[key] != nil {
		return nil
	}
	ctx, s, item, option := m.ctx, m.session, m.current().item.ID, m.chosen().ID
	return func() tea.Msg {
		p := &preview{key: key}
		raw, err := s.Preview(ctx, item, option, nil)
		if err == nil {
			err = json.Unmarshal(raw, p)
		}
		p.err = err
		return p
	}
}

// checkedMsg says whether edited parameters hold.
type checkedMsg struct {
	decision flow.Decision
	preview  *preview
}

// check tries edited parameters on the data before they are taken.
func (m *model) check(params map[string]any) tea.Cmd {
	e, o := m.current(), m.chosen()
	d := flow.Decision{Item: e.item.ID, Choice: flow.Edit, Option: o.ID, Params: params}
	p := &preview{key: m.previewKey()}
	d.Actor, d.Seen = m.actor, m.point.Proposal.Hash
	ctx, s := m.ctx, m.session
	if e.item.Kind != flow.ItemIssue {
		return func() tea.Msg {
			p.err = s.Try(ctx, d)
			return checkedMsg{d, p}
		}
	}
	return func() tea.Msg {
		raw, err := s.Preview(ctx, d.Item, d.Option, params)
		if err == nil {
			err = json.Unmarshal(raw, p)
		}
		p.err = err
		return checkedMsg{d, p}
	}
}

func (m *model) checked(c checkedMsg) tea.Cmd {
	if m.mode != editing { // the person left the editor meanwhile
		return nil
	}
	if c.preview.err != nil {
		m.say(true, "%v", c.preview.err)
		return nil
	}
	m.mode = browsing
	m.text.Blur()
	if m.point.Proposal.Item(c.decision.Item).Kind != flow.ItemIssue {
		cmd := m.take(c.decision)
		m.say(false, "accepted with your corrections")
		return cmd
	}
	m.previews[c.preview.key] = c.preview
	cmd := m.take(c.decision)
	m.say(false, "accepted with your parameters: %d cells", c.preview.Cells)
	return cmd
}
