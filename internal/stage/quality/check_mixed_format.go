package quality

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// mixedFormat finds one meaning in several notations: dates, times, numbers, booleans, phone numbers. What most cells
// use is canonical.
var _ = register(spec{id: "mixed_format", handler: handlerFormats, run: eachColumn(mixedFormat)})

func mixedFormat(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	v, err := t.Values(ctx, c.Name)
	if err != nil || len(v.List) < 2 {
		return nil, err
	}
	switch {
	case c.Type.Temporal():
		return mixedDates(c, v), nil
	case c.Semantic == "phone":
		return rewritten(c, v, phones(v), "phone numbers"), nil
	case c.Type == flow.Boolean:
		return rewritten(c, v, booleans(v), "yes and no"), nil
	case c.Type.Numeric():
		return rewritten(c, v, plainNumbers(c, v), "numbers"), nil
	case c.Type == flow.Time || c.Type == flow.Text:
		return rewritten(c, v, clocks(v), "times of day"), nil
	default:
		return nil, nil
	}
}

// mixedDates compares the formats of the distinct texts; cells that could be read two ways count for the usual one.
func mixedDates(c *flow.Column, v *Values) *Finding {
	counts := map[string]int64{}
	var total int64
	short := map[string]bool{} // formats of which a cell leaves a zero out
	for _, x := range v.List {
		m, ok := semantic.ParseMoment(strings.TrimSpace(x.Value))
		if !ok {
			continue
		}
		f := usualOf(m.Formats, c.Formats)
		counts[f] += x.Count
		total += x.Count
		short[f] = short[f] || unpadded.MatchString(x.Value)
	}
	usual := most(counts)
	odd := total - counts[usual]
	if odd == 0 || share(counts[usual], total) < 0.5 {
		return nil
	}
	formats := slices.Sorted(maps.Keys(counts))
	to := usual
	if short[usual] {
		to = strings.NewReplacer("%m", "%-m", "%d", "%-d").Replace(usual)
	}
	quotedFormats := make([]string, len(formats))
	for i, f := range formats {
		quotedFormats[i] = engine.Literal(f)
	}
	return &Finding{Priority: 1, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(odd, total), flow.Medium), Confidence: 0.7 + 0.25*share(counts[usual], total),
		Title: phrase.Count(odd, "%d {date|dates} of %s {is|are} not written as the others are (%s)", odd, c.Name, usual),
		Evidence: flow.Evidence{
			SQL:     evidence(c.Name, "try_strptime("+text(c)+", "+engine.Literal(usual)+") IS NULL AND try_strptime("+text(c)+", ["+strings.Join(quotedFormats, ", ")+"]) IS NOT NULL"),
			Numbers: map[string]float64{"cells": float64(odd), "formats": float64(len(counts)), "usual": float64(counts[usual])},
		},
		Resolutions: []flow.Resolution{recommended(flow.Resolution{
			Kind: "parse_date", Label: "Write all dates as most are", Params: map[string]any{"column": c.Name, "formats": formats, "to": to},
		}, "the date is the same, only its notation differs"), markOnly()},
	}}
}

var unpadded = regexp.MustCompile(`(^|[^0-9])[1-9][-/.]([0-9]{1,2})[-/.]|[-/.][1-9][-/.]`)

// usualOf picks the reading that the column uses most.
func usualOf(readings, usual []string) string {
	for _, f := range usual {
		if slices.Contains(readings, f) {
			return f
		}
	}
	return readings[0]
}

// rewritten is the finding for texts that a mapping rewrites into the usual notation.
func rewritten(c *flow.Column, v *Values, m map[string]string, what string) *Finding {
	if len(m) == 0 {
		return nil
	}
	var cells int64
	for _, x := range v.List {
		if _, ok := m[x.Value]; ok {
			cells += x.Count
		}
	}
	from := slices.Sorted(maps.Keys(m))
	return &Finding{Priority: 1, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(cells, v.Present), flow.Low), Confidence: 0.9 - 0.3*share(cells, v.Present),
		Title: fmt.Sprintf("%d %s of %s are not written as the others are: %s", cells, what, c.Name, quoted(from, 3)),
		Evidence: flow.Evidence{
			SQL: evidence(c.Name, inTexts(c.Name, from[:min(len(from), 200)])), Numbers: map[string]float64{"cells": float64(cells), "texts": float64(len(m))},
		},
		Resolutions: []flow.Resolution{recommended(flow.Resolution{
			Kind: "map_values", Label: "Write them as most are", Params: map[string]any{"column": c.Name, "map": m},
		}, "the value is the same, only its notation differs"), markOnly()},
	}}
}

