package operation

import (
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

func numberOperations() []Operation {
	return []Operation{
		columnwise{kind: "fix_scale", valid: validScale, rewrite: fixScale},
		columnwise{kind: "flip_sign", valid: validWhere, rewrite: flipSign},
		columnwise{kind: "clip", valid: validClip, rewrite: clip},
	}
}

// numeric reads a column as numbers, also one that reception holds to be text.
func numeric(c *flow.Column) string {
	if c.Type.Numeric() {
		return engine.Typed(c)
	}
	return "TRY_CAST(" + engine.Text(c.Name) + " AS DOUBLE)"
}

// plain is an expression that writes a double without an exponent or needless zeros.
func plain(e string) string {
	return Shortest("CAST(CAST(" + e + " AS DECIMAL(38,10)) AS VARCHAR)")
}

// validWhere takes "where" or "values": an operation on numbers must say which cells it means.
func validWhere(p map[string]any, facts *flow.Facts) error {
	vals, err := texts(p, "values")
	if err != nil {
		return err
	}
	if len(vals) == 0 && p["where"] == nil {
		return errors.New(`give "values" (the texts to change) or "where" (the rows)`)
	}
	_, err = where(p, facts)
	return err
}

func validScale(p map[string]any, facts *flow.Facts) error {
	if f, ok := number(p, "factor"); !ok || f == 0 {
		return errors.New(`parameter "factor" must be a number other than 0`)
	}
	return validWhere(p, facts)
}

// chosen is the condition of the cells that "values" and "where" name.
func chosen(c *flow.Column, p map[string]any) (string, error) {
	_, cond, err := setMissing(c, p)
	return cond + " AND " + numeric(c) + " IS NOT NULL", err
}

func fixScale(c *flow.Column, p map[string]any) (string, string, error) {
	cond, err := chosen(c, p)
	factor, _ := number(p, "factor")
	return plain(fmt.Sprintf("round(%s * %v, 10)", numeric(c), factor)), cond, err
}

func flipSign(c *flow.Column, p map[string]any) (string, string, error) {
	cond, err := chosen(c, p)
	e := engine.Text(c.Name)
	return "CASE WHEN starts_with(" + e + ", '-') THEN substr(" + e + ", 2) ELSE '-' || ltrim(" + e + ", '+') END", cond, err
}

func validClip(p map[string]any, _ *flow.Facts) error {
	low, hasLow := number(p, "low")
	high, hasHigh := number(p, "high")
	if !hasLow && !hasHigh {
		return errors.New(`give "low", "high" or both`)
	}
	if hasLow && hasHigh && low > high {
		return errors.New(`"low" is above "high"`)
	}
	return nil
}

func clip(c *flow.Column, p map[string]any) (string, string, error) {
	e := numeric(c)
	out, cond := engine.Text(c.Name), "false"
	if low, ok := number(p, "low"); ok {
		out = fmt.Sprintf("CASE WHEN %s < %v THEN %s ELSE %s END", e, low, plain(fmt.Sprint(low)), out)
		cond += fmt.Sprintf(" OR %s < %v", e, low)
	}
	if high, ok := number(p, "high"); ok {
		out = fmt.Sprintf("CASE WHEN %s > %v THEN %s ELSE %s END", e, high, plain(fmt.Sprint(high)), out)
		cond += fmt.Sprintf(" OR %s > %v", e, high)
	}
	return out, "(" + cond + ")", nil
}
