package reception

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/analytix-flow/analytix/internal/delimited"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// HandlerPreview is the name of the handler that shows how a file would be read. It is not part of the route.
const HandlerPreview = "reception.preview"

// Bounds of a preview: what is read of the file beyond the sample on which its format is judged, and what is shown of that.
const (
	previewBytes    = 256 << 10
	previewRows     = 10
	previewColumns  = 50
	previewProblems = 5
	previewCell     = 200 // characters
)

// Reading is the beginning of a file as it would be read.
type Reading struct {
	Options     map[string]any   `json:"options" doc:"With which it is read so; none where all is found by itself."`
	Format      flow.Format      `json:"format"`
	Columns     int              `json:"columns"`
	Names       []string         `json:"names" doc:"Of the first columns, cut where they are long, as cells are."`
	MoreColumns int              `json:"more_columns" doc:"Columns that are left out."`
	Rows        int64            `json:"rows" doc:"In the part that was read."`
	Whole       bool             `json:"whole" doc:"Whether that part is the whole table."`
	Lines       []ReadingLine    `json:"lines" doc:"The first rows."`
	Problems    map[string]int64 `json:"problems" doc:"In the part that was read, by kind."`
	Examples    []ReadingProblem `json:"examples" doc:"The first problems."`
}

// ReadingLine is a row as it would be read. A missing cell is null.
type ReadingLine struct {
	Row   int64     `json:"row"`
	Cells []*string `json:"cells"`
}

// ReadingProblem is a fault that reading meets.
type ReadingProblem struct {
	Row    int64  `json:"row,omitempty" doc:"None for a line that is no row."`
	Line   int64  `json:"line" doc:"Of the file, from 1."`
	Kind   string `json:"kind"`
	Detail string `json:"detail" doc:"What was done about it."`
	Raw    string `json:"raw" doc:"The line as received, cut where it is long."`
}

// Preview reads the beginning of the file as Parse would read it with the options of the job. Its document is a Reading.
type Preview struct{ open Opener }

// NewPreview makes the handler.
func NewPreview(open Opener) *Preview { return &Preview{open: open} }

// Name implements stage.Handler.
func (*Preview) Name() string { return HandlerPreview }

// Run implements stage.Handler.
func (p *Preview) Run(ctx context.Context, job *stage.Job, _ *stage.Env) (*stage.Result, error) {
	if job.Received == nil {
		return nil, stage.Permanent(errors.New("previewing the file: the job names none"))
	}
	opt, err := parseOptions(job.Options)
	if err != nil {
		return nil, stage.Refused(err)
	}
	file, err := p.open.Open(ctx, *job.Received)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", job.Received.Name, err)
	}
	defer file.Close() //nolint:errcheck // only read
	reading, err := begin(file, opt)
	if u, m := (*delimited.Unreadable)(nil), (*delimited.Misfit)(nil); errors.As(err, &u) || errors.As(err, &m) {
		return nil, stage.Refused(fmt.Errorf("the file %s cannot be read so: %w", job.Received.Name, err))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the beginning of %s: %w", job.Received.Name, err)
	}
	if reading.Options = job.Options; reading.Options == nil {
		reading.Options = map[string]any{}
	}
	document, err := json.Marshal(reading)
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("writing the preview of %s: %w", job.Received.Name, err))
	}
	return &stage.Result{Document: document}, nil
}

// begin reads the beginning of a file.
func begin(file io.Reader, opt delimited.Options) (*Reading, error) {
	table, err := delimited.Open(file, opt)
	if err != nil {
		return nil, err
	}
	defer table.Close()
	v := &Reading{Examples: []ReadingProblem{}}
	var text bytes.Buffer
	stats, whole, err := table.Head(&text, previewBytes, v.problem)
	if err != nil {
		return nil, err
	}
	names := table.Columns()
	v.Format, v.Columns, v.Rows, v.Whole, v.Problems = table.Format(), len(names), stats.Rows, whole, stats.Problems
	v.Format.Names = nil // Names tells enough of them
	shown := min(v.Columns, previewColumns)
	v.MoreColumns = v.Columns - shown
	v.Names = make([]string, shown)
	for i := range v.Names {
		v.Names[i] = excerpt(names[i])
	}
	v.Lines, err = firstLines(&text, shown)
	return v, err
}

// problem keeps the first ones. It is the report that delimited.Reader.Head calls.
func (v *Reading) problem(p delimited.Problem) error {
	if len(v.Examples) < previewProblems {
		v.Examples = append(v.Examples, ReadingProblem{Row: p.Row, Line: p.Line, Kind: string(p.Kind), Detail: p.Detail, Raw: excerpt(p.Raw)})
	}
	return nil
}

// firstLines takes the first rows out of the canonical text that reading made of them, each with its number.
func firstLines(text io.Reader, columns int) ([]ReadingLine, error) {
	all := []ReadingLine{}
	for r := csv.NewReader(text); len(all) < previewRows; {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("taking the first rows out of it: %w", err)
		}
		line := ReadingLine{Row: int64(len(all) + 1), Cells: make([]*string, columns)}
		for i := range line.Cells {
			if cell := record[i+1]; cell != "" {
				line.Cells[i] = new(excerpt(cell))
			}
		}
		all = append(all, line)
	}
	return all, nil
}

// excerpt cuts a text to what a preview shows of it.
func excerpt(text string) string {
	n := 0
	for at := range text {
		if n++; n > previewCell {
			return text[:at] + "…"
		}
	}
	return text
}
