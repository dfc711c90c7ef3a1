package condition_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/condition"
	"github.com/analytix-flow/analytix/internal/outbound"
)

func TestWhatIsReportedIsOutUntilItIsReportedInOrder(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	now := noon
	b := condition.NewBoard(slog.New(slog.NewTextHandler(&said, nil)), func() time.Time { return now })
	b.Report(condition.Mail, "", nil)
	b.Report(condition.Webhooks, "b.example", &net.DNSError{Err: "no such host", Name: "b.example"})
	b.Report(condition.Webhooks, "a.example", fmt.Errorf("post https://a.example/?token=secret: %w", syscall.ECONNREFUSED))
	now = noon.Add(time.Minute)
	b.Report(condition.Database, "", context.DeadlineExceeded)
	b.Report(condition.Webhooks, "a.example", errors.New("post https://a.example/?token=secret: eof"))
	b.Report(condition.Webhooks, "b.example", fmt.Errorf("b: %w", outbound.ErrOpen)) // nobody asked
	b.Report(condition.Webhooks, "c.example", context.Canceled)
	want := []condition.Condition{
		{condition.Database, "", now, now, "it does not answer in time"},
		{condition.Webhooks, "a.example", noon, now, "it fails"},
		{condition.Webhooks, "b.example", noon, noon, "its name is not known"},
	}
	got := b.Now()
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v in the place of %+v", got[i], want[i])
		}
	}
	b.Report(condition.Webhooks, "a.example", nil)
	b.Report(condition.Database, "", nil)
	if got := b.Out(condition.Webhooks); len(got) != 1 || got[0] != "b.example" || len(b.Out(condition.Database)) != 0 {
		t.Errorf("still out: %+v", b.Now())
	}
	now = noon.Add(8 * time.Hour) // nobody has asked for long
	if got := b.Now(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if n := strings.Count(said.String(), "out of order"); n != 3 {
		t.Errorf("the log tells of it %d times:\n%s", n, said.String())
	}
}

func TestWhatSeveralFindIsSaidOnce(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	mail := condition.Condition{Part: condition.Mail, Since: noon, Last: noon, Why: "it fails"}
	earlier, database := mail, condition.Condition{Part: condition.Database, Since: noon, Last: noon}
	earlier.Since, earlier.Why = noon.Add(-time.Hour), "another"
	got := condition.Join([]condition.Condition{mail}, []condition.Condition{earlier, database})
	if len(got) != 2 || got[0] != database || got[1].Since != earlier.Since || got[1].Why != mail.Why {
		t.Errorf("%+v", got)
	}
}

func TestReceiversDoNotFillTheBoard(t *testing.T) {
	t.Parallel()
	b := condition.NewBoard(slog.New(slog.DiscardHandler), nil)
	for i := range 1000 {
		b.Report(condition.Webhooks, fmt.Sprint(i), errors.New("gone"))
	}
	b.Report(condition.Mail, "", errors.New("gone"))
	if got := b.Now(); len(got) != 101 || len(b.Out(condition.Mail)) != 1 {
		t.Errorf("%d are kept", len(got))
	}
}

func TestEveryPartHasItsWords(t *testing.T) {
	t.Parallel()
	seen := map[condition.Part]bool{}
	for _, p := range condition.Parts() {
		w := p.Says()
		for _, sentence := range []string{w.Title, w.Works, w.Held, w.Next} {
			if !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s says %q", p, sentence)
			}
		}
		if w.Why == "" || seen[p] {
			t.Errorf("%s says %q", p, w.Why)
		}
		seen[p] = true
	}
}
