package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"flag"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/audit"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var start = time.Date(2026, 11, 24, 10, 0, 0, 123456789, time.FixedZone("CET", 3600))

// chain makes a chain of n entries and, where wanted, a seal.
func chain(t interface{ Fatal(...any) }, n int, seal bool) [][]byte {
	var lines [][]byte
	var last *audit.Link
	for i := range n {
		link, err := audit.Append(last, audit.Entry{
			At: start.Add(time.Duration(i) * time.Second), Run: "r1", Actor: "person:ann", Action: "decision.taken",
			Object: fmt.Sprintf("issue-%d", i), Details: map[string]any{
				"z": 1.5, "a": "<&> \u2028 é", "list": []int{1, 2}, "deep": struct{ B, A int64 }{2, 9007199254740993},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		last = &link
		lines = append(lines, link.Line())
	}
	if seal {
		link, err := audit.Seal(last, "r1", "system:control", start.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, link.Line())
	}
	return lines
}

func verify(lines [][]byte) (audit.Report, error) {
	return audit.VerifySealed(bytes.NewReader(bytes.Join(lines, nil)))
}

func TestFormatIsStable(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "chain.golden.jsonl")
	got := bytes.Join(chain(t, 2, true), nil)
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the format of the chain has changed: stored chains would no longer hold\n%s", got)
	}
}

func TestWholeChainHolds(t *testing.T) {
	t.Parallel()
	lines := chain(t, 20, true)
	report, err := verify(lines)
	if err != nil {
		t.Fatal(err)
	}
	if report.Entries != 21 || report.Run != "r1" || !report.Sealed || !strings.Contains(string(lines[20]), report.Head) {
		t.Errorf("%+v", report)
	}
	e, err := audit.Parse(bytes.TrimSpace(lines[3]))
	if err != nil || e.Object != "issue-3" || !e.At.Equal(start.Add(3*time.Second).Truncate(time.Microsecond)) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestChangesOfLinesAreFound(t *testing.T) {
	t.Parallel()
	swap := func(l [][]byte) [][]byte { l[3], l[4] = l[4], l[3]; return l }
	for name, c := range map[string]struct {
		change func([][]byte) [][]byte
		want   error
	}{
		"first removed":   {func(l [][]byte) [][]byte { return l[1:] }, audit.ErrBroken},
		"middle removed":  {func(l [][]byte) [][]byte { return slices.Delete(l, 4, 5) }, audit.ErrBroken},
		"two swapped":     {swap, audit.ErrBroken},
		"one doubled":     {func(l [][]byte) [][]byte { return slices.Insert(l, 4, l[3]) }, audit.ErrBroken},
		"seal cut off":    {func(l [][]byte) [][]byte { return l[:len(l)-1] }, audit.ErrUnsealed},
		"end cut off":     {func(l [][]byte) [][]byte { return l[:3] }, audit.ErrUnsealed},
		"everything gone": {func([][]byte) [][]byte { return nil }, audit.ErrUnsealed},
		"last feed gone": {func(l [][]byte) [][]byte {
			l[len(l)-1] = bytes.TrimSpace(l[len(l)-1])
			return l
		}, audit.ErrBroken},
		"blank line added":   {func(l [][]byte) [][]byte { return append(l, []byte("\n")) }, audit.ErrBroken},
		"white space added":  {func(l [][]byte) [][]byte { l[2] = append([]byte(" "), l[2]...); return l }, audit.ErrBroken},
		"end put on another": {func(l [][]byte) [][]byte { return append(l[:5], l[len(l)-1]) }, audit.ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := verify(c.change(chain(t, 10, true)))
			if !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	whole := bytes.Join(chain(t, 5, true), nil)
	rapid.Check(t, func(t *rapid.T) {
		changed := slices.Clone(whole)
		at := rapid.IntRange(0, len(changed)-1).Draw(t, "at")
		changed[at] ^= rapid.ByteRange(1, 255).Draw(t, "by")
		if _, err := audit.VerifySealed(bytes.NewReader(changed)); err == nil {
			t.Fatalf("the change of byte %d to %q was not found", at, changed[at])
		}
	})
	for at := range whole { // and one fixed change at every position: the case bit
		changed := slices.Clone(whole)
		changed[at] ^= 0x20
		if _, err := audit.VerifySealed(bytes.NewReader(changed)); err == nil {
			t.Errorf("the change of byte %d was not found", at)
		}
	}
}

func TestRemovedBytesAreFound(t *testing.T) {
	t.Parallel()
	whole := bytes.Join(chain(t, 3, true), nil)
	for at := range whole {
		changed := slices.Delete(slices.Clone(whole), at, at+1)
		if _, err := audit.VerifySealed(bytes.NewReader(changed)); err == nil {
			t.Errorf("the removal of byte %d was not found", at)
		}
		if _, err := audit.VerifySealed(bytes.NewReader(whole[:at])); err == nil {
			t.Errorf("the cut at byte %d was not found", at)
		}
	}
}

func TestIncompleteEntriesAreRefused(t *testing.T) {
	t.Parallel()
	for _, e := range []audit.Entry{{}, {Run: "r", Actor: "a"}, {Run: "r", Action: "x"}, {Actor: "a", Action: "x"},
		{Run: "r", Actor: "a", Action: "x", Details: map[string]any{"f": func() {}}}} {
		if _, err := audit.Append(nil, e); err == nil {
			t.Errorf("taken: %+v", e)
		}
	}
	if _, err := audit.Seal(nil, "r", "a", start); err == nil {
		t.Error("an empty chain was sealed")
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(bytes.Join(chain(f, 2, true), nil))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if report, err := audit.VerifySealed(bytes.NewReader(b)); err == nil && report.Entries < 2 {
			t.Errorf("%q holds with %d entries", b, report.Entries)
		}
	})
}
