package tier

import (
	"fmt"
	"slices"
	"strings"
)

// Table is the declaration as a table of Markdown, for people.
func Table() (string, error) {
	all, err := All()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	row := func(title string, cell func(*Limits) string) {
		b.WriteString("| " + title)
		for i := range all {
			b.WriteString(" | " + cell(&all[i]))
		}
		b.WriteString(" |\n")
	}
	row("", func(l *Limits) string { return l.Title })
	row("---", func(*Limits) string { return "---" })
	row("size of a file", func(l *Limits) string { return number(l.FileBytes, "any", "up to %d bytes") })
	row("runs a day (UTC), in a workspace", func(l *Limits) string { return number(l.RunsPerDay, "any number", "%d") })
	row("runs at a time, in a workspace", func(l *Limits) string { return number(l.RunsAtOnce, "any number", "%d") })
	row("a run ends after", func(l *Limits) string { return "the " + string(l.LastStage) + " stage" })
	row("insights", func(l *Limits) string {
		return number(int64(l.Insights), "all", "the best %d, and how many more there are")
	})
	row("results are kept", func(l *Limits) string { return number(int64(l.KeepDays), "until they are erased", "%d days") })
	for _, f := range Features() {
		row(strings.ReplaceAll(strings.ReplaceAll(string(f), "_", " "), "api", "API"), func(l *Limits) string { return yes(l.Has(f)) })
	}
	row("place in the queue", func(l *Limits) string { return place(l.Queue, all) })
	row("priority in support", func(l *Limits) string { return yes(l.PrioritySupport) })
	return b.String(), nil
}

func number(n int64, none, some string) string {
	if n == 0 {
		return none
	}
	return fmt.Sprintf(some, n)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// place says where a tier stands in the queue among all.
func place(queue int, all []Limits) string {
	first := slices.MinFunc(all, func(a, b Limits) int { return a.Queue - b.Queue })
	if queue == first.Queue {
		return "first"
	}
	return "after the others"
}
