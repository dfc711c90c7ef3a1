package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
)

// RowColumn is the hidden column of every table that holds a dataset version: the number of the data row in the
// file as received, counted from 1.
const RowColumn = "__row"

// Ident quotes an identifier. It is the one place where names from a file become SQL.
func Ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Literal quotes a text as an SQL string. A NUL byte cannot be written inside a literal and is spliced in by chr(0).
func Literal(text string) string {
	q := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	if strings.ContainsRune(q, 0) {
		q = "(" + strings.ReplaceAll(q, "\x00", "'||chr(0)||'") + ")"
	}
	return q
}

// Literals quotes texts as a comma-separated list of SQL strings.
func Literals(texts []string) string {
	q := make([]string, len(texts))
	for i, t := range texts {
		q[i] = Literal(t)
	}
	return strings.Join(q, ", ")
}

// Text is the expression that reads a column as text, whatever its type in the table is.
func Text(column string) string { return "CAST(" + Ident(column) + " AS VARCHAR)" }

// Typed is the expression that reads a column as the type that reception found, NULL where a cell does not fit. It
// works on a table whose columns are all text and on one whose columns are typed, so that evidence runs on either.
func Typed(c *flow.Column) string {
	switch c.Type {
	case flow.Integer, flow.Decimal:
		return typedNumber(c)
	case flow.Boolean:
		return "(CASE WHEN lower(trim(" + Text(c.Name) + ")) IN ('true','t','yes','y','1','on') THEN true" +
			" WHEN lower(trim(" + Text(c.Name) + ")) IN ('false','f','no','n','0','off') THEN false END)"
	case flow.Date, flow.Timestamp:
		return typedMoment(c)
	case flow.Time:
		return typedClock(c)
	default:
		return Text(c.Name)
	}
}

func typedNumber(c *flow.Column) string {
	if c.Number == nil {
		return "TRY_CAST(" + Text(c.Name) + " AS DOUBLE)"
	}
	e := Text(c.Name)
	suffixes := append([]string{c.Number.Suffix}, c.Number.Variants...)
	slices.SortStableFunc(suffixes, func(a, b string) int { return len(b) - len(a) }) // "oz." before "oz"
	for _, affix := range append(suffixes, c.Number.Prefix, c.Number.Thousands) {
		if affix != "" {
			e = "replace(" + e + ", " + Literal(affix) + ", '')"
		}
	}
	if c.Number.Decimal == "," {
		e = "replace(" + e + ", ',', '.')"
	}
	return "TRY_CAST(trim(" + e + ") AS DOUBLE)"
}

func typedMoment(c *flow.Column) string {
	e := "TRY_CAST(" + Text(c.Name) + " AS TIMESTAMP)"
	if len(c.Formats) > 0 {
		e = "coalesce(" + e + ", try_strptime(" + Text(c.Name) + ", [" + Literals(c.Formats) + "]))"
	}
	if c.Type == flow.Date {
		e = "CAST(" + e + " AS DATE)"
	}
	return e
}

func typedClock(c *flow.Column) string {
	e := "TRY_CAST(" + Text(c.Name) + " AS TIME)"
	if len(c.Formats) > 0 {
		e = "coalesce(" + e + ", CAST(try_strptime(" + Text(c.Name) + ", [" + Literals(c.Formats) + "]) AS TIME))"
	}
	return e
}

// bytesLimit writes a number of bytes as DuckDB's settings take it.
func bytesLimit(n int64) string { return strconv.FormatInt(n/(1<<20), 10) + "MiB" }
