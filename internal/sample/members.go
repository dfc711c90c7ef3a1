package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

var memberHeader = []string{
	"member_no", "name", "email", "phone", "city", "plan", "monthly_fee", "joined", "birth_date", "visits_per_month", "cancelled",
}

// Of a member's name and city no letter is outside of Latin-1, in which the table is written.
var (
	givenNames  = []string{"Anna", "Björn", "Carla", "David", "Élise", "Farid", "Greta", "Henrik", "Ida", "Jonas", "Karin", "Léa", "Mats", "Nora", "Özlem", "Paul"}
	familyNames = []string{"Andersen", "Becker", "Çelik", "Dubois", "Eriksson", "Fischer", "Günther", "Hansen", "Ibsen", "Jäger", "König", "Lund", "Müller", "Nielsen"}
	memberTowns = []string{"København", "Aarhus", "Odense", "Malmö", "Lübeck", "Kiel"}
	memberPlans = []struct {
		name string
		fee  float64
		goes float64 // the share that cancels
	}{{"Monthly", 34.9, 0.34}, {"Yearly", 24.5, 0.12}, {"Family", 49, 0.08}, {"Student", 19.9, 0.2}}
)

const dotted = "02.01.2006"

// Members returns a club's members as an old program exports them: semicolons, decimal commas, days first, Latin-1, and two lines above
// the table. It takes 200 rows at least.
func Members(seed uint64, rows int) ([]byte, Manifest, error) {
	const least = 200
	if rows < least {
		return nil, Manifest{}, fmt.Errorf("a sample of %d rows has no room for the planted problems; ask for %d or more", rows, least)
	}
	g := &generator{r: rand.New(rand.NewPCG(seed, 2026)), header: memberHeader, used: map[int]bool{}} //nolint:gosec // reproducible on purpose
	for i := range rows {
		g.table = append(g.table, g.member(i))
	}
	g.plantMembers()
	m := Manifest{File: "members.csv", Seed: seed, Rows: len(g.table), Problems: g.problems, Patterns: []Pattern{
		{"difference", []string{"cancelled", "plan"}, "members with a monthly plan cancel far more often"},
		{"difference", []string{"visits_per_month", "cancelled"}, "those who cancel came less often"},
	}}
	lines := []string{"Club manager 4.2 - export of members", "Printed 30.09.2026", strings.Join(memberHeader, ";")}
	for _, row := range g.table {
		lines = append(lines, strings.Join(row, ";"))
	}
	return latin1(strings.Join(lines, "\r\n") + "\r\n"), m, nil
}

func (g *generator) member(i int) []string {
	given, family := g.pick(givenNames, nil), g.pick(familyNames, nil)
	plan := memberPlans[g.skewed(len(memberPlans), 1.3)]
	joined := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, g.r.IntN(2700))
	born := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, g.r.IntN(20000))
	visits, cancelled := 5+3*math.Abs(g.r.NormFloat64()), "no"
	if g.r.Float64() < plan.goes {
		visits, cancelled = visits/4, "yes"
	}
	return []string{
		fmt.Sprintf("M-%05d", 10001+i), given + " " + family, fmt.Sprintf("member%04d@example.org", i+1), fmt.Sprintf("+45 %08d", 20000000+g.r.IntN(79999999)),
		memberTowns[g.skewed(len(memberTowns), 1.4)], plan.name, strings.ReplaceAll(money(plan.fee), ".", ","), joined.Format(dotted), born.Format(dotted),
		strconv.Itoa(int(visits)), cancelled,
	}
}

func (g *generator) plantMembers() {
	g.spoil("mixed_format", "joined", 18, "dates written year first", func(old string, _ []string) string {
		if t, err := time.Parse(dotted, old); err == nil {
			return t.Format(iso)
		}
		return old
	})
	g.spoil("domain_violation", "email", 5, "addresses without @", func(old string, _ []string) string { return strings.ReplaceAll(old, "@", " at ") })
	g.spoil("disguised_missing", "phone", 30, "n/a for an unknown number", always("n/a"))
	g.spoil("case_variant", "city", 14, "the city in capitals", func(old string, _ []string) string { return strings.ToUpper(old) })
	g.spoil("typo", "plan", 5, "Montly for Monthly", one("Monthly", "Montly"))
	g.spoil("whitespace", "name", 12, "blanks around the name", func(old string, _ []string) string { return " " + old + "  " })
	g.spoil("missing", "birth_date", 40, "no date of birth given", always(""))
	g.spoil("impossible_date", "birth_date", 3, "31 February", always("31.02.1980"))
	g.spoil("numeric_outlier", "visits_per_month", 3, "more visits than a month has hours", always("900"))
	g.spoil("fd_violation", "monthly_fee", 4, "a fee that is not that of the plan", always("1,00"))
	g.plantCopies(5, "members that are there twice")
}

// latin1 writes a text of which no letter is outside of Latin-1.
func latin1(text string) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		out = append(out, byte(r))
	}
	return out
}
