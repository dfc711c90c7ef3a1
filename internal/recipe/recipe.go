package recipe

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Version is the version of the file format that this package writes, and the highest that it reads.
const Version = 1

// Recipe is the content of recipe.yaml.
type Recipe struct {
	Version int    `yaml:"version"`
	Run     string `yaml:"run"` // id of the run whose decisions these are
	Source  Source `yaml:"source"`
	Goal    Goal   `yaml:"goal"`
	// Reception holds what was set by hand about how the file is read, such as delimiter or the type of a column; it is
	// given to reception as its options.
	Reception Params   `yaml:"reception"`
	Decisions []Entry  `yaml:"decisions"`
	Policies  []Policy `yaml:"policies"`
}

// Source is the file on which the decisions were taken.
type Source struct {
	File    string   `yaml:"file"`
	SHA256  string   `yaml:"sha256"` // of the file as received, hex
	Rows    int64    `yaml:"rows"`
	Columns []Column `yaml:"columns"`
}

// Column is a column that the decisions rely on.
type Column struct {
	Name string    `yaml:"name"`
	Type flow.Type `yaml:"type"`
}

// Goal is the business goal of the run.
type Goal struct {
	Text string `yaml:"text"`
	KPI  string `yaml:"kpi"`
}

// Entry is one decided item.
type Entry struct {
	Stage       flow.Stage    `yaml:"stage"`
	Item        flow.ItemKind `yaml:"item"`
	Fingerprint string        `yaml:"fingerprint"`
	Check       string        `yaml:"check"` // id of the check, or the kind of the insight or recommendation
	Columns     []string      `yaml:"columns"`
	Title       string        `yaml:"title"`
	Choice      flow.Choice   `yaml:"choice"`
	// Operation is what was accepted; nil where nothing is changed.
	Operation *Operation `yaml:"operation"`
	// Rows are the rows of a partial decision; they mean something for the same file only.
	Rows   []int64   `yaml:"rows"`
	Reason string    `yaml:"reason"`
	By     By        `yaml:"by"`
	Notes  []string  `yaml:"-"` // written as comments: the evidence, in words
	At     time.Time `yaml:"at"`
}

// Operation is a resolution: what the engine carries out.
type Operation struct {
	Kind   string `yaml:"kind"`
	Params Params `yaml:"params"`
}

// By is who or what took a decision.
type By struct {
	Kind string `yaml:"kind"`
	Name string `yaml:"name"`
}

// Policy decides items that no entry covers. Empty conditions hold for every item.
type Policy struct {
	Name      string      `yaml:"name"`
	Check     string      `yaml:"check"`     // id of a check
	Operation string      `yaml:"operation"` // kind of the operation, which must be the recommended one
	Columns   []string    `yaml:"columns"`   // the item speaks of these columns only
	MaxShare  float64     `yaml:"max_share"` // of the table's rows that the item may concern; 0 for any
	Choice    flow.Choice `yaml:"choice"`    // accept, reject or leave
	Reason    string      `yaml:"reason"`
}

// Hash is the short name of the recipe under which its decisions are recorded: the start of the SHA-256 of the file
// that Marshal writes, so that a reformatted recipe keeps its name.
func (r *Recipe) Hash() string {
	sum := sha256.Sum256(r.Marshal())
	return hex.EncodeToString(sum[:6])
}

// Actor is who takes the decisions of the recipe.
func (r *Recipe) Actor() flow.Actor { return flow.Actor{Kind: flow.ActorRecipe, Name: r.Hash()} }

// Fits says whether a file with the given columns can be worked on with the recipe. Columns that the recipe does not
// know are no hindrance; the error names those that are missing. Types are not compared: a column that lost its type is
// for the checks to find.
func (r *Recipe) Fits(columns []string) error {
	var missing []string
	for _, c := range r.Source.Columns {
		if !slices.Contains(columns, c.Name) {
			missing = append(missing, fmt.Sprintf("%q", c.Name))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the recipe was made for %s and needs columns that this file does not have: %s; "+
		"nothing was changed: rename the columns in the file, or take them out of source.columns and the decisions on them out of the recipe",
		name(r.Source.File), strings.Join(missing, ", "))
}

func name(file string) string {
	if file == "" {
		return "another file"
	}
	return fmt.Sprintf("%q", file)
}
