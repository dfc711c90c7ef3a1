package recipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"go.yaml.in/yaml/v3"

	"github.com/analytix-flow/analytix/internal/flow"
)

// MostBytes is how large a recipe may be.
const MostBytes = 32 << 20

// ErrInvalid is wrapped by every error about a recipe that cannot be used as it stands.
var ErrInvalid = errors.New("the recipe cannot be used")

// Parse reads a recipe. Unknown fields, anchors and aliases are refused; errors give line and column.
func Parse(text []byte) (*Recipe, error) {
	var r Recipe
	if err := decode(text, &r); err != nil {
		return nil, err
	}
	if err := r.validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return &r, nil
}

// DecodeParams reads the parameters of an operation as a person edited them, in YAML or JSON. Numbers come back as
// float64, as from JSON.
func DecodeParams(text []byte) (map[string]any, error) {
	params := Params{}
	if err := decode(text, &params); err != nil {
		return nil, err
	}
	return params, nil
}

// decode refuses what a recipe has no need of and what could make a small file expand without end.
func decode(text []byte, into any) error {
	if len(text) > MostBytes {
		return fmt.Errorf("%w: it has %d bytes, more than %d", ErrInvalid, len(text), MostBytes)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := simple(&root); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it holds more than one document", ErrInvalid)
	}
	return nil
}

// simple refuses anchors, aliases, merge keys and tags of one's own.
func simple(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Tag == "!!merge" || n.Style&yaml.TaggedStyle != 0 {
		return fmt.Errorf("line %d: anchors, aliases and tags have no place in it", n.Line)
	}
	for _, c := range n.Content {
		if err := simple(c); err != nil {
			return err
		}
	}
	return nil
}

// Params are the parameters of an operation, with the types that JSON would give them.
type Params map[string]any

// UnmarshalYAML reads parameters so that a text stays what was written: a date is text, and so is every key.
func (p *Params) UnmarshalYAML(n *yaml.Node) error {
	v, err := fromNode(n)
	if err != nil {
		return err
	}
	m, ok := v.(map[string]any)
	if !ok && v != nil {
		return fmt.Errorf("line %d: a mapping of names to values is needed here", n.Line)
	}
	*p = m
	return nil
}

func fromNode(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("line %d: a key must be text", k.Line)
			}
			if _, ok := m[k.Value]; ok {
				return nil, fmt.Errorf("line %d: the key %q stands there twice", k.Line, k.Value)
			}
			v, err := fromNode(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			m[k.Value] = v
		}
		return m, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			var err error
			if list[i], err = fromNode(c); err != nil {
				return nil, err
			}
		}
		return list, nil
	default:
		return scalarOf(n)
	}
}

func scalarOf(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		err := n.Decode(&b)
		return b, err
	case "!!int", "!!float":
		var f float64
		if err := n.Decode(&f); err != nil {
			return nil, fmt.Errorf("line %d: %q is no number that can be used here", n.Line, n.Value)
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("line %d: %s is no number that can be used here", n.Line, n.Value)
		}
		return f, nil
	}
	return n.Value, nil
}

// plain gives parameters the types that JSON would give them, so that they compare equal whatever their way.
func plain(params map[string]any) map[string]any {
	raw, err := json.Marshal(params)
	if err != nil {
		return nil
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil
	}
	return out
}

func (r *Recipe) validate() error {
	switch {
	case r.Version == 0:
		return errors.New("it has no version")
	case r.Version < 0 || r.Version > Version:
		return fmt.Errorf("version %d is not known here (up to %d): a newer analytix wrote it", r.Version, Version)
	}
	for i := range r.Decisions {
		if err := r.Decisions[i].validate(); err != nil {
			return fmt.Errorf("decision %d (%s): %w", i+1, r.Decisions[i].Fingerprint, err)
		}
	}
	for i := range r.Policies {
		if err := r.Policies[i].validate(); err != nil {
			return fmt.Errorf("policy %d (%s): %w", i+1, r.Policies[i].Name, err)
		}
	}
	return nil
}

func (e *Entry) validate() error {
	if !e.Stage.Valid() {
		return fmt.Errorf("unknown stage %q", e.Stage)
	}
	if e.Fingerprint == "" {
		return errors.New("it has no fingerprint")
	}
	switch e.Item {
	case flow.ItemFacts, flow.ItemIssue, flow.ItemInsight, flow.ItemRecommendation:
	default:
		return fmt.Errorf("unknown kind of item %q", e.Item)
	}
	switch e.Choice {
	case flow.Accept, flow.Edit, flow.Partial:
		if e.Item == flow.ItemIssue && (e.Operation == nil || e.Operation.Kind == "") {
			return fmt.Errorf("choice %q needs an operation with a kind", e.Choice)
		}
		if e.Choice == flow.Partial && len(e.Rows) == 0 {
			return errors.New("a partial decision needs rows")
		}
	case flow.Reject, flow.Leave:
	default:
		return fmt.Errorf("unknown choice %q: accept, edit, partial, reject or leave", e.Choice)
	}
	return nil
}

func (p *Policy) validate() error {
	if p.Name == "" {
		return errors.New("it has no name, under which its decisions would be recorded")
	}
	switch p.Choice {
	case flow.Accept, flow.Reject, flow.Leave:
	default:
		return fmt.Errorf("unknown choice %q: accept, reject or leave", p.Choice)
	}
	if p.Check == "" && p.Operation == "" && len(p.Columns) == 0 && p.MaxShare == 0 {
		return errors.New("it has no condition and would decide everything: name a check, an operation, columns or max_share")
	}
	if p.MaxShare < 0 || p.MaxShare > 1 {
		return fmt.Errorf("max_share is %v, outside 0 to 1", p.MaxShare)
	}
	return nil
}
