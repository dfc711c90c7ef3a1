package operation

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

func formatOperations() []Operation {
	return []Operation{
		columnwise{kind: "parse_date", valid: validDate, rewrite: parseDate},
		columnwise{kind: "parse_number", valid: validNumber, rewrite: parseNumber},
		columnwise{kind: "strip_unit", valid: validUnits, rewrite: stripUnit},
		columnwise{kind: "convert_unit", valid: validConvert, rewrite: convertUnit},
		columnwise{kind: "cast", valid: validCast, rewrite: cast},
	}
}

func validDate(p map[string]any, _ *flow.Facts) error {
	formats, err := texts(p, "formats")
	if err != nil {
		return err
	}
	if len(formats) == 0 || text(p, "to") == "" {
		return errors.New(`give "formats" (those that occur, strptime) and "to" (the one that is wanted)`)
	}
	for _, f := range append(slices.Clone(formats), text(p, "to")) {
		if !strings.Contains(f, "%") {
			return fmt.Errorf("%q is not a date format: write it like %%Y-%%m-%%d", f)
		}
	}
	return nil
}

// parseDate reads the wanted format first, so that a cell that is well already is never read another way.
func parseDate(c *flow.Column, p map[string]any) (string, string, error) {
	formats, err := texts(p, "formats")
	if err != nil {
		return "", "", err
	}
	to := text(p, "to")
	all := append([]string{to}, slices.DeleteFunc(slices.Clone(formats), func(f string) bool { return f == to })...)
	moment := "try_strptime(" + engine.Text(c.Name) + ", [" + engine.Literals(all) + "])"
	// A cell that already reads in the wanted format is left as it is, also where its zeros are padded otherwise.
	where := moment + " IS NOT NULL AND try_strptime(" + engine.Text(c.Name) + ", " + engine.Literal(to) + ") IS NULL"
	return "strftime(" + moment + ", " + engine.Literal(to) + ")", where, nil
}

func validNumber(p map[string]any, _ *flow.Facts) error {
	if d := text(p, "decimal"); d != "" && d != "." && d != "," {
		return errors.New(`parameter "decimal" must be "." or ","`)
	}
	if d := text(p, "decimal"); d != "" && d == text(p, "thousands") {
		return errors.New(`"decimal" and "thousands" must differ`)
	}
	return nil
}

// parseNumber writes a number plainly: "." as the decimal mark, no grouping, no prefix, no suffix. Digits are kept
// as they stand, because a detour over binary fractions would alter them.
func parseNumber(c *flow.Column, p map[string]any) (string, string, error) {
	e := Trimmed(engine.Text(c.Name))
	affixes, err := texts(p, "affixes")
	if err != nil {
		return "", "", err
	}
	for _, a := range slices.Concat(affixes, []string{text(p, "prefix"), text(p, "suffix"), text(p, "thousands")}) {
		if a != "" {
			e = "replace(" + e + ", " + engine.Literal(a) + ", '')"
		}
	}
	if text(p, "decimal") == "," {
		e = "replace(" + e + ", ',', '.')"
	}
	e = Trimmed(e)
	if flag(p, "negative_in_brackets") {
		e = "regexp_replace(" + e + `, '^\((.*)\)$', '-\1')`
	}
	if flag(p, "shortest") {
		e = Shortest(e)
	}
	where := "TRY_CAST(" + e + " AS DOUBLE) IS NOT NULL AND regexp_matches(" + e + `, '^[+-]?[0-9.]+([eE][+-]?[0-9]+)?$')`
	if mark := text(p, "thousands"); mark != "" {
		// A mark that does not part groups of three is none for thousands: the cell is written otherwise and is left.
		where += " AND (NOT contains(" + engine.Text(c.Name) + ", " + engine.Literal(mark) + ") OR regexp_matches(" + engine.Text(c.Name) +
			", " + engine.Literal(`(^|[^0-9])[0-9]{1,3}(`+regexQuote(mark)+`[0-9]{3})+($|[^0-9])`) + "))"
	}
	return e, where, nil
}

