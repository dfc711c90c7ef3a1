package quality

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// A statement costs about as much for one column as for hundreds of small ones. Where a table has many, their texts are put
// into one table, and what a check asks of each column first is asked of all of them at once: most have nothing to find.
const (
	wideFrom  = 256       // columns of the table
	wideCells = 8_000_000 // cells of the table, since all its texts are held
	wideChunk = 256       // columns whose texts one statement gathers
	allTexts  = "all_texts"
)

// together is what is known of all columns of a wide table.
type together struct {
	place   map[string]int // of a column in the table
	odd     map[int]bool   // columns with texts in all_odd; nil before that is made
	unread  map[string]map[int]bool
	numbers map[string]map[int]distribution // by the expression of a number
	strays  map[string]map[int]bool
	alike   map[string][]string // places of columns, by an expression that they share
}

// wide says whether columns are looked at together.
func (t *Table) wide() bool {
	n := int64(len(t.Facts.Columns))
	return t.limits.wideFrom > 0 && n >= t.limits.wideFrom && n*t.Facts.Rows <= wideCells
}

// together gathers the texts of all columns, once.
func (t *Table) together(ctx context.Context) (*together, error) {
	if t.all != nil {
		return t.all, nil
	}
	all := &together{place: map[string]int{}, unread: map[string]map[int]bool{}, numbers: map[string]map[int]distribution{}, strays: map[string]map[int]bool{},
		alike: map[string][]string{}}
	if err := t.Engine.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+allTexts+" (c INTEGER, v VARCHAR, n BIGINT)"); err != nil {
		return nil, fmt.Errorf("gathering the texts of all columns: %w", err)
	}
	for start := 0; start < len(t.Facts.Columns); start += wideChunk {
		chunk := t.Facts.Columns[start:min(start+wideChunk, len(t.Facts.Columns))]
		places, cells := make([]string, len(chunk)), make([]string, len(chunk))
		for i := range chunk {
			all.place[chunk[i].Name] = start + i
			places[i], cells[i] = strconv.Itoa(start+i), text(&chunk[i])
		}
		err := t.Engine.Exec(ctx, "INSERT INTO "+allTexts+" SELECT c, v, count(*) FROM (SELECT unnest(["+strings.Join(places, ", ")+"]) AS c, unnest(["+
			strings.Join(cells, ", ")+"]) AS v FROM data) WHERE v IS NOT NULL GROUP BY 1, 2 ORDER BY 1")
		if err != nil {
			return nil, fmt.Errorf("gathering the texts of columns %d to %d: %w", start+1, start+len(chunk), err)
		}
	}
	t.all = all
	return all, nil
}

// of is the part of a table about all columns that is about one.
func (a *together) of(table string, c *flow.Column) string {
	return fmt.Sprintf("(SELECT v, n FROM %s WHERE c = %d)", table, a.place[c.Name])
}

// readAll reads the values of all columns.
func (t *Table) readAll(ctx context.Context) error {
	all, err := t.together(ctx)
	if err != nil {
		return err
	}
	names := make([]string, len(t.Facts.Columns))
	values := make([]*Values, len(names))
	for name, at := range all.place {
		names[at], values[at] = name, &Values{Complete: true}
	}
	rows, err := t.Engine.Query(ctx, "SELECT c, v, n FROM "+allTexts+" ORDER BY c, n DESC, v")
	if err != nil {
		return fmt.Errorf("reading the distinct values of all columns: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c int
		var x ValueCount
		if err := rows.Scan(&c, &x.Value, &x.Count); err != nil {
			return fmt.Errorf("reading the distinct values of all columns: %w", err)
		}
		values[c].List = append(values[c].List, x)
		values[c].Present += x.Count
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading the distinct values of all columns: %w", err)
	}
	for i, name := range names {
		t.values[name] = values[i]
	}
	return nil
}

// whole makes a table of all columns from that of their texts, and says which columns have a line there.
func (t *Table) whole(ctx context.Context, table, where string) (map[int]bool, error) {
	if err := t.Engine.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+table+" AS SELECT c, v, n FROM "+allTexts+" WHERE "+where+" ORDER BY c"); err != nil {
		return nil, fmt.Errorf("reading the texts of all columns: %w", err)
	}
	return t.places(ctx, "SELECT DISTINCT c FROM "+table)
}

// places reads a query of places of columns.
func (t *Table) places(ctx context.Context, query string) (map[int]bool, error) {
	rows, err := t.Engine.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("reading which columns are concerned: %w", err)
	}
	defer rows.Close()
	out := map[int]bool{}
	for rows.Next() {
		var c int
		if err := rows.Scan(&c); err != nil {
			return nil, fmt.Errorf("reading which columns are concerned: %w", err)
		}
		out[c] = true
	}
	return out, rows.Err()
}

