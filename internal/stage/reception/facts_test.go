package reception_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGoldenFacts(t *testing.T) {
	t.Parallel()
	for name, goal := range map[string]flow.Goal{
		"orders":  {Text: "Reduce returned orders in the NL and raise total sales"},
		"clinic":  {Text: "Lower the systolic pressure of smokers"},
		"regions": {Text: "Cut the unemployment rate", KPI: "Unemployment Rate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join("testdata", name+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			facts := receptiontest.FactsFor(t, receptiontest.Session(t), string(raw), goal)
			got, err := json.MarshalIndent(facts, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".golden.json")
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytes.TrimSpace(want), got) {
				t.Errorf("the facts are not those of %s; look at the difference after -update", golden)
			}
		})
	}
}

// TestTypes tells what single columns are, of which the other columns say nothing.
func TestTypes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		column, cells string // cells by |, repeated four times
		typ           flow.Type
		role          flow.Role
		formats       string
	}{
		"month first":                 {"when", "12/31/2023|01/02/2024|03/04/2024", flow.Date, flow.RoleTime, "%m/%d/%Y"},
		"day first":                   {"when", "31/12/2023|01/02/2024|03/04/2024", flow.Date, flow.RoleTime, "%d/%m/%Y"},
		"both orders":                 {"when", "31/12/2023|30/12/2023|12/31/2023|01/02/2024", flow.Date, flow.RoleTime, "%d/%m/%Y %m/%d/%Y"},
		"undecided with slashes":      {"when", "01/02/2024|03/04/2024", flow.Date, flow.RoleTime, "%m/%d/%Y"},
		"undecided with points":       {"when", "01.02.2024|03.04.2024", flow.Date, flow.RoleTime, "%d.%m.%Y"},
		"dates at midnight":           {"when", "2024-01-01 00:00:00|2024-01-02 00:00:00", flow.Date, flow.RoleTime, "%Y-%m-%d %H:%M:%S"},
		"times of day":                {"start", "10:30 AM|2:15 PM", flow.Time, flow.RoleTime, "%I:%M %p"},
		"compact dates need a name":   {"amount", "20240101|20240102", flow.Integer, flow.RoleMeasure, ""},
		"compact dates":               {"order_date", "20240101|20240102", flow.Date, flow.RoleTime, "%Y%m%d"},
		"decimal comma":               {"weight", "1,5|2,75|10", flow.Decimal, flow.RoleMeasure, ""},
		"comma for thousands":         {"weight", "1,500|12,750|10", flow.Integer, flow.RoleMeasure, ""},
		"currency":                    {"price", "$1,500.00|$12.50|$3", flow.Decimal, flow.RoleMeasure, ""},
		"codes with zeros":            {"store", "001|002|010|120", flow.Text, flow.RoleDimension, ""},
		"long digits":                 {"card", "1234567890123456789|2234567890123456780", flow.Text, flow.RoleDimension, ""},
		"whole numbers with decimals": {"rooms", "12.0|3.0|4.0", flow.Decimal, flow.RoleMeasure, ""},
		"zeros and ones":              {"is_open", "0|1|1", flow.Boolean, flow.RoleDimension, ""},
		"counts of zero and one":      {"death count", "0|1|1", flow.Integer, flow.RoleMeasure, ""},
		"missing tokens":              {"ibu", "N/A|-|20|35|?", flow.Integer, flow.RoleMeasure, ""},
		"too few fit":                 {"x", "1|2|3|red|blue", flow.Text, flow.RoleDimension, ""},
		"house numbers":               {"flat", "12A|13B|14C", flow.Text, flow.RoleDimension, ""},
		"units in several spellings":  {"ounces", "12.0 oz|16.0 oz.|8.4 ounce|12.0 OZ", flow.Decimal, flow.RoleMeasure, ""},
		"few with a unit":             {"abv", "0.05|0.06|0.07|0.08|0.09|0.1|0.11|0.12|0.13|0.14|0.15|0.05%", flow.Decimal, flow.RoleMeasure, ""},
		"provider numbers":            {"provider_number", "10001|10002|10003", flow.Integer, flow.RoleDimension, ""},
		"references":                  {"brewery_id", "1|2|3", flow.Integer, flow.RoleKey, ""},
		"years":                       {"year", "2001|2002", flow.Integer, flow.RoleTime, ""},
		"zip codes":                   {"zip", "90210|10001", flow.Integer, flow.RoleDimension, ""},
		"one value":                   {"source", "export", flow.Text, flow.RoleConstant, ""},
		"no value":                    {"address_2", "empty", flow.Text, flow.RoleIgnore, ""},
		"not a number":                {"measured", "NaN|1.5|2.5|inf|3.5|4.5|5.5|6.5", flow.Decimal, flow.RoleMeasure, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			b.WriteString(`"` + c.column + `",other` + "\n")
			for range 4 {
				for _, cell := range strings.Split(c.cells, "|") {
					b.WriteString(`"` + cell + `",x` + "\n")
				}
			}
			got := receptiontest.Facts(t, receptiontest.Session(t), b.String()).Columns[0]
			if got.Type != c.typ || got.Role != c.role || strings.Join(got.Formats, " ") != c.formats {
				t.Errorf("type %s, role %s, formats %v; %s", got.Type, got.Role, got.Formats, got.Why)
			}
			if got.Mean != nil && (*got.Mean != *got.Mean || *got.Mean > 1e300) {
				t.Errorf("the mean is %v", *got.Mean)
			}
		})
	}
}

