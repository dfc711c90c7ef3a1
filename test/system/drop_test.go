package system_test

import (
	"fmt"
	"strings"
	"testing"
)

// stays is a table with a column that says nothing.
func stays() string {
	var b strings.Builder
	b.WriteString("id,kind,city,age\n")
	for i := range 80 {
		fmt.Fprintf(&b, "%d,same,%s,%d\n", i+1, []string{"Berlin", " Paris ", "Rome"}[i%3], 20+i*7%40)
	}
	return b.String()
}

// A column that is left out is in the lineage cell by cell, and in the cleaned data no more; rejecting everything keeps it.
func TestAColumnThatIsLeftOut(t *testing.T) {
	first := newDesk(t)
	file := first.file(t, "stays.csv", stays())
	first.run(t, file, "--decide", "reject", "--stage", "quality").want(t, 0)
	if got := text(t, first.out, "data.csv"); got != stays() {
		t.Errorf("rejecting everything changes the table to\n%s", got)
	}
	written := text(t, first.out, "recipe.yaml")
	at := strings.Index(written, `fingerprint: "constant(kind)"`)
	if at < 0 {
		t.Fatalf("the column that says nothing is not found:\n%s", written)
	}
	edited := written[:at] + strings.Replace(written[at:], "choice: reject",
		"choice: accept\n    operation:\n      kind: drop_column\n      params:\n        column: kind", 1)

	d := newDesk(t)
	d.run(t, file, "--recipe", first.file(t, "edited.yaml", edited), "--decide", "reject").want(t, 0)
	cleaned := text(t, d.out, "data.csv")
	if want := strings.ReplaceAll(strings.ReplaceAll(stays(), ",kind", ""), ",same", ""); cleaned != want {
		t.Errorf("the cleaned data is\n%s", cleaned)
	}
	cells := 0
	for _, c := range records(t, text(t, d.out, "cells.csv"), ',')[1:] {
		if c[1] == "kind" {
			cells++
			if c[3] != "same" || c[4] != "" || c[5] != "true" {
				t.Errorf("%v", c)
			}
		}
	}
	if cells != 80 {
		t.Errorf("%d of 80 cells that went are listed", cells)
	}
	if f := findings(t, d.out); len(f.Reception.Columns) != 4 {
		t.Errorf("what was received has %d columns", len(f.Reception.Columns))
	}
	call(t, "verify", d.out, "--data", d.data).want(t, 0)

	again := newDesk(t)
	call(t, "replay", first.file(t, "again.yaml", text(t, d.out, "recipe.yaml")), file, "--data", again.data, "--out", again.out).want(t, 0)
	if got := text(t, again.out, "data.csv"); got != cleaned {
		t.Errorf("a replay gives\n%s", got)
	}
}
