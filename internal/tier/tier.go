// Package tier says what each tier allows, and enforces it: tiers.yaml declares the tiers, and the Check methods of Limits
// are the only place in which a limit is compared with what somebody asks for. The command line, the server and the
// control point manager all ask here.
package tier

import (
	"bytes"
	_ "embed" // the declaration
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/analytix-flow/analytix/internal/flow"
)

//go:embed tiers.yaml
var declared []byte

// Name names a tier. Names are stored: they are never renamed.
type Name string

// The tiers that are declared.
const (
	Demo         Name = "demo"
	Professional Name = "professional"
)

// Feature is something that a tier has or has not.
type Feature string

// The features.
const (
	Recipes   Feature = "recipes"
	Policies  Feature = "policies"
	APITokens Feature = "api_tokens"
)

// Features lists all features.
func Features() []Feature { return []Feature{Recipes, Policies, APITokens} }

// Limits is what a tier allows. A number of 0 is no limit.
type Limits struct {
	Tier            Name       `yaml:"-" json:"tier"`
	Title           string     `yaml:"title" json:"title"`
	FileBytes       int64      `yaml:"file_bytes" json:"file_bytes" doc:"The largest file, in bytes; 0 means any size"`
	RunsPerDay      int64      `yaml:"runs_per_day" json:"runs_per_day" doc:"Runs that may be begun in a day (UTC); 0 means any number"`
	RunsAtOnce      int64      `yaml:"runs_at_once" json:"runs_at_once" doc:"Runs that may be under way; 0 means any number"`
	LastStage       flow.Stage `yaml:"last_stage" json:"last_stage" doc:"The stage after which a run ends"`
	Insights        int        `yaml:"insights" json:"insights" doc:"How many insights are shown, the best first; 0 means all"`
	KeepDays        int        `yaml:"keep_days" json:"keep_days" doc:"Days after which results are erased; 0 means never"`
	Features        []Feature  `yaml:"features" json:"features"`
	Queue           int        `yaml:"queue" json:"queue" doc:"Place in the queue, from 1 (first) to 4"`
	PrioritySupport bool       `yaml:"priority_support" json:"priority_support"`
}

var builtIn = sync.OnceValues(func() (map[Name]Limits, error) { return parse(declared) })

// given is what an operator's own declaration says, where there is one.
var given atomic.Pointer[map[Name]Limits]

// Declare has another declaration, of the same form, take the place of what is built in. A process calls it once, at its start,
// before anything asks.
func Declare(declaration []byte) error {
	all, err := parse(declaration)
	if err == nil {
		given.Store(&all)
	}
	return err
}

func parsed() (map[Name]Limits, error) {
	if all := given.Load(); all != nil {
		return *all, nil
	}
	return builtIn()
}

// parse reads a declaration; whatever it holds that is not known is an error.
func parse(text []byte) (map[Name]Limits, error) {
	var file struct {
		Tiers map[Name]Limits `yaml:"tiers"`
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("reading the declaration of the tiers: %w", err)
	}
	for name, l := range file.Tiers {
		l.Tier = name
		file.Tiers[name] = l
		if err := l.sound(); err != nil {
			return nil, fmt.Errorf("reading the declaration of the tier %s: %w", name, err)
		}
	}
	for _, name := range []Name{Demo, Professional} {
		if _, ok := file.Tiers[name]; !ok {
			return nil, fmt.Errorf("the tier %s is not declared", name)
		}
	}
	return file.Tiers, nil
}

func (l *Limits) sound() error {
	switch {
	case l.Title == "":
		return errors.New("it has no title")
	case l.FileBytes < 0 || l.RunsPerDay < 0 || l.RunsAtOnce < 0 || l.Insights < 0 || l.KeepDays < 0:
		return errors.New("a limit is negative")
	case !l.LastStage.Valid():
		return fmt.Errorf("there is no stage %q", l.LastStage)
	case l.Queue < 1 || l.Queue > 4:
		return errors.New("the place in the queue must lie in 1 to 4")
	}
	for _, f := range l.Features {
		if !slices.Contains(Features(), f) {
			return fmt.Errorf("there is no feature %q", f)
		}
	}
	return nil
}

// ErrUnknown is wrapped by errors about a tier that is not declared.
var ErrUnknown = errors.New("there is no such tier")

// Of returns the limits of a tier; the empty name means Professional. The error wraps ErrUnknown.
func Of(name Name) (Limits, error) {
	all, err := parsed()
	if err != nil {
		return Limits{}, err
	}
	if name == "" {
		name = Professional
	}
	l, ok := all[name]
	if !ok {
		return Limits{}, fmt.Errorf("tier %q: %w; use %s", name, ErrUnknown, strings.Join(names(all), " or "))
	}
	l.Features = slices.Clone(l.Features)
	return l, nil
}

// All lists the tiers, by name.
func All() ([]Limits, error) {
	all, err := parsed()
	if err != nil {
		return nil, err
	}
	var out []Limits
	for _, name := range slices.Sorted(maps.Keys(all)) {
		l, err := Of(name)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func names(all map[Name]Limits) []string {
	var out []string
	for name := range all {
		out = append(out, string(name))
	}
	slices.Sort(out)
	return out
}

// Has says whether the tier has a feature.
func (l *Limits) Has(f Feature) bool { return slices.Contains(l.Features, f) }

// Expires says when the results of a run that ended at a time are erased; false where they are kept.
func (l *Limits) Expires(ended time.Time) (time.Time, bool) {
	if l.KeepDays == 0 {
		return time.Time{}, false
	}
	return ended.Add(time.Duration(l.KeepDays) * 24 * time.Hour), true
}
