// Package recommendation is the fourth stage: it turns the insights that were kept, and what is wrong with the data,
// into a short, ranked list of things to do.
//
// Each kind of action has one rule that reads insights or issues and proposes actions. priority = impact x confidence /
// effort: impact is how much of the goal the evidence concerns, confidence how sure the evidence is, effort 1 to 3 what
// the kind usually costs. All three are shown and can be edited.
package recommendation