// Shortest drops zeros at the end of a decimal fraction, and the noise that binary fractions leave far behind the
// point, as in 0.052000000000000005.
func Shortest(e string) string {
	e = "CASE WHEN regexp_matches(" + e + `, '\.[0-9]{15,}$') THEN CAST(round(TRY_CAST(` + e + ` AS DOUBLE), 12) AS VARCHAR) ELSE ` + e + " END"
	return "regexp_replace(regexp_replace(" + e + `, '(\.[0-9]*?)0+$', '\1'), '\.$', '')`
}

func validUnits(p map[string]any, _ *flow.Facts) error {
	units, err := texts(p, "units")
	if err != nil {
		return err
	}
	if len(units) == 0 {
		return errors.New(`parameter "units" is missing: the units that may follow the number`)
	}
	return nil
}

// stripUnit leaves the bare number of a cell that is a number with one of the units before or behind it.
func stripUnit(c *flow.Column, p map[string]any) (string, string, error) {
	units, err := texts(p, "units")
	if err != nil {
		return "", "", err
	}
	e := engine.Text(c.Name)
	pattern := unitPattern(units, flag(p, "trailing"))
	n := "regexp_extract(" + e + ", " + engine.Literal(pattern) + ", 2)"
	if text(p, "decimal") == "," {
		n = "replace(" + n + ", ',', '.')"
	} else {
		n = "replace(" + n + ", ',', '')"
	}
	if flag(p, "shortest") {
		n = Shortest(n)
	}
	return n, "regexp_matches(" + e + ", " + engine.Literal(pattern) + ")", nil
}

// unitPattern matches a number with one of the units, and with trailing also with words after it; group 2 is the number.
func unitPattern(units []string, trailing bool) string {
	quoted := make([]string, len(units))
	for i, u := range units {
		quoted[i] = regexQuote(u)
	}
	u := "(?:" + strings.Join(quoted, "|") + ")"
	end := `\.?\s*$`
	if trailing {
		end = `\.?(?:\s.*)?$`
	}
	return `(?is)^\s*(` + u + `\s*)?([+-]?[0-9][0-9,]*(?:\.[0-9]+)?|[+-]?\.[0-9]+)\s*(?:` + u + `)?` + end
}

// regexQuote quotes a text for RE2 as the engine reads it.
func regexQuote(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\.+*?()|[]{}^$-`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func validConvert(p map[string]any, _ *flow.Facts) error {
	if text(p, "unit") == "" {
		return errors.New(`parameter "unit" is missing: the unit that the cells to convert carry`)
	}
	if f, ok := number(p, "factor"); !ok || f == 0 {
		return errors.New(`parameter "factor" must be a number other than 0`)
	}
	return nil
}

func convertUnit(c *flow.Column, p map[string]any) (string, string, error) {
	e := engine.Text(c.Name)
	pattern := engine.Literal(`(?i)^\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*` + regexQuote(text(p, "unit")) + `\.?\s*$`)
	factor, _ := number(p, "factor")
	n := fmt.Sprintf("round(TRY_CAST(regexp_extract(%s, %s, 1) AS DOUBLE) * %v, 6)", e, pattern, factor)
	out := Shortest("CAST(" + n + " AS VARCHAR)")
	if to := text(p, "to"); to != "" {
		out += " || " + engine.Literal(" "+to)
	}
	return out, "regexp_matches(" + e + ", " + pattern + ")", nil
}

func validCast(p map[string]any, _ *flow.Facts) error {
	if _, ok := castTypes()[text(p, "type")]; !ok {
		return errors.New(`parameter "type" must be boolean, integer, decimal, date, time or timestamp`)
	}
	return nil
}

func castTypes() map[string]string {
	return map[string]string{
		"boolean": "BOOLEAN", "integer": "HUGEINT", "decimal": "DOUBLE", "date": "DATE", "time": "TIME",
		"timestamp": "TIMESTAMP",
	}
}

// cast makes cells missing that cannot be read as the type; those that can stay as they are written.
func cast(c *flow.Column, p map[string]any) (string, string, error) {
	typed := *c
	typed.Type = flow.Type(text(p, "type"))
	if typed.Type == flow.Integer {
		e := engine.Typed(&typed)
		return "NULL", present(c.Name) + " AND (" + e + " IS NULL OR " + e + " <> floor(" + e + "))", nil
	}
	return "NULL", present(c.Name) + " AND " + engine.Typed(&typed) + " IS NULL", nil
}
