package masking

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// words are members whose texts the program wrote itself: they name things and hold no cell.
var words = map[string]bool{"id": true, "check": true, "columns": true, "column": true, "severity": true, "kind": true, "type": true,
	"role": true, "semantic_type": true, "name": true, "schema": true, "status": true, "stage": true, "format": true, "formats": true,
	"encoding": true, "delimiter": true, "quote": true, "escape": true, "line_ending": true, "compression": true, "header": true, "names": true,
	"dimensions": true, "measure": true, "measures": true, "keys": true, "time_column": true, "kpi": true, "goal": true, "direction": true,
	"handlers": true, "insights": true, "choice": true, "option": true, "seen": true, "at": true, "actor": true, "sha256": true, "run": true,
	"additive": true, "like": true, "number": true, "unit": true, "handler": true, "mark": true, "field": true, "$schema": true, "aggregate": true,
	"version": true, "document": true, "domain": true, "resolution": true, "issue": true, "started_at": true, "finished_at": true}

// prose are members with sentences for people, which may quote cells.
var prose = map[string]bool{"title": true, "label": true, "why": true, "notes": true, "grain": true, "text": true, "sentence": true,
	"message": true, "reason": true, "subtitle": true, "description": true, "detail": true}

// Document masks a JSON document about the table: the document of a stage, a proposal, a preview, findings.json. Values
// are masked by the column that they belong to; sentences and SQL that quote such a value have it masked too. What cannot
// be told to be harmless about a personal column is masked.
func (m *Masker) Document(raw json.RawMessage) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("masking a document: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("masking a document: there is more than one")
	}
	w := &walk{m: m, quoted: map[string]string{}}
	w.value(v, "", open) // the first time to learn which values are masked, wherever they are quoted
	w.learned()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(w.value(v, "", open)); err != nil {
		return nil, fmt.Errorf("masking a document: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// mapping stands for the name of an object below params: its names are values, such as those that are replaced.
const mapping = "params/*"

// walk is one way through a document.
type walk struct {
	m      *Masker
	quoted map[string]string // masked values by what they were
	known  *strings.Replacer // of them; nil the first time
}

// shortest is how long a value is that is looked for in sentences: shorter ones are in every sentence.
const shortest = 3

func (w *walk) learned() {
	all := slices.SortedFunc(maps.Keys(w.quoted), func(a, b string) int { return len(b) - len(a) })
	slices.SortStableFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	pairs := make([]string, 0, 2*len(all))
	for _, v := range all {
		pairs = append(pairs, v, w.quoted[v])
	}
	w.known = strings.NewReplacer(pairs...)
}

// value masks what stands under a member of the name, in a place where values are of the kind.
func (w *walk) value(v any, member string, k kind) any {
	switch x := v.(type) {
	case map[string]any:
		return w.object(x, member, k)
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = w.value(x[i], member, k)
		}
		return out
	case string:
		return w.text(x, member, k)
	default:
		return v
	}
}

// object masks the members of an object by the columns that the object is about.
func (w *walk) object(x map[string]any, member string, k kind) any {
	if about := w.about(x); about != open {
		k = about
	}
	out := make(map[string]any, len(x))
	for _, name := range slices.Sorted(maps.Keys(x)) {
		inner, key, next := k, name, name
		switch {
		case w.column(name) && !words[name] && !prose[name]: // a cell under the name of its column: a row, a subspace
			inner = w.m.kind(name)
			out[name] = w.value(x[name], "", inner)
			continue
		case member == "params" && !words[name]:
			if _, is := x[name].(map[string]any); is {
				next = mapping
			}
		case member == mapping && k != open:
			key = w.mask(name, k)
		}
		out[key] = w.value(x[name], next, inner)
	}
	return out
}

// column says whether there is a column of the name.
func (w *walk) column(name string) bool { _, ok := w.m.kinds[name]; return ok }

// about is the kind of the columns that an object names; whole where it names several of which one is personal.
func (w *walk) about(x map[string]any) kind {
	var names []string
	for _, member := range []string{"column", "columns", "dimensions", "measure"} {
		names = append(names, texts(x[member])...)
	}
	if s, ok := x["subspace"].(map[string]any); ok {
		names = slices.AppendSeq(names, maps.Keys(s))
	}
	if _, ok := x["semantic_type"]; ok {
		names = append(names, texts(x["name"])...)
	}
	found, several := open, len(names) > 1
	for _, n := range names {
		if n == "*" { // a whole row
			found, several = whole, true
		} else if k := w.m.kind(n); k != open {
			found = k
		}
	}
	if found != open && several {
		return whole
	}
	return found
}

func texts(v any) (all []string) {
	switch x := v.(type) {
	case string:
		return []string{x}
	case []any:
		for _, y := range x {
			if s, ok := y.(string); ok {
				all = append(all, s)
			}
		}
	}
	return all
}

// Literals of SQL, and what sentences put between quotes.
var (
	literal   = regexp.MustCompile(`'(?:[^']|'')*'`)
	quotation = regexp.MustCompile(`“[^”]*”|"[^"]*"|‘[^’]*’|'[^']{2,}'`)
)

func (w *walk) text(text, member string, k kind) string {
	switch {
	case words[member]:
		return text
	case member == "sql":
		return w.sentence(literal.ReplaceAllStringFunc(text, func(l string) string {
			if k == open {
				return l
			}
			return "'" + strings.ReplaceAll(w.mask(strings.ReplaceAll(l[1:len(l)-1], "''", "'"), k), "'", "''") + "'"
		}))
	case prose[member]:
		if k != open {
			text = quotation.ReplaceAllStringFunc(text, func(q string) string {
				r := []rune(q)
				if in := string(r[1 : len(r)-1]); !w.column(in) {
					return string(r[0]) + w.mask(in, k) + string(r[len(r)-1])
				}
				return q
			})
		}
		return w.sentence(text)
	case k == open:
		return w.sentence(text)
	default:
		return w.mask(text, k)
	}
}

// mask masks a value, and remembers that it was.
func (w *walk) mask(v string, k kind) string {
	masked := k.mask(v)
	if w.known == nil && masked != v && len(v) >= shortest && !w.column(v) {
		w.quoted[v] = masked
	}
	return masked
}

// sentence masks what a text quotes of values that were masked elsewhere, and what looks personal by itself.
func (w *walk) sentence(text string) string {
	if w.known != nil {
		text = w.known.Replace(text)
	}
	return inside(text)
}
