package system_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// people is a small table with something to decide on.
func people() string {
	return "id,city,age\n" + strings.Repeat("1,Berlin,30\n2, Paris ,41\n3,N/A,999\n4,Rome,35\n", 20)
}

func TestAskWithoutTerminal(t *testing.T) {
	d := newDesk(t)
	r := d.run(t, d.file(t, "people.csv", people())).want(t, 3)
	run := d.runID(t)
	if !strings.Contains(r.errors, "analytix resume "+run) {
		t.Errorf("how to go on is not said: %s", r.errors)
	}
	r = call(t, "resume", run, "--data", d.data, "--out", d.out, "--decide", "recommended", "--json").want(t, 0)
	for line := range strings.Lines(r.out) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not a JSON line: %s", line)
		}
	}
	call(t, "verify", run, "--data", d.data).want(t, 0)
}

func TestVerifyFindsAFlippedByte(t *testing.T) {
	d := newDesk(t)
	d.run(t, d.file(t, "people.csv", people()), "--decide", "recommended", "--stage", "reception").want(t, 0)
	home := filepath.Join(d.data, "runs", d.runID(t))
	places := []string{filepath.Join(d.out, "audit.jsonl")}
	err := filepath.WalkDir(filepath.Join(home, "files"), func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			places = append(places, path)
		}
		return err
	})
	if err != nil || len(places) < 2 {
		t.Fatalf("%d files to spoil: %v", len(places), err)
	}
	call(t, "verify", d.out, "--data", d.data).want(t, 0)
	for _, path := range places {
		whole := []byte(text(t, path))
		spoiled := append([]byte(nil), whole...)
		spoiled[len(spoiled)/2] ^= 1
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		if r := call(t, "verify", d.out, "--data", d.data); r.code != 1 {
			t.Errorf("%s: a flipped byte gives exit code %d: %s", path, r.code, r.errors)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
