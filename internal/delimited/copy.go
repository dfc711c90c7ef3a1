package delimited

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
)

const (
	flushBytes = 256 << 10
	// mostHeld is how many rows that may be a footer are held back until a whole row follows.
	mostHeld = 200
	// headRepairs is after how many attempts to mend a row a head ends, however short it is: in a file that is broken
	// throughout they take seconds, and whoever looks at its head waits for them.
	headRepairs = 500
)

// copier writes rows as canonical text.
type copier struct {
	r      *Reader
	w      io.Writer
	hash   hash.Hash
	report func(Problem) error
	out    []byte // canonical rows
	lines  []byte // the same with their numbers
	rows   int64
	stats  Stats
	held   []heldRow
	blank  int64 // line of the first blank line since the last row, 0 for none
	blanks int
	tail   []byte // delimiters that end a row whose first cell alone is filled
	simple bool   // a line without quotes is canonical but for its delimiters
	until  int64  // offset from which on no row begins that is wanted, -1 for none
	cut    bool   // such a row was met
}

// heldRow is a row that is perhaps a footer.
type heldRow struct {
	text   []byte // canonical cells
	raw    string
	line   int64
	faults []fault
	empty  bool // no cell is filled
	note   bool // one cell alone, in a line that has not the table's width
}

// Copy writes the rows of the table as canonical CSV, without a header: the row's number from 1, then the cells; UTF-8,
// comma, quotes doubled, \n; an empty cell is written without quotes. It calls report for every problem, and returns
// what it read. Errors are those of the underlying reader, of w and of report, never about what the file holds.
func (r *Reader) Copy(w io.Writer, report func(Problem) error) (Stats, error) {
	c := r.copier(w, report)
	c.simple = len(r.d.Delimiter) == 1 && !r.d.Collapse && r.d.eol == '\n'
	return c.copy()
}

// Head is Copy of the rows that begin in the first so many bytes of the table, or of fewer where very many of them are
// broken, and says whether those are all. It reads no further than it takes to tell where the last of them ends.
func (r *Reader) Head(w io.Writer, most int, report func(Problem) error) (stats Stats, whole bool, err error) {
	c := r.copier(w, report)
	c.until = r.base + int64(r.pos+most)
	stats, err = c.copy()
	return stats, !c.cut, err
}

func (r *Reader) copier(w io.Writer, report func(Problem) error) *copier {
	return &copier{r: r, w: w, hash: sha256.New(), report: report, stats: Stats{Problems: map[string]int64{}},
		tail: bytes.Repeat(r.d.Delimiter, r.width-1), until: -1}
}

func (c *copier) copy() (Stats, error) {
	if err := c.run(); err != nil {
		return c.stats, err
	}
	c.stats.Rows = c.rows
	c.stats.Hash = hex.EncodeToString(c.hash.Sum(nil))
	return c.stats, nil
}

func (c *copier) run() error {
	for {
		if c.enough() {
			c.cut = true // what is held back may be a footer or not: nobody knows yet
			return c.flush()
		}
		if c.simple {
			c.fast()
		}
		if len(c.out) >= flushBytes {
			if err := c.flush(); err != nil {
				return err
			}
		}
		rec, ok, err := c.r.scan()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if err := c.take(&rec); err != nil {
			return err
		}
	}
	if err := c.footer(); err != nil {
		return err
	}
	if err := c.others(); err != nil {
		return err
	}
	return c.flush()
}

// enough says whether nothing that follows is wanted.
func (c *copier) enough() bool {
	r := c.r
	if c.until < 0 || r.eof && r.pos == r.end {
		return false
	}
	return r.base+int64(r.pos) >= c.until || r.repairs > headRepairs
}

// fast copies whole plain lines for as long as they have the table's width and nothing is pending.
func (c *copier) fast() {
	r := c.r
	if len(c.held) > 0 || c.blanks > 0 || len(r.src.scars) > 0 || r.stop >= 0 {
		return
	}
	d, quote := r.d.Delimiter[0], r.d.Quote
	for len(c.out) < flushBytes {
		rest := r.buf[r.pos:r.end]
		n := bytes.IndexByte(rest, '\n')
		if n <= 0 {
			return
		}
		line := rest[:n]
		if line[n-1] == '\r' {
			line = line[:n-1]
		}
		if bytes.Count(line, r.d.Delimiter) != r.width-1 || bytes.IndexByte(line, '"') >= 0 ||
			quote != '"' && quote != 0 && bytes.IndexByte(line, quote) >= 0 ||
			bytes.IndexByte(line, '\r') >= 0 || d != ',' && bytes.IndexByte(line, ',') >= 0 ||
			bytes.HasSuffix(line, c.tail) && (r.width > 2 || len(line) < r.width) || len(bytes.TrimSpace(line)) == 0 {
			return
		}
		at := len(c.out)
		c.out = append(c.out, line...)
		if d != ',' {
			for i := at; i < len(c.out); i++ {
				if c.out[i] == d {
					c.out[i] = ','
				}
			}
		}
		c.number(at)
		r.pos += n + 1
		r.line++
	}
}