// oddAll is odd on a wide table; it is empty where no text of the column is odd.
func (t *Table) oddAll(ctx context.Context, c *flow.Column) (string, error) {
	all, err := t.together(ctx)
	if err != nil {
		return "", err
	}
	if all.odd == nil {
		if all.odd, err = t.whole(ctx, "all_odd", "NOT regexp_full_match(v, "+engine.Literal(plainText)+")"); err != nil {
			return "", err
		}
	}
	if !all.odd[all.place[c.Name]] {
		return "", nil
	}
	return all.of("all_odd", c), nil
}

// patternsAll is a table of the patterns of a column's texts and how often each occurs. Those of all columns that may be codes are
// worked out together: for each by itself the engine would read the expression anew, which takes it longer than to apply it.
func (t *Table) patternsAll(ctx context.Context, c *flow.Column, runs string) (string, error) {
	all, err := t.together(ctx)
	if err != nil {
		return "", err
	}
	table := map[string]string{"": "all_patterns", "+": "all_shapes"}[runs]
	if _, ok := t.made[table]; !ok {
		list := []string{"-1"}
		for i := range t.Facts.Columns {
			if t.maybeCodes(&t.Facts.Columns[i]) {
				list = append(list, strconv.Itoa(i))
			}
		}
		err := t.Engine.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+table+" AS SELECT c, "+patternSQL("v", runs)+" AS p, sum(n)::BIGINT AS n FROM "+allTexts+
			" WHERE c IN ("+strings.Join(list, ", ")+") GROUP BY 1, 2 ORDER BY 1")
		if err != nil {
			return "", fmt.Errorf("reading how the texts of all columns are built: %w", err)
		}
		t.made[table] = table
	}
	return fmt.Sprintf("(SELECT p, n FROM %s WHERE c = %d)", table, all.place[c.Name]), nil
}

// alike are the places of the columns that an expression of their text reads as it does a given one, as a list for SQL.
func (t *Table) alike(c *flow.Column, expr func(*flow.Column) string) string {
	e := expr(onText(c))
	if _, ok := t.all.alike[e]; !ok {
		for i := range t.Facts.Columns {
			e := expr(onText(&t.Facts.Columns[i]))
			t.all.alike[e] = append(t.all.alike[e], strconv.Itoa(i))
		}
	}
	return strings.Join(t.all.alike[e], ", ")
}

// unreadAll is unread on a wide table; it is empty where all texts of the column can be read.
func (t *Table) unreadAll(ctx context.Context, c *flow.Column) (string, error) {
	all, err := t.together(ctx)
	if err != nil {
		return "", err
	}
	e := engine.Typed(onText(c))
	table := "all_unread"
	if _, ok := all.unread[e]; !ok {
		table = fmt.Sprintf("%s_%d", table, len(all.unread))
		some, err := t.whole(ctx, table, "c IN ("+t.alike(c, engine.Typed)+") AND "+e+" IS NULL")
		if err != nil {
			return "", err
		}
		all.unread[e] = some
		t.made["unread\x00"+e] = table
	}
	if !all.unread[e][all.place[c.Name]] {
		return "", nil
	}
	return all.of(t.made["unread\x00"+e], c), nil
}

// spread is the distribution of an expression of a column's text, one that gathers its texts. On a wide table it is read of all
// columns of its kind at once.
func (t *Table) spread(ctx context.Context, c *flow.Column, expr func(*flow.Column) string) (distribution, error) {
	e := expr(onText(c))
	if !t.wide() {
		from, err := t.texts(ctx, c)
		if err != nil {
			return nil, err
		}
		return t.distribution(ctx, from, e)
	}
	all, err := t.together(ctx)
	if err != nil {
		return nil, err
	}
	if all.numbers[e] == nil {
		if all.numbers[e], err = t.distributions(ctx, e, t.alike(c, expr)); err != nil {
			return nil, err
		}
	}
	return all.numbers[e][all.place[c.Name]], nil
}

// distributions reads an expression of the text of several columns.
func (t *Table) distributions(ctx context.Context, expr, places string) (map[int]distribution, error) {
	rows, err := t.Engine.Query(ctx, "SELECT c, x, sum(n)::BIGINT FROM (SELECT c, CAST("+expr+" AS DOUBLE) AS x, n FROM "+allTexts+
		" WHERE c IN ("+places+")) WHERE x IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2")
	if err != nil {
		return nil, fmt.Errorf("reading the numbers of all columns: %w", err)
	}
	defer rows.Close()
	out := map[int]distribution{}
	for rows.Next() {
		var c int
		var w weighted
		if err := rows.Scan(&c, &w.x, &w.n); err != nil {
			return nil, fmt.Errorf("reading the numbers of all columns: %w", err)
		}
		out[c] = append(out[c], w)
	}
	return out, rows.Err()
}
