package delimited

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

const judgedRows = 200 // body rows that a header is compared with

// headerRows is how many of the first records of a table name its columns.
func headerRows(table []row, width int, opt Options) int {
	switch {
	case len(table) == 0 || opt.Header != nil && !*opt.Header:
		return 0
	case opt.Header == nil && !looksLikeHeader(table, width):
		return 0
	}
	n := 1
	for n < 5 && n+2 < len(table) {
		if !sameFields(table[n].fields, table[0].fields) && !secondHeader(table[n:], width) {
			break
		}
		n++
	}
	return n
}

// column facts of a body, as far as telling a header needs them.
type bodyColumn struct {
	filled, typed int
	shapes        map[string]int
	values        map[string]bool
	length        int // sum
}

func bodyColumns(body []row, width int) []bodyColumn {
	cols := make([]bodyColumn, width)
	for j := range cols {
		cols[j] = bodyColumn{shapes: map[string]int{}, values: map[string]bool{}}
	}
	n := 0
	for i := range body {
		if len(body[i].fields) != width {
			continue
		}
		if n++; n > judgedRows {
			break
		}
		for j, f := range body[i].fields {
			t := bytes.TrimSpace(f)
			if len(t) == 0 {
				continue
			}
			c := &cols[j]
			c.filled++
			c.length += len(t)
			if classify(t).typed() {
				c.typed++
			}
			c.shapes[looseShape(t)]++
			c.values[string(t)] = true
		}
	}
	return cols
}

// looksLikeHeader weighs the first row of a table against the rows below it, column by column.
func looksLikeHeader(table []row, width int) bool {
	head := &table[0]
	if len(table) == 1 {
		return untyped(head)
	}
	cols := bodyColumns(table[1:], width)
	score, typed := 0.0, 0
	years := consecutiveYears(head.fields)
	for j, f := range head.fields {
		if j >= width {
			break
		}
		t := bytes.TrimSpace(f)
		if len(t) == 0 {
			continue
		}
		isTyped := classify(t).typed() && !years
		if isTyped {
			typed++
		}
		score += cols[j].speaksForHeader(t, isTyped)
	}
	if typed == 0 {
		return score > -0.5
	}
	return score > 0.5
}

// speaksForHeader is how much one cell differs from its column: positive where it looks like a name.
func (c *bodyColumn) speaksForHeader(cell []byte, typed bool) float64 {
	if c.filled == 0 {
		return 0
	}
	shape := looseShape(cell)
	top := 0
	for _, n := range c.shapes {
		top = max(top, n)
	}
	uniform := 10*top >= 8*c.filled && c.filled >= 3
	switch {
	case 10*c.typed >= 8*c.filled:
		if typed {
			return -1
		}
		return 1
	case typed:
		return -0.5
	case c.values[string(cell)]:
		return -0.7
	case uniform && c.shapes[shape] == 0:
		return 0.5
	case uniform && strings.ContainsRune(shape, '9'):
		return -0.7
	case 4*len(cell)*c.filled < c.length:
		return 0.3
	}
	return 0
}

// secondHeader says whether the first row of a table is one more line of names: text in the columns where numbers
// and dates stand below.
func secondHeader(table []row, width int) bool {
	if len(table[0].fields) != width || len(table) < 3 {
		return false
	}
	cols := bodyColumns(table[1:], width)
	typed, named := 0, 0
	for j, f := range table[0].fields {
		t := bytes.TrimSpace(f)
		if cols[j].filled < 2 || 10*cols[j].typed < 9*cols[j].filled {
			continue
		}
		typed++
		if len(t) == 0 {
			continue
		}
		if classify(t).typed() || !bytes.ContainsFunc(t, isLetter) {
			return false
		}
		if slices.Contains([]string{"n/a", "na", "nil", "nul", "-"}, strings.ToLower(string(t))) {
			return false
		}
		named++
	}
	return typed >= 2 && 2*named >= typed && named >= 2
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80 }

// consecutiveYears recognises names such as 2019, 2020, 2021, which are numbers and yet a header.
func consecutiveYears(fields [][]byte) bool {
	last, run := 0, 0
	for _, f := range fields {
		y, err := strconv.Atoi(string(bytes.TrimSpace(f)))
		switch {
		case err != nil || y < 1800 || y > 2200:
			last = 0
		case y == last+1 || y == last-1:
			run++
			last = y
		default:
			last = y
		}
	}
	return run >= 1 && len(fields) > 2
}

// mergeHeader joins the header records to one name a column. A group name over several columns is repeated for each.
func mergeHeader(head []row, d *Dialect, width int, body []row) []string {
	names := make([]string, width)
	for k := range head {
		fields := head[k].fields
		if len(fields) != width {
			fields = fitHeader(&head[k], d, width, body)
		}
		group := len(head) > 1 && k < len(head)-1 && head[k].filled() > 1
		last := ""
		for j := range names {
			var cell string
			if j < len(fields) {
				cell = string(fields[j])
			}
			if group && strings.TrimSpace(cell) == "" {
				cell = last
			}
			last = cell
			if names[j] != "" && cell != "" {
				names[j] += " "
			}
			names[j] += cell
		}
	}
	return names
}

// fitHeader brings a header record of another length to the table's width.
func fitHeader(head *row, d *Dialect, width int, body []row) [][]byte {
	fields := head.fields
	if len(fields) == width-1 && head.strays == 0 && namesRows(body, width) {
		return append([][]byte{nil}, fields...)
	}
	if mended, ok := alignNames(head, d, width); ok {
		return mended
	}
	return fields
}

// namesRows says whether the first column holds the names or numbers of the rows, for which statistical software
// writes no header cell.
func namesRows(body []row, width int) bool {
	seen := map[string]bool{}
	n, last := 0, 0
	for i := range body {
		if len(body[i].fields) != width || n >= judgedRows {
			continue
		}
		n++
		if len(bytes.TrimSpace(body[i].fields[width-1])) > 0 {
			last++
		}
		seen[string(body[i].fields[0])] = true
	}
	return n > 1 && len(seen) == n && 2*last > n
}