func TestKeysAndGrain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ csv, keys, grain string }{
		"one column":      {"order_id,amount\nA1,5\nA2,5\nA3,6\nA4,7\nA5,1\n", "order_id", "one row for each order (order_id)"},
		"two columns":     {"shop,year,amount\na,2001,1\na,2002,1\nb,2001,1\nb,2002,1\n", "shop+year", "one row for each combination of shop and year"},
		"dates":           {"date,amount\n2024-01-01,1\n2024-01-02,2\n2024-01-03,2\n", "date", "one row for each date"},
		"none":            {"a,b\nx,1\nx,1\nx,1\ny,2\ny,2\n", "", "one row for each record; no set of up to three columns tells the rows apart"},
		"a single row":    {"a\n1\n", "", "too few rows to say what one row is"},
		"nearly a key":    {"id,x\n" + nearly(100), "id", "one row for each id; 99% of the rows are told apart by it, the rest repeats"},
		"only the header": {"a,b\n", "", "too few rows to say what one row is"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := receptiontest.Facts(t, receptiontest.Session(t), c.csv).Context
			var keys []string
			for _, k := range x.Keys {
				keys = append(keys, strings.Join(k, "+"))
			}
			if got := strings.Join(keys, " "); got != c.keys || x.Grain != c.grain {
				t.Errorf("keys %q, grain %q", got, x.Grain)
			}
		})
	}
}

// nearly writes rows with an id of which one is used twice.
func nearly(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("K" + string(rune('a'+max(i, 1)/10)) + string(rune('0'+max(i, 1)%10)) + ",same\n")
	}
	return b.String()
}

func TestGoal(t *testing.T) {
	t.Parallel()
	const table = "order_id,region,delivery_hours,revenue,late\nA1,North,5,10.5,yes\nA2,South,7,11,no\nA3,North,9,12,no\nA4,South,3,14.5,yes\n"
	for text, want := range map[string]flow.Goal{
		"Raise revenue in the North":               {KPI: "revenue", Direction: "up", Values: []string{"North"}},
		"Shorten delivery times":                   {KPI: "delivery_hours", Direction: "down"},
		"Find what explains the increase in sales": {KPI: "revenue"},
		"Reduce late orders":                       {KPI: "late", Direction: "down"},
		"":                                         {},
	} {
		got := receptiontest.FactsFor(t, receptiontest.Session(t), table, flow.Goal{Text: text}).Context.Goal
		if got.KPI != want.KPI || got.Direction != want.Direction || strings.Join(got.Values, " ") != strings.Join(want.Values, " ") || got.Text != text {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
