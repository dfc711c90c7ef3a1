package operation

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Parameters come from Go (a check wrote them) or from JSON and YAML (a person or a recipe did); the readers below
// take both.

// columnsOf reads "columns", or "column".
func columnsOf(p map[string]any) []string {
	list, err := texts(p, "columns")
	if err == nil && len(list) > 0 {
		return list
	}
	list, _ = texts(p, "column")
	return list
}

// texts reads a list of texts; a single text is a list of one.
func texts(p map[string]any, key string) ([]string, error) {
	switch v := p[key].(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []string:
		return v, nil
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			s, ok := scalar(x)
			if !ok {
				return nil, fmt.Errorf("parameter %q must be a list of texts", key)
			}
			out = append(out, s)
		}
		return out, nil
	default:
		if s, ok := scalar(v); ok {
			return []string{s}, nil
		}
		return nil, fmt.Errorf("parameter %q must be a list of texts", key)
	}
}

// text reads one text; "" where it is absent.
func text(p map[string]any, key string) string {
	s, _ := scalar(p[key])
	return s
}

func scalar(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case json.Number:
		return x.String(), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	case int:
		return strconv.Itoa(x), true
	case int64:
		return strconv.FormatInt(x, 10), true
	case bool:
		return strconv.FormatBool(x), true
	default:
		return "", false
	}
}

func flag(p map[string]any, key string) bool {
	b, _ := p[key].(bool)
	return b
}

// number reads a number; ok is false where it is absent or none.
func number(p map[string]any, key string) (float64, bool) {
	s, ok := scalar(p[key])
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

// pair is one entry of a mapping; To is nil for "missing".
type pair struct {
	From string
	To   *string
}

// mapping reads the parameter "map" of texts to texts (null for missing), sorted by key.
func mapping(p map[string]any) ([]pair, error) {
	out := []pair{}
	switch m := p["map"].(type) {
	case nil:
		return nil, nil
	case map[string]string:
		for _, k := range slices.Sorted(maps.Keys(m)) {
			v := m[k]
			out = append(out, pair{k, &v})
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if m[k] == nil {
				out = append(out, pair{k, nil})
				continue
			}
			v, ok := scalar(m[k])
			if !ok {
				return nil, errors.New(`parameter "map": the value of an entry is not a text`)
			}
			out = append(out, pair{k, &v})
		}
	default:
		return nil, errors.New(`parameter "map" must map texts to texts`)
	}
	return out, nil
}

// known says whether the table has the columns, and that there is at least one.
func known(names []string, facts *flow.Facts) error {
	if len(names) == 0 {
		return fmt.Errorf("no column is named: set %q", "column")
	}
	for _, n := range names {
		if facts.Column(n) == nil {
			return fmt.Errorf("the table has no column %q", n)
		}
	}
	return nil
}
