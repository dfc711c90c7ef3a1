package engine

import (
	"context"
	"fmt"
	"strings"
)

// Bounds within which statements about a few columns of a wide table read copies of these columns.
const (
	wideFrom  = 256        // columns of the table
	wideCells = 20_000_000 // cells of the table: the copies are in memory
	partWidth = 64         // columns of a copy
	mostParts = 4          // copies that one part of a statement reads
)

// wide is how the columns of the table data are spread over copies. The engine goes through all columns of a table for each
// mention of it in a statement, which of thousands takes it longer than most statements do.
type wide struct {
	columns []string
	part    map[string]int // which copy a column is in
	made    map[int]bool
}

// Narrow lets statements that name few columns of the table data read copies of these columns, where the table is wide. The
// table must not change any more. What a statement returns stays the same.
func (s *Session) Narrow(columns []string, rows int64) {
	s.wide = nil
	if len(columns) < wideFrom || rows*int64(len(columns)) > wideCells {
		return
	}
	w := &wide{columns: columns, part: make(map[string]int, len(columns)), made: map[int]bool{}}
	for i, c := range columns {
		w.part[c] = i / partWidth
	}
	s.wide = w
}

// narrowed is a statement in which the table data is replaced by copies of the columns that it names, and true; false where
// it stays as it is.
func (s *Session) narrowed(ctx context.Context, query string) (string, bool, error) {
	if s.wide == nil {
		return query, false, nil
	}
	read, ok := readMentions(query)
	if !ok {
		return query, false, nil
	}
	var out strings.Builder
	at, some := 0, false
	for _, x := range read {
		parts := s.wide.parts(x.names)
		if len(x.places) == 0 || parts == nil {
			continue
		}
		for _, p := range parts {
			if err := s.copyPart(ctx, p); err != nil {
				return "", false, err
			}
		}
		for _, m := range x.places {
			out.WriteString(query[at:m.start])
			out.WriteString(s.wide.expression(parts, x.names))
			if !m.named {
				out.WriteString(" AS " + DataTable)
			}
			at, some = m.end, true
		}
	}
	out.WriteString(query[at:])
	return out.String(), some, nil
}

// parts are the copies that hold the columns among some names, at least one; nil where they are too many.
func (w *wide) parts(names []string) []int {
	var out []int
	seen := map[int]bool{}
	for _, n := range names {
		p, ok := w.part[n]
		if !ok || seen[p] {
			continue
		}
		if len(out) == mostParts {
			return nil
		}
		seen[p] = true
		out = append(out, p)
	}
	if out == nil {
		out = []int{0}
	}
	return out
}

func partName(p int) string { return fmt.Sprintf("data_columns_%d", p) }

// expression is the table expression with the columns among some names. The copies have the rows in one order.
func (w *wide) expression(parts []int, names []string) string {
	columns := []string{partName(parts[0]) + "." + RowColumn}
	taken := map[string]bool{}
	for _, n := range names {
		if p, ok := w.part[n]; ok && !taken[n] {
			taken[n] = true
			columns = append(columns, partName(p)+"."+Ident(n))
		}
	}
	from := make([]string, len(parts))
	for i, p := range parts {
		from[i] = partName(p)
	}
	return "(SELECT " + strings.Join(columns, ", ") + " FROM " + strings.Join(from, " POSITIONAL JOIN ") + ")"
}

// copyPart makes a copy of the columns of a part, once.
func (s *Session) copyPart(ctx context.Context, p int) error {
	if s.wide.made[p] {
		return nil
	}
	list := RowColumn
	for _, c := range s.wide.columns[p*partWidth : min(len(s.wide.columns), (p+1)*partWidth)] {
		list += ", " + Ident(c)
	}
	q := "CREATE OR REPLACE TEMP TABLE " + partName(p) + " AS SELECT " + list + " FROM " + DataTable
	s.watched(q)
	if _, err := s.conn.ExecContext(ctx, q); err != nil {
		return fmt.Errorf("copying some of the columns: %w", explain(err, q))
	}
	s.wide.made[p] = true
	return nil
}

// mention is where a statement names the table data; named says that an alias follows.
type mention struct {
	start, end int
	named      bool
}

// mentions are those between two words UNION, with the quoted names there.
type mentions struct {
	places []mention
	names  []string
}

// reading goes through a statement word by word.
type reading struct {
	query    string
	at       int
	last     string          // the word or sign before, in small letters
	before   string          // the one before that
	stars    map[string]bool // what a star was put behind
	aliases  map[string]bool // of the table data
	segments []mentions
	whole    bool // all columns may be meant
}

