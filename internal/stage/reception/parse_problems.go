package reception

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"

	"github.com/analytix-flow/analytix/internal/delimited"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Of a file that is broken throughout, the first problems are kept with their text; the document counts all.
const (
	mostProblems     = 200_000
	mostProblemBytes = 64 << 20
	mostRaw          = 64 << 10 // of one record
)

// problems collects the faults of a file as canonical CSV.
type problems struct {
	text  []byte
	count int64
}

// add keeps a problem. It is the report that delimited.Reader.Copy calls.
func (p *problems) add(f delimited.Problem) error {
	if p.count >= mostProblems || len(p.text) >= mostProblemBytes {
		return nil
	}
	p.count++
	if f.Row > 0 {
		p.text = strconv.AppendInt(p.text, f.Row, 10)
	}
	p.text = append(p.text, ',')
	p.text = strconv.AppendInt(p.text, f.Line, 10)
	raw := f.Raw
	if len(raw) > mostRaw {
		raw = strings.ToValidUTF8(raw[:mostRaw], "") + "…"
	}
	for _, cell := range []string{string(f.Kind), f.Detail, raw} {
		p.text = append(p.text, `,"`...)
		p.text = append(p.text, strings.ReplaceAll(cell, `"`, `""`)...)
		p.text = append(p.text, '"')
	}
	p.text = append(p.text, '\n')
	return nil
}

// write keeps the problems as encrypted Parquet.
func (p *problems) write(ctx context.Context, e *engine.Session, to engine.File) (stage.OutFile, error) {
	query := func(source string) string {
		return "SELECT * FROM " + readCanonical(source, "'"+engine.RowColumn+"': 'BIGINT', 'line': 'BIGINT', 'kind': 'VARCHAR', "+
			"'detail': 'VARCHAR', 'raw': 'VARCHAR'", usualLine)
	}
	err := feed(ctx, e, query, to, func(w io.Writer) error {
		_, err := w.Write(p.text)
		return err //nolint:wrapcheck // feed's caller says what was being done
	})
	sum := sha256.Sum256(p.text)
	return stage.OutFile{Path: to.Path, Rows: p.count, ContentHash: hex.EncodeToString(sum[:])}, err
}
