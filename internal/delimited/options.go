package delimited

// Options overrides what Open would work out by itself. The zero value leaves everything to Open.
type Options struct {
	Delimiter string // "" to detect
	Quote     string // "" to detect, "none" for a file without quotes
	Escape    string // "" to detect, "\\" for backslash
	Encoding  string // IANA or WHATWG name, "" to detect
	Header    *bool  // nil to detect
	SkipLines *int   // lines before the table; nil to detect
}

// Misfit is the error for options that a file cannot be read with.
type Misfit struct {
	What string // does not fit, and why
}

// Error implements error.
func (m *Misfit) Error() string { return m.What }

// Kind names what is wrong with a line. Kinds are stored and shown, and never renamed.
type Kind string

// The kinds of problems.
const (
	// TooFewFields is a row with fewer fields than the table has columns.
	TooFewFields Kind = "too_few_fields"
	// TooManyFields is a row with more fields than the table has columns.
	TooManyFields Kind = "too_many_fields"
	// StrayQuote is a quote in a place where the dialect has none; it was kept as text or read as a boundary.
	StrayQuote Kind = "stray_quote"
	// UnterminatedQuote is a quote that opens a field and is never closed; it was kept as text.
	UnterminatedQuote Kind = "unterminated_quote"
	// OtherDelimiter is a row that is written with another delimiter than the rest.
	OtherDelimiter Kind = "other_delimiter"
	// Undecodable is a byte that the encoding does not know; it was read as Windows-1252.
	Undecodable Kind = "undecodable"
	// NulByte is a NUL byte, which no text has; it was read as U+2400 (␀).
	NulByte Kind = "nul_byte"
	// BlankLine is a line without any character between rows; it is not a row.
	BlankLine Kind = "blank_line"
	// Footer is a line after the table: a note, or a row of empty cells at the end. It is not a row.
	Footer Kind = "footer"
	// OtherTable is a line of a further table in the same file. It is not a row.
	OtherTable Kind = "other_table"
)

// Problem is one oddity that reading met.
type Problem struct {
	Row    int64  // data row from 1 in which it is; 0 for a line that is no row
	Line   int64  // physical line from 1 on which the record starts
	Kind   Kind   //
	Detail string // what was done, in words
	Raw    string // the record as received, decoded
}

// Stats is what Copy read.
type Stats struct {
	Rows     int64
	Problems map[string]int64 // by kind
	Longest  int              // bytes of the longest canonical row, also where Copy failed
	Hash     string           // SHA-256 of the canonical rows without their numbers and without a header, hex
}
