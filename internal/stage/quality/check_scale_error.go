package quality

import (
	"context"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// scaleError finds numbers that are ten, a hundred or a thousand times too large or too small for their group, where
// the numbers of a group else lie close together; signError those whose sign alone sets them apart.
var (
	_ = register(spec{id: "scale_error", handler: handlerOutliers, applies: enoughRows, run: eachMeasure("scale", scaleError)})
	_ = register(spec{id: "sign_error", handler: handlerOutliers, applies: enoughRows, run: eachMeasure("sign", signError)})
)

// mostGroupings is how many columns are tried as groups for one measure.
const mostGroupings = 12

// eachMeasure runs a check on each column of numbers with each way to group the rows, from none on, until it finds
// something.
func eachMeasure(kind string, look func(c, by *flow.Column) stray) func(context.Context, *Table) ([]Finding, error) {
	return func(ctx context.Context, t *Table) ([]Finding, error) {
		groupings := append([]*flow.Column{nil}, t.groupings()...)
		var out []Finding
		for i := range t.Facts.Columns {
			c := &t.Facts.Columns[i]
			if !measured(c) {
				continue
			}
			for _, by := range groupings {
				if by == c {
					continue
				}
				s := look(c, by)
				may, err := t.mayStray(ctx, kind, c, &s)
				if err != nil {
					return nil, fmt.Errorf("column %q: %w", c.Name, err)
				}
				if !may {
					continue
				}
				f, err := t.stray(ctx, c, s)
				if err != nil {
					return nil, fmt.Errorf("column %q: %w", c.Name, err)
				}
				if f != nil {
					out = append(out, *f)
					break
				}
			}
		}
		return out, nil
	}
}

// groupings are the columns whose values make groups of rows: categories, not measures.
func (t *Table) groupings() []*flow.Column {
	var out []*flow.Column
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		measure := c.Type == flow.Decimal
		if c.Distinct >= 2 && c.Distinct*8 <= t.Facts.Rows-c.Missing && !measure && !c.Type.Temporal() {
			out = append(out, c)
		}
	}
	if len(out) > mostGroupings {
		for _, check := range []string{"scale_error", "sign_error"} {
			t.partly(check, "numbers were compared within the groups of the first %d of %d columns of few values", mostGroupings, len(out))
		}
		out = out[:mostGroupings]
	}
	return out
}

// grouped is the query for the numbers of a column as x with their group as g.
func grouped(c, by *flow.Column) string {
	g := "''"
	if by != nil {
		g = "coalesce(" + engine.Text(by.Name) + ", '')"
	}
	return "SELECT " + engine.Text(c.Name) + " AS value, CAST(" + engine.Typed(c) + " AS DOUBLE) AS x, " + g + " AS g"
}

func within(by *flow.Column) string {
	if by == nil {
		return ""
	}
	return " of the same " + by.Name
}

// scaleError compares with the group's median on the scale of powers of ten. A group is judged where nine tenths of
// it lie within a factor of two, so that a power of ten apart is a slip and no tail.
func scaleError(c, by *flow.Column) stray {
	groups := func(rows string) string {
		return "SELECT g, median(log10(x)) AS m, quantile_cont(log10(x), 0.95) - quantile_cont(log10(x), 0.05) AS w, count(*) AS k FROM (" +
			rows + ") WHERE x > 0 GROUP BY g"
	}
	judged := func(rows string) string {
		return "SELECT r.*, log10(CASE WHEN x > 0 THEN x END) - m AS d FROM r JOIN (" + groups(rows) + ") AS s ON r.g = s.g AND s.k >= 20 AND s.w <= 0.3"
	}
	slip := "round(d) <> 0 AND abs(d) < 3.2 AND abs(d - round(d)) <= 0.16"
	return stray{
		by: by, judged: judged, slip: slip, what: "{is|are} a power of ten off", possible: "high >= 6 * least",
		repair: "rtrim(rtrim(printf('%.6f', x / pow(10, round(d))), '0'), '.')",
		note:   "a real extreme may lie a power of ten away by chance",
		can:    func(_, high, least float64) bool { return high >= 6*least },
	}
}

// signError compares with the group's signs. A group is judged where the numbers keep well away from zero, so that a
// sign does not change by small steps.
func signError(c, by *flow.Column) stray {
	groups := func(rows string) string {
		return "SELECT g, avg(sign(x)) AS m, quantile_cont(abs(x), 0.02) AS low, quantile_cont(abs(x), 0.98) AS high, median(abs(x)) AS mid, count(*) AS k FROM (" +
			rows + ") WHERE x <> 0 GROUP BY g"
	}
	judged := func(rows string) string {
		return "SELECT r.*, m, low, high FROM r JOIN (" + groups(rows) + ") AS s ON r.g = s.g AND s.k >= 20 AND abs(s.m) > 0.96 AND s.low >= 0.2 * s.mid"
	}
	slip := "sign(x) * m < 0 AND abs(x) BETWEEN low AND high"
	return stray{
		by: by, judged: judged, slip: slip, what: "{has|have} the other sign", possible: "low < 0 AND high > 0",
		repair: "CASE WHEN starts_with(value, '-') THEN value[2:] ELSE '-' || value END",
		note:   "a refund or correction rightly has the other sign",
		can:    func(low, high, _ float64) bool { return low < 0 && high > 0 },
	}
}

// stray is what to look for among the numbers of groups.
type stray struct {
	by         *flow.Column
	judged     func(rows string) string // query on r, the rows given: the numbers of groups that can be judged
	slip       string                   // which of them are off
	possible   string                   // of the lowest, the highest and the least number above zero: false where none can be off
	repair     string                   // the text that would be right
	what, note string
	can        func(low, high, least float64) bool // possible, of a column; least is NaN where no number is above zero
}

