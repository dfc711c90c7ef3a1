package terminal

import (
	"fmt"
	"math"
	"strings"
)

// mostBars is how many bars of a chart are drawn.
const mostBars = 10

// drawing draws the data of an insight's Vega-Lite chart in text: bars of groups, or a line over periods. Other charts
// give nothing.
func drawing(chart map[string]any, width int) []string {
	data, _ := chart["data"].(map[string]any)
	values, _ := data["values"].([]any)
	var points []mark
	for _, v := range values {
		if p, ok := markOf(v); ok {
			points = append(points, p)
		}
	}
	switch {
	case len(points) < 2:
		return nil
	case points[0].period:
		return spark(points, width)
	default:
		return bars(points, width)
	}
}

// mark is one value of a chart.
type mark struct {
	name   string
	value  float64
	focus  bool
	period bool // name is a period
}

func markOf(v any) (mark, bool) {
	fields, _ := v.(map[string]any)
	value, ok := fields["value"].(float64)
	if !ok || math.IsNaN(value) || math.IsInf(value, 0) {
		return mark{}, false
	}
	p := mark{value: value}
	p.focus, _ = fields["focus"].(bool)
	for _, key := range []string{"group", "period"} {
		if name, known := fields[key]; known && name != nil {
			p.name, p.period = clean(fmt.Sprint(name)), key == "period"
			return p, true
		}
	}
	return mark{}, false
}

func bars(points []mark, width int) []string {
	top := 0.0
	for _, p := range points {
		top = max(top, math.Abs(p.value))
	}
	if top == 0 {
		return nil
	}
	room := max(4, min(60, width-36))
	out := []string{""}
	for i, p := range points {
		if i >= mostBars && !p.focus {
			continue
		}
		n := int(math.Round(math.Abs(p.value) / top * float64(room)))
		bar, sign := blue.Render(strings.Repeat("█", n)), ""
		if p.focus {
			bar, sign = orange.Render(strings.Repeat("█", n)), " ◂"
		}
		if n == 0 {
			bar = "▏"
		}
		out = append(out, cut("  "+pad(p.name, 18)+" "+bar+fmt.Sprintf(" %.4g", p.value)+sign, width))
	}
	if hidden := len(points) - mostBars; hidden > 0 {
		out = append(out, soft.Render(fmt.Sprintf("  %d groups in all", len(points))))
	}
	return out
}

// spark draws a series in one line, from its lowest value to its highest.
func spark(points []mark, width int) []string {
	low, high := points[0].value, points[0].value
	for _, p := range points {
		low, high = min(low, p.value), max(high, p.value)
	}
	steps := []rune("▁▂▃▄▅▆▇█")
	room := max(1, min(len(points), width-4))
	var line strings.Builder
	for i := range room {
		from, to := i*len(points)/room, max((i+1)*len(points)/room, i*len(points)/room+1)
		sum := 0.0
		for _, p := range points[from:to] {
			sum += p.value
		}
		level := 0
		if high > low {
			level = int((sum/float64(to-from) - low) / (high - low) * float64(len(steps)-1))
		}
		line.WriteRune(steps[min(max(level, 0), len(steps)-1)])
	}
	return []string{"", "  " + blue.Render(line.String()),
		soft.Render(cut(fmt.Sprintf("  %s to %s · lowest %.4g, highest %.4g", points[0].name, points[len(points)-1].name, low, high), width))}
}
