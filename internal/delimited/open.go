package delimited

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/transform"

	"github.com/analytix-flow/analytix/internal/flow"
)

const (
	sampleBytes = 1 << 20 // of decoded text on which a file is judged
	sampleRows  = 5000    // records of it that place the table
	mostRecord  = 8 << 20 // bytes of one record
)

// Reader streams the rows of a delimited file. It is not safe for concurrent use.
type Reader struct {
	src     *source
	closer  func()
	d       Dialect
	l       layout
	m       *model
	format  flow.Format
	columns []string
	width   int

	buf      []byte // decoded text
	pos, end int    // what of it is unread
	base     int64  // offset of buf[0] in the decoded text
	eof      bool
	line     int64 // physical line from 1 at pos
	stop     int64 // offset at which another table starts, -1 for none
	spans    []span
	repairs  int
}

// Open works out how the file is written. It fails with *Unreadable for what is no delimited text. Close must be called.
func Open(r io.Reader, opt Options) (*Reader, error) {
	plain, compression, closer, err := decompress(bufio.NewReaderSize(r, 256<<10))
	if err != nil {
		return nil, err
	}
	out := &Reader{closer: closer, stop: -1, line: 1}
	if err := out.open(plain, compression, opt); err != nil {
		closer()
		return nil, err
	}
	return out, nil
}

// Close releases what decompression holds. It does not close the reader that Open was given.
func (r *Reader) Close() { r.closer() }

// Format says how the file is written.
func (r *Reader) Format() flow.Format { return r.format }

// Columns are the names of the columns: as received, made unique without regard to case. A column without a name is
// column_N, and in a file without a header col_N.
func (r *Reader) Columns() []string { return r.columns }

func (r *Reader) open(plain io.Reader, compression string, opt Options) error {
	raw := bufio.NewReaderSize(plain, sampleBytes)
	head, err := raw.Peek(sampleBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the head of the file: %w", err)
	}
	if err := refuseForeign(head); err != nil {
		return err
	}
	set := detectCharset(head, err != nil)
	if opt.Encoding != "" {
		asked, lookupErr := lookup(opt.Encoding)
		if lookupErr != nil {
			return lookupErr
		}
		if asked.name == set.name {
			asked.bom = set.bom
		}
		set = asked
	}
	if _, err := raw.Discard(set.bom); err != nil {
		return fmt.Errorf("reading the head of the file: %w", err)
	}
	r.src = newSource(raw, false)
	if set.coding != nil {
		r.src = newSource(transform.NewReader(raw, set.coding.NewDecoder()), true)
	}
	r.buf = make([]byte, sampleBytes)
	for !r.eof && r.end < len(r.buf) {
		if err := r.fill(); err != nil {
			return err
		}
	}
	if err := refuseJunk(r.buf[:r.end], len(r.src.scars)); err != nil {
		return err
	}
	return r.place(set, compression, opt)
}

