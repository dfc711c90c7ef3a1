package quality

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// measured says whether a column's numbers are measures, which can be compared with one another.
func measured(c *flow.Column) bool {
	return c.Type.Numeric() && c.Role != flow.RoleIdentifier && c.Role != flow.RoleKey && c.Distinct >= 10 &&
		(c.Role == flow.RoleMeasure || c.Semantic == "")
}

// mayStray says whether a column of a wide table is worth a look of its own: all columns are grouped by the same one in one
// statement. Of other tables each column is.
func (t *Table) mayStray(ctx context.Context, kind string, c *flow.Column, s *stray) (bool, error) {
	if !t.wide() {
		return true, nil
	}
	all, err := t.together(ctx)
	if err != nil {
		return false, err
	}
	if possible, err := t.possible(ctx, c, s); err != nil || !possible {
		return false, err
	}
	key := kind + "\x00"
	if s.by != nil {
		key += s.by.Name
	}
	if all.strays[key] == nil {
		if all.strays[key], err = t.straysOf(ctx, s); err != nil {
			return false, err
		}
	}
	return all.strays[key][all.place[c.Name]], nil
}

// possible says whether a number of the column can be off at all.
func (t *Table) possible(ctx context.Context, c *flow.Column, s *stray) (bool, error) {
	d, err := t.spread(ctx, c, engine.Typed)
	if err != nil || len(d) == 0 {
		return false, err
	}
	least := math.NaN()
	for _, w := range d {
		if w.x > 0 {
			least = w.x
			break
		}
	}
	return s.can(d[0].x, d[len(d)-1].x, least), nil
}

// straysOf are the columns of a wide table in which, their rows grouped in one way, a few numbers are off.
func (t *Table) straysOf(ctx context.Context, s *stray) (map[int]bool, error) {
	if err := t.measures(ctx); err != nil {
		return nil, err
	}
	group := "''"
	if s.by != nil {
		group = "coalesce(" + text(s.by) + ", '')"
	}
	var list []string
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		if c == s.by || !measured(c) {
			continue
		}
		may, err := t.possible(ctx, c, s)
		if err != nil {
			return nil, err
		}
		if may {
			list = append(list, strconv.Itoa(i))
		}
	}
	if len(list) == 0 {
		return map[int]bool{}, nil
	}
	const rows = "SELECT c, '' AS value, x, g FROM grouped_measures"
	err := t.Engine.Exec(ctx, "CREATE OR REPLACE TEMP TABLE grouped_measures AS SELECT m.c AS c, m.x AS x, m.c || ':' || b.g AS g FROM all_measures AS m JOIN "+
		"(SELECT "+engine.RowColumn+", "+group+" AS g FROM data) AS b USING ("+engine.RowColumn+") WHERE m.c IN ("+strings.Join(list, ", ")+")")
	if err != nil {
		return nil, fmt.Errorf("grouping the numbers of all columns: %w", err)
	}
	return t.places(ctx, "WITH r AS MATERIALIZED ("+rows+"), j AS MATERIALIZED ("+s.judged(rows)+"), f AS (SELECT c, count(*) FILTER (WHERE "+s.slip+
		") AS n, count(x) AS judged FROM j GROUP BY 1), p AS (SELECT c, count(*) FILTER (WHERE x <> 0) AS present FROM r GROUP BY 1) "+
		"SELECT c FROM f JOIN p USING (c) WHERE n > 0 AND judged * 2 >= present AND n <= greatest(2, judged // 100)")
}

// measures gathers the numbers of all columns by row, once.
func (t *Table) measures(ctx context.Context) error {
	if _, ok := t.made["measures"]; ok {
		return nil
	}
	if err := t.Engine.Exec(ctx, "CREATE OR REPLACE TEMP TABLE all_measures (c INTEGER, "+engine.RowColumn+" BIGINT, x DOUBLE)"); err != nil {
		return fmt.Errorf("gathering the numbers of all columns: %w", err)
	}
	for start := 0; start < len(t.Facts.Columns); start += wideChunk {
		var places, cells []string
		for i := start; i < min(start+wideChunk, len(t.Facts.Columns)); i++ {
			if c := &t.Facts.Columns[i]; measured(c) {
				places, cells = append(places, strconv.Itoa(i)), append(cells, "CAST("+engine.Typed(c)+" AS DOUBLE)")
			}
		}
		if len(places) == 0 {
			continue
		}
		err := t.Engine.Exec(ctx, "INSERT INTO all_measures SELECT * FROM (SELECT unnest(["+strings.Join(places, ", ")+"]) AS c, "+engine.RowColumn+", unnest(["+
			strings.Join(cells, ", ")+"]) AS x FROM data) WHERE x IS NOT NULL")
		if err != nil {
			return fmt.Errorf("gathering the numbers of columns from %d on: %w", start+1, err)
		}
	}
	t.made["measures"] = "all_measures"
	return nil
}
