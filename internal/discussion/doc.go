// Package discussion is how people work on a run together: remarks on its items with mentions, who is to see to what, who is
// looking at the run, and the notices that tell somebody of what concerns them. It decides nothing: decisions are package
// control's.
//
// Everything stands in the records, so that any number of processes tell the same. Who watches is woken at once by what
// happens in the same process; what others did is seen when the stream is next looked at.
package discussion
