package similarity

import (
	"slices"
	"strings"
)

// Value is a text with how often it stands.
type Value struct {
	Text  string
	Count int64
}

// Cluster is a set of spellings of one thing, the most frequent (the canonical one) first.
type Cluster struct {
	Values []Value
	Key    string // what the spellings share
}

// Collide groups values that share a key; groups of one and empty keys are left out. The clusters come in the order
// of their keys.
func Collide(values []Value, key func(string) string) []Cluster {
	groups := map[string][]Value{}
	for _, v := range values {
		if k := key(v.Text); k != "" {
			groups[k] = append(groups[k], v)
		}
	}
	var out []Cluster
	for k, g := range groups {
		if len(g) > 1 {
			slices.SortFunc(g, Better)
			out = append(out, Cluster{Values: g, Key: k})
		}
	}
	slices.SortFunc(out, func(a, b Cluster) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// Better orders values by count, the most frequent first; among equals it prefers the spelling that a person would:
// neither all capitals nor all small letters, then text order.
func Better(a, b Value) int {
	if a.Count != b.Count {
		if a.Count > b.Count {
			return -1
		}
		return 1
	}
	if x, y := mixedCase(a.Text), mixedCase(b.Text); x != y {
		if x {
			return -1
		}
		return 1
	}
	return strings.Compare(a.Text, b.Text)
}

func mixedCase(s string) bool { return s != strings.ToLower(s) && s != strings.ToUpper(s) }
