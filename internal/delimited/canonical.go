package delimited

import "bytes"

// appendCells appends values as canonical cells and counts those that hold more than blanks.
func (c *copier) appendCells(cells [][]byte) (filled int) {
	for j, cell := range cells {
		if j > 0 {
			c.out = append(c.out, ',')
		}
		if len(bytes.TrimSpace(cell)) > 0 {
			filled++
		}
		c.out = appendCell(c.out, cell)
	}
	return filled
}

// appendSpans appends the fields that the last split found in buf.
func (c *copier) appendSpans(buf []byte) (filled int) {
	d := &c.r.d
	for j, s := range c.r.spans {
		if j > 0 {
			c.out = append(c.out, ',')
		}
		text := buf[s.start:s.end]
		if len(text) == 0 {
			continue
		}
		if text[0] != ' ' || len(bytes.TrimSpace(text)) > 0 {
			filled++
		}
		switch {
		case !s.escaped:
			c.out = appendCell(c.out, text)
		case d.Quote == '"' && d.Escape == 0: // already written as canonical text wants it
			c.out = append(c.out, '"')
			c.out = append(c.out, text...)
			c.out = append(c.out, '"')
		default:
			c.out = appendCell(c.out, d.value(buf, s))
		}
	}
	return filled
}

// appendCell appends a value, quoted where it must be.
func appendCell(out, cell []byte) []byte {
	special := false
	for _, b := range cell {
		if quoteNeeded[b] {
			special = true
			break
		}
	}
	if !special {
		return append(out, cell...)
	}
	out = append(out, '"')
	for {
		i := bytes.IndexByte(cell, '"')
		if i < 0 {
			break
		}
		out = append(out, cell[:i+1]...)
		out = append(out, '"')
		cell = cell[i+1:]
	}
	out = append(out, cell...)
	return append(out, '"')
}

// quoteNeeded marks the bytes for which a cell is quoted.
var quoteNeeded = [256]bool{',': true, '"': true, '\n': true, '\r': true}
