package operation_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
)

// hostile draws texts that have broken quoting, decoding and patterns before.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "it's", `"; DROP TABLE data; --`, "a\x00b", " x ", "日本\u200b", "\\1", "%s", "12.0 oz", "N/A", "=1+1", "cafÃ©", "a  b", "e\u0301", "1,5", "03/04/2021",
	}))
}

// TestOperationsOnHostileText holds for every repair of single cells: only cells that change are listed, with the text
// that stands there, and doing it again changes nothing.
func TestOperationsOnHostileText(t *testing.T) {
	s, _ := table(t, []string{"a'\"b", "c"})
	columns := []string{"a'\"b", "c"}
	kinds := map[string]map[string]any{
		"trim": {}, "collapse_space": {}, "strip_invisible": {}, "normalise_unicode": {}, "set_case": {"case": "lower"},
		"set_missing":  {"values": []any{"it's", "N/A", "a\x00b"}},
		"parse_number": {"decimal": ".", "thousands": ","},
		"strip_unit":   {"units": []any{"oz", "%", "("}, "shortest": true},
		"parse_date":   {"formats": []any{"%d/%m/%Y"}, "to": "%Y-%m-%d"},
		"map_values":   {"map": map[string]any{"it's": "it is", " x ": "x", "\\1": nil}}, //nolint:gocritic // the blanks are what is tested
		"cast":         {"type": "integer"}, "fill_constant": {"value": "it's"}, "fill_down": {},
	}
	rapid.Check(t, func(rt *rapid.T) {
		var rows [][]string
		for range rapid.IntRange(1, 6).Draw(rt, "rows") {
			rows = append(rows, []string{hostile().Draw(rt, "a"), hostile().Draw(rt, "c")})
		}
		kind := rapid.SampledFrom(slices.Sorted(maps.Keys(kinds))).Draw(rt, "kind")
		params := kinds[kind]
		facts := fill(rt, s, columns, rows...)
		p := map[string]any{"columns": []any{columns[0], columns[1]}}
		for k, v := range params {
			p[k] = v
		}
		q, err := operation.Compile(flow.Resolution{Kind: kind, Params: p}, facts)
		if err != nil {
			rt.Fatal(err)
		}
		cells := run(rt, s, q)
		for _, c := range cells {
			want := rows[c.Row-1][0]
			if c.Column == "c" {
				want = rows[c.Row-1][1]
			}
			if want == "" {
				want = "<missing>"
			}
			if c.Old != want || c.Old == c.New {
				rt.Fatalf("%s: cell %+v, the table has %q", kind, c, want)
			}
		}
		change(rt, s, cells)
		if again := run(rt, s, q); len(again) > 0 {
			rt.Fatalf("%s changes %d cells a second time: %+v", kind, len(again), again[0])
		}
	})
}

// change writes cells into the table data.
func change(t *rapid.T, s *engine.Session, cells []cell) {
	for _, c := range cells {
		var to any = c.New
		if c.New == "<missing>" {
			to = nil
		}
		if err := s.Exec(context.Background(), "UPDATE data SET "+engine.Ident(c.Column)+" = ? WHERE __row = ?", to, c.Row); err != nil {
			t.Fatal(err)
		}
	}
}