// take writes one record, or holds it back.
func (c *copier) take(rec *record) error {
	r := c.r
	text := rec.text
	if rec.fields == 0 {
		if c.blanks++; c.blank == 0 {
			c.blank = rec.line
		}
		c.advance(rec)
		return nil
	}
	if length, _ := r.d.line(text); length > 0 && rec.cells == nil && text[len(text)-1] == r.d.eol {
		text = bytes.TrimSuffix(text[:len(text)-1], []byte{'\r'})
	}
	from := len(c.out)
	var filled int
	if rec.cells != nil {
		filled = c.appendCells(rec.cells)
	} else {
		filled = c.appendSpans(rec.text)
	}
	faults := slices.Concat(rec.faults, c.scars(rec))
	held := filled == 0 || filled == 1 && r.width > 2 || rec.fields == 1 && r.width > 1
	if !held && len(c.held) == 0 && c.blanks == 0 && len(faults) == 0 {
		c.number(from)
		c.advance(rec)
		return nil
	}
	h := heldRow{text: bytes.Clone(c.out[from:]), raw: string(text), line: rec.line, faults: faults, empty: filled == 0}
	h.note = rec.fields == 1 && r.width > 1 && filled > 0 && !c.fits(text)
	c.out = c.out[:from]
	c.advance(rec)
	if !held || len(c.held) >= mostHeld {
		if err := c.release(); err != nil {
			return err
		}
	}
	if !held {
		return c.emit(&h)
	}
	c.held = append(c.held, h)
	return nil
}

// fits says whether a line of one field reads like the beginning of a row that was cut off.
func (c *copier) fits(text []byte) bool {
	first := &c.r.m.columns[0]
	return !first.text && first.misfit(text) < 0.6
}

func (c *copier) advance(rec *record) {
	lines := int64(1)
	if rec.next > len(rec.text)+2 || bytes.IndexByte(rec.text, c.r.d.eol) >= 0 {
		lines = max(1, int64(bytes.Count(c.r.buf[c.r.pos:c.r.pos+rec.next], []byte{c.r.d.eol})))
	}
	c.r.line += lines
	c.r.pos += rec.next
}

// number ends the row whose cells were appended from from, and writes it down with its number.
func (c *copier) number(from int) {
	c.rows++
	c.out = append(c.out, '\n')
	c.stats.Longest = max(c.stats.Longest, len(c.out)-from)
	c.lines = append(strconv.AppendInt(c.lines, c.rows, 10), ',')
	c.lines = append(c.lines, c.out[from:]...)
}

// emit writes a row with its problems.
func (c *copier) emit(h *heldRow) error {
	from := len(c.out)
	c.out = append(c.out, h.text...)
	c.number(from)
	for _, f := range h.faults {
		if err := c.problem(Problem{Row: c.rows, Line: h.line, Kind: f.kind, Detail: f.detail, Raw: h.raw}); err != nil {
			return err
		}
	}
	if len(c.out) >= flushBytes {
		return c.flush()
	}
	return nil
}

// release writes what was held back: a whole row follows, so that it is no footer.
func (c *copier) release() error {
	if c.blanks > 0 {
		detail := fmt.Sprintf("%d blank lines in a row; they are no rows", c.blanks)
		if err := c.problem(Problem{Line: c.blank, Kind: BlankLine, Detail: detail}); err != nil {
			return err
		}
		c.blank, c.blanks = 0, 0
	}
	for i := range c.held {
		if err := c.emit(&c.held[i]); err != nil {
			return err
		}
	}
	c.held = c.held[:0]
	return nil
}

// footer decides on the rows that are held back at the end of the table: empty rows and notes are no rows.
func (c *copier) footer() error {
	c.blank, c.blanks = 0, 0
	lines := 0
	for i := range c.held {
		h := &c.held[i]
		if !h.empty && !h.note {
			if err := c.emit(h); err != nil {
				return err
			}
			continue
		}
		lines++
		detail := "a note below the table; it is no row"
		if h.empty {
			detail = "an empty row at the end of the table; it is no row"
		}
		if err := c.problem(Problem{Line: h.line, Kind: Footer, Detail: detail, Raw: h.raw}); err != nil {
			return err
		}
	}
	c.held = nil
	c.r.format.Footer = lines
	return nil
}

// others reports the lines of a further table.
func (c *copier) others() error {
	r := c.r
	if r.stop < 0 {
		return nil
	}
	detail := "a line of another table in the file; only the first table is read"
	if r.l.twin {
		detail = "the table is in the file once more; its copy is not read"
	}
	for r.pos < r.end {
		length, next := r.d.line(r.buf[r.pos:r.end])
		if length > 0 {
			raw := string(r.buf[r.pos : r.pos+length])
			if err := c.problem(Problem{Line: r.line, Kind: OtherTable, Detail: detail, Raw: raw}); err != nil {
				return err
			}
		}
		r.pos += next
		r.line++
	}
	return nil
}

func (c *copier) problem(p Problem) error {
	c.stats.Problems[string(p.Kind)]++
	if err := c.report(p); err != nil {
		return fmt.Errorf("keeping the problem of line %d: %w", p.Line, err)
	}
	return nil
}

// scars takes the replacements that lie in the record.
func (c *copier) scars(rec *record) []fault {
	r := c.r
	var out []fault
	end := r.base + int64(r.pos+rec.next)
	for len(r.src.scars) > 0 && r.src.scars[0].at < end {
		s := r.src.scars[0]
		r.src.scars = r.src.scars[1:]
		if s.at < r.base+int64(r.pos) || len(out) > 0 && out[len(out)-1].kind == s.kind {
			continue
		}
		detail := "a byte that the encoding does not know was read as Windows-1252"
		if s.kind == NulByte {
			detail = "a NUL byte was read as ␀ (U+2400)"
		}
		out = append(out, fault{s.kind, detail})
	}
	return out
}

func (c *copier) flush() error {
	c.hash.Write(c.out)
	if _, err := c.w.Write(c.lines); err != nil {
		return fmt.Errorf("handing rows on after row %d: %w", c.rows, err)
	}
	c.out, c.lines = c.out[:0], c.lines[:0]
	return nil
}
