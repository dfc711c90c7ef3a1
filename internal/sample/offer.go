package sample

import "slices"

// Sample is a table that is offered to whoever has none at hand.
type Sample struct {
	Name  string // stands in addresses
	File  string
	Title string
	About string
	Goal  string // to ask of it
	make  func() ([]byte, Manifest, error)
}

// What is offered has this many rows, and is the same for all.
const (
	offeredSeed   = 1
	offeredOrders = 4000
	offeredPeople = 800
)

// All lists the samples.
func All() []Sample {
	return []Sample{
		{"orders", "orders.csv", "A shop's orders",
			"4,000 orders of a year, of which some come late. Dates, spellings, totals and more are wrong in places.", "Reduce late deliveries",
			func() ([]byte, Manifest, error) { return Orders(offeredSeed, offeredOrders) }},
		{"members", "members.csv", "A club's members",
			"800 members as an old program exported them: semicolons, decimal commas, Latin-1, lines above the table.", "Reduce cancelled memberships",
			func() ([]byte, Manifest, error) { return Members(offeredSeed, offeredPeople) }},
	}
}

// Named finds a sample.
func Named(name string) (Sample, bool) {
	all := All()
	i := slices.IndexFunc(all, func(s Sample) bool { return s.Name == name })
	if i < 0 {
		return Sample{}, false
	}
	return all[i], true
}

// Make makes the table, with its manifest.
func (s Sample) Make() ([]byte, Manifest, error) { return s.make() }
