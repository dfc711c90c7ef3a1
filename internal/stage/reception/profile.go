package reception

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
	"github.com/analytix-flow/analytix/internal/stage"
)

// The names of the handlers, under which their documents are found.
const (
	HandlerParse   = "reception.parse"
	HandlerProfile = "reception.profile"
	HandlerContext = "reception.context"
)

// Profile learns from all rows what each column is. Its document is a flow.Facts without a context.
type Profile struct{}

// NewProfile makes the handler.
func NewProfile() *Profile { return &Profile{} }

// Name implements stage.Handler.
func (*Profile) Name() string { return HandlerProfile }

// Run implements stage.Handler.
func (*Profile) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	var facts flow.Facts
	if _, err := job.Documents.Decode(HandlerParse, &parsed{&facts}); err != nil {
		return nil, stage.Permanent(fmt.Errorf("profiling: reading what the parser found: %w", err))
	}
	if err := attach(ctx, job, env.Engine); err != nil {
		return nil, fmt.Errorf("profiling: %w", err)
	}
	if err := Columns(ctx, env.Engine, &facts, env.Progress); err != nil {
		return nil, fmt.Errorf("profiling the columns: %w; the file as received and the parsed version are kept, try again", err)
	}
	document, err := json.Marshal(&facts)
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("profiling: writing the facts: %w", err))
	}
	return &stage.Result{Document: document}, nil
}

// parsed reads the parser's document, whose columns are names only, into facts.
type parsed struct{ facts *flow.Facts }

// UnmarshalJSON implements json.Unmarshaler.
func (p *parsed) UnmarshalJSON(raw []byte) error {
	var d struct {
		Format   flow.Format      `json:"format"`
		Rows     int64            `json:"rows"`
		Problems map[string]int64 `json:"problems"`
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return err
	}
	p.facts.Format, p.facts.Rows, p.facts.Problems = d.Format, d.Rows, d.Problems
	return nil
}

// Columns profiles every column of the session's table data, hidden ones left out, and fills facts.Rows and
// facts.Columns. Progress may be nil.
func Columns(ctx context.Context, s *engine.Session, facts *flow.Facts, progress func(float64, string)) error {
	names, err := columnNames(ctx, s)
	if err != nil {
		return err
	}
	if err := s.QueryRow(ctx, "SELECT count(*) FROM "+engine.DataTable, &facts.Rows); err != nil {
		return fmt.Errorf("counting the rows: %w", err)
	}
	facts.Columns = make([]flow.Column, 0, len(names))
	for start := 0; start < len(names); start += chunkColumns {
		end := min(start+chunkColumns, len(names))
		if progress != nil {
			progress(float64(start)/float64(len(names)), fmt.Sprintf("looking at columns %d to %d of %d", start+1, end, len(names)))
		}
		table, err := narrow(ctx, s, names, start, end, facts.Rows)
		if err != nil {
			return err
		}
		chunk := newChunk(table, names[start:end], facts.Rows)
		if err := chunk.profile(ctx, s); err != nil {
			return err
		}
		for _, c := range chunk.columns {
			facts.Columns = append(facts.Columns, c.Column)
		}
	}
	return nil
}

// Bounds within which the columns of a chunk are copied before they are looked at.
const (
	wideFrom    = 4 * chunkColumns // columns of the table
	narrowCells = 20_000_000       // of the copy, which is in memory
)

// narrow gives the table to look at some columns in. The engine goes through all columns of a table for each mention of it in
// a query, of which there are several for each column: of a wide table the columns at hand are copied first.
func narrow(ctx context.Context, s *engine.Session, names []string, start, end int, rows int64) (string, error) {
	if len(names) < wideFrom || rows*int64(end-start) > narrowCells {
		return engine.DataTable, nil
	}
	const table = "profiled_columns"
	list := engine.RowColumn
	for _, n := range names[start:end] {
		list += ", " + engine.Ident(n)
	}
	if err := s.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+table+" AS SELECT "+list+" FROM "+engine.DataTable); err != nil {
		return "", fmt.Errorf("copying columns %d to %d: %w", start+1, end, err)
	}
	return table, nil
}

// profile runs the scans over a chunk of columns and decides what they are.
func (k *chunk) profile(ctx context.Context, s *engine.Session) error {
	if err := k.scanCounts(ctx, s); err != nil {
		return fmt.Errorf("counting values: %w", err)
	}
	if err := k.readValues(ctx, s); err != nil {
		return fmt.Errorf("reading values: %w", err)
	}
	for _, c := range k.columns {
		c.words = semantic.Words(c.Name)
		c.decideType()
	}
	if err := k.scanTyped(ctx, s); err != nil {
		return fmt.Errorf("measuring how the types fit: %w", err)
	}
	if err := k.countDistinct(ctx, s); err != nil {
		return fmt.Errorf("counting distinct values: %w", err)
	}
	for _, c := range k.columns {
		c.decideSemantic()
		c.decideRole(k.rows)
		c.explain()
		c.values, c.real = nil, nil
	}
	return nil
}

func columnNames(ctx context.Context, s *engine.Session) ([]string, error) {
	rows, err := s.Query(ctx, "SELECT name FROM pragma_table_info("+engine.Literal(engine.DataTable)+") ORDER BY cid")
	if err != nil {
		return nil, fmt.Errorf("reading the names of the columns: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells what went wrong
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("reading the names of the columns: %w", err)
		}
		if name != engine.RowColumn {
			names = append(names, name)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the names of the columns: %w", err)
	}
	return names, nil
}

// attach makes the parsed version available as the table data.
func attach(ctx context.Context, job *stage.Job, s *engine.Session) error {
	file, ok := job.Files[stage.FileData]
	if !ok {
		return stage.Permanent(errors.New("the parsed version of the file is not there"))
	}
	small, err := fits(ctx, s, file.Path)
	if err != nil {
		return err
	}
	return s.AttachData(ctx, small, file)
}
