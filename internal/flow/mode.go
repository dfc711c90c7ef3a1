package flow

import (
	"fmt"
	"time"
)

// Mode is how decisions are taken where no person does: the --decide flag.
type Mode string

// The modes.
const (
	ModeAsk         Mode = "ask"         // a person decides
	ModeRecommended Mode = "recommended" // accept what is marked recommended, leave the rest alone
	ModeAccept      Mode = "accept"      // take the first resolution of every issue
	ModeReject      Mode = "reject"      // change nothing
)

// ParseMode reads a mode.
func ParseMode(text string) (Mode, error) {
	switch m := Mode(text); m {
	case ModeAsk, ModeRecommended, ModeAccept, ModeReject:
		return m, nil
	default:
		return "", fmt.Errorf("%q is not a way to decide: use ask, recommended, accept or reject", text)
	}
}

// Decide gives a decision for every item of a proposal that is not in decided. ModeAsk decides nothing. Reject changes
// no data; it still takes the facts of reception as they are, without which there is nothing to go on with.
func (m Mode) Decide(p *Proposal, decided map[string]Decision, at time.Time) []Decision {
	var out []Decision
	for _, item := range p.Items {
		if _, ok := decided[item.ID]; ok || m == ModeAsk {
			continue
		}
		d := Decision{
			ID: fmt.Sprintf("%s-%s-%s", p.Stage, item.ID, m), Item: item.ID, Choice: Leave, At: at, Seen: p.Hash,
			Actor: Actor{Kind: ActorMode, Name: string(m)}, Reason: "--decide " + string(m),
		}
		switch {
		case m == ModeRecommended && item.Recommended != "":
			d.Choice, d.Option = Accept, item.Recommended
		case m == ModeAccept && len(item.Options) > 0:
			d.Choice, d.Option = Accept, item.Options[0]
		case m == ModeReject && item.Kind == ItemFacts && len(item.Options) > 0:
			d.Choice, d.Option = Accept, item.Options[0]
		case m == ModeReject:
			d.Choice = Reject
		}
		out = append(out, d)
	}
	return out
}
