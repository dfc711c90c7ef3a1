package quality_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage/quality"
)

// flagged lists the cells of findings as row.column=new; a finding without a query of its own counts by its number.
func flagged(t *testing.T, s *engine.Session, list []quality.Finding) []string {
	t.Helper()
	var out []string
	for _, f := range list {
		if f.Cells == "" {
			for _, r := range f.Issue.Resolutions {
				if r.Kind == "map_values" {
					out = append(out, fmt.Sprintf("%s: %v", f.Issue.Columns[0], r.Params["map"]))
				}
			}
			continue
		}
		r, err := s.Query(t.Context(), `SELECT __row || '.' || "column" || '=' || coalesce(new, '') FROM (`+f.Cells+") ORDER BY 1")
		if err != nil {
			t.Fatalf("%v\n%s", err, f.Cells)
		}
		for r.Next() {
			var x string
			if err := r.Scan(&x); err != nil {
				t.Fatal(err)
			}
			out = append(out, x)
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
	}
	slices.Sort(out)
	return out
}

var towns = []string{"Birmingham", "Montgomery", "Huntsville", "Dothan", "Gadsden", "Florence"}

// clinics is a table of records: the code determines the town and the town the region.
func clinics(n int) *sheet {
	return rows(n, []string{"code", "town", "region", "fee", "name", "site"}, func(i int, name string) string {
		k := i * 7 % len(towns)
		switch name {
		case "code":
			return fmt.Sprintf("AL-%03d", 100+k)
		case "town":
			return towns[k]
		case "region":
			return []string{"North", "South"}[k%2]
		case "fee":
			return fmt.Sprint(180 + i*37%61)
		case "name":
			return fmt.Sprintf("Clinic %c%c%c of Saint %c%c%c", 'A'+i%26, 'a'+i*7%26, 'b'+i/26%24, 'K'+i*3%14, 'a'+i*5%26, 'a'+i/9%26)
		}
		return fmt.Sprintf("Z-%04d", 1000+i)
	})
}

func TestRelationsBetweenCells(t *testing.T) {
	t.Parallel()
	all := func(*sheet) {}
	for _, tt := range []struct {
		name, check string
		spoil       func(*sheet)
		want        []string
	}{
		{"nothing wrong: slips", "typo", all, nil},
		{"a slip in a town", "typo", func(s *sheet) { s.set(5, "town", "Florxnce").set(76, "town", "Gadsdxn") }, []string{"town: map[Florxnce:Florence Gadsdxn:Gadsden]"}},
		{"nothing wrong: dependencies", "fd_violation", all, nil},
		{"another town than the code says", "fd_violation", func(s *sheet) { s.set(12, "town", "Dothan").set(12, "region", "South") }, nil},
		{"nothing wrong: derived", "derived_column", all, nil},
		{"nothing wrong: runs", "inconsistent_record", all, nil},
		{"nothing wrong: keys", "duplicate_key", all, nil},
		{"a key twice", "duplicate_key", func(s *sheet) { s.set(60, "site", "Z-1005") }, []string{"60.site="}},
		{"nothing wrong: rows", "duplicate_row", all, nil},
		{"nothing wrong: capitals", "case_variant", all, nil},
		{"capitals in one cell", "case_variant", func(s *sheet) { s.set(6, "town", "BIRMINGHAM") }, []string{"town: map[BIRMINGHAM:Birmingham]"}},
		{"nothing wrong: spelling", "spelling_variant", all, nil},
		{"a dot too much", "spelling_variant", func(s *sheet) { s.set(6, "town", "Birmingham.") }, []string{"town: map[Birmingham.:Birmingham]"}},
		{"nothing wrong: numbers", "numeric_outlier", all, nil},
		{"a number far beyond", "numeric_outlier", func(s *sheet) { s.set(9, "fee", "90000000") }, []string{"9.fee="}},
		{"nothing wrong: patterns", "pattern_outlier", all, nil},
		{"a code built differently", "pattern_outlier", func(s *sheet) { s.set(9, "site", "Z1009x") }, []string{"9.site="}},
		{"nothing wrong: lengths", "length_outlier", all, nil},
		{
			"cells run together", "length_outlier",
			func(s *sheet) {
				s.set(9, "name", "Clinic A of Saint B; Clinic C of Saint D; Clinic E of Saint F; Clinic G of Saint H; Clinic I of Saint J; Clinic K of Saint L")
			},
			[]string{"9.name="},
		},
		{"nothing wrong: scale", "scale_error", all, nil},
		{"ten times and a tenth", "scale_error", func(s *sheet) { s.set(9, "fee", "2010").set(19, "fee", "20.1") }, []string{"19.fee=201", "9.fee=201"}},
		{"nothing wrong: signs", "sign_error", all, nil},
		{"the wrong sign", "sign_error", func(s *sheet) { s.set(9, "fee", "-201") }, []string{"9.fee=201"}},
		{"nothing wrong: records", "near_duplicate", all, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table := clinics(240)
			tt.spoil(table)
			s, found := findings(t, table.csv(), tt.check)
			if got := flagged(t, s, found[tt.check]); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestLikeRecordsAreTold(t *testing.T) {
	t.Parallel()
	table := clinics(200)
	twin := slices.Clone(table.rows[20])
	twin[4] = strings.ToUpper(twin[4]) + "."
	twin[5] = "Z-9999"
	table.rows = append(table.rows, twin)
	s, found := findings(t, table.csv(), "near_duplicate")
	if got := flagged(t, s, found["near_duplicate"]); !slices.Equal(got, []string{"201.*="}) {
		t.Errorf("flagged %q", got)
	}
	same := slices.Clone(table.rows[30])
	same[3] = "999" // another fee is another record
	table.rows[200] = same
	s, found = findings(t, table.csv(), "near_duplicate")
	if got := flagged(t, s, found["near_duplicate"]); len(got) > 0 {
		t.Errorf("flagged %q", got)
	}
}

// Look-alikes: what the checks must leave alone.
func TestRightfulOddities(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, check string
		cell        func(i int) string
	}{
		{"a heavy tail is no matter of scale", "scale_error", func(i int) string { return fmt.Sprint(i * i * i % 100003) }},
		{"temperatures cross zero", "sign_error", func(i int) string { return fmt.Sprint(i*7%40 - 3) }},
		{"many refunds", "sign_error", func(i int) string { return fmt.Sprint((100 + i*7%40) * []int{1, 1, 1, 1, -1}[i%5]) }},
		{"names follow no pattern", "pattern_outlier", func(i int) string {
			return []string{"Anna B.", "j. smith", "Lee-Ann 3rd", "O'Hara"}[i%4] + fmt.Sprint(i)
		}},
		{"remarks are short and long", "length_outlier", func(i int) string { return fmt.Sprintf("%0*d remark", 1+i*i%90, i) }},
		{"a heavy tail", "numeric_outlier", func(i int) string { return fmt.Sprint(i * i * i) }},
		{"codes in which capitals matter", "case_variant", func(i int) string { return []string{"A", "a"}[i%2] }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, found := findings(t, column("x", 200, tt.cell), tt.check)
			if got := flagged(t, s, found[tt.check]); len(got) > 0 {
				t.Errorf("flagged %q", got)
			}
		})
	}
}
