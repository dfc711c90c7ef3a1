package terminal

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/charmbracelet/bubbles/textarea"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/analytix-flow/analytix/internal/flow"
)

// mode is what the keys mean at the moment.
type mode int

const (
	browsing   mode = iota
	editing         // parameters of an option
	sending         // options for sending back
	picking         // rows of the preview
	naming          // rows by their numbers
	confirming      // moving on
	aborting
	bulk
	helping
)

type model struct {
	ctx     context.Context //nolint:containedctx // bubbletea's Update has no parameter for it
	session Session
	point   Point
	actor   flow.Actor
	entries []entry
	decided map[string]flow.Decision

	width, height int
	cursor, top   int            // in the list
	option        map[string]int // chosen option by item
	scroll        int            // of the detail
	showSQL       bool
	mode          mode
	text          textarea.Model
	picked        map[int64]bool
	pick          int

	previews map[string]*preview // by item and option
	settle   time.Duration       // see settleFor
	wanted   string              // the preview that was asked for last

	undo    []step
	queue   []write
	writing bool
	notice  string // the last line's message
	failed  bool   // notice is an error
	leaving *Answer
	answer  *Answer
}

// step is what u takes back.
type step struct {
	item string
	old  *flow.Decision
}

func newModel(ctx context.Context, s Session, p Point, actor flow.Actor) (*model, error) {
	list, err := entries(p)
	if err != nil {
		return nil, err
	}
	m := &model{ctx: ctx, session: s, point: p, actor: actor, entries: list, decided: map[string]flow.Decision{},
		option: map[string]int{}, previews: map[string]*preview{}, settle: settleFor, width: 80, height: 24, text: textarea.New()}
	m.text.ShowLineNumbers = false
	m.text.CharLimit = 0
	maps.Copy(m.decided, p.Decided)
	for _, e := range list {
		for i, o := range e.options {
			if d, ok := p.Decided[e.item.ID]; (ok && d.Option == o.ID) || (d.Option == "" && o.Recommended) {
				m.option[e.item.ID] = i
			}
		}
	}
	return m, nil
}

// Init asks for the first preview.
func (m *model) Init() tea.Cmd { return m.wantPreview() }

// Update handles one message.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.text.SetWidth(max(20, m.width-4))
		m.text.SetHeight(max(3, m.height-8))
	case settledMsg:
		return m, m.askPreview(string(msg))
	case *preview:
		m.previews[msg.key] = msg
	case writtenMsg:
		return m, m.written(msg)
	case checkedMsg:
		return m, m.checked(msg)
	case tea.KeyMsg:
		m.notice, m.failed = "", false
		return m, m.key(msg)
	}
	return m, nil
}

func (m *model) key(k tea.KeyMsg) tea.Cmd {
	if k.String() == "ctrl+c" {
		return m.leave(Answer{Next: Later})
	}
	switch m.mode {
	case editing, sending, naming:
		return m.editKey(k)
	case picking:
		return m.pickKey(k.String())
	case confirming:
		return m.confirmKey(k.String())
	case aborting:
		m.mode = browsing
		if k.String() == "y" {
			return m.leave(Answer{Next: Abort})
		}
		return nil
	case bulk:
		return m.bulkKey(k.String())
	case helping:
		m.mode = browsing
		return nil
	default:
		return m.browseKey(k.String())
	}
}

func (m *model) current() *entry {
	if len(m.entries) == 0 {
		return nil
	}
	return &m.entries[m.cursor]
}

// chosen is the option under the cursor's item that a accepts; nil where there is none.
func (m *model) chosen() *flow.Resolution {
	e := m.current()
	if e == nil || len(e.options) == 0 {
		return nil
	}
	return &e.options[m.option[e.item.ID]]
}

func (m *model) say(failed bool, format string, args ...any) {
	m.notice, m.failed = clean(fmt.Sprintf(format, args...)), failed
}
