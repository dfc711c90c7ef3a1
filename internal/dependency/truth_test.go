package dependency_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/analytix-flow/analytix/internal/dependency"
)

// Thirty sources tell the time of forty flights; a fifth of what they say is wrong, and some leave it out.
func TestMajorityOfSourcesHolds(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	const flights, sources = 40, 30
	truth := func(f int) string { return fmt.Sprintf("%d:%02d", 1+f*7%12, f*13%60) }
	wrong := map[int]bool{}
	table := columns(flights*sources,
		func(i int) string { return fmt.Sprint("source ", i/flights) },
		func(i int) string { return fmt.Sprint("XY-", i%flights*37) },
		func(i int) string {
			switch {
			case r.IntN(5) == 0:
				wrong[i] = true
				return fmt.Sprintf("%d:%02d", 1+r.IntN(12), r.IntN(60))
			case r.IntN(8) == 0:
				wrong[i] = true
				return ""
			}
			return truth(i % flights)
		})
	hits, alarms := 0, 0
	for _, x := range dependency.Infer(table).Cells {
		switch {
		case wrong[x.Row] && x.New == truth(x.Row%flights):
			hits++
		case !wrong[x.Row]:
			alarms++
		}
	}
	if hits*100 < len(wrong)*95 || alarms > 0 {
		t.Errorf("%d of %d put right, %d false alarms", hits, len(wrong), alarms)
	}
}

// What people do changes from year to year: a person has no one true occupation, though one is usual.
func TestChangeWithinAGroupIsNoError(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	const people, years = 200, 8
	table := columns(people*years,
		func(i int) string { return fmt.Sprint("person ", i/years) },
		func(i int) string {
			if r.IntN(10) < 3 {
				return fmt.Sprint("trade ", r.IntN(6))
			}
			return fmt.Sprint("trade ", i/years%6)
		})
	if n := len(dependency.Infer(table).Cells); n*50 > people*years {
		t.Errorf("%d of %d cells are flagged", n, people*years)
	}
}
