package delimited

import (
	"bytes"
	"fmt"
)

// record is one row of the table as it was read.
type record struct {
	cells  [][]byte // the values of a mended row; nil where spans tell them
	text   []byte   // of the record, without its line end
	next   int      // offset behind the record, from its beginning
	line   int64
	faults []fault
	fields int // as received
}

// fault is a problem of a record.
type fault struct {
	kind   Kind
	detail string
}

// mostRepairs bounds how many rows are mended by alignment, which is slow; later ones are padded or cut at their end.
const mostRepairs = 20_000

// mostJoined is how many physical lines a record with broken quotes may take.
const mostJoined = 30

// scan finds the next record. It returns false at the end of the table.
func (r *Reader) scan() (rec record, ok bool, err error) {
	for {
		if r.stop >= 0 && r.base+int64(r.pos) >= r.stop {
			return rec, false, nil
		}
		if r.pos == r.end && r.eof {
			return rec, false, nil
		}
		rest := r.buf[r.pos:r.end]
		var next int
		var v verdict
		r.spans, next, v = r.d.split(rest, r.eof, r.spans[:0])
		if v == partial || v == clean && next == 0 {
			if len(rest) < mostRecord && !r.eof {
				if err := r.fill(); err != nil {
					return rec, false, err
				}
				continue
			}
			v = odd
		}
		if v == clean && len(r.spans) == r.width && !r.swallows(rest[:next]) {
			rec = record{text: rest[:next], next: next, line: r.line, fields: r.width}
			r.doubt(&rec)
			return rec, true, nil
		}
		more, err := r.wantsMore(rest)
		if err != nil {
			return rec, false, err
		}
		if more {
			continue
		}
		return r.broken(rest, next, v), true, nil
	}
}

// doubt looks again at a row of the right length that has quotes inside unquoted fields: it may lack a delimiter before a
// field in quotes and have one in the text instead.
func (r *Reader) doubt(rec *record) {
	if r.d.Quote == 0 || r.repairs >= mostRepairs || len(rec.text) > mostRepairBytes {
		return
	}
	stray := false
	for _, s := range r.spans {
		if !s.quoted && s.end > s.start && rec.text[s.end-1] == r.d.Quote && rec.text[s.start] != r.d.Quote {
			stray = true
		}
	}
	if !stray {
		return
	}
	r.repairs++
	length, _ := r.d.line(rec.text)
	a := &repairer{d: &r.d, m: r.m}
	cells, _, ok := a.align(rec.text[:length], r.width)
	if !ok {
		return
	}
	for j, s := range r.spans {
		if !bytes.Equal(cells[j], r.d.value(rec.text, s)) {
			rec.cells, rec.text = cells, rec.text[:length]
			rec.faults = append(rec.faults, fault{StrayQuote, "a delimiter is missing before a quote; the row was read as if it were there"})
			return
		}
	}
}

// wantsMore fills the buffer where it does not hold the lines that mending may need.
func (r *Reader) wantsMore(rest []byte) (bool, error) {
	if r.eof || len(rest) >= mostRecord || bytes.Count(rest, []byte{r.d.eol}) > mostJoined {
		return false, nil
	}
	return true, r.fill()
}

// swallows says whether a record of several lines holds lines that are rows by themselves: then a stray quote pairs
// with another one far below.
func (r *Reader) swallows(text []byte) bool {
	if r.width < 3 {
		return false
	}
	length, next := r.d.line(text)
	if next >= len(text) || length == len(text) {
		return false
	}
	lines, whole := 0, 0
	for rest := text[next:]; len(rest) > 0; {
		_, n := r.d.line(rest)
		if n >= len(rest) {
			break // the last line closes the quote
		}
		lines++
		if spans, _, v := r.d.split(rest[:n], true, nil); v == clean && len(spans) == r.width {
			whole++
		}
		rest = rest[n:]
	}
	return whole >= 2 && 5*whole >= 4*lines
}

