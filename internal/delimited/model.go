package delimited

import (
	"bytes"
	"math"
)

// model is what the whole rows of the sample say about the columns; rows that break the dialect are mended by it.
type model struct {
	columns []columnModel
	rows    int
}

// columnModel counts how the cells of one column are written.
type columnModel struct {
	exact map[string]int // shapes with their lengths: 99:99
	loose map[string]int // shapes with runs drawn together: 9:9
	n     int            // cells that are not empty
	empty int
	long  int // length of the longest cell
	text  bool
	signs [256]bool // shapes of single bytes that occur
}

const modelRows = 2000

// learn builds the model from the rows that have the table's width.
func learn(rows []row, width int) *model {
	m := &model{columns: make([]columnModel, width)}
	for j := range m.columns {
		m.columns[j] = columnModel{exact: map[string]int{}, loose: map[string]int{}}
	}
	strays := 0
	for i := range rows {
		if rows[i].strays > 0 {
			strays++
		}
	}
	few := 5*strays <= len(rows) // then they are perhaps broken, and must not teach what is usual
	for i := range rows {
		if len(rows[i].fields) != width || rows[i].odd || few && rows[i].strays > 0 {
			continue
		}
		if m.rows++; m.rows > modelRows {
			break
		}
		for j, f := range rows[i].fields {
			m.columns[j].add(f)
		}
	}
	for j := range m.columns {
		c := &m.columns[j]
		c.text = c.n > 4 && 10*len(c.loose) > 3*c.n
	}
	return m
}

func (c *columnModel) add(cell []byte) {
	if len(bytes.TrimSpace(cell)) == 0 {
		c.empty++
		return
	}
	c.n++
	c.long = max(c.long, len(cell))
	c.exact[exactShape(cell)]++
	c.loose[looseShape(cell)]++
	for _, b := range cell {
		c.signs[shapeOf(b)] = true
	}
}

// misfit is how badly a text suits the column: 0 for what is usual there, about 2 for what never occurs.
func (c *columnModel) misfit(cell []byte) float64 {
	all := float64(c.n + c.empty)
	if all == 0 {
		return 0.3
	}
	if len(bytes.TrimSpace(cell)) == 0 {
		share := float64(c.empty) / all
		switch {
		case share > 0.02:
			return 0.3 * (1 - share)
		case share > 0:
			return 0.6
		}
		return 1.5
	}
	rarity := func(n int) float64 { return math.Min(0.6, -0.2*math.Log10(float64(n)/all)) }
	if n := c.exact[exactShape(cell)]; n > 0 {
		return rarity(n)
	}
	if n := c.loose[looseShape(cell)]; n > 0 {
		return 0.3 + rarity(n)
	}
	if c.text {
		if len(cell) <= 2*c.long {
			return 0.6
		}
		return 1.2
	}
	for _, b := range cell {
		if !c.signs[shapeOf(b)] {
			return 2
		}
	}
	if len(cell) > c.long {
		return 1.6
	}
	return 1.2
}

// exactShape writes digits as 9, letters as a or A, and keeps signs, up to a length.
func exactShape(cell []byte) string {
	var buf [48]byte
	n := 0
	for _, b := range cell {
		if n == len(buf) {
			break
		}
		buf[n] = shapeOf(b)
		n++
	}
	return string(buf[:n])
}

// looseShape is the shape with runs of the same kind drawn together.
func looseShape(cell []byte) string {
	var buf [40]byte
	n := 0
	for _, b := range cell {
		s := shapeOf(b)
		if n > 0 && buf[n-1] == s {
			continue
		}
		if n == len(buf) {
			break
		}
		buf[n] = s
		n++
	}
	return string(buf[:n])
}

func shapeOf(b byte) byte {
	switch {
	case b >= '0' && b <= '9':
		return '9'
	case b >= 'a' && b <= 'z', b >= 0x80:
		return 'a'
	case b >= 'A' && b <= 'Z':
		return 'A'
	}
	return b
}
