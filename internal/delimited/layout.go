package delimited

import "bytes"

// layout is where the table lies in the sample.
type layout struct {
	width    int
	preamble int      // records before the header, blank lines included
	header   int      // header records
	names    []string // of the columns as received; nil where there is no header
	body     int      // index of the first row of the body
	end      int      // index of the first row behind the table, where the sample shows another table; else len(rows)
	twin     bool     // what follows end is the same table once more
}

// locate finds the table in the rows of a sample.
func locate(rows []row, d *Dialect, final bool, opt Options) layout {
	l := layout{width: tableWidth(rows), end: len(rows)}
	l.preamble = tableStart(rows, l.width, opt)
	if final {
		l.end, l.twin = tableEnd(rows, l.preamble, l.width)
	}
	table := rows[l.preamble:l.end]
	l.header = headerRows(table, l.width, opt)
	if l.header > 0 {
		l.names = mergeHeader(table[:l.header], d, l.width, table[l.header:])
	}
	l.body = l.preamble + l.header
	return l
}

// tableWidth is the number of columns: the most frequent row length, or that of the first row where all rows are at
// least as long and no length stands out (text with unquoted delimiters in it).
func tableWidth(rows []row) int {
	counts := map[int]int{}
	n, first, shorter := 0, 0, 0
	for i := range rows {
		if rows[i].blank() {
			continue
		}
		w := len(rows[i].fields)
		if n == 0 {
			first = w
		}
		if w < first {
			shorter++
		}
		counts[w]++
		n++
	}
	width, top := 1, 0
	if n == 2 { // a header and a row: neither may be cut
		for w := range counts {
			width = max(width, w)
		}
		return width
	}
	for i := range rows { // in the order of the file, so that the first of two equal tables wins
		if w := len(rows[i].fields); !rows[i].blank() && counts[w] > top {
			width, top = w, counts[w]
		}
	}
	if 10*top < 7*n && first > 1 && first < width && 20*shorter <= n {
		return first
	}
	return width
}

// tableStart is the number of records before the header or, without one, before the body.
func tableStart(rows []row, width int, opt Options) int {
	if opt.SkipLines != nil {
		for i := range rows {
			if rows[i].line >= *opt.SkipLines {
				return i
			}
		}
		return len(rows)
	}
	start := 0
	for start < len(rows) && (rows[start].blank() || len(rows[start].fields) != width) {
		start++
	}
	if start == len(rows) {
		return firstNotBlank(rows)
	}
	// Lines of the full width that hold a title alone, and empty ones, as spreadsheets export them.
	for i := start; i < len(rows) && i < start+30; i++ {
		if len(rows[i].fields) == width && rows[i].filled() > min(1, width-2) {
			start = i
			break
		}
	}
	// The header may be the broken row: too short or too long by a field, right above the first whole row.
	if above := start - 1; above >= 0 && width > 2 && !rows[above].blank() {
		w := len(rows[above].fields)
		if near := w >= width-1 && w <= width+1; near && untyped(&rows[above]) && !looksLikeHeader(rows[start:], width) {
			return above
		}
		if rows[above].odd && above == 0 && !looksLikeHeader(rows[start:], width) {
			return above
		}
	}
	return start
}

func firstNotBlank(rows []row) int {
	for i := range rows {
		if !rows[i].blank() {
			return i
		}
	}
	return len(rows)
}

// untyped says that no cell of the row is a number or a date.
func untyped(r *row) bool {
	for _, f := range r.fields {
		if classify(f).typed() {
			return false
		}
	}
	return true
}

// tableEnd looks for a second table below the first. A header line that is repeated starts a copy only where the same
// rows follow; rows under a repeated header are else rows of the one table.
func tableEnd(rows []row, start, width int) (end int, twin bool) {
	if start >= len(rows) {
		return len(rows), false
	}
	head := rows[start].fields
	for i := start + 2; i < len(rows); i++ {
		if sameFields(rows[i].fields, head) && sameRows(rows[start:i], rows[i:]) {
			return i, true
		}
	}
	// A tail of rows of one other width.
	tail := len(rows)
	for tail > start && (rows[tail-1].blank() || len(rows[tail-1].fields) == len(rows[len(rows)-1].fields)) {
		tail--
	}
	for tail < len(rows) && rows[tail].blank() {
		tail++
	}
	other := len(rows) - tail
	if other >= 3 && len(rows[tail].fields) != width && len(rows[tail].fields) > 1 && tail-start >= 3 &&
		looksLikeHeader(rows[tail:], len(rows[tail].fields)) && untyped(&rows[tail]) {
		return tail, false
	}
	return len(rows), false
}

func sameFields(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// sameRows says whether the rows b are those of a once more, in the same order: nearly all are equal, and the others
// share most of their cells, so that they differ in writing rather than in what they say.
func sameRows(a, b []row) bool {
	i, same := 0, 0
	for j := range b {
		if b[j].blank() {
			continue
		}
		for i < len(a) && a[i].blank() {
			i++
		}
		if i == len(a) {
			return false
		}
		equal := 0
		for k := range min(len(a[i].fields), len(b[j].fields)) {
			if bytes.Equal(a[i].fields[k], b[j].fields[k]) {
				equal++
			}
		}
		switch {
		case equal == len(a[i].fields) && equal == len(b[j].fields):
			same++
		case 2*equal < len(a[i].fields):
			return false
		}
		i++
	}
	return same > 1 && 10*same >= 8*len(b) && 10*same >= 8*len(a)
}
