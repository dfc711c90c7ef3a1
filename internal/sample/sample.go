// Package sample makes the tables that one can try Analytix Flow on: a shop's orders of one year, and a club's members as
// another program exported them, with planted problems and planted patterns. The same seed gives the same bytes; the manifest
// lists what was planted, so that tests (and doubters) can compare it with what was found.
package sample

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Problem is one planted fault.
type Problem struct {
	Check   string   `json:"check"`   // the check of the catalogue that should find it
	Columns []string `json:"columns"` // "*" for whole rows
	Rows    []int    `json:"rows"`    // data rows, counted from 1; empty where all rows are concerned
	What    string   `json:"what"`
}

// Pattern is one planted regularity.
type Pattern struct {
	Kind    string   `json:"kind"`    // the insight kind that should find it
	Columns []string `json:"columns"` // measure and breakdown
	What    string   `json:"what"`
}

// Manifest lists what was planted.
type Manifest struct {
	File     string    `json:"file"`
	Seed     uint64    `json:"seed"`
	Rows     int       `json:"rows"`
	Problems []Problem `json:"problems"`
	Patterns []Pattern `json:"patterns"`
}

// leastRows is the smallest sample: every planted problem needs rows of its own.
const leastRows = 1000

// Orders returns the orders as CSV with their manifest. It takes 1000 rows at least.
func Orders(seed uint64, rows int) ([]byte, Manifest, error) {
	if rows < leastRows {
		return nil, Manifest{}, fmt.Errorf("a sample of %d rows has no room for the planted problems; ask for %d or more", rows, leastRows)
	}
	g := &generator{r: rand.New(rand.NewPCG(seed, 2025)), header: header} //nolint:gosec // reproducible on purpose
	g.makeOrders(rows)
	m := Manifest{File: "orders.csv", Seed: seed, Patterns: patterns()}
	g.plant()
	m.Problems, m.Rows = g.problems, len(g.table)
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(header); err != nil {
		return nil, m, fmt.Errorf("writing the sample: %w", err)
	}
	if err := w.WriteAll(g.table); err != nil {
		return nil, m, fmt.Errorf("writing the sample: %w", err)
	}
	return b.Bytes(), m, nil
}

