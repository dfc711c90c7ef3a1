package delimited

import "bytes"

// row is one record of the sample.
type row struct {
	fields     [][]byte
	raw        []byte // without the line end, for records of one line
	line       int    // physical line from 0
	start, end int    // offsets in the sample, line end included
	odd        bool
	quotes     int // quotes that enclose a field
	strays     int // quotes inside fields that are not enclosed
}

func (r *row) blank() bool { return len(r.fields) == 1 && len(bytes.TrimSpace(r.fields[0])) == 0 }

// filled counts the cells that hold more than blanks.
func (r *row) filled() int {
	n := 0
	for _, f := range r.fields {
		if len(bytes.TrimSpace(f)) > 0 {
			n++
		}
	}
	return n
}

// rows splits up to most records of a sample. A record that breaks the dialect is read by its physical line alone, so
// that one bad quote never swallows the rest. final says that the sample is the whole file.
func (d *Dialect) rows(sample []byte, final bool, most int) []row {
	var out []row
	var spans []span
	line := 0
	for pos := 0; pos < len(sample) && len(out) < most; {
		var next int
		var v verdict
		spans, next, v = d.split(sample[pos:], final, spans[:0])
		if v == partial && !final && d.unbroken(sample[pos:]) {
			break
		}
		r := row{line: line, start: pos}
		if v != clean {
			var length int
			length, next = d.line(sample[pos:])
			spans = d.lenient(sample[pos:pos+length], spans[:0])
			r.odd = true
		}
		for _, s := range spans {
			r.fields = append(r.fields, d.value(sample[pos:], s))
			if s.quoted {
				r.quotes += 2
			} else if d.Quote != 0 {
				r.strays += bytes.Count(sample[pos+s.start:pos+s.end], []byte{d.Quote})
			}
		}
		length, _ := d.line(sample[pos : pos+next])
		r.raw = sample[pos : pos+length]
		line += max(1, bytes.Count(sample[pos:pos+next], []byte{d.eol}))
		pos += next
		r.end = pos
		out = append(out, r)
	}
	return out
}

// unbroken says that the text left at the end of a sample is short enough to be the head of a record.
func (d *Dialect) unbroken(rest []byte) bool {
	return bytes.Count(rest, []byte{d.eol}) < 50
}

// lenient splits one physical line that breaks the dialect: a quoted field ends at the first quote that a delimiter or
// the line's end follows, and a quote that nothing closes is text.
func (d *Dialect) lenient(line []byte, into []span) []span {
	pos := 0
	for {
		end, s := -1, span{start: pos}
		if d.Quote != 0 && pos < len(line) && line[pos] == d.Quote {
			for i := pos + 1; i < len(line); i++ {
				if d.Escape != 0 && line[i] == d.Escape {
					i++
					continue
				}
				if line[i] == d.Quote && (i+1 == len(line) || d.delimiterAt(line, i+1)) {
					s = span{start: pos + 1, end: i, quoted: true, escaped: true}
					end = i + 1
					break
				}
			}
		}
		if end < 0 {
			if n := bytes.Index(line[pos:], d.Delimiter); n >= 0 {
				end = pos + n
			} else {
				end = len(line)
			}
			s.end = end
		}
		into = append(into, s)
		if end >= len(line) {
			return into
		}
		pos = end + len(d.Delimiter)
	}
}
