package reception

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// Bounds of the profile: memory grows with chunkColumns * mostValues texts.
const (
	chunkColumns = 32        // columns that are looked at together
	mostValues   = 10_000    // distinct texts of a column that are all looked at; beyond, a sample is
	sampleRows   = 20_000    // rows of the sample for columns with more distinct texts
	exactRows    = 1_000_000 // rows up to which distinct values are counted one by one
	longestText  = 200       // characters of a value that facts keep
	mostExamples = 5
)

// column is a column under study.
type column struct {
	flow.Column
	table    string // that holds it
	words    []string
	present  int64            // cells with a text
	tokens   int64            // of these, the usual missing tokens
	guess    int64            // approximate count of distinct texts
	texts    string           // temporary table of its texts and their counts; empty where they are many
	exact    bool             // Distinct was counted, not estimated
	complete bool             // values holds every distinct text
	values   []semantic.Count // distinct texts, most frequent first; of a sample where not complete
	real     []semantic.Count // values without missing tokens, trimmed
	seen     int64            // cells behind real
	// floats says that all numbers are whole though they are written with a decimal mark.
	floats  bool
	average float64 // mean length in characters of the real values
	notes   []string
	low     float64
	high    float64
}

// realDistinct is the number of distinct texts without missing tokens.
func (c *column) realDistinct() int64 {
	if c.complete {
		return int64(len(c.real))
	}
	return c.Distinct
}

func (c *column) realCells() int64 { return c.present - c.tokens }

func (c *column) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// chunk is a group of columns that are scanned together.
type chunk struct {
	rows    int64
	table   string // that holds them
	columns []*column
}

func newChunk(table string, names []string, rows int64) *chunk {
	k := &chunk{rows: rows, table: table}
	for _, n := range names {
		k.columns = append(k.columns, &column{table: table, Column: flow.Column{Name: n, Examples: []string{}}})
	}
	return k
}

// scanCounts counts present cells, distinct texts (about) and lengths. Columns with few texts are grouped: that is quicker
// than to scan their rows, as the engine groups what a file's dictionaries hold.
func (k *chunk) scanCounts(ctx context.Context, s *engine.Session) error {
	if err := k.group(ctx, s); err != nil {
		return err
	}
	var parts []string
	var dest []any
	for _, c := range k.columns {
		if c.texts != "" {
			continue
		}
		t := engine.Text(c.Name)
		parts = append(parts, "count("+t+")", "coalesce(min(length("+t+")), 0)", "coalesce(max(length("+t+")), 0)")
		if k.rows > mostValues {
			parts = append(parts, "approx_count_distinct("+t+")")
		} else {
			parts = append(parts, "0")
		}
		dest = append(dest, &c.present, &c.MinLength, &c.MaxLength, &c.guess)
	}
	if len(parts) > 0 {
		if err := s.QueryRow(ctx, "SELECT "+strings.Join(parts, ", ")+" FROM "+k.table, dest...); err != nil {
			return err
		}
	}
	for _, c := range k.columns {
		c.Missing = k.rows - c.present
		c.complete = k.rows <= mostValues || float64(c.guess) < 0.9*mostValues
	}
	return nil
}

// readValues brings the distinct texts into memory: all of them where they are few, a sample's where not.
func (k *chunk) readValues(ctx context.Context, s *engine.Session) error {
	var whole, sampled []*column
	for _, c := range k.columns {
		if c.complete {
			whole = append(whole, c)
		} else {
			sampled = append(sampled, c)
		}
	}
	if err := readGroups(ctx, s, whole); err != nil {
		return err
	}
	if err := k.readSample(ctx, s, sampled); err != nil {
		return err
	}
	for _, c := range k.columns {
		c.settleValues()
	}
	return nil
}

func readGroups(ctx context.Context, s *engine.Session, columns []*column) error {
	if len(columns) == 0 {
		return nil
	}
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = fmt.Sprintf("SELECT %d AS c, v, n FROM (%s) WHERE v IS NOT NULL", i, c.groups())
	}
	rows, err := s.Query(ctx, strings.Join(parts, " UNION ALL "))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells what went wrong
	for rows.Next() {
		var i int
		var v semantic.Count
		if err := rows.Scan(&i, &v.Value, &v.N); err != nil {
			return err
		}
		columns[i].values = append(columns[i].values, v)
	}
	return rows.Err()
}