// place detects the dialect, finds the table and moves to the first row of its body.
func (r *Reader) place(set charset, compression string, opt Options) error {
	sample := r.buf[:r.end]
	best := detectDialect(sample, r.eof, opt)
	r.d = best.Dialect
	most := sampleRows
	if opt.SkipLines != nil {
		most += min(*opt.SkipLines, len(sample))
	}
	rows := r.d.rows(sample, r.eof, most)
	whole := r.eof && (len(rows) == 0 || rows[len(rows)-1].end == r.end)
	r.l = locate(rows, &r.d, whole, opt)
	if err := r.reached(rows, whole, opt); err != nil {
		return err
	}
	r.width = r.l.width
	body := rows[min(r.l.body, len(rows)):r.l.end]
	r.m = learn(body, r.width)
	if r.l.end < len(rows) {
		r.stop = int64(rows[r.l.end].start)
	}
	switch {
	case r.l.body < len(rows):
		r.pos, r.line = rows[r.l.body].start, int64(rows[r.l.body].line)+1
	case len(rows) > 0:
		last := rows[len(rows)-1]
		r.pos = last.end
		r.line = int64(last.line+bytes.Count(sample[last.start:last.end], []byte{r.d.eol})) + 1
	}
	r.columns = unique(r.l.names, r.width)
	preamble := 0
	if r.l.preamble < len(rows) {
		preamble = rows[r.l.preamble].line
	}
	r.format = flow.Format{
		Format: "csv", Compression: compression, Encoding: set.name, Delimiter: string(r.d.Delimiter),
		LineEnding: lineEndingName(sample, r.d.eol), Preamble: preamble, Header: r.l.header > 0, HeaderRows: r.l.header,
		Why: []string{"encoding: " + set.why, "dialect: " + best.why},
	}
	if r.d.Quote != 0 {
		r.format.Quote = string(rune(r.d.Quote))
	}
	if r.d.Escape != 0 {
		r.format.Escape = string(rune(r.d.Escape))
	}
	if r.l.names != nil && strings.Join(r.l.names, "\x00") != strings.Join(r.columns, "\x00") {
		r.format.Names = r.l.names
	}
	return nil
}

// reached says whether any of the rows lies behind the lines that are to be skipped.
func (r *Reader) reached(rows []row, whole bool, opt Options) error {
	if opt.SkipLines == nil || *opt.SkipLines == 0 || r.l.preamble < len(rows) {
		return nil
	}
	lines := 0
	if len(rows) > 0 {
		last := rows[len(rows)-1]
		lines = last.line + max(1, bytes.Count(r.buf[last.start:last.end], []byte{r.d.eol}))
	}
	if whole {
		return &Misfit{What: fmt.Sprintf("%d lines before the table are to be skipped, and the file has %d", *opt.SkipLines, lines)}
	}
	return &Misfit{What: fmt.Sprintf("%d lines before the table are to be skipped, and the table is looked for in the first %d", *opt.SkipLines, lines)}
}

func lineEndingName(sample []byte, eol byte) string {
	if eol == '\r' {
		return "\r"
	}
	if crlf := bytes.Count(sample, []byte("\r\n")); crlf > 0 && 2*crlf >= bytes.Count(sample, []byte("\n")) {
		return "\r\n"
	}
	return "\n"
}

// reserved is the name of the engine's hidden row number, which no column may have.
const reserved = "__row"

// unique gives every column a name of its own, without regard to case, as the engine compares names.
func unique(names []string, width int) []string {
	out := make([]string, width)
	taken := map[string]bool{reserved: true}
	for _, n := range names {
		if n != reserved {
			taken[strings.ToLower(n)] = false // names as received go first
		}
	}
	for j := range out {
		var name string
		switch {
		case names == nil:
			name = "col_" + strconv.Itoa(j+1)
		case j < len(names) && strings.TrimSpace(names[j]) != "":
			name = names[j]
		default:
			name = "column_" + strconv.Itoa(j+1)
		}
		received := name
		for k := 2; ; k++ {
			used, known := taken[strings.ToLower(name)]
			if !used && (!known || name == received) {
				break
			}
			name = received + "_" + strconv.Itoa(k)
		}
		taken[strings.ToLower(name)] = true
		out[j] = name
	}
	return out
}

// fill reads more text behind what is unread, growing the buffer where it is full.
func (r *Reader) fill() error {
	if r.pos > 0 && r.end == len(r.buf) {
		copy(r.buf, r.buf[r.pos:r.end])
		r.base += int64(r.pos)
		r.end -= r.pos
		r.pos = 0
	}
	if r.end == len(r.buf) {
		grown := make([]byte, 2*len(r.buf))
		copy(grown, r.buf[:r.end])
		r.buf = grown
	}
	n, err := r.src.Read(r.buf[r.end:])
	r.end += n
	if errors.Is(err, io.EOF) {
		r.eof = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the file behind line %d: %w", r.line, err)
	}
	return nil
}
