package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/tier"
)

// What is wrong with a command is said before anything is made: the state folder stays empty.
func TestBadUsageIsSaidAndTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	recipe := filepath.Join(dir, "recipe.yaml")
	if err := os.WriteFile(recipe, []byte("version: 99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(dir, "state")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"run"}, "accepts 1 arg"},
		{[]string{"run", "a.csv", "b.csv"}, "accepts 1 arg"},
		{[]string{"run", "a.csv", "--decide", "maybe"}, "--decide"},
		{[]string{"run", "a.csv", "--stage", "lunch"}, `no stage "lunch"`},
		{[]string{"run", "a.csv", "--format", "doc"}, `"doc" is none of`},
		{[]string{"run", "a.csv", "--memory", "much"}, "--memory"},
		{[]string{"run", "a.csv", "--tier", "gold"}, "--tier"},
		{[]string{"run", "a.csv", "--nonsense"}, "--nonsense"},
		{[]string{"run", "a.csv", "--recipe", filepath.Join(dir, "none.yaml")}, "reading the recipe"},
		{[]string{"run", "a.csv", "--recipe", recipe}, recipe},
		{[]string{"replay", recipe, "a.csv"}, recipe},
		{[]string{"replay", "a.csv"}, "accepts 2 arg"},
		{[]string{"resume", "20260101-none"}, "analytix runs"},
		{[]string{"resume", "../../etc"}, "is not the id of a run"},
		{[]string{"resume", ".."}, "is not the id of a run"},
		{[]string{"original", "20260101-none"}, "analytix runs"},
		{[]string{"verify", "20260101-none"}, "analytix runs"},
		{[]string{"verify", dir}, "is not a folder of results"},
		{[]string{"brew", "coffee"}, `no command "brew"`},
		{[]string{"rnu", "a.csv"}, "did you mean run"},
		{[]string{"admin", "brew"}, `analytix admin has no command "brew"`},
	} {
		var out, errs bytes.Buffer
		code := Main(append(c.args, "--data", state), strings.NewReader(""), &out, &errs)
		if code != exitUsage || !strings.Contains(errs.String(), c.says) || out.Len() > 0 {
			t.Errorf("%v: exit code %d, %q, %q", c.args, code, errs.String(), out.String())
		}
	}
	if _, err := os.Stat(state); !os.IsNotExist(err) {
		t.Errorf("a state folder was made: %v", err)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	plain := errors.New("no")
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"internal", plain, exitInternal},
		{"usage", fmt.Errorf("reading: %w", usage(plain)), exitUsage},
		{"waiting", errors.Join(errWaiting, nil), exitWaiting},
		{"refused", fmt.Errorf("run x: %w", stage.Refused(plain)), exitRefused},
		{"the tier", fmt.Errorf("run x: %w", tier.ErrLimit), exitForbidden},
		{"a failed run", failure("r", &control.Failure{Handler: "quality.text", Message: "no"}), exitInternal},
		{"a run on what is no table", failure("r", &control.Failure{Handler: "reception.parse", Message: "no", Refused: true}), exitRefused},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
	if err := failure("r7", &control.Failure{Handler: "quality.text", Message: "it broke"}); !strings.Contains(err.Error(), "it broke") ||
		!strings.Contains(err.Error(), "kept") || !strings.Contains(err.Error(), "analytix resume r7") {
		t.Errorf("%v", err)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"512MiB": 512 << 20, "2GiB": 2 << 30, "1.5GiB": 3 << 29, "100MB": 1e8, "1GB": 1e9,
		"": 0, "2": 0, "GiB": 0, "-1GiB": 0, "0GB": 0, "2 GiB": 0, "2gib": 0, "NaNGiB": 0, "InfGB": 0, "1e300GiB": 0, "1e-9MB": 0,
	} {
		got, err := parseMemory(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "512MiB") {
			t.Errorf("%q: what would be right is not said: %v", text, err)
		}
	}
}
