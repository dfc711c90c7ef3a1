package quality_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage/quality"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// sheet is a small table under construction.
type sheet struct {
	names []string
	rows  [][]string
}

// rows makes a table of n rows; cell gives the text of each, rows counted from 1.
func rows(n int, names []string, cell func(row int, name string) string) *sheet {
	s := &sheet{names: names}
	for i := 1; i <= n; i++ {
		line := make([]string, len(names))
		for c, name := range names {
			line[c] = cell(i, name)
		}
		s.rows = append(s.rows, line)
	}
	return s
}

// set writes a text over a cell.
func (s *sheet) set(row int, name, text string) *sheet {
	for c, n := range s.names {
		if n == name {
			s.rows[row-1][c] = text
		}
	}
	return s
}

func (s *sheet) csv() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(s.names)
	_ = w.WriteAll(s.rows)
	return b.String()
}

// findings runs the checks on a table, each for itself.
func findings(t *testing.T, csvText string, only ...string) (*engine.Session, map[string][]quality.Finding) {
	t.Helper()
	s := receptiontest.Session(t)
	facts := receptiontest.Facts(t, s, csvText)
	table := quality.NewTable(s, facts, flow.Goal{})
	out := map[string][]quality.Finding{}
	for _, c := range quality.Checks() {
		if ok, _ := c.Applies(facts); !ok || len(only) > 0 && c.ID() != only[0] {
			continue
		}
		found, err := c.Run(t.Context(), table)
		if err != nil {
			t.Fatalf("%s: %v", c.ID(), err)
		}
		if len(found) > 0 {
			out[c.ID()] = found
		}
	}
	return s, out
}

