package delimited

import (
	"bytes"
	"maps"
	"math"
	"slices"
)

// What it costs to read a broken row in some way; the cheapest reading wins. The unit is about one misfitting cell.
const (
	costMerge   = 1.0 // a delimiter that belongs to the text of a field
	costSkip    = 1.4 // an empty field too many
	costMissing = 1.2 // a cell that is not there
	costCutOff  = 0.7 // a cell behind the end of the line
	costSplit   = 1.5 // a delimiter that is not there
	costBefore  = 0.7 // a delimiter that is not there, right before a field in quotes
	costAfter   = 1.1 // a delimiter that is not there, right behind a closing quote
	costStray   = 0.5 // a quote that is text
	costOther   = 1.0 // another delimiter than the file's
)

// The size of rows that are mended cell by cell; larger ones are cut off or padded at their end.
const (
	mostRepairBytes  = 6000
	mostRepairWidth  = 120
	mostRepairFields = 240
	mostMerged       = 14
)

// repairer reads rows that break the dialect, by the cheapest alignment of their text with the columns.
type repairer struct {
	d     *Dialect
	m     *model
	split bool // a missing delimiter may be anywhere; else only at quotes
	line  []byte
	best  []map[int]*node // for each column: the cheapest way to the position where its field begins
}

// node is a way to a position: the field before began at from.
type node struct {
	cost     float64
	previous *node
	cell     []byte
	pos      int
	done     bool // the line is used up, no field is waiting
}

// align reads line as width cells. Its cost says how far the reading can be trusted.
func (r *repairer) align(line []byte, width int) (cells [][]byte, cost float64, ok bool) {
	if len(line) > mostRepairBytes || width > mostRepairWidth || bytes.Count(line, r.d.Delimiter) > mostRepairFields {
		return nil, math.Inf(1), false
	}
	r.line = line
	r.best = make([]map[int]*node, width+1)
	for j := range r.best {
		r.best[j] = map[int]*node{}
	}
	r.reach(0, &node{})
	for j := range width {
		r.advance(j)
	}
	var end *node
	for _, n := range ways(r.best[width]) {
		rest := 0.0
		if !n.done {
			rest = r.rest(n.pos)
		}
		if end == nil || n.cost+rest < end.cost {
			end = &node{cost: n.cost + rest, previous: n.previous, cell: n.cell}
		}
	}
	if end == nil || math.IsInf(end.cost, 1) {
		return nil, math.Inf(1), false
	}
	cells = make([][]byte, width)
	n := end
	for j := width - 1; j >= 0; j-- {
		cells[j] = n.cell
		n = n.previous
	}
	return cells, end.cost, true
}

// key tells a line that is used up from one whose last field is empty and still to come.
func (n *node) key() int {
	if n.done {
		return -1
	}
	return n.pos
}

// ways lists nodes in the order of their positions, so that equal costs always give the same reading.
func ways(nodes map[int]*node) []*node {
	list := make([]*node, 0, len(nodes))
	for _, key := range slices.Sorted(maps.Keys(nodes)) {
		list = append(list, nodes[key])
	}
	return list
}

// reach notes a way to column j, and the ways that skip empty fields there.
func (r *repairer) reach(j int, n *node) {
	for {
		old := r.best[j][n.key()]
		if old != nil && old.cost <= n.cost {
			return
		}
		r.best[j][n.key()] = n
		if n.done || !r.d.delimiterAt(r.line, n.pos) {
			return
		}
		cost := costSkip
		if r.d.Collapse {
			cost = 0
		}
		n = &node{cost: n.cost + cost, previous: n.previous, cell: n.cell, pos: n.pos + len(r.d.Delimiter)}
	}
}

// rest is the cost of what is left of the line behind the last column.
func (r *repairer) rest(pos int) float64 {
	if pos >= len(r.line) {
		return costSkip // one empty field too many
	}
	return math.Inf(1)
}

func (r *repairer) misfit(j int, cell []byte) float64 {
	if r.m == nil {
		return 0
	}
	return r.m.columns[j].misfit(cell)
}

// quotedMisfit leaves stray quotes at the edges of a cell out of its shape.
func (r *repairer) quotedMisfit(j int, cell []byte, strays int) float64 {
	if strays > 0 {
		cell = bytes.Trim(cell, string(rune(r.d.Quote)))
	}
	return r.misfit(j, cell)
}

// advance finds the ways from the beginning of column j's field to that of the next.
func (r *repairer) advance(j int) {
	for _, n := range ways(r.best[j]) {
		missing := costMissing + r.misfit(j, nil) + 0.001*float64(len(r.best)-j)
		if n.done {
			missing = costCutOff + 0.5*r.misfit(j, nil)
		}
		r.reach(j+1, &node{cost: n.cost + missing, previous: n, pos: n.pos, done: n.done})
		if n.done {
			continue
		}
		if q := r.d.Quote; q != 0 && n.pos < len(r.line) && r.line[n.pos] == q {
			r.quotedEnds(j, n)
		}
		r.plainEnds(j, n)
	}
}

// take reads [start,end) as the cell of column j; the next field begins at next.
func (r *repairer) take(j int, n *node, cell []byte, cost float64, end int, delimited bool) {
	next := &node{cost: n.cost + cost, previous: n, cell: cell, pos: end}
	switch {
	case delimited:
		next.pos = end + len(r.d.Delimiter)
	case end == len(r.line):
		next.done = true
	}
	r.reach(j+1, next)
}

