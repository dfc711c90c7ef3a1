package reception

import (
	"context"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

const (
	textRepeats = 8       // times that a text must stand on average for grouping to save work
	groupedFrom = 200_000 // rows from which on columns with few texts are grouped before all else
	groupBlocks = 8       // parts of the table in which is looked whether the texts are few
)

// group gathers the texts of the columns of a large table that have few in some parts of it.
func (k *chunk) group(ctx context.Context, s *engine.Session) error {
	if k.rows < groupedFrom {
		return nil
	}
	parts := make([]string, len(k.columns))
	names := make([]string, len(k.columns))
	dest := make([]any, len(k.columns))
	seen := make([]int64, len(k.columns))
	for i, c := range k.columns {
		names[i], parts[i], dest[i] = engine.Ident(c.Name), "count(DISTINCT "+engine.Text(c.Name)+")", &seen[i]
	}
	blocks := make([]string, groupBlocks)
	for i := range blocks {
		first := int64(i)*k.rows/groupBlocks + 1
		blocks[i] = fmt.Sprintf("SELECT %s FROM %s WHERE %s BETWEEN %d AND %d", strings.Join(names, ", "), k.table, engine.RowColumn,
			first, first+sampleRows/groupBlocks-1)
	}
	if err := s.QueryRow(ctx, "SELECT "+strings.Join(parts, ", ")+" FROM ("+strings.Join(blocks, " UNION ALL ")+")", dest...); err != nil {
		return err
	}
	for i, c := range k.columns {
		if seen[i] > sampleRows/4 {
			continue
		}
		texts := fmt.Sprintf("profiled_%d", i)
		if err := s.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+texts+" AS "+c.groups()); err != nil {
			return err
		}
		if err := s.QueryRow(ctx, "SELECT coalesce(sum(n) FILTER (v IS NOT NULL), 0)::BIGINT, coalesce(min(length(v)), 0), coalesce(max(length(v)), 0), count(v) FROM "+texts,
			&c.present, &c.MinLength, &c.MaxLength, &c.guess); err != nil {
			return err
		}
		c.texts = texts
	}
	return nil
}

// groups is the query for the texts v of a column, NULL among them, and how often each stands there, n.
func (c *column) groups() string {
	if c.texts != "" {
		return "SELECT v, n FROM " + c.texts
	}
	return "SELECT " + engine.Text(c.Name) + " AS v, count(*) AS n FROM " + c.table + " GROUP BY 1"
}

// isToken is the condition, on a text v and what it is read as t, that it is one of the usual missing tokens. It matters of
// columns alone of which a sample was read.
func isToken(c *column) string {
	if c.complete {
		return "false"
	}
	read := "t IS NULL AND "
	if c.Type == flow.Text || c.Type == flow.JSON {
		read = ""
	}
	return read + "v IS NOT NULL AND lower(trim(v)) IN (" + engine.Literals(sortedTokens()) + ")"
}

// typeGroups reads columns whose texts are few, or each stand in several rows.
func typeGroups(ctx context.Context, s *engine.Session, columns []*column) error {
	if len(columns) == 0 {
		return nil
	}
	parts := make([]string, len(columns))
	for i, c := range columns {
		mean := "NULL"
		if c.Type.Numeric() {
			mean = "fsum(t * n) / sum(n) FILTER (t IS NOT NULL)"
		}
		as := *c
		as.Name = "v" // as the groups call it
		parts[i] = fmt.Sprintf("SELECT %d AS c, coalesce(sum(n) FILTER (t IS NOT NULL), 0)::BIGINT, min(t)::VARCHAR, max(t)::VARCHAR, (%s)::DOUBLE, "+
			"coalesce(sum(n) FILTER (%s), 0)::BIGINT FROM (SELECT %s AS t, n, v FROM (%s))", i, mean, isToken(c), typed(&as), c.groups())
	}
	rows, err := s.Query(ctx, strings.Join(parts, " UNION ALL "))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells what went wrong
	for rows.Next() {
		var i int
		var r typedResult
		if err := rows.Scan(&i, &r.fits, &r.low, &r.high, &r.mean, &r.tokens); err != nil {
			return err
		}
		if columns[i].Type == flow.Text || columns[i].Type == flow.JSON {
			columns[i].tokens = r.tokens
			columns[i].takeText()
			continue
		}
		columns[i].take(&r)
	}
	return rows.Err()
}
