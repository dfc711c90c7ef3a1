package chart

import (
	"fmt"
	"html"
	"math"
	"strings"
)

const (
	width  = 640.0
	most   = 25   // bars
	points = 2000 // rows of other marks
)

// Draw returns the chart as an SVG element. title is read out in the place of the picture.
func Draw(chart map[string]any, title string) (string, error) {
	p, err := parse(chart)
	if err != nil {
		return "", err
	}
	switch {
	case p.layers[0].mark == "bar" && len(p.layers) == 1 && p.x.Type == "quantitative" && p.y.Type != "quantitative":
		return p.bars(title, p.y, p.x)
	case p.layers[0].mark == "bar" && len(p.layers) == 1 && p.y.Type == "quantitative" && p.x.Type != "quantitative":
		return p.bars(title, p.x, p.y)
	case p.y.Type == "quantitative":
		return p.plane(title)
	}
	return "", unknownError("its axes fit no mark")
}

type canvas struct{ strings.Builder }

func (c *canvas) line(x1, y1, x2, y2, opacity float64) {
	fmt.Fprintf(&c.Builder, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="currentColor" stroke-opacity="%.2g"/>`, x1, y1, x2, y2, opacity)
}

func (c *canvas) label(x, y float64, anchor, text string) {
	fmt.Fprintf(&c.Builder, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, y, anchor, html.EscapeString(text))
}

func (c *canvas) svg(height float64, title string) string {
	t := html.EscapeString(title)
	return fmt.Sprintf(`<svg class="chart" viewBox="0 0 %g %g" role="img" aria-label="%s" fill="currentColor" font-size="11"><title>%s</title>%s</svg>`,
		width, height, t, t, c.String())
}

// bars draws lying bars, also where the chart has standing ones: long names stay readable. Where the chart orders its groups by
// themselves (calendar), the order of the data is kept, and so it is for sorted ones: their data comes sorted.
func (p *plot) bars(title string, group, value channel) (string, error) {
	l := p.layers[0]
	rows := p.rows[:min(len(p.rows), most)]
	a := axis{from: 170, to: width - 70}
	values := make([]float64, len(rows))
	for i, r := range rows {
		v, ok := number(r[value.Field], false)
		if !ok {
			return "", unknownError("a bar has no number")
		}
		values[i] = v
		a.low, a.high = min(a.low, v), max(a.high, v)
	}
	var c canvas
	const step, top = 22.0, 22.0
	bottom := top + step*float64(len(rows))
	c.label(a.from, 13, "start", value.title()+" by "+group.title())
	for i, r := range rows {
		y := top + step*float64(i)
		x0, x1 := a.at(0), a.at(values[i])
		c.label(a.from-8, y+15, "end", label(r[group.Field]))
		fmt.Fprintf(&c.Builder, `<rect x="%.1f" y="%.1f" width="%.1f" height="16" rx="2" fill="%s"/>`, min(x0, x1), y+3, math.Abs(x1-x0), l.colourOf(r))
		c.label(max(x0, x1)+6, y+15, "start", short(values[i]))
	}
	c.line(a.at(0), top, a.at(0), bottom, 0.4)
	if len(p.rows) > most {
		bottom += step
		c.label(a.from, bottom-6, "start", fmt.Sprintf("and %d more", len(p.rows)-most))
	}
	return c.svg(bottom+6, title), nil
}

type point struct {
	x, y  float64
	color string
}

// series reads the points of a layer; rows without both values are left out.
func (p *plot) series(l layer) []point {
	var out []point
	for _, r := range p.rows[:min(len(p.rows), points)] {
		x, okX := number(r[l.xField], p.x.Type == "temporal")
		y, okY := number(r[l.yField], false)
		if okX && okY {
			out = append(out, point{x, y, l.colourOf(r)})
		}
	}
	return out
}

// plane draws lines and points over two number axes, or a time axis below.
func (p *plot) plane(title string) (string, error) {
	if p.x.Type != "quantitative" && p.x.Type != "temporal" {
		return "", unknownError("names along a line")
	}
	var all []point
	series := make([][]point, len(p.layers))
	for i, l := range p.layers {
		if l.mark == "bar" {
			return "", unknownError("bars over numbers")
		}
		series[i] = p.series(l)
		all = append(all, series[i]...)
	}
	if len(all) == 0 {
		return "", unknownError("no row has both values")
	}
	const height = 260.0
	x, y := axis{from: 60, to: width - 20}, axis{from: height - 44, to: 26}
	x.low, x.high, y.low, y.high = all[0].x, all[0].x, all[0].y, all[0].y
	for _, q := range all {
		x.low, x.high, y.low, y.high = min(x.low, q.x), max(x.high, q.x), min(y.low, q.y), max(y.high, q.y)
	}
	if room := (y.high - y.low) * 0.06; room > 0 {
		y.low, y.high = y.low-room, y.high+room
	}
	var c canvas
	p.grid(&c, x, y)
	for i, l := range p.layers {
		mark(&c, l, series[i], x, y)
	}
	return c.svg(height, title), nil
}

func (p *plot) grid(c *canvas, x, y axis) {
	for _, v := range y.ticks(5) {
		c.line(x.from, y.at(v), x.to, y.at(v), 0.12)
		c.label(x.from-6, y.at(v)+4, "end", short(v))
	}
	ticks := x.ticks(6)
	if p.x.Type == "temporal" {
		ticks = nil
		for i := range 5 {
			ticks = append(ticks, x.low+(x.high-x.low)*float64(i)/4)
		}
	}
	for _, v := range ticks {
		text := short(v)
		if p.x.Type == "temporal" {
			text = day(v, x.high-x.low)
		}
		c.line(x.at(v), y.from, x.at(v), y.from+4, 0.4)
		c.label(min(x.at(v), width-30), y.from+17, "middle", text)
	}
	c.line(x.from, y.from, x.to, y.from, 0.4)
	c.label((x.from+x.to)/2, y.from+36, "middle", p.x.title())
	c.label(6, 13, "start", p.y.title())
}

func mark(c *canvas, l layer, list []point, x, y axis) {
	if l.mark == "line" {
		var path strings.Builder
		for _, q := range list {
			fmt.Fprintf(&path, "%.1f,%.1f ", x.at(q.x), y.at(q.y))
		}
		fmt.Fprintf(&c.Builder, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`, strings.TrimSpace(path.String()), l.color)
		if !l.points || len(list) > 120 {
			return
		}
	}
	for _, q := range list {
		fmt.Fprintf(&c.Builder, `<circle cx="%.1f" cy="%.1f" r="2.6" fill="%s" fill-opacity="0.75"/>`, x.at(q.x), y.at(q.y), q.color)
	}
}
