package masking

import (
	"github.com/analytix-flow/analytix/internal/flow"
)

// Masker masks the data of one table. It is safe for concurrent use.
type Masker struct{ kinds map[string]kind }

// New makes the masker of a table from what is known of its columns.
func New(columns []flow.Column) *Masker {
	m := &Masker{kinds: map[string]kind{}}
	for i := range columns {
		c := &columns[i]
		m.kinds[c.Name] = kindOf(c.Name, c.Semantic, c.Type.Temporal())
	}
	return m
}

// Personal says whether the cells of a column are masked. A column that nothing is known of is judged by its name.
func (m *Masker) Personal(column string) bool { return m.kind(column) != open }

func (m *Masker) kind(column string) kind {
	if k, ok := m.kinds[column]; ok {
		return k
	}
	return kindOf(column, "", false)
}

// Value masks a cell of a column.
func (m *Masker) Value(column, text string) string { return m.kind(column).mask(text) }

// Cell masks a cell of a column that may be missing.
func (m *Masker) Cell(column string, text *string) *string {
	if text == nil {
		return nil
	}
	masked := m.Value(column, *text)
	return &masked
}

// Text masks what looks personal in any text.
func (m *Masker) Text(text string) string { return inside(text) }