// readSample takes the rows whose number's hash falls into one of k classes: the same rows on every try, whatever the
// engine's threads do.
func (k *chunk) readSample(ctx context.Context, s *engine.Session, columns []*column) error {
	if len(columns) == 0 {
		return nil
	}
	parts := make([]string, len(columns))
	counts := make([]map[string]int64, len(columns))
	cells := make([]sql.NullString, len(columns))
	dest := make([]any, len(columns))
	for i, c := range columns {
		parts[i], counts[i], dest[i] = engine.Text(c.Name), map[string]int64{}, &cells[i]
	}
	classes := max(1, k.rows/sampleRows)
	rows, err := s.Query(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE hash(%s) %% %d = 0", strings.Join(parts, ", "),
		k.table, engine.RowColumn, classes))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells what went wrong
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, cell := range cells {
			if cell.Valid {
				counts[i][cell.String]++
			}
		}
	}
	for i, c := range columns {
		for v, n := range counts[i] {
			c.values = append(c.values, semantic.Count{Value: v, N: n})
		}
		c.note("its values were judged by a sample of about %d rows, its counts by all rows", sampleRows)
	}
	return rows.Err()
}

// settleValues sorts the values and sets the missing tokens apart.
func (c *column) settleValues() {
	slices.SortFunc(c.values, func(a, b semantic.Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Value, b.Value))
	})
	var length int64
	for i, v := range c.values {
		if i < mostExamples {
			c.Examples = append(c.Examples, shorten(v.Value))
		}
		if semantic.MissingToken(v.Value) {
			if c.complete {
				c.tokens += v.N
			}
			continue
		}
		trimmed := strings.TrimSpace(v.Value)
		c.real = append(c.real, semantic.Count{Value: trimmed, N: v.N})
		c.seen += v.N
		length += v.N * int64(len([]rune(trimmed)))
	}
	c.average = float64(length) / float64(max(c.seen, 1))
	if c.complete {
		c.Distinct, c.exact = int64(len(c.values)), true
	}
}

func shorten(text string) string {
	if r := []rune(text); len(r) > longestText {
		return string(r[:longestText]) + "…"
	}
	return text
}

// scanTyped reads every column as its type, over all rows: how many cells fit, the least, the greatest and the mean.
// Where a column has few distinct texts each is read once: reading a date costs more than grouping does.
func (k *chunk) scanTyped(ctx context.Context, s *engine.Session) error {
	var whole, sampled []*column
	for _, c := range k.columns {
		switch {
		case !c.complete && c.guess*textRepeats > c.present:
			sampled = append(sampled, c)
		case c.complete && (c.Type == flow.Text || c.Type == flow.JSON):
			c.takeText()
		default:
			whole = append(whole, c)
		}
	}
	if err := typeGroups(ctx, s, whole); err != nil {
		return err
	}
	if err := typeRows(ctx, s, sampled); err != nil {
		return err
	}
	return countTokens(ctx, s, sampled)
}

// typed is the expression that reads a column, without what is no number.
func typed(c *column) string {
	e := engine.Typed(&c.Column)
	if c.Type.Numeric() {
		return "CASE WHEN isfinite(" + e + ") THEN " + e + " END"
	}
	return e
}

// typeRows reads columns row by row.
func typeRows(ctx context.Context, s *engine.Session, columns []*column) error {
	var inner, outer []string
	var dest []any
	var read []*column
	results := make([]typedResult, len(columns))
	for _, c := range columns {
		if c.Type == flow.Text || c.Type == flow.JSON {
			c.takeText()
			continue
		}
		i := len(read)
		read = append(read, c)
		mean := "NULL"
		if c.Type.Numeric() {
			mean = fmt.Sprintf("favg(t%d)", i)
		}
		inner = append(inner, fmt.Sprintf("%s AS t%d", typed(c), i))
		outer = append(outer, fmt.Sprintf("count(t%[1]d), min(t%[1]d)::VARCHAR, max(t%[1]d)::VARCHAR, (%[2]s)::DOUBLE", i, mean))
		dest = append(dest, &results[i].fits, &results[i].low, &results[i].high, &results[i].mean)
	}
	if len(read) == 0 {
		return nil
	}
	q := "SELECT " + strings.Join(outer, ", ") + " FROM (SELECT " + strings.Join(inner, ", ") + " FROM " + read[0].table + ")"
	if err := s.QueryRow(ctx, q, dest...); err != nil {
		return err
	}
	for i, c := range read {
		if results[i].fits < c.present {
			as := *c
			as.Name = "v"
			if err := s.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT v, %s AS t FROM (SELECT %s AS v FROM %s)) WHERE %s", typed(&as),
				engine.Text(c.Name), c.table, isToken(c)), &results[i].tokens); err != nil {
				return err
			}
		}
		c.take(&results[i])
	}
	return nil
}

