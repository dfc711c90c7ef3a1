package flow

import "slices"

// ItemKind says what an item of a proposal is.
type ItemKind string

// The kinds of items.
const (
	ItemFacts          ItemKind = "facts"
	ItemIssue          ItemKind = "issue"
	ItemInsight        ItemKind = "insight"
	ItemRecommendation ItemKind = "recommendation"
)

// Item is one thing on which a control point asks for a decision. All stages use the same shape, so that
// deciding, policies, recipes and screens work on every stage alike.
type Item struct {
	ID          string   `json:"id"`
	Kind        ItemKind `json:"kind"`
	Options     []string `json:"options"`     // ids of the resolutions that can be accepted; "keep" where there is nothing to choose
	Recommended string   `json:"recommended"` // one of Options, or empty where the recommendation is to leave it alone
	// Fingerprint identifies what the item is about across files (check, columns, or kind, measure, dimensions),
	// so that recipes and policies recognise it.
	Fingerprint string `json:"fingerprint"`
}

// OptionKeep accepts an item that offers no alternatives: the facts of reception, an insight, an action item.
const OptionKeep = "keep"

// Proposal is what a stage lays before the control point at its end.
type Proposal struct {
	Stage Stage  `json:"stage"`
	Items []Item `json:"items"`
	// Document is the id of the stored, encrypted document with the whole content (Facts, issues, ...).
	Document string `json:"document"`
	// Version is the dataset version of which the proposal speaks.
	Version string `json:"version"`
	// Hash is the SHA-256 of the document: what the decider saw.
	Hash string `json:"hash"`
	// Earlier are the hashes of what this proposal only adds to: whoever saw one of them saw its items as they are here.
	Earlier []string `json:"earlier,omitempty"`
}

// Shows says whether whoever saw what has the hash saw the items of this proposal, as far as they were there.
func (p *Proposal) Shows(seen string) bool { return seen == p.Hash || slices.Contains(p.Earlier, seen) }

// Item returns the item with the id, or nil.
func (p *Proposal) Item(id string) *Item {
	for i := range p.Items {
		if p.Items[i].ID == id {
			return &p.Items[i]
		}
	}
	return nil
}