// Evidence is a query that a person runs in another program: on the table as the file has it, all text, or with the
// types that DuckDB's reader gives it, and without the row numbers.
func TestEvidenceOfEveryCheckRuns(t *testing.T) {
	t.Parallel()
	fired := map[string]bool{}
	for name, text := range troubled() {
		_, found := findings(t, text)
		dir := t.TempDir()
		path := filepath.Join(dir, "table.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, how := range []string{"all_varchar=true", "all_varchar=false"} {
			s, err := engine.Open(t.Context(), engine.Config{
				ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), Folders: []string{dir}, Threads: 1,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			if err := s.Exec(t.Context(), "CREATE TABLE data AS SELECT * FROM read_csv("+engine.Literal(path)+", header=true, "+how+")"); err != nil {
				t.Fatal(err)
			}
			for id, list := range found {
				fired[id] = true
				for _, f := range list {
					var n int64
					err := s.QueryRow(t.Context(), "SELECT count(*) FROM ("+f.Issue.Evidence.SQL+")", &n)
					if err != nil {
						t.Errorf("%s, %s, %s: %v\n%s", name, id, how, err, f.Issue.Evidence.SQL)
					}
					if err == nil && n == 0 && how == "all_varchar=true" {
						t.Errorf("%s, %s: no rows: %s", name, id, f.Issue.Evidence.SQL)
					}
				}
			}
		}
	}
	for _, c := range quality.Checks() {
		if !fired[c.ID()] && !slices.Contains(elsewhere, c.ID()) {
			t.Errorf("no table here triggers %s", c.ID())
		}
	}
}

// troubled are tables with the faults that the checks look for.
func troubled() map[string]string {
	cities := []string{"Birmingham", "Montgomery", "Huntsville", "Dothan", "Gadsden", "Florence"}
	names := []string{"id", "code", "city", "city copy", "region", "day", "amount", "tall", "month", "note", "size", "begin", "end", "yes"}
	usual := func(i int, name string) string {
		k := i * 7 % len(cities)
		switch name {
		case "id":
			return fmt.Sprintf("%d", 10000+i*3)
		case "code":
			return fmt.Sprintf("%05d", 35000+k)
		case "city", "city copy":
			return cities[k]
		case "region":
			return []string{"North", "South"}[k%2]
		case "day", "begin":
			return fmt.Sprintf("2023-%02d-%02d", 1+i%9, 1+i%20)
		case "end":
			return fmt.Sprintf("2023-%02d-%02d", 1+i%9, 4+i%20)
		case "amount":
			return fmt.Sprintf("%d", 40+i*37%61)
		case "tall":
			return fmt.Sprintf("%.1f", 1.5+float64(i*13%50)/10)
		case "month":
			return fmt.Sprintf("%d", 1+i%12)
		case "size":
			return fmt.Sprintf("%d.0 oz", 8+i%5)
		case "yes":
			return []string{"yes", "no"}[i%2]
		}
		return "seen by " + cities[(i*11+3)%len(cities)]
	}
	all := rows(240, names, usual)
	all.set(5, "city", "Birminxham").set(12, "city", "DOTHAN").set(30, "code", "35999").set(40, "region", "West").set(44, "region", "")
	all.set(50, "day", "2023-02-31").set(51, "day", "14/03/2023").set(52, "day", "1900-01-01").set(60, "amount", "9000000").set(61, "amount", "1x2")
	all.set(62, "amount", "N/A").set(63, "amount", "-").set(70, "month", "43").set(80, "note", " seen by Dothan ").set(81, "note", "seen by cafÃ©")
	all.set(82, "note", "seen\u200b by Dothan").set(83, "note", "=1+1|cmd").set(84, "note", "").set(90, "size", "9.0 ounce").set(91, "size", "9.0 OZ.")
	all.set(100, "end", "2022-01-01").set(110, "id", "10003").set(120, "city copy", "Nowhere").set(130, "note", "seen by &amp; Dothan")
	all.set(131, "yes", "Y").set(132, "yes", "TRUE").set(140, "note", "by seen Dothan")
	twins := clinics(240)
	twin := slices.Clone(twins.rows[20])
	twin[4], twin[5] = strings.ToUpper(twin[4]), "Z-9999"
	twins.rows = append(twins.rows, twin)
	twins.set(9, "fee", "2010").set(40, "name", strings.Repeat("Clinic of all Saints, ", 9)).set(50, "name", "Clinic\ufffd of Saint").
		set(60, "name", "Clinique e\u0301 of Saint")
	signs := clinics(240)
	signs.set(9, "fee", "-201").set(70, "site", "Z-1001")
	runs := rows(60, []string{"chapter", "kind"}, func(i int, name string) string {
		if name == "kind" {
			return "prose"
		}
		return "Chapter " + string(rune('A'+i/12))
	})
	runs.rows = append(runs.rows, runs.rows[7], runs.names)
	return map[string]string{
		"all": all.csv(), "orders": orders(), "twins": twins.csv(), "signs": signs.csv(), "runs": runs.csv(),
		"totals": "group,amount\na,10\nb,20\nc,30\nd,15\nTotal,75\n",
		"wide":   wide(),
		"flat":   column("w", 40, func(int) string { return "ab" }),
	}
}

// wide is a table in which two columns together, and no single one, determine a third, with names that need quoting.
func wide() string {
	s := rows(400, []string{"the \"shop\"", "n", "value", "x"}, func(i int, name string) string {
		a, b := i%5, i/5%4
		switch name {
		case "n":
			return []string{"spring", "summer", "autumn", "winter"}[b]
		case "value":
			return fmt.Sprintf("offer %c", 'A'+(a*3+b*7)%11)
		case "x":
			return fmt.Sprint(100 + i*37%91)
		}
		return fmt.Sprintf("shop %c", 'p'+a)
	})
	return s.set(33, "value", "offer Z").set(133, "value", "offer C").set(211, "value", "").csv()
}

// elsewhere are the checks that these small tables do not trigger: they rest on the faults of reading, on sums, or on
// more rows than a quick test has.
var elsewhere = []string{"arithmetic_violation", "default_value", "inconsistent_record", "mixed_encoding", "name_in_wrong_column", "ragged_row"}
