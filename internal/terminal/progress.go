package terminal

import (
	"fmt"
	"io"
	"strings"
)

// Progress shows long work live at a terminal: a line for each task that runs, redrawn in place. It writes nothing
// between calls, so that other output may follow Clear. It is not safe for concurrent use.
type Progress struct {
	to    io.Writer
	width func() int // of the terminal, in cells
	tasks []task
	drawn int // lines on the screen
}

type task struct {
	name, sentence string
	fraction       float64
}

// NewProgress draws on a terminal whose width is asked for at every drawing.
func NewProgress(to io.Writer, width func() int) *Progress { return &Progress{to: to, width: width} }

// Line writes a line that stays, such as the name of a stage, above the bars.
func (p *Progress) Line(text string) {
	p.draw(cut(clean(text), p.width()) + "\n")
}

// Task tells how far a task is (0..1); at 1 it leaves the screen.
func (p *Progress) Task(name string, fraction float64, sentence string) {
	t := task{clean(name), clean(sentence), min(max(fraction, 0), 1)}
	for i := range p.tasks {
		if p.tasks[i].name != t.name {
			continue
		}
		if t.fraction == 1 {
			p.tasks = append(p.tasks[:i], p.tasks[i+1:]...)
		} else {
			p.tasks[i] = t
		}
		p.draw("")
		return
	}
	if t.fraction < 1 {
		p.tasks = append(p.tasks, t)
		p.draw("")
	}
}

// Clear takes the bars from the screen and forgets their tasks.
func (p *Progress) Clear() {
	p.tasks = nil
	p.draw("")
}

// draw replaces the bars by text and the bars of now. An output that cannot be written must not end the work.
func (p *Progress) draw(text string) {
	var b strings.Builder
	if p.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", p.drawn)
	}
	b.WriteString(text)
	for _, t := range p.tasks {
		b.WriteString(t.bar(p.width()) + "\n")
	}
	p.drawn = len(p.tasks)
	_, _ = io.WriteString(p.to, b.String())
}

func (t task) bar(width int) string {
	const cells = 20
	full := int(t.fraction*cells + 0.5)
	return cut(fmt.Sprintf("  %s %s%s %3.0f%%  %s", pad(t.name, 26), blue.Render(strings.Repeat("━", full)),
		soft.Render(strings.Repeat("─", cells-full)), 100*t.fraction, t.sentence), width-1)
}
