package tier_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/tier"
)

func of(t *testing.T, name tier.Name) *tier.Limits {
	t.Helper()
	l, err := tier.Of(name)
	if err != nil {
		t.Fatal(err)
	}
	return &l
}

// limited asserts that an error says everything that a person needs.
func limited(t *testing.T, err error, words ...string) {
	t.Helper()
	var l *tier.Limit
	if !errors.Is(err, tier.ErrLimit) || !errors.As(err, &l) || l.What == "" || l.Kept == "" || l.Next == "" || l.Limit == "" {
		t.Errorf("the error is %v (%+v)", err, l)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func TestDemoIsWhatWasPromised(t *testing.T) {
	t.Parallel()
	l := of(t, tier.Demo)
	if err := l.CheckBytes(10 << 20); err != nil {
		t.Error(err)
	}
	limited(t, l.CheckBytes(10<<20+1), "10485761", "10485760", "nothing was kept", "professional")
	if err := l.CheckRun(tier.Use{Today: 2}); err != nil {
		t.Error(err)
	}
	limited(t, l.CheckRun(tier.Use{Today: 3}), "3 runs were begun today", "3 a day", "midnight")
	limited(t, l.CheckRun(tier.Use{Today: 1, Now: 1}), "1 run is under way", "1 at a time", "finish or end")
	if last, err := l.CheckStage(""); err != nil || last != flow.Insight {
		t.Errorf("a run ends after %q, %v", last, err)
	}
	if last, err := l.CheckStage(flow.Quality); err != nil || last != flow.Quality {
		t.Errorf("a run ends after %q, %v", last, err)
	}
	_, err := l.CheckStage(flow.Recommendation)
	limited(t, err, "recommendation", "insight")
	for _, f := range tier.Features() {
		limited(t, l.CheckFeature(f), "not part of the demo tier")
	}
	if shown, note := l.WithholdInsights(12); shown != 5 || !strings.Contains(note, "7 more insights were found") {
		t.Errorf("%d shown: %s", shown, note)
	}
	if shown, note := l.WithholdInsights(6); shown != 5 || !strings.Contains(note, "1 more insight was found") {
		t.Errorf("%d shown: %s", shown, note)
	}
	if shown, note := l.WithholdInsights(5); shown != 5 || note != "" {
		t.Errorf("%d shown: %s", shown, note)
	}
	ended := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if at, ok := l.Expires(ended); !ok || !at.Equal(ended.AddDate(0, 0, 7)) {
		t.Errorf("results expire at %s, %v", at, ok)
	}
	if l.PrioritySupport {
		t.Error("demo has priority in support")
	}
}

func TestProfessionalHasNoLimit(t *testing.T) {
	t.Parallel()
	l := of(t, "")
	last, err := l.CheckStage("")
	_, explicit := l.CheckStage(flow.Recommendation)
	if l.Tier != tier.Professional || last != "" {
		t.Errorf("%s ends after %q", l.Tier, last)
	}
	for _, err := range []error{err, explicit, l.CheckBytes(1 << 50), l.CheckRun(tier.Use{Today: 1 << 40, Now: 1 << 40}),
		l.CheckFeature(tier.Recipes), l.CheckFeature(tier.Policies), l.CheckFeature(tier.APITokens)} {
		if err != nil {
			t.Error(err)
		}
	}
	if shown, note := l.WithholdInsights(1000); shown != 1000 || note != "" {
		t.Errorf("%d shown: %s", shown, note)
	}
	if _, ok := l.Expires(time.Now()); ok {
		t.Error("results expire")
	}
	if demo := of(t, tier.Demo); l.Queue >= demo.Queue || !l.PrioritySupport {
		t.Error("professional has no priority")
	}
}

func TestUnknownNamesAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := tier.Of("gold"); !errors.Is(err, tier.ErrUnknown) || !strings.Contains(err.Error(), "demo or professional") {
		t.Errorf("an unknown tier: %v", err)
	}
	if _, err := of(t, tier.Demo).CheckStage("laundry"); !errors.Is(err, flow.ErrInvalid) {
		t.Errorf("an unknown stage: %v", err)
	}
}

func TestAFileIsCutOffWhileItStreamsIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 100).Draw(t, "limit")
		begun := rapid.Int64Range(0, 100).Draw(t, "begun")
		content := rapid.SliceOfN(rapid.Byte(), 0, 250).Draw(t, "content")
		l := tier.Limits{Tier: tier.Demo, FileBytes: size}
		var source io.Reader = bytes.NewReader(content)
		if rapid.Bool().Draw(t, "slow") {
			source = iotest.OneByteReader(source)
		}
		got, err := io.ReadAll(l.Reader(source, begun))
		room := max(0, size-begun)
		if begun+int64(len(content)) <= size {
			if err != nil || !bytes.Equal(got, content) {
				t.Fatalf("%d of %d bytes, %v", len(got), len(content), err)
			}
			return
		}
		if !errors.Is(err, tier.ErrLimit) {
			t.Fatalf("not cut off: %d bytes, %v", len(got), err)
		}
		if int64(len(got)) > room {
			t.Fatalf("%d bytes were handed out, there was room for %d", len(got), room)
		}
	})
	var anything tier.Limits
	if got, err := io.ReadAll(anything.Reader(strings.NewReader("abc"), 5)); err != nil || string(got) != "abc" {
		t.Errorf("without a limit: %q, %v", got, err)
	}
}

// The table of the documentation is what is declared.
func TestTheDocumentationShowsTheDeclaration(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/tiers.md")
	if err != nil {
		t.Fatal(err)
	}
	table, err := tier.Table()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), table) {
		t.Errorf("docs/tiers.md must hold this table:\n%s", table)
	}
}
