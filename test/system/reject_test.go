package system_test

import (
	"reflect"
	"strings"
	"testing"
)

func TestRejectGivesTheSameTable(t *testing.T) {
	many := func(header, line string) string { return header + strings.Repeat(line, 30) }
	for _, c := range []struct {
		name, text string
		comma      rune
	}{
		{"quoted", many("id,name\n", "1,\"Miller, Ann\"\n2,\"said \"\"no\"\"\"\n"), ','},
		{"embedded newlines", many("id,note\n", "1,\"two\nlines\"\n2,one\n"), ','},
		{"unicode", many("id,Straße\n", "1,Zürich 東京 😀\n2,e\u0301\n"), ','},
		{"semicolons", many("id;price\n", "1;1,50\n2;12,00\n"), ';'},
		{"carriage returns", many("id,name\r\n", "1, ann \r\n2,Bob\r\n"), ','},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.run(t, d.file(t, "in.csv", c.text), "--decide", "reject", "--stage", "quality").want(t, 0)
			want, got := records(t, c.text, c.comma), records(t, text(t, d.out, "data.csv"), c.comma)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("the table changed:\n%q\nwas\n%q", got, want)
			}
		})
	}
}
