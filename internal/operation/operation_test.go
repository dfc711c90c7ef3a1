package operation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
)

func TestOperationsChangeExactlyTheCellsTheyMean(t *testing.T) {
	s, _ := table(t, []string{"a"})
	for _, tt := range []struct {
		kind   string
		params map[string]any
		rows   [][]string // columns a, b
		want   []string   // row.column=new
	}{
		{"trim", map[string]any{"column": "a"}, [][]string{{" x ", ""}, {"x", ""}, {"\u00a0", ""}, {"", ""}}, []string{"1.a=x", "3.a=<missing>"}},
		{"collapse_space", map[string]any{"columns": []any{"a", "b"}}, [][]string{{"x  y", "u\u00a0v"}, {"x y", "u v"}}, []string{"1.a=x y", "1.b=u v"}},
		{"strip_invisible", map[string]any{"column": "a"}, [][]string{{"a\u200bb", ""}, {"\ufeffx", ""}, {"a\u00a0b", ""}, {"👩‍👧", ""}}, []string{"1.a=ab", "2.a=x", "3.a=a b"}},
		{"normalise_unicode", map[string]any{"column": "a"}, [][]string{{"e\u0301", ""}, {"é", ""}}, []string{"1.a=é"}},
		{"set_case", map[string]any{"column": "a", "case": "title"}, [][]string{{"new YORK", ""}, {"New York", ""}}, []string{"1.a=New York"}},
		{"map_values", map[string]any{"column": "a", "map": map[string]any{"x": "y", "o'k": nil, "s": "s"}}, [][]string{{"x", ""}, {"o'k", ""}, {"s", ""}, {"y", ""}}, []string{"1.a=y", "2.a=<missing>"}},
		{"replace_regex", map[string]any{"column": "a", "pattern": "[%]$", "replacement": ""}, [][]string{{"5%", ""}, {"5", ""}}, []string{"1.a=5"}},
		{"fix_encoding", map[string]any{"column": "a"}, [][]string{{"cafÃ©", ""}, {"café", ""}, {"itâ€™s", ""}}, []string{"1.a=café", "3.a=it’s"}},
		{"parse_date", map[string]any{"column": "a", "formats": []any{"%Y-%m-%d", "%d/%m/%Y"}, "to": "%Y-%m-%d"}, [][]string{{"03/04/2021", ""}, {"2021-04-03", ""}, {"no", ""}}, []string{"1.a=2021-04-03"}},
		{"parse_number", map[string]any{"column": "a", "decimal": ",", "thousands": ".", "suffix": "€"}, [][]string{{"1.234,50 €", ""}, {"7", ""}, {"n/a", ""}}, []string{"1.a=1234.50"}},
		{"strip_unit", map[string]any{"column": "a", "units": []any{"oz", "ounce"}, "shortest": true}, [][]string{{"12.0 oz.", ""}, {"8.4 OUNCE", ""}, {"16", ""}, {"12 kg", ""}}, []string{"1.a=12", "2.a=8.4"}},
		{"convert_unit", map[string]any{"column": "a", "unit": "kg", "factor": 1000, "to": "g"}, [][]string{{"1.5 kg", ""}, {"20 g", ""}}, []string{"1.a=1500 g"}},
		{"cast", map[string]any{"column": "a", "type": "integer"}, [][]string{{"1", ""}, {"x", ""}, {"1.5", ""}}, []string{"2.a=<missing>", "3.a=<missing>"}},
		{"set_missing", map[string]any{"column": "a", "values": []any{"N/A", "-"}}, [][]string{{"N/A", ""}, {"-", ""}, {"x", ""}}, []string{"1.a=<missing>", "2.a=<missing>"}},
		{"set_missing", map[string]any{"column": "a", "where": map[string]any{"column": "b", "is": "equal", "value": "z"}}, [][]string{{"1", "z"}, {"2", "y"}}, []string{"1.a=<missing>"}},
		{"fill_constant", map[string]any{"column": "a", "value": "?"}, [][]string{{"", ""}, {"x", ""}}, []string{"1.a=?"}},
		{"fill_down", map[string]any{"column": "a"}, [][]string{{"", ""}, {"x", ""}, {"", ""}, {"y", ""}, {"", ""}}, []string{"3.a=x", "5.a=y"}},
		{"fill_group_mode", map[string]any{"column": "a", "by": []any{"b"}}, [][]string{{"x", "1"}, {"x", "1"}, {"", "1"}, {"", "2"}}, []string{"3.a=x"}},
		{"fill_by_dependency", map[string]any{"determinant": "b", "dependent": "a"}, [][]string{{"x", "1"}, {"x", "1"}, {"", "1"}, {"y", "1"}}, []string{"3.a=x"}},
		{"fix_by_dependency", map[string]any{"determinant": "b", "dependent": "a", "map": map[string]any{"1": "x"}}, [][]string{{"x", "1"}, {"y", "1"}, {"", "1"}, {"y", "2"}}, []string{"2.a=x"}},
		{"fix_scale", map[string]any{"column": "a", "factor": 0.01, "values": []any{"1250"}}, [][]string{{"1250", ""}, {"12.5", ""}}, []string{"1.a=12.5"}},
		{"flip_sign", map[string]any{"column": "a", "values": []any{"-5", "+3"}}, [][]string{{"-5", ""}, {"+3", ""}, {"-1", ""}}, []string{"1.a=5", "2.a=-3"}},
		{"split_cell_to_neighbour", map[string]any{"column": "a", "to_column": "b"}, [][]string{{"Portland OR", ""}, {"Salem", "OR"}, {"Bend, OR", ""}, {"New York", ""}}, []string{"1.a=Portland", "1.b=OR", "3.a=Bend", "3.b=OR"}},
		{"keep_first", map[string]any{}, [][]string{{"x", "1"}, {"x", "1"}, {"x", "2"}}, []string{"2.*=<missing>"}},
		{"drop_rows", map[string]any{"where": []any{map[string]any{"column": "a", "is": "matches", "value": "^Total"}}}, [][]string{{"Total", "1"}, {"x", "1"}, {"", ""}}, []string{"1.*=<missing>"}},
		{"drop_column", map[string]any{"column": "a"}, [][]string{{"x", "1"}, {"", "1"}}, []string{"1.a=<missing>"}},
		{"neutralise_formula", map[string]any{"column": "a"}, [][]string{{"=1+1", ""}, {"x", ""}}, []string{"1.a='=1+1"}},
		{"trim", map[string]any{"parts": []any{map[string]any{"column": "a"}, map[string]any{"column": "b"}}}, [][]string{{" x", "y "}}, []string{"1.a=x", "1.b=y"}},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			facts := fill(t, s, []string{"a", "b"}, tt.rows...)
			var got []string
			for _, c := range run(t, s, compile(t, tt.kind, tt.params, facts)) {
				got = append(got, fmt.Sprintf("%d.%s=%s", c.Row, c.Column, c.New))
			}
			if strings.Join(got, "|") != strings.Join(tt.want, "|") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNumericOperationsReadTypedColumns(t *testing.T) {
	s, facts := table(t, []string{"a"}, []string{"1"}, []string{"500"}, []string{"-3"}, []string{""})
	facts.Columns[0].Type = flow.Decimal
	got := run(t, s, compile(t, "clip", map[string]any{"column": "a", "low": 0, "high": 100.5}, facts))
	if len(got) != 2 || got[0].New != "100.5" || got[1].New != "0" {
		t.Errorf("clip: %v", got)
	}
	got = run(t, s, compile(t, "fill_group_median", map[string]any{"column": "a"}, facts))
	if len(got) != 1 || got[0].New != "1.0" {
		t.Errorf("median: %v", got)
	}
}

func TestWrongParametersAreExplained(t *testing.T) {
	facts := &flow.Facts{Columns: []flow.Column{{Name: "a", Type: flow.Text}}}
	for _, tt := range []struct {
		kind   string
		params map[string]any
	}{
		{"trim", map[string]any{}},
		{"trim", map[string]any{"column": "nowhere"}},
		{"map_values", map[string]any{"column": "a"}},
		{"map_values", map[string]any{"column": "a", "map": "x"}},
		{"replace_regex", map[string]any{"column": "a", "pattern": "("}},
		{"set_case", map[string]any{"column": "a", "case": "odd"}},
		{"set_missing", map[string]any{"column": "a", "where": map[string]any{"column": "a", "is": "1=1; DROP TABLE data"}}},
		{"drop_rows", map[string]any{}},
		{"drop_rows", map[string]any{"rows": []any{"x"}}},
		{"clip", map[string]any{"column": "a", "low": 3, "high": 2}},
		{"parse_date", map[string]any{"column": "a", "formats": []any{"x"}, "to": "%Y"}},
		{"fix_by_dependency", map[string]any{"dependent": "a"}},
		{"trim", map[string]any{"parts": "x"}},
	} {
		if _, err := operation.Compile(flow.Resolution{Kind: tt.kind, Params: tt.params}, facts); err == nil {
			t.Errorf("%s %v was taken", tt.kind, tt.params)
		}
	}
	if _, err := operation.Compile(flow.Resolution{Kind: "conjure"}, facts); !errors.Is(err, operation.ErrUnknown) {
		t.Errorf("unknown kind: %v", err)
	}
}
