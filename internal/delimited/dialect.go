package delimited

import "bytes"

// Dialect is how the fields of a record are written.
type Dialect struct {
	Delimiter []byte
	Quote     byte // 0 for none
	Escape    byte // '\\', or 0 where a quote is escaped by doubling it
	Collapse  bool // a run of delimiters separates once, and those before the first field do not count
	eol       byte // '\n' (a '\r' before it belongs to it) or '\r'
}

// span is a field of a record: text [start,end) of a buffer, without its enclosing quotes.
type span struct {
	start, end int
	quoted     bool
	escaped    bool // holds doubled or escaped quotes that value resolves
}

// verdict says how a strict split ended.
type verdict int

const (
	clean   verdict = iota
	odd             // the record breaks the dialect: a quoted field is not closed, or goes on behind its closing quote
	partial         // the buffer ends inside the record
)

// split reads one record by the strict rules of the dialect. It returns the spans appended to into, and the offset
// just behind the record with its line end.
func (d *Dialect) split(buf []byte, final bool, into []span) (spans []span, next int, v verdict) {
	pos := 0
	for {
		if d.Collapse {
			for bytes.HasPrefix(buf[pos:], d.Delimiter) {
				pos += len(d.Delimiter)
			}
		}
		var s span
		var at int
		if d.Quote != 0 && pos < len(buf) && buf[pos] == d.Quote {
			s, at, v = d.quoted(buf, pos, final)
		} else {
			s, at, v = d.plain(buf, pos, final)
		}
		if v != clean {
			return into, 0, v
		}
		into = append(into, s)
		switch {
		case at >= len(buf):
			return into, at, clean
		case d.delimiterAt(buf, at):
			pos = at + len(d.Delimiter)
			if d.Collapse {
				for bytes.HasPrefix(buf[pos:], d.Delimiter) {
					pos += len(d.Delimiter)
				}
				if end := d.lineEnd(buf, pos); end > 0 { // blanks at the end of a line separate nothing
					return into, end, clean
				}
			}
			if pos >= len(buf) && !final {
				return into, 0, partial
			}
		default:
			return into, d.lineEnd(buf, at), clean
		}
	}
}

// plain reads an unquoted field from pos and returns the offset of what ends it.
func (d *Dialect) plain(buf []byte, pos int, final bool) (span, int, verdict) {
	first := d.Delimiter[0]
	for i := pos; i < len(buf); i++ {
		switch c := buf[i]; {
		case c == first && (len(d.Delimiter) == 1 || bytes.HasPrefix(buf[i:], d.Delimiter)):
			return span{start: pos, end: i}, i, clean
		case c == d.eol:
			end := i
			if c == '\n' && i > pos && buf[i-1] == '\r' {
				end--
			}
			return span{start: pos, end: end}, end, clean
		}
	}
	if !final {
		return span{}, 0, partial
	}
	return span{start: pos, end: len(buf)}, len(buf), clean
}

// quoted reads a quoted field whose opening quote is at pos and returns the offset of what follows the closing one.
func (d *Dialect) quoted(buf []byte, pos int, final bool) (span, int, verdict) {
	s := span{start: pos + 1, quoted: true}
	i := pos + 1
	for {
		n := d.nextQuote(buf[i:])
		if n < 0 {
			if final {
				return s, 0, odd
			}
			return s, 0, partial
		}
		i += n
		if d.Escape != 0 && buf[i] == d.Escape {
			s.escaped = true
			i += 2
			if i > len(buf) {
				i = len(buf)
			}
			continue
		}
		after := i + 1
		switch {
		case after < len(buf) && buf[after] == d.Quote:
			s.escaped = true
			i += 2
		case after+1 >= len(buf) && !final:
			return s, 0, partial
		case after == len(buf) || d.delimiterAt(buf, after) || d.lineEnd(buf, after) > 0:
			s.end = i
			return s, after, clean
		default:
			return s, 0, odd
		}
	}
}

// nextQuote is the offset of the next quote or escape, -1 for none.
func (d *Dialect) nextQuote(buf []byte) int {
	q := bytes.IndexByte(buf, d.Quote)
	if d.Escape == 0 {
		return q
	}
	if q >= 0 {
		buf = buf[:q]
	}
	if e := bytes.IndexByte(buf, d.Escape); e >= 0 {
		return e
	}
	return q
}

func (d *Dialect) delimiterAt(buf []byte, at int) bool {
	return bytes.HasPrefix(buf[at:], d.Delimiter)
}

// lineEnd is the offset behind the line end that starts at at, 0 where none does.
func (d *Dialect) lineEnd(buf []byte, at int) int {
	switch {
	case at >= len(buf):
		return 0
	case buf[at] == d.eol:
		return at + 1
	case d.eol == '\n' && buf[at] == '\r' && at+1 < len(buf) && buf[at+1] == '\n':
		return at + 2
	}
	return 0
}

// value is a copy of the text of a field with its escapes resolved.
func (d *Dialect) value(buf []byte, s span) []byte {
	text := buf[s.start:s.end]
	if !s.escaped {
		return append([]byte(nil), text...)
	}
	var out []byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		if i+1 < len(text) {
			next := text[i+1]
			if c == d.Quote && next == d.Quote || d.Escape != 0 && c == d.Escape && (next == d.Quote || next == d.Escape) {
				out = append(out, next)
				i++
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// line is the length of the first physical line of buf without its end, and the offset behind the end.
func (d *Dialect) line(buf []byte) (length, next int) {
	i := bytes.IndexByte(buf, d.eol)
	if i < 0 {
		return len(buf), len(buf)
	}
	length, next = i, i+1
	if d.eol == '\n' && i > 0 && buf[i-1] == '\r' {
		length--
	}
	return length, next
}
