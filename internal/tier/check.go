package tier

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/analytix-flow/analytix/internal/flow"
)

// ErrLimit is wrapped by errors about what a tier does not allow. The error itself is a *Limit.
var ErrLimit = errors.New("the tier does not allow it")

// Limit is what a tier does not allow: everything that a person needs to know who ran into it.
type Limit struct {
	Tier    Name
	Limit   string // such as file_bytes: the name of the limit in tiers.yaml
	What    string // what is asked for and what is allowed
	Kept    string // what was kept
	Next    string // what to do next
	Allowed int64  // the limit itself, where it is a number
}

// Error tells it in a sentence.
func (l *Limit) Error() string {
	return fmt.Sprintf("%s: %s; %s; %s", l.What, ErrLimit, l.Kept, l.Next)
}

// Unwrap makes it an ErrLimit.
func (*Limit) Unwrap() error { return ErrLimit }

const (
	nothingKept  = "nothing was kept"
	askForTier   = "use the professional tier"
	askForFile   = askForTier + ", or a part of the file"
	comeTomorrow = askForTier + ", or begin it after midnight (UTC)"
)

// CheckBytes says whether a file of so many bytes is taken.
func (l *Limits) CheckBytes(bytes int64) error {
	if l.FileBytes == 0 || bytes <= l.FileBytes {
		return nil
	}
	return &Limit{Tier: l.Tier, Limit: "file_bytes", Allowed: l.FileBytes, Kept: nothingKept, Next: askForFile,
		What: fmt.Sprintf("the file has %d bytes, the %s tier takes files up to %d", bytes, l.Tier, l.FileBytes)}
}

// Reader reads from r as long as the file is within the limit; the first byte beyond it is an error that wraps ErrLimit, so
// that a file whose size nobody knows before is cut off while it streams in. Begun is how many bytes came before.
func (l *Limits) Reader(r io.Reader, begun int64) io.Reader {
	if l.FileBytes == 0 {
		return r
	}
	return &reader{r: r, l: *l, count: begun}
}

type reader struct {
	r     io.Reader
	l     Limits
	count int64
}

// Read implements io.Reader. What lies within the limit is handed out before the error.
func (r *reader) Read(p []byte) (int, error) {
	if r.count > r.l.FileBytes {
		return 0, r.over()
	}
	if room := r.l.FileBytes - r.count + 1; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := r.r.Read(p)
	r.count += int64(n)
	if r.count > r.l.FileBytes {
		return n - 1, r.over()
	}
	return n, err
}

func (r *reader) over() error {
	return &Limit{Tier: r.l.Tier, Limit: "file_bytes", Allowed: r.l.FileBytes, Kept: nothingKept, Next: askForFile,
		What: fmt.Sprintf("the file has more than %d bytes, which is what the %s tier takes", r.l.FileBytes, r.l.Tier)}
}

// Use is what a workspace has used of its tier when it asks for another run.
type Use struct {
	Today int64 // runs begun today (UTC)
	Now   int64 // runs under way: they work, or wait for a decision
}

// CheckRun says whether another run may begin.
func (l *Limits) CheckRun(u Use) error {
	if l.RunsAtOnce > 0 && u.Now >= l.RunsAtOnce {
		return &Limit{Tier: l.Tier, Limit: "runs_at_once", Allowed: l.RunsAtOnce, Kept: nothingKept,
			What: fmt.Sprintf("%s under way, the %s tier allows %d at a time", runs(u.Now, "is", "are"), l.Tier, l.RunsAtOnce),
			Next: "finish or end the run that is under way, or " + askForTier}
	}
	if l.RunsPerDay > 0 && u.Today >= l.RunsPerDay {
		return &Limit{Tier: l.Tier, Limit: "runs_per_day", Allowed: l.RunsPerDay, Kept: nothingKept, Next: comeTomorrow,
			What: fmt.Sprintf("%s begun today, the %s tier allows %d a day", runs(u.Today, "was", "were"), l.Tier, l.RunsPerDay)}
	}
	return nil
}

func runs(n int64, one, more string) string {
	if n == 1 {
		return "1 run " + one
	}
	return strconv.FormatInt(n, 10) + " runs " + more
}

// CheckStage returns the stage after which a run ends that was asked to end after one; empty means as late as can be.
func (l *Limits) CheckStage(asked flow.Stage) (flow.Stage, error) {
	if asked == "" {
		if _, more := l.LastStage.Next(); more {
			return l.LastStage, nil
		}
		return "", nil
	}
	if !asked.Valid() {
		return "", fmt.Errorf("%w: there is no stage %q to stop after", flow.ErrInvalid, asked)
	}
	if l.LastStage.Before(asked) {
		return "", &Limit{Tier: l.Tier, Limit: "last_stage", Kept: nothingKept,
			What: fmt.Sprintf("the run is to end after the %s stage, in the %s tier runs end after the %s stage", asked, l.Tier, l.LastStage),
			Next: askForTier + ", or let the run end earlier"}
	}
	return asked, nil
}

// CheckFeature says whether the tier has a feature.
func (l *Limits) CheckFeature(f Feature) error {
	if l.Has(f) {
		return nil
	}
	word := map[Feature]string{Recipes: "recipes", Policies: "policies", APITokens: "API tokens"}[f]
	return &Limit{Tier: l.Tier, Limit: "features", Kept: nothingKept, Next: askForTier,
		What: fmt.Sprintf("%s are not part of the %s tier", word, l.Tier)}
}

// CheckSupport says whether the tier has priority in support, and with it the bundle of diagnostics.
func (l *Limits) CheckSupport() error {
	if l.PrioritySupport {
		return nil
	}
	return &Limit{Tier: l.Tier, Limit: "priority_support", Kept: nothingKept, Next: askForTier,
		What: fmt.Sprintf("a bundle of diagnostics is not part of the %s tier", l.Tier)}
}

// WithholdInsights says how many of so many insights are shown, and what is said of the rest; empty where all are shown.
func (l *Limits) WithholdInsights(found int) (shown int, note string) {
	if l.Insights == 0 || found <= l.Insights {
		return found, ""
	}
	more := found - l.Insights
	word := "insights were"
	if more == 1 {
		word = "insight was"
	}
	return l.Insights, fmt.Sprintf("%d more %s found; the %s tier shows the best %d: run the file in the professional tier to see all of them",
		more, word, l.Tier, l.Insights)
}
