package reception

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
)

// The longest canonical row that the engine takes, in bytes. The first is the engine's own bound, with which it reads
// fastest; the other is twice what the reader lets through, as quotes may be doubled, and some.
const (
	usualLine   = 2_000_000
	longestLine = 20 << 20
)

// feed runs "COPY (query) TO file" on rows that write writes: canonical CSV, handed over through a pipe, so that
// reading and loading run side by side and nothing is on disk in plain text. The query reads from pipeTable.
func feed(ctx context.Context, e *engine.Session, query func(source string) string, to engine.File, write func(io.Writer) error) error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("making a pipe to the engine: %w", err)
	}
	widen(w)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	written := make(chan error, 1)
	go func() {
		err := write(w)
		if err != nil {
			cancel() // else the engine would take what it has for the whole
		}
		written <- errors.Join(err, w.Close())
	}()
	source := "/proc/self/fd/" + strconv.Itoa(int(r.Fd()))
	loadErr := e.WriteParquet(ctx, query(source), to)
	closeErr := r.Close() // ends a writer whose reader has gone
	writeErr := <-written
	switch {
	case writeErr != nil && (loadErr == nil || errors.Is(loadErr, context.Canceled) || !isBrokenPipe(writeErr)):
		return writeErr
	case loadErr != nil:
		return loadErr
	}
	return closeErr
}

// tableQuery is the query for the rows of a table with the named columns.
func tableQuery(columns []string, bound int) func(source string) string {
	return func(source string) string {
		types, selected := make([]string, len(columns)), make([]string, len(columns))
		for i, name := range columns {
			types[i] = fmt.Sprintf("'c%d': 'VARCHAR'", i)
			selected[i] = fmt.Sprintf("c%d AS %s", i, engine.Ident(name))
		}
		return "SELECT " + engine.RowColumn + ", " + strings.Join(selected, ", ") + " FROM " +
			readCanonical(source, "'"+engine.RowColumn+"': 'BIGINT', "+strings.Join(types, ", "), bound)
	}
}

// readCanonical is the table expression for canonical CSV. Nothing is guessed: only an empty cell is NULL, quoted or
// not, and texts such as NULL or NA stay what they are.
func readCanonical(source, columns string, bound int) string {
	return "read_csv(" + engine.Literal(source) + ", auto_detect=false, header=false, delim=',', quote='\"', escape='\"', " +
		"new_line='\\n', nullstr='', strict_mode=true, max_line_size=" + strconv.Itoa(bound) + ", columns={" + columns + "})"
}
