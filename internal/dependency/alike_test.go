package dependency

import (
	"slices"
	"testing"
)

func TestOneSlipIsJudgedAlikeEverywhere(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		judged map[int]int32 // rows that hold the slip (code 1) and what was taken for meant
		want   int
	}{
		{"most of them", map[int]int32{0: 0, 1: 0}, 3},
		{"few of them", map[int]int32{0: 0}, 1},
		{"of two values", map[int]int32{0: 0, 1: 2}, 2},
	}
	for _, c := range cases {
		b := NewBuilder("city")
		for _, s := range []string{"Birmxngham", "Birmxngham", "Birmxngham", "Birmingham", "Dothan"} {
			b.Add(s, true)
		}
		col := b.Column()
		// Codes follow the order of appearance; the cases speak of 0 Birmingham, 1 Birmxngham, 2 Dothan.
		code := []int32{col.code("Birmingham"), col.code("Birmxngham"), col.code("Dothan")}
		in := &inference{t: &Table{Rows: 5, Columns: []Column{col}}, belief: [][]int32{slices.Clone(col.Codes)}, found: []map[int]Cell{{}}}
		for row, v := range c.judged {
			in.belief[0][row] = code[v]
			in.found[0][row] = Cell{Row: row, Old: "Birmxngham", New: col.Dict[code[v]], Slip: true}
		}
		in.alike()
		if len(in.found[0]) != c.want {
			t.Errorf("%s: %v", c.name, in.found[0])
		}
	}
}