// stray reports the few numbers that are off. Where groups that can be judged do not hold most of the column, or more
// than a handful is off, it is no matter of slips.
func (t *Table) stray(ctx context.Context, c *flow.Column, s stray) (*Finding, error) {
	if may, err := t.mayJudge(ctx, c, &s); err != nil || !may {
		return nil, err
	}
	base, judgeable := grouped(c, s.by)+", "+engine.RowColumn+" FROM data", s.judged(grouped(c, s.by)+" FROM data")
	n, judged, present, err := t.strays(ctx, c, &s, "data")
	if err != nil {
		return nil, err
	}
	if n == 0 || judged*2 < present || n > max(2, judged/100) {
		return nil, nil
	}
	return &Finding{
		Cells: "WITH r AS (" + base + ") SELECT " + engine.RowColumn + ", " + engine.Literal(c.Name) + ` AS "column", ` + s.repair + " AS new FROM (" + judgeable + ") WHERE " + s.slip,
		Issue: flow.Issue{
			Columns: []string{c.Name}, Severity: severity(c, share(n, present), flow.Medium), Confidence: 0.7,
			Title: phrase.Count(n, "%d {number|numbers} of %s "+s.what+", compared with the others%s", n, c.Name, within(s.by)),
			Evidence: flow.Evidence{
				SQL:     "WITH r AS (" + grouped(c, s.by) + " FROM data) SELECT g AS group_of, value, " + s.repair + " AS would_fit FROM (" + judgeable + ") WHERE " + s.slip + " ORDER BY ALL",
				Numbers: map[string]float64{"cells": float64(n), "judged": float64(judged)},
				Notes:   []string{s.note, "the proposal is arithmetic, not knowledge; compare with the source"},
			},
			Resolutions: []flow.Resolution{recommended(markOnly(), "whether the number is a slip is for the source to say")},
		},
	}, nil
}

// strays counts the numbers that are off, those that could be judged, and all.
func (t *Table) strays(ctx context.Context, c *flow.Column, s *stray, from string) (n, judged, present int64, err error) {
	err = t.Engine.QueryRow(ctx, "WITH r AS MATERIALIZED ("+grouped(c, s.by)+" FROM "+from+"), j AS MATERIALIZED ("+s.judged(grouped(c, s.by)+" FROM "+from)+
		") SELECT (SELECT count(*) FROM j WHERE "+s.slip+"), (SELECT count(*) FROM j WHERE x IS NOT NULL), "+
		"(SELECT count(*) FROM r WHERE x IS NOT NULL AND x <> 0)", &n, &judged, &present)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("comparing numbers with their group: %w", err)
	}
	return n, judged, present, nil
}

// mayJudge says whether a look at all rows is worth while: not where the numbers of the column, or of each group, are all of
// one sign or size, nor where hardly any group of a sample of them can be judged. So it is with most columns.
func (t *Table) mayJudge(ctx context.Context, c *flow.Column, s *stray) (bool, error) {
	texts, err := t.texts(ctx, c)
	if err != nil {
		return false, err
	}
	x, err := t.once(ctx, "range", c, "SELECT min(x) AS low, max(x) AS high, min(x) FILTER (x > 0) AS least FROM (SELECT CAST("+
		engine.Typed(onText(c))+" AS DOUBLE) AS x FROM "+texts+" AS texts)")
	if err != nil {
		return false, err
	}
	var possible bool
	if err := t.Engine.QueryRow(ctx, "SELECT coalesce("+s.possible+", false) FROM "+x, &possible); err != nil || !possible || t.Facts.Rows < t.limits.screenedFrom {
		return possible, err
	}
	from, err := t.groupSample(ctx, s.by)
	if err != nil {
		return false, err
	}
	_, judged, present, err := t.strays(ctx, c, s, from)
	if err != nil || float64(judged) < 0.4*float64(present) {
		return false, err
	}
	err = t.Engine.QueryRow(ctx, "SELECT count(*) > 0 FROM (SELECT min(x) AS low, max(x) AS high, min(x) FILTER (x > 0) AS least FROM ("+
		grouped(c, s.by)+" FROM data) GROUP BY g) WHERE "+s.possible, &possible)
	return possible, err
}

// groupSample is a table of the numbers of some rows with the column that groups them: whole groups where the column has
// many, and else rows that serve all such columns.
func (t *Table) groupSample(ctx context.Context, by *flow.Column) (string, error) {
	many := by != nil && by.Distinct > t.limits.screenedGroups
	columns := []string{engine.RowColumn}
	for i := range t.Facts.Columns {
		if c := &t.Facts.Columns[i]; c.Type.Numeric() || c == by || !many && c.Distinct <= t.limits.screenedGroups {
			columns = append(columns, engine.Ident(c.Name))
		}
	}
	rows, where := t.Facts.Rows, "true"
	if many {
		classes := by.Distinct / t.limits.screenedGroups
		rows, where = rows/classes, fmt.Sprintf("hash(coalesce(%s, '')) %% %d = 0", text(by), classes)
	} else {
		by = &flow.Column{}
	}
	if classes := rows / t.limits.screenedRows; classes > 1 {
		where += fmt.Sprintf(" AND hash(%s) %% %d = 0", engine.RowColumn, classes)
	}
	return t.once(ctx, "groups", by, "SELECT "+strings.Join(columns, ", ")+" FROM data WHERE "+where)
}