// countTokens counts the missing tokens of text columns of which only a sample was read.
func countTokens(ctx context.Context, s *engine.Session, columns []*column) error {
	tokens := sortedTokens()
	longest := 0
	for _, t := range tokens {
		longest = max(longest, len(t))
	}
	for _, c := range columns {
		if c.Type != flow.Text && c.Type != flow.JSON {
			continue
		}
		t := engine.Text(c.Name)
		q := fmt.Sprintf("SELECT count(*) FROM %s WHERE strlen(trim(%s)) <= %d AND lower(trim(%s)) IN (%s)", c.table, t, longest, t, engine.Literals(tokens))
		if err := s.QueryRow(ctx, q, &c.tokens); err != nil {
			return err
		}
	}
	return nil
}

// typedResult is what scanTyped learned about a column.
type typedResult struct {
	fits, tokens int64
	low, high    sql.NullString
	mean         sql.NullFloat64
}

func (c *column) take(r *typedResult) {
	if !c.complete {
		c.tokens = r.tokens
	}
	if c.realCells() > 0 {
		c.TypeFit = min(1, float64(r.fits)/float64(c.realCells()))
	}
	if c.TypeFit < leastTypeFit {
		c.note("only %s of the values can be read as %s", percent(c.TypeFit), c.Type)
		c.Type, c.Formats, c.Number, c.floats = flow.Text, nil, nil, false
		c.takeText()
		return
	}
	c.Min, c.Max = r.low.String, r.high.String
	c.takeNumbers(r)
}

// takeText is for columns that stay text: every cell fits; the least and the greatest are known where all texts are.
func (c *column) takeText() {
	c.TypeFit = 1
	if !c.complete || len(c.values) == 0 {
		return
	}
	byText := func(a, b semantic.Count) int { return strings.Compare(a.Value, b.Value) }
	c.Min, c.Max = shorten(slices.MinFunc(c.values, byText).Value), shorten(slices.MaxFunc(c.values, byText).Value)
}

func (c *column) takeNumbers(r *typedResult) {
	if !c.Type.Numeric() {
		return
	}
	c.low, _ = strconv.ParseFloat(c.Min, 64)  // the engine wrote it
	c.high, _ = strconv.ParseFloat(c.Max, 64) // the engine wrote it
	c.Min, c.Max = plainNumber(c.low), plainNumber(c.high)
	if r.mean.Valid {
		// The engine's threads add up in any order: the last digits would differ from try to try.
		mean, _ := strconv.ParseFloat(strconv.FormatFloat(r.mean.Float64, 'g', 12, 64), 64) // what was just written
		c.Mean = &mean
	}
}

func plainNumber(f float64) string {
	if math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

func sortedTokens() []string { return slices.Sorted(slices.Values(semantic.MissingTokens())) }

// countDistinct counts the distinct texts of the columns that have too many to be held, by hash, where the count
// decides something or the table is small enough; elsewhere the estimate (within a few per cent) stays.
func (k *chunk) countDistinct(ctx context.Context, s *engine.Session) error {
	for _, c := range k.columns {
		if c.complete {
			continue
		}
		c.Distinct = min(c.guess, c.present)
		if c.texts != "" {
			c.exact = true
			continue
		}
		if k.rows > exactRows && float64(c.guess) < 0.8*float64(c.present) {
			c.note("distinct values are estimated")
			continue
		}
		t := engine.Text(c.Name)
		q := "SELECT count(*) FROM (SELECT DISTINCT hash(" + t + ") FROM " + c.table + " WHERE " + t + " IS NOT NULL)"
		if err := s.QueryRow(ctx, q, &c.Distinct); err != nil {
			return err
		}
		c.exact = true
	}
	return nil
}

func percent(share float64) string {
	return strconv.FormatFloat(math.Floor(share*1000)/10, 'f', -1, 64) + "%"
}