// plainEnds takes the text up to a delimiter, to a later one, or to a place where a delimiter may be missing.
func (r *repairer) plainEnds(j int, n *node) {
	base, text, piece := 0.0, n.pos, n.pos
	if q := r.d.Quote; q != 0 && n.pos < len(r.line) && r.line[n.pos] == q {
		base, text = costStray+0.3, n.pos+1 // the shape of the cell is that without the quote
	}
	end, merged := n.pos, 0
	for {
		at := bytes.Index(r.line[end:], r.d.Delimiter)
		if at < 0 {
			end = len(r.line)
		} else {
			end += at
		}
		if merged == 0 {
			r.splits(j, n, end, base)
		} else if piece == end {
			base += costMerge // nothing follows the delimiter: rather a field too many than a part of the text
		}
		cell := r.line[n.pos:end]
		cost := base + costMerge*float64(merged) + r.misfit(j, r.line[min(text, end):end])
		if r.d.Quote != 0 {
			cost += 0.2 * float64(bytes.Count(r.line[min(text, end):end], []byte{r.d.Quote}))
		}
		r.take(j, n, cell, cost, end, at >= 0)
		if at < 0 || merged == mostMerged {
			return
		}
		merged++
		end += len(r.d.Delimiter)
		piece = end
	}
}

// splits takes the heads of the text [n.pos,end), as if a delimiter were missing behind them.
func (r *repairer) splits(j int, n *node, end int, base float64) {
	for at := n.pos + 1; at < end; at++ {
		quote := r.d.Quote != 0 && r.line[at] == r.d.Quote
		if !quote {
			if !r.split || end-n.pos > 80 || r.line[at]&0xc0 == 0x80 {
				continue
			}
		}
		cell := r.line[n.pos:at]
		cost := costSplit
		if quote && r.encloses(at) {
			cost = costBefore
		}
		if misfit := r.misfit(j, cell); misfit < 0.95 {
			r.take(j, n, cell, base+cost+misfit, at, false)
		}
	}
}

// encloses says whether the quote at at opens a field: one that a delimiter or the line's end follows closes it.
func (r *repairer) encloses(at int) bool {
	end := bytes.IndexByte(r.line[at+1:], r.d.Quote)
	if end < 1 {
		return false
	}
	end += at + 2
	return end == len(r.line) || r.d.delimiterAt(r.line, end)
}

// quotedEnds takes the quoted text up to each quote that may close it.
func (r *repairer) quotedEnds(j int, n *node) {
	strays := 0
	for i := n.pos + 1; i < len(r.line); i++ {
		if r.d.Escape != 0 && r.line[i] == r.d.Escape {
			i++
			continue
		}
		if r.line[i] != r.d.Quote {
			continue
		}
		after := i + 1
		delimited := after < len(r.line) && r.d.delimiterAt(r.line, after)
		cell := r.d.value(r.line, span{start: n.pos + 1, end: i, escaped: true})
		cost := costStray*float64(strays) + r.quotedMisfit(j, cell, strays)
		switch {
		case delimited, after == len(r.line):
			r.take(j, n, cell, cost, after, delimited)
		case r.line[after] == r.d.Quote || r.split:
			r.take(j, n, cell, cost+costAfter, after, false)
		}
		if after < len(r.line) && r.line[after] == r.d.Quote {
			i++ // a doubled quote is text, or text and the closing quote
			if behind := i + 1; behind == len(r.line) || r.d.delimiterAt(r.line, behind) {
				cell = r.d.value(r.line, span{start: n.pos + 1, end: i, escaped: true})
				r.take(j, n, cell, costStray*float64(strays+1)+r.quotedMisfit(j, cell, 1), behind, behind < len(r.line))
			}
		} else {
			strays++
		}
	}
}

// alignNames reads a broken header line.
func alignNames(head *row, d *Dialect, width int) ([][]byte, bool) {
	r := &repairer{d: d}
	cells, _, ok := r.align(head.raw, width)
	return cells, ok
}

// others are the delimiters that a single broken row may be written with.
var others = []string{", ", ",", ";", "\t", "|", " ", ":", "^", "~"}

// mend reads one broken line in the cheapest way, also with another delimiter than the file's. fields is how many
// fields a plain reading finds.
func mend(d *Dialect, m *model, line []byte, fields int) (cells [][]byte, cost float64, other string, ok bool) {
	width := len(m.columns)
	r := &repairer{d: d, m: m, split: fields == width-1}
	cells, cost, ok = r.align(line, width)
	if ok && (cost < 2.5 || 2*fields > width+1 && fields > 1) {
		return cells, cost, "", ok
	}
	for _, text := range others {
		if text == string(d.Delimiter) || bytes.Count(line, []byte(text)) < max(1, (width-1)/2) {
			continue
		}
		alt := *d
		alt.Delimiter, alt.Collapse = []byte(text), false
		r = &repairer{d: &alt, m: m}
		if c, k, found := r.align(line, width); found && k+costOther < cost {
			cells, cost, other, ok = c, k+costOther, text, true
		}
	}
	return cells, cost, other, ok
}
