package outcome

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// The formats of the cleaned data.
const (
	FormatCSV     = "csv"
	FormatParquet = "parquet"
	FormatJSON    = "json"
	FormatXLSX    = "xlsx"
)

// Formats lists what the cleaned data can be written as.
func Formats() []string { return []string{FormatCSV, FormatParquet, FormatJSON, FormatXLSX} }

// HandlerData and HandlerCells are the names of the package's handlers.
const (
	HandlerData  = "outcome.data"
	HandlerCells = "outcome.cells"
)

// Handlers returns the handlers that run in the engine's child process.
func Handlers() []stage.Handler {
	return []stage.Handler{dataHandler{}, cellsHandler{}, sealedHandler{}}
}

// DataParams says how the cleaned data is written; it is the Params of a job for HandlerData, which reads Files["data"]
// and writes OutDir/Name.
type DataParams struct {
	Name      string        `json:"name"`      // base name of the file to write
	Format    string        `json:"format"`    // see Formats
	Delimiter string        `json:"delimiter"` // csv; "," where it is not a single byte
	Header    bool          `json:"header"`    // csv: whether a header is written
	Names     []string      `json:"names"`     // csv and xlsx: the header as received, where it differs from the columns' names
	Columns   []flow.Column `json:"columns"`   // what is known of the columns, for typed formats
	Dropped   []string      `json:"dropped"`   // columns to leave out
}

// Exported is the document of both handlers.
type Exported struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}

type dataHandler struct{}

func (dataHandler) Name() string { return HandlerData }

func (dataHandler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	x, err := attach(ctx, job, env)
	if err != nil {
		return nil, err
	}
	env.Progress(0, "writing "+x.Name)
	err = replace(job.OutDir, x.Name, func(to string) error { return x.write(ctx, to) })
	if err != nil {
		return nil, fmt.Errorf("writing the cleaned data to %s: %w; the cleaned data itself is kept in the run", filepath.Join(job.OutDir, x.Name), err)
	}
	env.Progress(1, "wrote "+x.Name)
	return exported(x.Name, x.rows)
}

func exported(name string, rows int64) (*stage.Result, error) {
	doc, err := json.Marshal(Exported{Name: name, Rows: rows})
	if err != nil {
		return nil, fmt.Errorf("describing %s: %w", name, err)
	}
	return &stage.Result{Document: doc}, nil
}

func (p *DataParams) check() error {
	if !slices.Contains(Formats(), p.Format) {
		return fmt.Errorf("the cleaned data cannot be written as %q: choose one of %s", p.Format, strings.Join(Formats(), ", "))
	}
	if p.Name == "" || p.Name != filepath.Base(p.Name) || p.Name == ".." || p.Name == "." {
		return fmt.Errorf("%q is no name for a file in the folder of the results", p.Name)
	}
	if len(p.Delimiter) != 1 { // the engine writes the first byte of a longer one
		p.Delimiter = ","
	}
	return nil
}

// export is one table on its way into a file.
type export struct {
	DataParams
	session *engine.Session
	from    string   // table expression
	columns []string // of the table, in order, RowColumn left out
	rows    int64
	sort    string // ORDER BY, where the rows do not lie in their order
}

// attach reads what a job wants to have written, and opens the table.
func attach(ctx context.Context, job *stage.Job, env *stage.Env) (*export, error) {
	var p DataParams
	if err := json.Unmarshal(job.Params, &p); err != nil {
		return nil, stage.Permanent(fmt.Errorf("reading the export's parameters: %w", err))
	}
	if err := p.check(); err != nil {
		return nil, stage.Permanent(err)
	}
	file, ok := job.Files[stage.FileData]
	if !ok {
		return nil, stage.Permanent(fmt.Errorf("the job names no file %q to export", stage.FileData))
	}
	from, err := env.Engine.ReadParquet(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("opening the cleaned data: %w", err)
	}
	x := &export{DataParams: p, session: env.Engine, from: from}
	if x.columns, err = env.Engine.Columns(ctx, from); err != nil {
		return nil, fmt.Errorf("opening the cleaned data: %w", err)
	}
	x.leaveOut(p.Dropped)
	if len(x.columns) == 0 {
		return nil, stage.Permanent(errors.New("the cleaned data has no column left, so there is nothing to write"))
	}
	if err := env.Engine.QueryRow(ctx, "SELECT count(*) FROM "+from, &x.rows); err != nil {
		return nil, fmt.Errorf("counting the rows of the cleaned data: %w", err)
	}
	ordered, err := env.Engine.InRowOrder(ctx, from)
	if err != nil {
		return nil, fmt.Errorf("looking at the order of the cleaned data: %w", err)
	}
	if !ordered {
		x.sort = " ORDER BY " + engine.Ident(engine.RowColumn)
	}
	return x, nil
}

// leaveOut takes columns out of the export, and their names as received.
func (x *export) leaveOut(names []string) {
	var columns, headers []string
	for i, c := range x.columns {
		if !slices.Contains(names, c) {
			columns, headers = append(columns, c), append(headers, x.header(i))
		}
	}
	x.columns, x.Names = columns, headers
}

// header is what stands above a column: the name as received, where the table's name was made unique.
func (x *export) header(i int) string {
	if len(x.Names) == len(x.columns) {
		return x.Names[i]
	}
	return x.columns[i]
}

func (x *export) write(ctx context.Context, to string) error {
	switch x.Format {
	case FormatCSV:
		return x.csv(ctx, to)
	case FormatXLSX:
		return x.xlsx(ctx, to)
	}
	list, err := x.typedColumns(ctx)
	if err != nil {
		return err
	}
	format := "(FORMAT parquet, COMPRESSION zstd)"
	if x.Format == FormatJSON {
		format = "(FORMAT json, ARRAY true)"
	}
	return x.session.Exec(ctx, "COPY ("+x.query(list)+") TO "+engine.Literal(to)+" "+format)
}

// query reads the listed expressions in the order of the input.
func (x *export) query(list []string) string {
	return "SELECT " + strings.Join(list, ", ") + " FROM " + x.from + x.sort
}

// csv lets the engine write. The header goes through a first row of the union, as names of columns must be unique in
// the engine and need not be in the file. In a table of one column an empty cell is written as "", or readers would
// take the line for no row at all.
func (x *export) csv(ctx context.Context, to string) error {
	list := make([]string, len(x.columns))
	first := []string{"-1 AS " + engine.Ident(engine.RowColumn)}
	for i, c := range x.columns {
		list[i] = "CAST(" + engine.Ident(c) + " AS VARCHAR) AS c" + fmt.Sprint(i)
		if len(x.columns) == 1 {
			list[i] = "coalesce(CAST(" + engine.Ident(c) + " AS VARCHAR), '') AS c0"
		}
		first = append(first, "nullif("+engine.Literal(x.header(i))+", '') AS c"+fmt.Sprint(i))
	}
	query := "SELECT " + engine.Ident(engine.RowColumn) + ", " + strings.Join(list, ", ") + " FROM " + x.from
	if x.Header {
		query = "SELECT " + strings.Join(first, ", ") + " UNION ALL " + query
	}
	query = "SELECT * EXCLUDE (" + engine.Ident(engine.RowColumn) + ") FROM (" + query + ")" + x.sort
	return x.session.Exec(ctx, "COPY ("+query+") TO "+engine.Literal(to)+" (FORMAT csv, HEADER false, NULLSTR '', QUOTE '\"', ESCAPE '\"', DELIMITER "+
		engine.Literal(x.Delimiter)+")")
}
