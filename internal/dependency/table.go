package dependency

// Table is a table of texts, encoded by column. Missing cells are -1.
type Table struct {
	Rows    int
	Columns []Column

	class [][]uint8 // by column and row, made when asked for
	gaps  []int     // by row: how many of its cells are missing
}

// Column is one column: the codes of its cells, and the texts that the codes stand for.
type Column struct {
	Name  string
	Codes []int32
	Dict  []string
	Count []int32
	// Quiet columns are witnesses but are not judged: row numbers and the like.
	Quiet bool
	// Numeric columns hold numbers: two close texts in them are two numbers, not a slip.
	Numeric bool

	index map[string]int32
}

// Builder encodes a column cell by cell.
type Builder struct {
	col  Column
	code map[string]int32
}

// NewBuilder starts a column.
func NewBuilder(name string) *Builder {
	return &Builder{col: Column{Name: name}, code: map[string]int32{}}
}

// Add appends a cell; present is false for a missing one.
func (b *Builder) Add(text string, present bool) {
	if !present {
		b.col.Codes = append(b.col.Codes, -1)
		return
	}
	c, ok := b.code[text]
	if !ok {
		c = int32(len(b.col.Dict))
		b.code[text] = c
		b.col.Dict = append(b.col.Dict, text)
		b.col.Count = append(b.col.Count, 0)
	}
	b.col.Count[c]++
	b.col.Codes = append(b.col.Codes, c)
}

// Column ends the column.
func (b *Builder) Column() Column { return b.col }

// code returns the code of a text, adding it to the dictionary where it is new.
func (c *Column) code(text string) int32 {
	if c.index == nil {
		c.index = make(map[string]int32, len(c.Dict))
		for i, d := range c.Dict {
			c.index[d] = int32(i)
		}
	}
	k, ok := c.index[text]
	if !ok {
		k = int32(len(c.Dict))
		c.index[text] = k
		c.Dict = append(c.Dict, text)
		c.Count = append(c.Count, 0)
	}
	return k
}
