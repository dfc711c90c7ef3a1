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

// Two flights that leave at the same time arrive at two times, and neither is wrong.
func TestGroupOfTwoTruthsIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	const flights, sources = 40, 30
	leaves := func(f int) string { return fmt.Sprintf("%d:%02d", 1+f/2*7%12, f/2*13%60) } // two by two
	wrong := map[int]bool{}
	table := columns(flights*sources,
		func(i int) string { return fmt.Sprint("XY-", i%flights*37) },
		func(i int) string { return leaves(i % flights) },
		func(i int) string {
			if r.IntN(10) == 0 {
				wrong[i] = true
				return fmt.Sprintf("%d:%02d", 1+r.IntN(12), r.IntN(60))
			}
			return fmt.Sprintf("%d:%02d", 1+i%flights*5%12, i%flights*11%60)
		})
	alarms := 0
	for _, x := range dependency.Infer(table).Cells {
		if !wrong[x.Row] || x.Column != 2 {
			alarms++
		}
	}
	if alarms*100 > flights*sources { // a wrong time that is another flight's speaks against the column beside it
		t.Errorf("%d false alarms", alarms)
	}
}

// Most orders are shipped the day after, and the others a day later: no date is wrong.
func TestWhatIsUsualIsNoTruth(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	day := func(d int) string { return fmt.Sprintf("2025-%02d-%02d", 1+d/28, 1+d%28) }
	rows := make([]int, 3000)
	for i := range rows {
		rows[i] = r.IntN(300)
	}
	table := columns(len(rows),
		func(i int) string { return fmt.Sprint("order ", i) },
		func(i int) string { return day(rows[i]) },
		func(i int) string {
			if r.IntN(10) < 3 {
				return day(rows[i] + 2)
			}
			return day(rows[i] + 1)
		})
	if got := dependency.Infer(table).Cells; len(got) > 0 {
		t.Errorf("%d false alarms, as %+v", len(got), got[0])
	}
}
