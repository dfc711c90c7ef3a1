package operation

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
)

// PartsParam is the parameter that lists the complete parameters of several runs of one operation. It lets one
// decision cover several columns that each need parameters of their own. Every operation takes it.
const PartsParam = "parts"

// For returns the operation of a kind.
func For(kind string) (Operation, bool) {
	op, ok := catalogue()[kind]
	return op, ok
}

// Kinds lists the kinds of operations that exist, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(catalogue())) }

// ErrUnknown is wrapped by errors about a kind of operation that does not exist.
var ErrUnknown = errors.New("unknown kind of resolution")

// Compile validates a resolution and returns the query for the cells that it changes; see Operation.Cells. It is
// empty where the resolution changes nothing by its nature.
func Compile(r flow.Resolution, facts *flow.Facts) (string, error) {
	op, ok := For(r.Kind)
	if !ok {
		return "", fmt.Errorf("%w %q: choose one of %s", ErrUnknown, r.Kind, strings.Join(Kinds(), ", "))
	}
	parts, err := split(r.Params)
	if err != nil {
		return "", fmt.Errorf("resolution %s: %w", r.Kind, err)
	}
	var queries []string
	for _, p := range parts {
		if err := op.Validate(p, facts); err != nil {
			return "", fmt.Errorf("resolution %s: %w", r.Kind, err)
		}
		q, err := op.Cells(p, facts)
		if err != nil {
			return "", fmt.Errorf("resolution %s: %w", r.Kind, err)
		}
		if q != "" {
			queries = append(queries, q)
		}
	}
	return strings.Join(queries, "\nUNION ALL\n"), nil
}

// Merge joins the parameters of several resolutions of one kind into those of one.
func Merge(params ...map[string]any) map[string]any {
	var parts []map[string]any
	for _, p := range params {
		if own, err := split(p); err == nil {
			parts = append(parts, own...)
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return map[string]any{PartsParam: parts}
}

// Columns lists the columns that a resolution's parameters name as those to be changed, in order, each once.
func Columns(params map[string]any) []string {
	parts, err := split(params)
	if err != nil {
		return nil
	}
	var out []string
	for _, p := range parts {
		for _, c := range append(columnsOf(p), first(texts(p, "to_column"))...) {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func first(list []string, _ error) []string { return list }

func split(params map[string]any) ([]map[string]any, error) {
	raw, ok := params[PartsParam]
	if !ok {
		return []map[string]any{params}, nil
	}
	var parts []map[string]any
	switch list := raw.(type) {
	case []map[string]any:
		parts = list
	case []any:
		for _, x := range list {
			p, ok := x.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("parameter %q: each entry must be a set of parameters", PartsParam)
			}
			parts = append(parts, p)
		}
	default:
		return nil, fmt.Errorf("parameter %q must be a list", PartsParam)
	}
	for _, p := range parts {
		if _, nested := p[PartsParam]; nested {
			return nil, fmt.Errorf("parameter %q must not hold itself", PartsParam)
		}
	}
	return parts, nil
}

// catalogue builds the operations anew: they hold no state.
func catalogue() map[string]Operation {
	all := map[string]Operation{}
	for _, family := range [][]Operation{
		textOperations(), valueOperations(), formatOperations(), fillOperations(), dependencyOperations(),
		numberOperations(), neighbourOperations(), rowOperations(), markOperations(),
	} {
		for _, op := range family {
			all[op.Kind()] = op
		}
	}
	return all
}