// broken reads a record that breaks the dialect or has another length than the table is wide.
func (r *Reader) broken(rest []byte, next int, v verdict) record {
	length, after := r.d.line(rest)
	if v == clean && next <= after { // of one line
		rec := record{text: rest[:length], next: next, line: r.line, fields: len(r.spans)}
		if len(r.spans) == 1 && len(bytes.TrimSpace(rest[:length])) == 0 {
			rec.fields = 0
			return rec
		}
		r.mend(&rec)
		return rec
	}
	rec := record{text: rest[:length], next: after, line: r.line}
	if spans, _, lineVerdict := r.d.split(rest[:length], true, nil); lineVerdict == clean && len(spans) == r.width {
		r.spans = spans
		rec.fields = r.width
		return rec
	}
	fields := len(r.d.lenient(rest[:length], nil))
	rec.fields = fields
	r.mend(&rec)
	r.join(&rec, rest)
	kind, detail := StrayQuote, "a quote stands where the format has none; it was kept as text"
	if v != clean && r.d.Quote != 0 && bytes.Count(rec.text, []byte{r.d.Quote})%2 == 1 {
		kind, detail = UnterminatedQuote, "a quote is not closed in its place; the row was read by its other fields"
	}
	rec.faults = append([]fault{{kind, detail}}, rec.faults...)
	return rec
}

// join tries whether a record with broken quotes goes on over the next lines, up to the first line that is a whole row
// by itself.
func (r *Reader) join(rec *record, rest []byte) {
	if r.repairs > mostRepairs || len(rest) == 0 || r.d.Quote == 0 {
		return
	}
	single := rec.cost(r.m)
	if single < 2 {
		return
	}
	end := rec.next
	for lines := 1; lines < mostJoined && end < len(rest) && end < mostRepairBytes; lines++ {
		length, n := r.d.line(rest[end:])
		if spans, _, v := r.d.split(rest[end:end+length], true, nil); v == clean && len(spans) == r.width && r.width > 1 {
			return
		}
		text := rest[:end+length]
		end += n
		a := &repairer{d: &r.d, m: r.m}
		r.repairs++
		if cells, cost, ok := a.align(text, r.width); ok && cost < single-0.8 && cost < 2 {
			rec.cells, rec.text, rec.next = cells, text, end
			rec.faults = nil
			return
		}
	}
}

// cost is how badly the cells of a mended row suit the columns.
func (rec *record) cost(m *model) float64 {
	sum := 0.0
	for j, c := range rec.cells {
		sum += m.columns[j].misfit(c)
	}
	return sum
}

// mend gives a row the table's width.
func (r *Reader) mend(rec *record) {
	if r.repairs < mostRepairs && len(rec.text) <= mostRepairBytes {
		r.repairs++
		if cells, _, other, ok := mend(&r.d, r.m, rec.text, rec.fields); ok {
			rec.cells = cells
			if other != "" {
				rec.faults = append(rec.faults, fault{OtherDelimiter, fmt.Sprintf("the row is separated by %q; it was read so", other)})
				return
			}
			rec.length(r.width)
			return
		}
	}
	spans := r.d.lenient(rec.text, nil)
	rec.cells = make([][]byte, r.width)
	for j, s := range spans {
		switch {
		case j < r.width:
			rec.cells[j] = r.d.value(rec.text, s)
		default: // what is too much stays with the last cell
			rec.cells[r.width-1] = append(append(rec.cells[r.width-1], r.d.Delimiter...), r.d.value(rec.text, s)...)
		}
	}
	rec.length(r.width)
}

// length notes that a row has another number of fields than the table has columns.
func (rec *record) length(width int) {
	switch {
	case rec.fields < width:
		rec.faults = append(rec.faults, fault{TooFewFields, fmt.Sprintf(
			"%d fields in the place of %d; they were matched with the columns and the others left empty", rec.fields, width)})
	case rec.fields > width:
		rec.faults = append(rec.faults, fault{TooManyFields, fmt.Sprintf(
			"%d fields in the place of %d; empty ones were dropped or neighbours joined to match the columns", rec.fields, width)})
	}
}
