package sample

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// plant spoils the table. Rows that are added come last, so that the row numbers of the other problems stand.
func (g *generator) plant() {
	g.plantFormats()
	g.plantText()
	g.plantNumbers()
	g.plantDates()
	g.plantRelations()
	g.plantWhole()
	g.plantRows()
}

// column is where a column stands.
func (g *generator) column(name string) int { return slices.Index(g.header, name) }

// spoil changes a column in n rows that carry no other problem and for which change gives another text.
func (g *generator) spoil(check, name string, n int, what string, change func(old string, row []string) string) {
	j, rows := g.column(name), []int(nil)
	for tries := 0; len(rows) < n && tries < 50*len(g.table); tries++ {
		i := g.r.IntN(len(g.table))
		if g.used[i] {
			continue
		}
		next := change(g.table[i][j], g.table[i])
		if next == g.table[i][j] {
			continue
		}
		g.table[i] = slices.Clone(g.table[i])
		g.table[i][j] = next
		g.used[i] = true
		rows = append(rows, i+1)
	}
	slices.Sort(rows)
	g.problems = append(g.problems, Problem{Check: check, Columns: []string{name}, Rows: rows, What: what})
}

// one replaces a single value by another and leaves all other cells as they are.
func one(from, to string) func(string, []string) string {
	return func(old string, _ []string) string {
		if old == from {
			return to
		}
		return old
	}
}

func always(to string) func(string, []string) string {
	return func(string, []string) string { return to }
}

func (g *generator) plantFormats() {
	g.spoil("mixed_format", "order_date", 60, "dates written day/month/year", func(old string, _ []string) string {
		if t, err := time.Parse(iso, old); err == nil && t.Day() > 12 {
			return t.Format("02/01/2006")
		}
		return old
	})
	g.spoil("unit_in_value", "weight_kg", 40, "weights that carry their unit", func(old string, _ []string) string {
		return old + " kg"
	})
	g.spoil("type_mismatch", "quantity", 6, "quantities in words", func(old string, _ []string) string {
		return map[string]string{"1": "one", "2": "two", "3": "three"}[old]
	})
	g.spoil("pattern_outlier", "sku", 5, "article numbers without their dash", func(old string, _ []string) string {
		return strings.ReplaceAll(old, "-", "/")
	})
	g.spoil("domain_violation", "customer_email", 6, "addresses without @", func(old string, _ []string) string {
		return strings.ReplaceAll(old, "@", ".")
	})
}

func (g *generator) plantText() {
	g.spoil("whitespace", "carrier", 25, "blanks behind the carrier", func(old string, _ []string) string { return old + "  " })
	g.spoil("invisible", "product", 8, "no-break spaces in product names", func(old string, _ []string) string {
		return strings.ReplaceAll(old, " ", "\u00a0")
	})
	g.spoil("case_variant", "channel", 30, "the channel in capitals", func(old string, _ []string) string { return strings.ToUpper(old) })
	g.spoil("spelling_variant", "channel", 10, "market-place for marketplace", one("marketplace", "market-place"))
	g.spoil("typo", "category", 9, "Electroncs for Electronics", one("Electronics", "Electroncs"))
	g.spoil("typo", "city", 8, "Amstredam for Amsterdam", one("Amsterdam", "Amstredam"))
	g.spoil("mojibake", "city", 7, "MÃ¼nchen for München", one("München", "MÃ¼nchen"))
	g.spoil("formula_injection", "notes", 2, "notes that a spreadsheet would execute", always(`=HYPERLINK("http://example.com/x","open")`))
}

func (g *generator) plantNumbers() {
	g.spoil("disguised_missing", "customer_age", 20, "999 for an unknown age", always("999"))
	g.spoil("disguised_missing", "city", 12, "N/A for an unknown city", always("N/A"))
	g.spoil("missing", "rating", 180, "no rating given", always(""))
	g.spoil("domain_violation", "discount_pct", 4, "discounts over 100 per cent", always("150"))
	g.spoil("sign_error", "quantity", 5, "negative quantities", func(old string, _ []string) string { return "-" + old })
	g.spoil("numeric_outlier", "delivery_days", 4, "deliveries that took a year", always("365"))
	g.spoil("arithmetic_violation", "total", 10, "totals with a slipped decimal point", func(old string, _ []string) string {
		x, _ := strconv.ParseFloat(old, 64)
		return money(x * 10)
	})
}

func (g *generator) plantDates() {
	g.spoil("impossible_date", "shipped_date", 4, "30 February", always("2025-02-30"))
	g.spoil("ancient_or_future_date", "delivered_date", 6, "1900-01-01 for a date that is not known", always("1900-01-01"))
	g.spoil("order_violation", "delivered_date", 9, "delivered before it was shipped", func(_ string, row []string) string {
		t, err := time.Parse(iso, row[g.column("shipped_date")])
		if err != nil {
			return row[g.column("delivered_date")]
		}
		return t.AddDate(0, 0, -9).Format(iso)
	})
}

func (g *generator) plantRelations() {
	g.spoil("fd_violation", "country", 10, "a city in the wrong country", func(_ string, row []string) string {
		if row[g.column("country")] == "Belgium" {
			return "Austria"
		}
		return "Belgium"
	})
	g.spoil("fd_violation", "product", 6, "a product name that is not that of its sku", func(old string, _ []string) string {
		if old == "Puzzle" {
			return "Radio"
		}
		return "Puzzle"
	})
}

// plantWhole names what holds for a whole column.
func (g *generator) plantWhole() {
	g.problems = append(g.problems, Problem{Check: "constant", Columns: []string{"currency"}, What: "every order is in EUR"})
}

func (g *generator) plantRows() {
	g.plantCopies(8, "orders that are there twice")

	var reused []int
	for k := range 3 {
		row := slices.Clone(g.table[100+k])
		row[g.column("customer_id")], row[g.column("quantity")] = fmt.Sprintf("C%04d", 590+k), "1"
		row[g.column("discount_pct")], row[g.column("total")] = "0", row[g.column("unit_price")]
		g.table = append(g.table, row)
		reused = append(reused, len(g.table))
	}
	g.problems = append(g.problems, Problem{Check: "duplicate_key", Columns: []string{"order_id"}, Rows: reused, What: "order numbers that were used twice"})

	ragged := append(slices.Clone(g.table[200]), "left over", "")
	ragged[g.column("order_id")] = "ORD-90001"
	total := make([]string, len(g.header))
	total[0], total[g.column("total")] = "Total", "412345.67"
	g.table = append(g.table, ragged, total)
	n := len(g.table)
	g.problems = append(g.problems,
		Problem{Check: "ragged_row", Columns: []string{"*"}, Rows: []int{n - 1}, What: "a line with two fields too many"},
		Problem{Check: "total_row", Columns: []string{"*"}, Rows: []int{n}, What: "a total line at the end"})
}

// plantCopies adds rows that carry no other problem a second time.
func (g *generator) plantCopies(n int, what string) {
	var copies []int
	for range n {
		i := g.r.IntN(len(g.table))
		for g.used[i] {
			i = g.r.IntN(len(g.table))
		}
		g.used[i] = true
		g.table = append(g.table, slices.Clone(g.table[i]))
		copies = append(copies, len(g.table))
	}
	g.problems = append(g.problems, Problem{Check: "duplicate_row", Columns: []string{"*"}, Rows: copies, What: what})
}
