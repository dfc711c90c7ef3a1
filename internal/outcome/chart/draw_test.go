package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/outcome/chart"
)

type m = map[string]any

func values(rows ...any) m { return m{"values": rows} }

func quantitative(field string) m { return m{"field": field, "type": "quantitative"} }

func TestDraw(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spec   m
		has    string // empty where the chart is refused
		absent string
	}{
		"bars": {m{"mark": "bar", "data": values(m{"g": "a<b", "v": 3.0, "f": true}, m{"g": nil, "v": -1.0, "f": false}), "encoding": m{
			"x": quantitative("v"), "y": m{"field": "g", "type": "nominal"},
			"color": m{"field": "f", "scale": m{"domain": []any{true}, "range": []any{"#c2410c"}}}}}, `fill="#c2410c"`, "a<b"},
		"a hostile colour": {m{"mark": m{"type": "line", "color": `"/><script>`}, "data": values(m{"x": 1.0, "y": 2.0}, m{"x": 2.0, "y": 2.0}),
			"encoding": m{"x": quantitative("x"), "y": quantitative("y")}}, "<polyline", "script"},
		"layers over time": {m{"data": values(m{"t": "2026-01-01", "v": 1.0, "fit": 1.0}, m{"t": "2026-03-01", "v": 2.0, "fit": 2.0}), "layer": []any{
			m{"mark": m{"type": "line", "point": true}, "encoding": m{"x": m{"field": "t", "type": "temporal"}, "y": quantitative("v")}},
			m{"mark": "line", "encoding": m{"x": m{"field": "t", "type": "temporal"}, "y": quantitative("fit")}}}}, "1 Jan 26", ""},
		"points":  {m{"mark": "point", "data": values(m{"x": 1e9, "y": 0.0}, m{"x": -1e9, "y": 0.0}), "encoding": m{"x": quantitative("x"), "y": quantitative("y")}}, "<circle", ""},
		"no data": {m{"mark": "bar"}, "", ""},
		"arc":     {m{"mark": "arc", "data": values(m{"x": 1.0})}, "", ""},
		"text":    {m{"mark": "bar", "data": values(m{"x": "?", "y": "b"}), "encoding": m{"x": quantitative("x"), "y": m{"field": "y"}}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := chart.Draw(c.spec, "a <title>")
			if c.has == "" {
				if err == nil {
					t.Errorf("drew %s", got)
				}
				return
			}
			if err != nil || !strings.Contains(got, c.has) || c.absent != "" && strings.Contains(got, c.absent) {
				t.Fatalf("%v in %s", err, got)
			}
			d := xml.NewDecoder(strings.NewReader(got))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%v in %s", err, got)
				}
			}
		})
	}
}