// Write puts orders.csv and manifest.json into dir.
func Write(dir string, seed uint64, rows int) (Manifest, error) {
	data, m, err := Orders(seed, rows)
	if err != nil {
		return m, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // made-up data that the user asked for
		return m, fmt.Errorf("making the folder of the sample: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, m.File), data, 0o644); err != nil { //nolint:gosec // as above
		return m, fmt.Errorf("writing the sample: %w", err)
	}
	list, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, fmt.Errorf("writing the sample's manifest: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), append(list, '\n'), 0o644); err != nil { //nolint:gosec // as above
		return m, fmt.Errorf("writing the sample's manifest: %w", err)
	}
	return m, nil
}

var header = []string{
	"order_id", "order_date", "customer_id", "customer_email", "customer_age", "country", "city", "channel", "sku",
	"product", "category", "unit_price", "quantity", "discount_pct", "total", "currency", "weight_kg", "warehouse",
	"carrier", "shipped_date", "delivered_date", "delivery_days", "late", "rating", "notes",
}

const iso = "2006-01-02"

// generator makes clean rows first and spoils them afterwards, so that the manifest is exact.
type generator struct {
	r        *rand.Rand
	header   []string
	table    [][]string
	problems []Problem
	used     map[int]bool // rows that carry a planted problem already
}

type product struct {
	sku, name, category string
	price, weight       float64
}

var products = []product{
	{"EL-1001", "Desk lamp", "Electronics", 34.90, 1.4}, {"EL-1002", "Headphones", "Electronics", 89.00, 0.4},
	{"EL-1003", "Kettle", "Electronics", 42.50, 1.1}, {"EL-1004", "Radio", "Electronics", 59.95, 0.9},
	{"HO-2001", "Wool blanket", "Home", 64.00, 1.8}, {"HO-2002", "Cushion", "Home", 18.50, 0.6},
	{"HO-2003", "Wall clock", "Home", 27.90, 0.7}, {"GA-3001", "Watering can", "Garden", 15.90, 0.8},
	{"GA-3002", "Pruning shears", "Garden", 22.40, 0.3}, {"TO-4001", "Wooden train", "Toys", 29.90, 0.9},
	{"TO-4002", "Puzzle", "Toys", 12.90, 0.5}, {"BO-5001", "Cookbook", "Books", 24.00, 0.8},
	{"BO-5002", "City guide", "Books", 16.50, 0.4}, {"SP-6001", "Yoga mat", "Sports", 31.00, 1.2},
}

var cities = []struct{ city, country string }{
	{"Amsterdam", "Netherlands"}, {"Rotterdam", "Netherlands"}, {"Utrecht", "Netherlands"}, {"Berlin", "Germany"},
	{"Hamburg", "Germany"}, {"München", "Germany"}, {"Köln", "Germany"}, {"Paris", "France"}, {"Lyon", "France"},
	{"Brussels", "Belgium"}, {"Antwerp", "Belgium"}, {"Vienna", "Austria"},
}

// makeOrders makes the clean table with its patterns.
func (g *generator) makeOrders(n int) {
	g.used = map[int]bool{}
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	days := g.orderDays(n)
	for i := range n {
		g.table = append(g.table, g.order(i, start.AddDate(0, 0, days[i])))
	}
}

// orderDays draws the day of each order, ascending: more orders towards the end of the year, and on Mondays.
func (g *generator) orderDays(n int) []int {
	weight := make([]float64, 365)
	sum := 0.0
	for d := range weight {
		weight[d] = 1 + 1.1*float64(d)/364
		if time.Date(2025, 1, 1+d, 0, 0, 0, 0, time.UTC).Weekday() == time.Monday {
			weight[d] *= 2.2
		}
		sum += weight[d]
	}
	days, acc, d := make([]int, 0, n), 0.0, 0
	for i := range n {
		at := (float64(i) + g.r.Float64()) / float64(n) * sum
		for d < 364 && acc+weight[d] < at {
			acc += weight[d]
			d++
		}
		days = append(days, d)
	}
	return days
}

func (g *generator) order(i int, day time.Time) []string {
	p := products[g.skewed(len(products), 1.2)]
	place := cities[g.skewed(len(cities), 1.0)]
	customer := g.skewed(600, 3.2)
	channel := g.pick([]string{"web", "store", "marketplace"}, []float64{0.6, 0.25, 0.15})
	warehouse := g.pick([]string{"North", "South", "West"}, []float64{0.4, 0.35, 0.25})
	carrier := g.pick([]string{"Postal", "Swiftline", "Cargo One"}, []float64{0.5, 0.3, 0.2})
	discount := []int{0, 0, 0, 5, 10, 15, 20}[g.r.IntN(7)]
	quantity := 1 + int(math.Abs(g.r.NormFloat64())*0.8+float64(discount)/6+g.r.Float64()*0.9)
	price := math.Round(p.price*(0.97+0.06*g.r.Float64())*100) / 100
	total := math.Round(price*float64(quantity)*(100-float64(discount))) / 100
	took := 2 + int(math.Abs(g.r.NormFloat64())*1.3)
	if carrier == "Swiftline" && g.r.Float64() < 0.42 {
		took += 4
	}
	if warehouse == "North" && day.Month() >= time.September {
		took += 3
	}
	shipped := day.AddDate(0, 0, 1+g.r.IntN(2))
	late := "no"
	if took > 5 {
		late = "yes"
	}
	rating := min(5, max(1, int(math.Round(5.4-0.42*float64(took)+0.6*g.r.NormFloat64()))))
	note := ""
	if g.r.Float64() < 0.12 {
		note = g.pick([]string{"gift wrap please", "leave with the neighbour", "ring twice", "call before delivery"}, nil)
	}
	return []string{
		fmt.Sprintf("ORD-%05d", i+1), day.Format(iso), fmt.Sprintf("C%04d", customer+1),
		fmt.Sprintf("customer%04d@example.com", customer+1), strconv.Itoa(19 + (customer*37)%58), place.country, place.city,
		channel, p.sku, p.name, p.category, money(price), strconv.Itoa(quantity), strconv.Itoa(discount), money(total), "EUR",
		strconv.FormatFloat(p.weight*float64(quantity), 'f', 1, 64), warehouse, carrier, shipped.Format(iso),
		shipped.AddDate(0, 0, took).Format(iso), strconv.Itoa(took), late, strconv.Itoa(rating), note,
	}
}

func money(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

// skewed draws an index below n, small ones more often the larger the power.
func (g *generator) skewed(n int, power float64) int {
	return min(n-1, int(float64(n)*math.Pow(g.r.Float64(), power)))
}

// pick draws one of the values, by weights that sum to 1, or evenly.
func (g *generator) pick(values []string, weights []float64) string {
	if weights == nil {
		return values[g.r.IntN(len(values))]
	}
	x := g.r.Float64()
	for i, w := range weights {
		if x -= w; x < 0 {
			return values[i]
		}
	}
	return values[len(values)-1]
}

func patterns() []Pattern {
	return []Pattern{
		{"difference", []string{"late", "carrier"}, "Swiftline delivers late far more often than the other carriers"},
		{"difference", []string{"delivery_days", "warehouse"}, "orders from the warehouse North take longer"},
		{"change_point", []string{"delivery_days", "order_date"}, "delivery takes longer from September on (warehouse North)"},
		{"trend", []string{"count", "order_date"}, "the number of orders doubles over the year"},
		{"seasonality", []string{"count", "order_date"}, "twice as many orders come on Mondays"},
		{"correlation", []string{"discount_pct", "quantity"}, "the higher the discount, the more pieces in an order"},
		{"correlation", []string{"delivery_days", "rating"}, "the longer the delivery, the lower the rating"},
		{"outstanding", []string{"total", "category"}, "Electronics makes most of the turnover"},
	}
}