// readMentions finds where a statement reads the table data and which quoted names stand near; false where it may mean all
// columns, or cannot be told.
func readMentions(query string) ([]mentions, bool) {
	r := &reading{query: query, stars: map[string]bool{}, aliases: map[string]bool{DataTable: true}, segments: make([]mentions, 1)}
	for r.at < len(query) && !r.whole {
		r.step()
	}
	for a := range r.aliases {
		r.whole = r.whole || r.stars[a]
	}
	return r.segments, !r.whole
}

func (r *reading) step() {
	c := r.query[r.at]
	switch {
	case c == ' ' || c == '\n' || c == '\t' || c == '\r':
		r.at++
	case c == '\'':
		_, r.at = quotedText(r.query, r.at)
		r.saw("''")
	case c == '"':
		name, end := quotedText(r.query, r.at)
		r.at = end
		s := &r.segments[len(r.segments)-1]
		s.names = append(s.names, name)
		r.saw("\"" + name)
	case isWord(c):
		r.word()
	case c == '*':
		r.at++
		r.star()
		r.saw("*")
	case strings.HasPrefix(r.query[r.at:], "--"), strings.HasPrefix(r.query[r.at:], "/*"), c == '$':
		r.whole = true
	default:
		r.at++
		r.saw(string(c))
	}
}

func (r *reading) saw(token string) { r.before, r.last = r.last, token }

// word reads a word, and notes the table data and its alias.
func (r *reading) word() {
	start := r.at
	for r.at < len(r.query) && isWord(r.query[r.at]) {
		r.at++
	}
	word := strings.ToLower(r.query[start:r.at])
	switch {
	case word == "union":
		r.segments = append(r.segments, mentions{})
	case word == "columns" && r.next() == "(":
		r.whole = true
	case word == DataTable && (r.last == "from" || r.last == "join"):
		next := r.next()
		switch {
		case next == "as":
			r.aliases[r.alias()] = true
		case next == "." || next == "(" || next != "" && isWord(next[0]) && !clause[next]:
			r.whole = true // it is another table, or has an alias without AS
			return
		}
		s := &r.segments[len(r.segments)-1]
		s.places = append(s.places, mention{start, r.at, next == "as"})
	}
	r.saw(word)
}

// clause are the words that may follow a table without an alias.
var clause = map[string]bool{
	"where": true, "group": true, "order": true, "limit": true, "having": true, "union": true, "join": true, "left": true, "cross": true,
	"inner": true, "qualify": true, "using": true, "on": true, "offset": true, "except": true, "intersect": true, "full": true,
}

// star notes what a star stands for: a count of rows, a product, or columns.
func (r *reading) star() {
	next := r.next()
	switch {
	case r.last == ".":
		r.stars[r.before] = true
	case r.last == "select" || r.last == "," || r.last == "distinct" || r.last == ")" && (next == "from" || next == ","):
		if next != "from" {
			r.whole = true
			return
		}
		rest := strings.Fields(strings.ToLower(r.query[r.at:min(len(r.query), r.at+20)]))
		r.whole = len(rest) > 1 && strings.TrimRight(rest[1], "),;") == DataTable
	}
}

// next is the word or sign that comes, in small letters; empty at the end.
func (r *reading) next() string {
	i := r.at
	for i < len(r.query) && strings.IndexByte(" \n\t\r", r.query[i]) >= 0 {
		i++
	}
	start := i
	for i < len(r.query) && isWord(r.query[i]) {
		i++
	}
	if i == start && i < len(r.query) {
		i++
	}
	return strings.ToLower(r.query[start:i])
}

// alias is the word behind the next one, which is AS.
func (r *reading) alias() string {
	rest := strings.TrimLeft(r.query[r.at:], " \n\t\r")
	rest = strings.TrimLeft(rest[2:], " \n\t\r")
	end := 0
	for end < len(rest) && isWord(rest[end]) {
		end++
	}
	return strings.ToLower(rest[:end])
}

func isWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// quotedText reads what is quoted from a place on, and where it ends. A doubled quote stands for itself.
func quotedText(query string, at int) (string, int) {
	quote := query[at]
	var b strings.Builder
	for i := at + 1; i < len(query); i++ {
		if query[i] != quote {
			b.WriteByte(query[i])
			continue
		}
		if i+1 == len(query) || query[i+1] != quote {
			return b.String(), i + 1
		}
		b.WriteByte(quote)
		i++
	}
	return b.String(), len(query)
}
