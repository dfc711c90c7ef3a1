package insight

const vegaLite = "https://vega.github.io/schema/vega-lite/v5.json"

// mostMarks is how many values a chart shows.
const mostMarks = 60

// barChart shows a number for each group, the largest first, with the focus set apart.
func barChart(title, dimension, measure, focus string, groups []string, values []float64) map[string]any {
	data := make([]any, 0, len(groups))
	for i := range groups[:min(len(groups), mostMarks)] {
		data = append(data, map[string]any{"group": groups[i], "value": values[i], "focus": groups[i] == focus})
	}
	return chart(title, data, "bar", map[string]any{
		"y":     map[string]any{"field": "group", "type": "nominal", "sort": "-x", "title": dimension},
		"x":     map[string]any{"field": "value", "type": "quantitative", "title": measure},
		"color": map[string]any{"field": "focus", "type": "nominal", "legend": nil, "scale": map[string]any{"domain": []any{true, false}, "range": []any{"#c2410c", "#94a3b8"}}},
	})
}

// lineChart shows a series over time, with its fitted line where there is one.
func lineChart(title, time, measure string, periods []string, values, fit []float64) map[string]any {
	data := make([]any, 0, len(periods))
	for i := range periods {
		d := map[string]any{"period": periods[i], "value": values[i]}
		if fit != nil {
			d["fit"] = fit[i]
		}
		data = append(data, d)
	}
	x := map[string]any{"field": "period", "type": "temporal", "title": time}
	line := func(field, colour string) map[string]any {
		return map[string]any{
			"mark":     map[string]any{"type": "line", "point": field == "value", "color": colour},
			"encoding": map[string]any{"x": x, "y": map[string]any{"field": field, "type": "quantitative", "title": measure}},
		}
	}
	c := chart(title, data, "", nil)
	layers := []any{line("value", "#64748b")}
	if fit != nil {
		layers = append(layers, line("fit", "#c2410c"))
	}
	c["layer"] = layers
	return c
}

// pointChart shows how two measures move together.
func pointChart(title, x, y string, xs, ys []float64) map[string]any {
	data := make([]any, 0, len(xs))
	for i := range xs {
		data = append(data, map[string]any{"x": xs[i], "y": ys[i]})
	}
	return chart(title, data, "point", map[string]any{
		"x": map[string]any{"field": "x", "type": "quantitative", "title": x, "scale": map[string]any{"zero": false}},
		"y": map[string]any{"field": "y", "type": "quantitative", "title": y, "scale": map[string]any{"zero": false}},
	})
}

func chart(title string, data []any, mark string, encoding map[string]any) map[string]any {
	c := map[string]any{
		"$schema": vegaLite, "title": title, "width": "container", "data": map[string]any{"values": data},
	}
	if mark != "" {
		c["mark"], c["encoding"] = mark, encoding
	}
	return c
}
