package quality

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// A cell's text is all that most checks look at, and a table of millions of rows holds few texts. So a column is read
// once, into a temporary table of its texts and how often each stands there, and checks ask that.

const (
	// textRepeats is how often a text of a column must stand on average for its texts to be worth gathering.
	textRepeats = 8
	// plainText is what nearly all cells are: printable ASCII, without blanks at the ends or doubled ones, that no
	// spreadsheet takes for a formula. A number may have its sign.
	plainText = `-?[0-9][0-9.,]*|[!-*,./0-9:;<>?A-~][!-~]*( [!-~]+)*`
)

// limits say from where on a table is so large that rules are looked for in parts of it.
type limits struct {
	values         int64 // texts of a column that are all looked at
	sampledTexts   int64 // about how many are, of a column with more of them that has nearly as many texts as rows
	screenedFrom   int64 // rows from which on groups are looked at in a sample first
	screenedRows   int64 // rows of it
	screenedGroups int64 // groups of it: whole ones, as far as the rows allow
	wideFrom       int64 // columns from which on they are looked at together; 0 for never
}

func usualLimits() limits {
	return limits{values: MostValues, sampledTexts: 50_000, screenedFrom: 400_000, screenedRows: 100_000, screenedGroups: 1_000, wideFrom: wideFrom}
}

// onText is the column as it is seen in a table of texts, where its cell is called v.
func onText(c *flow.Column) *flow.Column {
	x := *c
	x.Name = "v"
	return &x
}

// repeats says whether the texts of a column are gathered: they are few, or each stands in several rows.
func (t *Table) repeats(c *flow.Column) bool {
	return t.wide() || c.Distinct <= t.limits.values || c.Distinct*textRepeats <= t.Facts.Rows-c.Missing
}

// texts is the table expression of a column's present texts as v and in how many rows each stands as n. Of a column
// with nearly as many texts as rows it has a line for each row.
func (t *Table) texts(ctx context.Context, c *flow.Column) (string, error) {
	if t.wide() {
		all, err := t.together(ctx)
		if err != nil {
			return "", err
		}
		return all.of(allTexts, c), nil
	}
	if !t.repeats(c) {
		return "(SELECT " + text(c) + " AS v, CAST(1 AS BIGINT) AS n FROM data WHERE " + engine.Ident(c.Name) + " IS NOT NULL)", nil
	}
	return t.once(ctx, "texts", c, "SELECT "+text(c)+" AS v, count(*) AS n FROM data WHERE "+engine.Ident(c.Name)+" IS NOT NULL GROUP BY 1")
}

// sample is a table like texts with about limits.sampledTexts of the texts of a column that repeats none: the most frequent
// ones, if some are, and those whose hash falls into one of so many classes. Their counts are those of all rows.
func (t *Table) sample(ctx context.Context, c *flow.Column) (string, error) {
	rows := max(1, t.Facts.Rows/(2*t.limits.sampledTexts))
	classes := max(1, c.Distinct/t.limits.sampledTexts)
	from, err := t.texts(ctx, c)
	if err != nil {
		return "", err
	}
	often := fmt.Sprintf("SELECT %[1]s AS v FROM data WHERE %[2]s IS NOT NULL AND hash(%[3]s) %% %[4]d = 0 GROUP BY 1 HAVING count(*) > 2 ORDER BY count(*) DESC, v LIMIT 1000",
		text(c), engine.Ident(c.Name), engine.RowColumn, rows)
	return t.once(ctx, "sample", c, fmt.Sprintf("WITH often AS MATERIALIZED (%s) SELECT v, sum(n)::BIGINT AS n FROM %s AS x WHERE hash(v) %% %d = 0 OR v IN (SELECT v FROM often) GROUP BY 1",
		often, from, classes))
}

// odd is a table like texts with the texts that are not plain. It may be empty where there are none.
func (t *Table) odd(ctx context.Context, c *flow.Column) (string, error) {
	if t.wide() {
		return t.oddAll(ctx, c)
	}
	from, err := t.texts(ctx, c)
	if err != nil {
		return "", err
	}
	return t.once(ctx, "odd", c, "SELECT v, n FROM "+from+" AS x WHERE NOT regexp_full_match(v, "+engine.Literal(plainText)+")")
}

// unread is a table like texts with the texts that cannot be read as what their column holds. It may be empty where there are
// none.
func (t *Table) unread(ctx context.Context, c *flow.Column) (string, error) {
	if t.wide() {
		return t.unreadAll(ctx, c)
	}
	from, err := t.texts(ctx, c)
	if err != nil {
		return "", err
	}
	return t.once(ctx, "unread", c, "SELECT v, sum(n)::BIGINT AS n FROM "+from+" AS x WHERE "+engine.Typed(onText(c))+" IS NULL GROUP BY 1")
}

// once makes a temporary table about a column when it is first asked for.
func (t *Table) once(ctx context.Context, kind string, c *flow.Column, query string) (string, error) {
	key := kind + "\x00" + c.Name
	if name, ok := t.made[key]; ok {
		return name, nil
	}
	name := fmt.Sprintf("%s_%d", kind, len(t.made))
	if err := t.Engine.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+name+" AS "+query); err != nil {
		return "", fmt.Errorf("reading the texts of %q: %w", c.Name, err)
	}
	t.made[key] = name
	return name, nil
}

// cellsIn counts the cells of a table of texts for whose text v a condition holds.
func (t *Table) cellsIn(ctx context.Context, from, where string) (n int64, err error) {
	err = t.Engine.QueryRow(ctx, "SELECT coalesce(sum(n), 0)::BIGINT FROM "+from+" AS x WHERE "+where, &n)
	return n, err
}
