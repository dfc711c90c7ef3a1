package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// The names of the handlers.
const (
	HandlerRows    = "query.rows"
	HandlerProfile = "query.profile"
	HandlerDiff    = "query.diff"
	HandlerCell    = "query.cell"
)

// FileBefore is the name of the older version in a job for HandlerDiff; stage.FileData is the newer one.
const FileBefore = "before"

// ErrInvalid is wrapped by errors about a request that cannot be answered as it stands.
var ErrInvalid = errors.New("the request cannot be answered")

// Handlers returns the handlers of this package.
func Handlers() []stage.Handler {
	return []stage.Handler{handler[Window]{HandlerRows, rows}, handler[Column]{HandlerProfile, profile}, handler[Between]{HandlerDiff, diff},
		handler[Cell]{HandlerCell, cell}}
}

// handler decodes the parameters of a job and encodes what comes of it.
type handler[P any] struct {
	name string
	run  func(ctx context.Context, job *stage.Job, e *engine.Session, p *P) (any, error)
}

// Name implements stage.Handler.
func (h handler[P]) Name() string { return h.name }

// Run implements stage.Handler.
func (h handler[P]) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	p := new(P)
	if err := json.Unmarshal(job.Params, p); err != nil {
		return nil, stage.Permanent(fmt.Errorf("reading the parameters of %s: %w", h.name, err))
	}
	answer, err := h.run(ctx, job, env.Engine, p)
	if err != nil {
		return nil, err
	}
	document, err := json.Marshal(answer)
	if err != nil {
		return nil, fmt.Errorf("writing the answer of %s: %w", h.name, err)
	}
	return &stage.Result{Document: document}, nil
}

// table is a version on its way through a query.
type table struct {
	*engine.Session
	from    string
	columns []string // as received, without the hidden one
	has     map[string]bool
}

func open(ctx context.Context, e *engine.Session, job *stage.Job, name string) (*table, error) {
	file, ok := job.Files[name]
	if !ok {
		return nil, stage.Permanent(fmt.Errorf("the job names no file %q to read", name))
	}
	from, err := e.ReadParquet(ctx, file)
	if err != nil {
		return nil, err
	}
	t := &table{Session: e, from: from, has: map[string]bool{}}
	t.columns, err = e.Columns(ctx, from)
	for _, c := range t.columns {
		t.has[c] = true
	}
	return t, err
}

// known says whether the version has the columns.
func (t *table) known(names ...string) error {
	for _, n := range names {
		if !t.has[n] {
			return invalid("there is no column %q", n)
		}
	}
	return nil
}

// shared lists the columns that the other version has as well.
func (t *table) shared(other *table) (both []string) {
	for _, c := range t.columns {
		if other.has[c] {
			both = append(both, c)
		}
	}
	return both
}

// without lists the columns that the other version does not have.
func (t *table) without(other *table) (gone []string) {
	for _, c := range t.columns {
		if !other.has[c] {
			gone = append(gone, c)
		}
	}
	return gone
}

func invalid(format string, args ...any) error {
	return stage.Permanent(fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...)))
}

// known is what is known of a column: nothing but its name where no facts tell more.
func known(facts []flow.Column, name string) flow.Column {
	f := flow.Facts{Columns: facts}
	if c := f.Column(name); c != nil {
		return *c
	}
	return flow.Column{Name: name, Type: flow.Text}
}

// Returned marks an error that came back from another process, where it lost what it wrapped, as ErrInvalid again.
func Returned(err error) error {
	if err == nil || !stage.IsPermanent(err) || errors.Is(err, ErrInvalid) {
		return err
	}
	if _, what, ok := strings.Cut(err.Error(), ErrInvalid.Error()+": "); ok {
		return fmt.Errorf("%w: %s", ErrInvalid, what)
	}
	return err
}
