package flow

import (
	"fmt"
	"slices"
)

// Type is the data type of a column's values.
type Type string

// The types of a column.
const (
	Boolean   Type = "boolean"
	Integer   Type = "integer"
	Decimal   Type = "decimal"
	Date      Type = "date"
	Time      Type = "time"
	Timestamp Type = "timestamp"
	Text      Type = "text"
	JSON      Type = "json"
)

// types are all types, in the order in which they are told.
var types = []Type{Boolean, Integer, Decimal, Date, Time, Timestamp, Text, JSON}

// Numeric says whether values of the type can be added up.
func (t Type) Numeric() bool { return t == Integer || t == Decimal }

// Temporal says whether values of the type lie on the calendar.
func (t Type) Temporal() bool { return t == Date || t == Timestamp }

// Role is the part that a column plays in the table.
type Role string

// The roles of a column.
const (
	RoleIdentifier Role = "identifier" // unique, names the row, is not a measure
	RoleKey        Role = "key"        // part of a key, or a reference to another entity
	RoleTime       Role = "time"
	RoleMeasure    Role = "measure"
	RoleDimension  Role = "dimension"
	RoleText       Role = "text"
	RoleConstant   Role = "constant"
	RoleIgnore     Role = "ignore"
)

// Column is what reception learned about one column, over all rows.
type Column struct {
	Name     string   `json:"name"` // as received; made unique where the file repeats a name
	Type     Type     `json:"type"`
	TypeFit  float64  `json:"type_fit"`          // share of the present cells, the usual missing tokens ("N/A", "-") not counted, that fit Type, 0..1
	Formats  []string `json:"formats,omitempty"` // strptime formats of temporal columns, most frequent first
	Number   *Number  `json:"number,omitempty"`  // how numbers are written, for numeric columns that are not plain
	Semantic string   `json:"semantic_type"`     // catalogue id such as "email"; empty where none
	// SemanticFit is the share of the present values that the semantic type's validator accepts, 0..1.
	SemanticFit float64  `json:"semantic_fit,omitempty"`
	Role        Role     `json:"role"`
	Additive    string   `json:"additive,omitempty"` // for measures: additive, semi-additive, ratio
	Missing     int64    `json:"missing"`            // empty cells
	Distinct    int64    `json:"distinct"`           // distinct present texts
	Examples    []string `json:"examples"`           // the most frequent values
	Min         string   `json:"min,omitempty"`
	Max         string   `json:"max,omitempty"`
	Mean        *float64 `json:"mean,omitempty"`
	MinLength   int64    `json:"min_length,omitempty"` // characters
	MaxLength   int64    `json:"max_length,omitempty"`
	Why         string   `json:"why,omitempty"` // the evidence for type and role, in words
}

// Retype has the column read as another type, as somebody says who knows it better. What was found out for the type before and
// says nothing of this one is dropped.
func (c *Column) Retype(t Type) error {
	if !slices.Contains(types, t) {
		return fmt.Errorf("column %q: %q is no type; take one of %v", c.Name, t, types)
	}
	if !t.Numeric() {
		c.Number, c.Mean = nil, nil
	}
	if !t.Temporal() && t != Time {
		c.Formats = nil
	}
	c.Type = t
	return nil
}

// Number is the notation of the numbers of a column.
type Number struct {
	Decimal   string `json:"decimal,omitempty"`   // "." or ","
	Thousands string `json:"thousands,omitempty"` // "", ",", ".", " ", "'"
	Prefix    string `json:"prefix,omitempty"`    // such as a currency sign
	Suffix    string `json:"suffix,omitempty"`    // such as a unit or "%"
	// Variants are other spellings of Suffix ("oz." for "oz"), the longer first.
	Variants []string `json:"suffix_variants,omitempty"`
}

// Format is how a received file is written.
type Format struct {
	Format      string `json:"format"`                // csv
	Compression string `json:"compression,omitempty"` // gzip, zstd, bzip2; empty for none
	Encoding    string `json:"encoding"`              // IANA name, lower case
	Delimiter   string `json:"delimiter"`
	Quote       string `json:"quote"`
	Escape      string `json:"escape,omitempty"`
	LineEnding  string `json:"line_ending,omitempty"` // "\n", "\r\n", "\r"
	Preamble    int    `json:"preamble_lines,omitempty"`
	Header      bool   `json:"header"`
	HeaderRows  int    `json:"header_rows,omitempty"`
	Footer      int    `json:"footer_lines,omitempty"`
	// Names is the header as received where it differs from the names of the columns, which are made unique.
	Names []string `json:"names,omitempty"`
	Why   []string `json:"why,omitempty"`
}

// Context is what reception worked out about the table as a whole.
type Context struct {
	Domain     string     `json:"domain"` // such as "orders", "health care"; empty where nothing speaks for one
	Grain      string     `json:"grain"`  // what one row is, in words
	Keys       [][]string `json:"keys"`   // minimal column sets that are unique over all rows
	TimeColumn string     `json:"time_column"`
	Measures   []string   `json:"measures"`
	Dimensions []string   `json:"dimensions"`
	Goal       Goal       `json:"goal_reading"`
}

// Goal is how the business goal of a run was read.
type Goal struct {
	Text      string   `json:"text"`
	KPI       string   `json:"kpi"`       // the column that measures the goal; empty where unknown
	Direction string   `json:"direction"` // up, down, or empty
	Columns   []string `json:"columns"`   // columns that the text speaks of, most likely first
	Values    []string `json:"values,omitempty"`
	Why       string   `json:"why,omitempty"`
}

// Facts is everything that reception hands to the later stages.
type Facts struct {
	Format  Format   `json:"format"`
	Rows    int64    `json:"rows"`
	Columns []Column `json:"columns"`
	Context Context  `json:"context"`
	// Problems counts the structural faults that reading met, by kind (ragged_row, undecodable, ...). The lines
	// themselves are in the run's file "problems".
	Problems map[string]int64 `json:"problems,omitempty"`
}

// MeasureGoal sets by which column the goal is measured, and whether more of it is better (up, down or nothing), as somebody says who
// knows; nil leaves it as it is. The error wraps ErrInvalid, and nothing is changed then.
func (f *Facts) MeasureGoal(kpi, direction *string) error {
	if kpi != nil && *kpi != "" && f.Column(*kpi) == nil {
		return fmt.Errorf("%w: there is no column %q to measure the goal by", ErrInvalid, *kpi)
	}
	if direction != nil && !slices.Contains([]string{"up", "down", ""}, *direction) {
		return fmt.Errorf("%w: the goal's direction is %q; take \"up\", \"down\" or nothing", ErrInvalid, *direction)
	}
	if kpi != nil {
		f.Context.Goal.KPI = *kpi
	}
	if direction != nil {
		f.Context.Goal.Direction = *direction
	}
	return nil
}

// Column returns the facts of the named column, or nil.
func (f *Facts) Column(name string) *Column {
	for i := range f.Columns {
		if f.Columns[i].Name == name {
			return &f.Columns[i]
		}
	}
	return nil
}

// Names lists the names of the columns, in their order.
func (f *Facts) Names() []string {
	names := make([]string, len(f.Columns))
	for i := range f.Columns {
		names[i] = f.Columns[i].Name
	}
	return names
}
