package chart

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

type spec struct {
	Data     struct{ Values []map[string]any } `json:"data"`
	Mark     json.RawMessage                   `json:"mark"`
	Encoding map[string]channel                `json:"encoding"`
	Layer    []spec                            `json:"layer"`
}

type channel struct {
	Field string          `json:"field"`
	Type  string          `json:"type"`
	Title json.RawMessage `json:"title"`
	Scale struct {
		Domain []any    `json:"domain"`
		Range  []string `json:"range"`
		Zero   *bool    `json:"zero"`
	} `json:"scale"`
}

func (c channel) title() string {
	var s string
	if json.Unmarshal(c.Title, &s) == nil && s != "" {
		return s
	}
	return c.Field
}

// layer is one mark over the shared axes.
type layer struct {
	mark, color, xField, yField string
	paint                       channel
	points                      bool
}

// plot is a chart that can be drawn.
type plot struct {
	layers []layer
	x, y   channel
	rows   []map[string]any
}

// unknownError says why a chart cannot be drawn.
type unknownError string

func (e unknownError) Error() string { return "the chart cannot be drawn here: " + string(e) }

func parse(chart map[string]any) (*plot, error) {
	raw, err := json.Marshal(chart)
	if err != nil {
		return nil, fmt.Errorf("reading the chart: %w", err)
	}
	var s spec
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("reading the chart: %w", err)
	}
	p := &plot{rows: s.Data.Values}
	if len(p.rows) == 0 {
		return nil, unknownError("it has no data")
	}
	layers := s.Layer
	if len(layers) == 0 {
		layers = []spec{s}
	}
	for _, l := range layers {
		if err := p.add(l); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *plot) add(s spec) error {
	var m struct {
		Type  string          `json:"type"`
		Color string          `json:"color"`
		Point json.RawMessage `json:"point"`
	}
	if json.Unmarshal(s.Mark, &m.Type) != nil {
		if err := json.Unmarshal(s.Mark, &m); err != nil {
			return unknownError("its mark is none")
		}
	}
	switch m.Type {
	case "bar", "line", "point":
	default:
		return unknownError("mark " + strconv.Quote(m.Type))
	}
	x, y := s.Encoding["x"], s.Encoding["y"]
	if x.Field == "" || y.Field == "" {
		return unknownError("an axis has no field")
	}
	if len(p.layers) == 0 {
		p.x, p.y = x, y
	}
	if x.Type != p.x.Type || y.Type != p.y.Type {
		return unknownError("its layers have different axes")
	}
	p.layers = append(p.layers, layer{mark: m.Type, color: colour(m.Color), xField: x.Field, yField: y.Field,
		paint: s.Encoding["color"], points: len(m.Point) > 0 && string(m.Point) != "false"})
	return nil
}

// defaultColour has enough contrast on white and on black.
const defaultColour = "#5b7c99"

// colour lets only #rgb and #rrggbb pass: a specification is data, and must not become markup.
func colour(s string) string {
	if (len(s) == 4 || len(s) == 7) && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == "" {
		return s
	}
	return defaultColour
}

func (l *layer) colourOf(row map[string]any) string {
	for i, d := range l.paint.Scale.Domain {
		if i < len(l.paint.Scale.Range) && fmt.Sprint(d) == fmt.Sprint(row[l.paint.Field]) {
			return colour(l.paint.Scale.Range[i])
		}
	}
	return l.color
}

// number reads a cell of a quantitative or temporal channel; time is in seconds since 1970.
func number(v any, temporal bool) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case string:
		if !temporal {
			f, err := strconv.ParseFloat(x, 64)
			return f, err == nil
		}
		for _, layout := range []string{"2006-01-02", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01", "2006"} {
			if t, err := time.Parse(layout, x); err == nil {
				return float64(t.Unix()), true
			}
		}
	}
	return 0, false
}

func label(v any) string {
	s, ok := v.(string)
	if !ok {
		s = fmt.Sprint(v)
	}
	if v == nil {
		s = "(none)"
	}
	if r := []rune(s); len(r) > 22 {
		s = string(r[:21]) + "…"
	}
	return s
}
