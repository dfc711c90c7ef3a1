package server

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
)

func TestComplaintsAreRememberedWithoutWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	m := &memory{}
	log := slog.New(remembering{Handler: slog.DiscardHandler, memory: m})
	log.Info("nothing to complain of")
	for range 3 {
		log.With("run", "r1").Warn("it failed", "error", errors.New("secret of a cell"), "handler", "quality.text")
	}
	log.Error("it ended", "request", "q1")
	got := fmt.Sprintf("%+v", m.list())
	if len(m.list()) != 2 {
		t.Fatalf("remembered %s", got)
	}
	first := m.list()[0]
	first.At = m.list()[1].At
	if want := fmt.Sprintf("{At:%v Level:WARN Message:it failed Run:r1 Request: Handler:quality.text Times:3}", first.At); fmt.Sprintf("%+v", first) != want {
		t.Errorf("remembered %+v", first)
	}
	for i := range 2 * complaints {
		log.Warn("again", "run", fmt.Sprint(i))
	}
	if l := m.list(); len(l) != complaints || l[complaints-1].Run != fmt.Sprint(2*complaints-1) {
		t.Errorf("%d are remembered, the last is %+v", len(l), l[len(l)-1])
	}
}