// masks maps each text to the usual notation by a mask: digits of the text are filled into the mask of the majority,
// where their number is right.
func phones(v *Values) map[string]string {
	counts := map[string]int64{}
	var total int64
	for _, x := range v.List {
		if mask, n := digitMask(x.Value); n >= 7 && n <= 15 {
			counts[mask] += x.Count
			total += x.Count
		}
	}
	usual := most(counts)
	if share(counts[usual], total) < 0.6 {
		return nil
	}
	_, want := digitMask(usual)
	out := map[string]string{}
	for _, x := range v.List {
		mask, n := digitMask(x.Value)
		if mask != usual && n == want && strings.Trim(mask, "0 +-./()") == "" {
			out[x.Value] = fillMask(usual, x.Value)
		}
	}
	return out
}

func digitMask(s string) (string, int) {
	n := 0
	mask := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			n++
			return '0'
		}
		return r
	}, strings.TrimSpace(s))
	return mask, n
}

func fillMask(mask, from string) string {
	var digits []rune
	for _, r := range from {
		if r >= '0' && r <= '9' {
			digits = append(digits, r)
		}
	}
	return strings.Map(func(r rune) rune {
		if r == '0' {
			d := digits[0]
			digits = digits[1:]
			return d
		}
		return r
	}, mask)
}

// booleans maps the ways of saying yes and no to the most frequent way of each.
func booleans(v *Values) map[string]string {
	yes, no := map[string]int64{}, map[string]int64{}
	for _, x := range v.List {
		switch lower(x.Value) {
		case "true", "t", "yes", "y", "1", "on":
			yes[x.Value] += x.Count
		case "false", "f", "no", "n", "0", "off":
			no[x.Value] += x.Count
		}
	}
	out := map[string]string{}
	y := most(yes)
	for s := range yes {
		if s != y {
			out[s] = y
		}
	}
	pairs := map[string]string{"true": "false", "t": "f", "yes": "no", "y": "n", "1": "0", "on": "off"}
	n := most(no)
	for s := range no {
		if lower(s) == pairs[lower(y)] && (no[s] >= no[n] || lower(n) != pairs[lower(y)]) {
			n = s
		}
	}
	for s := range no {
		if s != n {
			out[s] = n
		}
	}
	return out
}

// plainNumbers maps numbers with marks that the column does not usually have to plain ones.
func plainNumbers(c *flow.Column, v *Values) map[string]string {
	if c.Number != nil && (c.Number.Thousands != "" || c.Number.Decimal == ",") {
		return nil // the marks may be the usual ones
	}
	out := map[string]string{}
	var cells int64
	for _, x := range v.List {
		n, ok := semantic.ParseNumber(strings.TrimSpace(x.Value))
		if !ok || n.Either || n.Prefix != "" || n.Suffix != "" || n.Thousands == "" && n.Decimal != "," {
			continue
		}
		out[x.Value] = n.Plain
		cells += x.Count
	}
	if share(cells, v.Present) > 0.4 {
		return nil
	}
	return out
}

var clockInside = regexp.MustCompile(`(?i)(?:^|[^0-9:])(\d{1,2}):(\d{2})\s*([ap])\.?\s*m?\b\.?`)

// clocks maps texts that hold one time of day among other words to the notation of the majority, where most cells are
// a bare time of day of twelve hours.
func clocks(v *Values) map[string]string {
	styles := map[string]int64{}
	var bare, total int64
	for _, x := range v.List {
		if semantic.MissingToken(x.Value) {
			continue
		}
		total += x.Count
		if style, ok := clockStyle(x.Value); ok {
			styles[style] += x.Count
			bare += x.Count
		}
	}
	if total == 0 || share(bare, total) < 0.5 {
		return nil
	}
	usual := most(styles)
	out := map[string]string{}
	for _, x := range v.List {
		if style, ok := clockStyle(x.Value); ok && style == usual {
			continue
		}
		m := clockInside.FindAllStringSubmatch(x.Value, -1)
		if len(m) != 1 {
			continue
		}
		if s := writeClock(usual, m[0][1], m[0][2], m[0][3]); s != x.Value {
			out[x.Value] = s
		}
	}
	return out
}

var bareClock = regexp.MustCompile(`^(\d{1,2}):\d{2}(\s?)([apAP])(\.?)([mM])(\.?)$`)

// clockStyle is how a bare time of day is written: blank, letters, points.
func clockStyle(s string) (string, bool) {
	m := bareClock.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	pad := "-"
	if strings.HasPrefix(m[1], "0") {
		pad = "0"
	}
	upper := "a"
	if m[3] == strings.ToUpper(m[3]) {
		upper = "A"
	}
	return pad + "|" + m[2] + "|" + upper + "|" + m[4] + "|" + m[6], true
}

func writeClock(style, hour, minute, half string) string {
	p := strings.Split(style, "|")
	hour = strings.TrimPrefix(hour, "0")
	if p[0] == "0" && len(hour) == 1 {
		hour = "0" + hour
	}
	half, m := strings.ToLower(half), "m"
	if p[2] == "A" {
		half, m = strings.ToUpper(half), "M"
	}
	return hour + ":" + minute + p[1] + half + p[3] + m + p[4]
}
