package terminal

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestProgressRedrawsInPlace(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	p := NewProgress(&b, func() int { return 60 })
	p.Task("quality.text", 0.25, "reading \x1b[2J cities")
	p.Task("quality.rows", 0.5, "")
	p.Task("quality.text", 1, "")
	p.Line("insight")
	p.Clear()
	got := b.String()
	if strings.Contains(got, "\x1b[2J") {
		t.Error("an escape of the sentence reached the terminal")
	}
	if n := strings.Count(got, "\x1b[1A"); n != 3 {
		t.Errorf("one line was redrawn %d times in %q", n, got)
	}
	if n := strings.Count(got, "\x1b[2A"); n != 1 {
		t.Errorf("two lines were redrawn %d times in %q", n, got)
	}
	for l := range strings.Lines(ansi.Strip(got)) {
		if ansi.StringWidth(strings.TrimRight(l, "\n")) > 60 {
			t.Errorf("too wide: %q", l)
		}
	}
}
