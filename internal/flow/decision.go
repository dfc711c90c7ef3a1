package flow

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Choice is what was decided on an item.
type Choice string

// The choices.
const (
	Accept  Choice = "accept"  // take Option as proposed
	Edit    Choice = "edit"    // take Option with Params in the place of the proposed ones
	Partial Choice = "partial" // take Option on Rows only
	Reject  Choice = "reject"  // change nothing, the finding does not hold or is not wanted
	Leave   Choice = "leave"   // change nothing, take no position
)

// Decision is one recorded choice on one item. It is never changed; a later decision on the same item supersedes it.
type Decision struct {
	ID     string         `json:"id"`
	Item   string         `json:"item"`
	Choice Choice         `json:"choice"`
	Option string         `json:"option,omitempty"` // id of the resolution
	Params map[string]any `json:"params,omitempty"` // for Edit
	Rows   []int64        `json:"rows,omitempty"`   // for Partial, counted from 1
	Actor  Actor          `json:"actor"`
	At     time.Time      `json:"at"`
	Reason string         `json:"reason,omitempty"`
	// Due is the day by which what was accepted is to be done, as 2026-11-24; empty where none was set.
	Due  string `json:"due,omitempty"`
	Seen string `json:"seen"` // Hash of the proposal that the decider saw
	// Supersedes is the id of the decision on the item that the decider saw, "" where they saw none. Nil takes the place
	// of whatever there is; otherwise a decision that somebody else took in the meantime stands.
	Supersedes *string `json:"supersedes,omitempty"`
}

// Applies says whether the decision changes anything.
func (d *Decision) Applies() bool {
	return d.Choice == Accept || d.Choice == Edit || d.Choice == Partial
}

// Actor is who or what took a decision.
type Actor struct {
	Kind string `json:"kind"` // person, policy, recipe, mode
	Name string `json:"name"` // user name, policy name, recipe's hash, or --decide mode
}

// The kinds of actors.
const (
	ActorPerson = "person"
	ActorPolicy = "policy"
	ActorRecipe = "recipe"
	ActorMode   = "mode"
)

// ErrStale is returned for a decision on a proposal that is no longer the open one.
var ErrStale = errors.New("the proposal has changed since it was seen")

// ErrInvalid is wrapped by errors about a decision that cannot be taken as it stands.
var ErrInvalid = errors.New("invalid decision")

// ItemError is an error about the decision on one item, so that whoever made it can be shown which one.
type ItemError struct {
	Item string
	Err  error
}

func (e *ItemError) Error() string { return fmt.Sprintf("decision on %s: %v", e.Item, e.Err) }

// Unwrap gives the reason.
func (e *ItemError) Unwrap() error { return e.Err }

// Check says whether d can be taken on p: the proposal is the one that was seen, the item exists, and the choice
// is complete. It returns an error that wraps ErrStale or ErrInvalid.
func (d *Decision) Check(p *Proposal) error {
	if d.Seen != p.Hash {
		return fmt.Errorf("decision on %s: %w: look at it again", d.Item, ErrStale)
	}
	item := p.Item(d.Item)
	if item == nil {
		return fmt.Errorf("%w: the %s control point has no item %q", ErrInvalid, p.Stage, d.Item)
	}
	if d.Actor.Kind == "" || d.Actor.Name == "" {
		return fmt.Errorf("%w: nobody is named as having taken it", ErrInvalid)
	}
	if err := d.checkDue(); err != nil {
		return err
	}
	switch d.Choice {
	case Reject, Leave:
		return nil
	case Accept, Edit, Partial:
	default:
		return fmt.Errorf("%w: unknown choice %q", ErrInvalid, d.Choice)
	}
	if !slices.Contains(item.Options, d.Option) {
		return fmt.Errorf("%w: item %s offers no option %q", ErrInvalid, d.Item, d.Option)
	}
	if d.Choice == Edit && len(d.Params) == 0 {
		return fmt.Errorf("%w: an edit of item %s carries no parameters", ErrInvalid, d.Item)
	}
	if d.Choice == Partial && len(d.Rows) == 0 {
		return fmt.Errorf("%w: a partial decision on item %s names no rows", ErrInvalid, d.Item)
	}
	return nil
}

// checkDue says whether the day is one, and there is something to be done by it.
func (d *Decision) checkDue() error {
	if d.Due == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, d.Due); err != nil {
		return fmt.Errorf("%w: the day by which item %s is to be done is written as 2026-11-24, not %q", ErrInvalid, d.Item, d.Due)
	}
	if !d.Applies() {
		return fmt.Errorf("%w: item %s is not accepted, so that nothing is due", ErrInvalid, d.Item)
	}
	return nil
}
