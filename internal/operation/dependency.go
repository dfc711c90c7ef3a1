package operation

import (
	"errors"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// KeySeparator stands between the values of several determinants in a key of "map".
const KeySeparator = "\x1f"

// byDependency writes the value that other columns determine. Parameters: "determinants" (or "determinant"),
// "dependent" (or "column"), and "map" from the determinants' value (several joined by KeySeparator) to the
// dependent's. Without "map" the most frequent value of each group is taken where it has at least "share" of the
// group's present rows (default 0.5, exclusive) and "support" of them (default 2).
type byDependency struct {
	kind string
	gaps bool // change missing cells, and only those
}

func dependencyOperations() []Operation {
	return []Operation{byDependency{kind: "fix_by_dependency"}, byDependency{kind: "fill_by_dependency", gaps: true}}
}

func (o byDependency) Kind() string { return o.kind }

func (byDependency) columns(p map[string]any) (determinants []string, dependent string, err error) {
	if determinants, err = texts(p, "determinants"); err != nil {
		return nil, "", err
	}
	if len(determinants) == 0 {
		if determinants, err = texts(p, "determinant"); err != nil {
			return nil, "", err
		}
	}
	dependent = text(p, "dependent")
	if dependent == "" {
		dependent = text(p, "column")
	}
	return determinants, dependent, nil
}

func (o byDependency) Validate(p map[string]any, facts *flow.Facts) error {
	det, dep, err := o.columns(p)
	if err != nil {
		return err
	}
	if len(det) == 0 || dep == "" {
		return errors.New(`give "determinants" (the columns that determine) and "dependent" (the column to repair)`)
	}
	if err := known(append([]string{dep}, det...), facts); err != nil {
		return err
	}
	if _, err := mapping(p); err != nil {
		return err
	}
	if s, ok := number(p, "share"); ok && (s < 0 || s > 1) {
		return errors.New(`parameter "share" must lie between 0 and 1`)
	}
	return nil
}

func (o byDependency) Cells(p map[string]any, _ *flow.Facts) (string, error) {
	det, dep, err := o.columns(p)
	if err != nil {
		return "", err
	}
	m, err := mapping(p)
	if err != nil {
		return "", err
	}
	key := dependencyKey(det)
	source := o.majority(p, key, dep)
	if m != nil {
		if len(m) == 0 {
			return "", nil
		}
		source = values(m)
	}
	which := present(dep)
	if o.gaps {
		which = missing(dep)
	}
	return "SELECT d.__row, " + engine.Literal(dep) + ` AS "column", d.old, m.v AS new FROM (SELECT __row, ` +
		engine.Text(dep) + " AS old, " + key + " AS k FROM data WHERE " + which + ") AS d JOIN " + source +
		" ON d.k = m.k WHERE m.v IS NOT NULL AND m.v <> '' AND d.old IS DISTINCT FROM m.v", nil
}

// majority is the table m(k, v) of what most rows of each group say.
func (byDependency) majority(p map[string]any, key, dep string) string {
	share, ok := number(p, "share")
	if !ok {
		share = 0.5
	}
	support, ok := number(p, "support")
	if !ok {
		support = 2
	}
	return fmt.Sprintf("(SELECT k, max_by(v, n) AS v FROM (SELECT %s AS k, %s AS v, count(*) AS n FROM data WHERE %s "+
		"GROUP BY 1, 2) WHERE k IS NOT NULL GROUP BY k HAVING max(n) > %v * sum(n) AND max(n) >= %v) AS m",
		key, engine.Text(dep), present(dep), share, support)
}

// dependencyKey joins the determinants; it is NULL where one of them is missing.
func dependencyKey(det []string) string {
	parts := make([]string, len(det))
	for i, d := range det {
		parts[i] = engine.Text(d)
	}
	return "(" + strings.Join(parts, " || chr(31) || ") + ")"
}

// Determinants lists the columns that determine what a resolution by dependency writes; none for other resolutions.
func Determinants(params map[string]any) []string {
	parts, err := split(params)
	if err != nil {
		return nil
	}
	var out []string
	for _, p := range parts {
		det, _, err := byDependency{}.columns(p)
		if err != nil {
			return nil
		}
		out = append(out, det...)
	}
	return out
}
