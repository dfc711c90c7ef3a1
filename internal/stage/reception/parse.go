package reception

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/analytix-flow/analytix/internal/delimited"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Opener opens a file as it was received, decrypted.
type Opener interface {
	Open(ctx context.Context, r stage.Received) (io.ReadCloser, error)
}

// OpenFunc makes an Opener of a function such as dataset.Open.
type OpenFunc func(ctx context.Context, r *stage.Received) (io.ReadCloser, error)

// Open implements Opener.
func (f OpenFunc) Open(ctx context.Context, r stage.Received) (io.ReadCloser, error) {
	return f(ctx, &r)
}

// FileProblems is the name of the file that holds the structural faults that reading met: __row (NULL for a line that
// is no row), line, kind, detail, raw.
const FileProblems = "problems"

// Parse reads the file as received into the first version of the dataset: every column text, an empty cell NULL, and
// the row's number in __row. Its document holds the format, the number of rows, the columns' names and the problems by
// kind.
type Parse struct{ open Opener }

// NewParse makes the handler.
func NewParse(open Opener) *Parse { return &Parse{open: open} }

// Name implements stage.Handler.
func (*Parse) Name() string { return HandlerParse }

// parseDocument is what Parse found.
type parseDocument struct {
	Format   flow.Format      `json:"format"`
	Rows     int64            `json:"rows"`
	Columns  []string         `json:"columns"`
	Problems map[string]int64 `json:"problems"`
}

// Run implements stage.Handler. Options of the job may set delimiter, quote, escape, encoding, header and skip_lines.
func (p *Parse) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	if job.Received == nil {
		return nil, stage.Permanent(errors.New("reading the file: the job names none; start the run again"))
	}
	opt, err := parseOptions(job.Options)
	if err != nil {
		return nil, stage.Refused(err)
	}
	result, longest, err := p.try(ctx, job, env, opt, usualLine)
	if err != nil && longest >= usualLine && ctx.Err() == nil {
		// Only now is it known that a row is longer than the engine's buffers, which are kept small for speed.
		result, _, err = p.try(ctx, job, env, opt, longestLine)
	}
	return result, err
}

// try reads the file with a bound on the length of a row, and says how long the longest was.
func (p *Parse) try(ctx context.Context, job *stage.Job, env *stage.Env, opt delimited.Options, bound int) (*stage.Result, int, error) {
	file, err := p.open.Open(ctx, *job.Received)
	if err != nil {
		return nil, 0, fmt.Errorf("reading %s: %w", job.Received.Name, err)
	}
	defer file.Close() //nolint:errcheck // only read
	table, err := delimited.Open(&counted{r: file, all: job.Received.Bytes, progress: env.Progress}, opt)
	if err != nil {
		return nil, 0, refuse(job.Received.Name, err)
	}
	defer table.Close()
	return load(ctx, job, env.Engine, table, bound)
}

// load writes the table and its problems as encrypted Parquet.
func load(ctx context.Context, job *stage.Job, e *engine.Session, table *delimited.Reader, bound int) (*stage.Result, int, error) {
	data := engine.File{Path: filepath.Join(job.OutDir, fmt.Sprintf("data-%d.parquet", bound>>20)), Key: job.Key}
	faults := &problems{}
	var stats delimited.Stats
	err := feed(ctx, e, tableQuery(table.Columns(), bound), data, func(w io.Writer) error {
		var copyErr error
		stats, copyErr = table.Copy(w, faults.add)
		return copyErr
	})
	if u := (*delimited.Unreadable)(nil); errors.As(err, &u) {
		return nil, 0, refuse(job.Received.Name, err)
	}
	if err != nil {
		return nil, stats.Longest, fmt.Errorf("reading %s into a table: %w; the file as received is kept, try again", job.Received.Name, err)
	}
	result := &stage.Result{Files: map[string]stage.OutFile{
		stage.FileData: {Path: data.Path, Rows: stats.Rows, ContentHash: stats.Hash},
	}}
	if faults.count > 0 {
		out, writeErr := faults.write(ctx, e, engine.File{Path: filepath.Join(job.OutDir, "problems.parquet"), Key: job.Key})
		if writeErr != nil {
			return nil, stats.Longest, fmt.Errorf("keeping the problems of %s: %w; the file as received is kept, try again", job.Received.Name, writeErr)
		}
		result.Files[FileProblems] = out
	}
	result.Document, err = json.Marshal(parseDocument{
		Format: table.Format(), Rows: stats.Rows, Columns: table.Columns(), Problems: stats.Problems,
	})
	if err != nil {
		return nil, stats.Longest, stage.Permanent(fmt.Errorf("writing down the format of %s: %w", job.Received.Name, err))
	}
	return result, stats.Longest, nil
}

// refuse turns an error of opening the table into what the user is told.
func refuse(name string, err error) error {
	var u *delimited.Unreadable
	if m := (*delimited.Misfit)(nil); errors.As(err, &m) {
		return stage.Refused(fmt.Errorf("%s cannot be read as asked for: %w; the file is kept as received; start a run that reads it otherwise", name, m))
	}
	if !errors.As(err, &u) {
		return fmt.Errorf("reading %s: %w; the file as received is kept", name, err)
	}
	advice := "export the table as CSV and send that"
	if u.Empty {
		advice = "check the export that made it and send it again"
	}
	return stage.Refused(fmt.Errorf("%s was refused: %w; the file is kept as received and nothing "+
		"was changed; %s", name, u, advice))
}

// counted tells how much of a file is read.
type counted struct {
	r         io.Reader
	all, done int64
	told      int64
	progress  func(float64, string)
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	if c.progress != nil && c.all > 0 && c.done-c.told > 16<<20 {
		c.told = c.done
		c.progress(min(0.95, float64(c.done)/float64(c.all)), "Reading the rows")
	}
	return n, err //nolint:wrapcheck // a reader passes its source's errors on, io.EOF among them
}
