package system_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/sample"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(builtFor(m)) }

func builtFor(m *testing.M) int {
	dir, err := os.MkdirTemp("", "analytix-system-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // the folder of this run of the tests alone
	binary = filepath.Join(dir, "analytix")
	if err := os.Chmod(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	build := exec.Command("go", "build", "-o", binary, "github.com/analytix-flow/analytix/cmd/analytix")
	if text, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the binary: %v\n%s", err, text)
		return 1
	}
	return storetest.Main(m).Run()
}

// result is what one call of the binary gave.
type result struct {
	code        int
	out, errors string
}

// desk is a place to work: a state folder, a folder of results, and one for input.
type desk struct {
	data, out, in string
}

func newDesk(t *testing.T) desk {
	t.Helper()
	dir := t.TempDir()
	d := desk{data: filepath.Join(dir, "data"), out: filepath.Join(dir, "out"), in: filepath.Join(dir, "in")}
	if err := os.Mkdir(d.in, 0o700); err != nil {
		t.Fatal(err)
	}
	return d
}

// file writes input and returns its path.
func (d desk) file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(d.in, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// orders writes the sample and returns its path.
func (d desk) orders(t *testing.T, rows int) (string, sample.Manifest) {
	t.Helper()
	data, m, err := sample.Orders(1, rows)
	if err != nil {
		t.Fatal(err)
	}
	return d.file(t, "orders.csv", string(data)), m
}

// run calls `analytix run` with the folders of the desk.
func (d desk) run(t *testing.T, file string, args ...string) result {
	t.Helper()
	return call(t, append([]string{"run", file, "--data", d.data, "--out", d.out}, args...)...)
}

// call runs the binary to its end, without a terminal.
func call(t *testing.T, args ...string) result {
	t.Helper()
	return finished(t, exec.CommandContext(t.Context(), binary, args...))
}

func finished(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	r := result{code: cmd.ProcessState.ExitCode(), out: out.String(), errors: errs.String()}
	for _, word := range []string{"goroutine ", "panic:", "SIGSEGV"} {
		if strings.Contains(r.errors, word) {
			t.Errorf("%v: a stack trace reached the user: %s", cmd.Args[1:], r.errors)
		}
	}
	return r
}

// want fails the test when the code is another.
func (r result) want(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\nstdout: %s\nstderr: %s", r.code, code, r.out, r.errors)
	}
	return r
}

func text(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func findings(t *testing.T, dir string) outcome.Findings {
	t.Helper()
	var f outcome.Findings
	if err := json.Unmarshal([]byte(text(t, dir, "findings.json")), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func records(t *testing.T, text string, comma rune) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// runID is the one run below the state folder.
func (d desk) runID(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(d.data, "runs"))
	if err != nil || len(entries) != 1 {
		t.Fatalf("want one run below %s, have %d (%v)", d.data, len(entries), err)
	}
	return entries[0].Name()
}
