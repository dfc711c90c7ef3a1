package quality_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// column repeats a pattern of cells beside a running number, so that a check has something to go by.
func column(name string, n int, cell func(i int) string) string {
	var b strings.Builder
	b.WriteString("no," + name + "\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "%d,%s\n", i, cell(i))
	}
	return b.String()
}

func TestChecksFlagFaultsAndLeaveTheRestAlone(t *testing.T) {
	date := func(i int) string { return fmt.Sprintf("%02d/%02d/2023", 1+i%12, 13+i%15) }
	at := func(special map[int]string, usual func(int) string) func(int) string {
		return func(i int) string {
			if s, ok := special[i]; ok {
				return s
			}
			return usual(i)
		}
	}
	for _, tt := range []struct {
		name, check, csv string
		want             []string // row.column=new, of all cells of the check
	}{
		{
			"units in several spellings", "unit_in_value",
			column("size", 4, func(i int) string { return []string{"", "12.0 oz", "8.4 ounce", "16.0 OZ.", "12.0 oz. can"}[i] }),
			[]string{"1.size=12", "2.size=8.4", "3.size=16", "4.size=12"},
		},
		{"a unit that all cells write alike is a notation", "unit_in_value", column("size", 40, func(i int) string { return fmt.Sprintf("%d min", i) }), nil},
		{
			"a sign in some cells", "unit_in_value",
			column("rate", 40, at(map[int]string{3: "0.07%", 9: "0.05%"}, func(i int) string { return fmt.Sprintf("0.0%d", 1+i%9) })),
			[]string{"3.rate=0.07", "9.rate=0.05"},
		},
		{"words for gaps among numbers", "disguised_missing", column("amount", 40, at(map[int]string{4: "N/A", 8: "?"}, func(i int) string { return fmt.Sprint(i * 3) })), []string{"4.amount=", "8.amount="}},
		{
			"a number that stands for a gap", "disguised_missing",
			column("amount", 60, at(map[int]string{4: "9999", 8: "9999", 12: "9999", 16: "9999"}, func(i int) string { return fmt.Sprint(20 + i%30) })),
			[]string{"12.amount=", "16.amount=", "4.amount=", "8.amount="},
		},
		{"a letter among numbers", "type_mismatch", column("amount", 40, at(map[int]string{7: "1x2"}, func(i int) string { return fmt.Sprint(i * 7 % 40) })), []string{"7.amount="}},
		{"a slip in a date", "type_mismatch", column("day", 60, at(map[int]string{7: "0f2/14/2023"}, date)), []string{"7.day=02/14/2023"}},
		{"a day that is not on the calendar", "impossible_date", column("day", 60, at(map[int]string{7: "02/31/2023"}, date)), []string{"7.day="}},
		{"a date far from all others", "ancient_or_future_date", column("day", 60, at(map[int]string{7: "01/01/1900"}, date)), []string{"7.day="}},
		{"dates in two notations", "mixed_format", column("day", 60, at(map[int]string{7: "2023-03-14", 9: "2023-05-20"}, date)), []string{"7.day=03/14/2023", "9.day=05/20/2023"}},
		{"times of day with words", "mixed_format", column("leaves", 40, at(map[int]string{7: "Dec 2 - 7:10 p.m."}, func(i int) string { return fmt.Sprintf("%d:%02d a.m.", 1+i%12, i) })), []string{"7.leaves=7:10 p.m."}},
		{"blanks at the ends", "whitespace", column("w", 30, at(map[int]string{7: " ab "}, func(i int) string { return "ab" })), []string{"7.w=ab"}},
		{"a label with its own doubled blank", "whitespace", column("w", 30, func(i int) string { return "a  b" }), nil},
		{"text decoded wrongly", "mojibake", column("w", 30, at(map[int]string{7: "cafÃ©"}, func(i int) string { return "café" })), []string{"7.w=café"}},
		{"an invisible character", "invisible", column("w", 30, at(map[int]string{7: "ab\u200b"}, func(i int) string { return "ab" })), []string{"7.w=ab"}},
		{"a thirteenth month", "domain_violation", column("month", 60, at(map[int]string{7: "43"}, func(i int) string { return fmt.Sprint(1 + i%12) })), []string{"7.month="}},
		{"many a month, and no month", "domain_violation", column("visits_per_month", 60, at(map[int]string{7: "43"}, func(i int) string { return fmt.Sprint(1 + i%12) })), nil},
		{"a phone number is no formula", "formula_injection", column("w", 30, func(i int) string { return "+31 (20) 55512" + fmt.Sprint(10+i) }), nil},
		{"gaps alone are no errors", "missing", column("amount", 60, at(map[int]string{3: "", 8: ""}, func(i int) string { return fmt.Sprint(i * i) })), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := begin(t, tt.csv)
			got := b.texts(b.files["cells"], `SELECT __row || '.' || "column" || '=' || coalesce(new, '') FROM $ WHERE issue IN (`+b.of(tt.check)+`) ORDER BY 1`)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s flagged %q, want %q; issues: %s; skipped: %v", tt.check, got, tt.want, b.docs["quality"], b.list.Skipped)
			}
		})
	}
}

// of lists the ids of a check's issues as SQL texts.
func (b *bench) of(check string) string {
	ids := []string{"''"}
	for _, i := range b.list.Issues {
		if i.Check == check {
			ids = append(ids, "'"+i.ID+"'")
		}
	}
	return strings.Join(ids, ", ")
}

func TestSlippedWordsGoToTheirColumn(t *testing.T) {
	var b strings.Builder
	b.WriteString("no,city,state\n")
	for i := 1; i <= 60; i++ {
		city, state := []string{"Portland", "Salem", "Bend"}[i%3], []string{"OR", "WA"}[i%2]
		if i%20 == 0 {
			city, state = city+" "+state, ""
		}
		fmt.Fprintf(&b, "%d,%s,%s\n", i, city, state)
	}
	x := begin(t, b.String())
	got := x.texts(x.files["cells"], `SELECT "column" || '=' || new FROM $ WHERE __row = 20 ORDER BY 1`)
	if !slices.Equal(got, []string{"city=Bend", "state=OR"}) {
		t.Errorf("row 20: %q", got)
	}
}

func TestTotalsAreSumsAndNotACategory(t *testing.T) {
	total := begin(t, "group,amount\na,10\nb,20\nc,30\nd,15\nTotal,75\n")
	if i := total.issue("total_row", "*"); i == nil || i.Cells != 1 {
		t.Errorf("the line of totals: %+v", i)
	}
	category := begin(t, column("group", 40, func(i int) string { return []string{"Total", "Men", "Women", "Old"}[i%4] }))
	if i := category.issue("total_row", "*"); i != nil {
		t.Errorf("a category was taken for totals: %+v", i)
	}
}

func TestBrokenSumsAndOrders(t *testing.T) {
	var b strings.Builder
	b.WriteString("begin,end,quantity,price,amount\n")
	for i := 1; i <= 120; i++ {
		begin, end, amount := 1+i%20, 3+i%20+i%7, (1+i%9)*(7+i%31) // no begin determines an end
		if i == 50 {
			amount += 500
		}
		if i == 60 {
			end = 1
			begin = 20
		}
		fmt.Fprintf(&b, "2023-04-%02d,2023-04-%02d,%d,%d,%d\n", begin, end, 1+i%9, 7+i%31, amount)
	}
	x := begin(t, b.String())
	if i := x.issue("order_violation", "end"); i == nil || i.Cells != 1 || i.Examples[0].Row != 60 {
		t.Errorf("order: %+v", i)
	}
	want := fmt.Sprint((1 + 50%9) * (7 + 50%31))
	if got := x.texts(x.files["cells"], `SELECT new FROM $ WHERE __row = 50 AND "column" = 'amount'`); !slices.Equal(got, []string{want}) {
		t.Errorf("amount of row 50: %q, want %s", got, want)
	}
}

func TestEvidenceRunsAsItStands(t *testing.T) {
	x := begin(t, orders())
	s := x.open()
	from, err := s.ReadParquet(t.Context(), x.files["data"])
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(t.Context(), "CREATE TABLE data AS SELECT * EXCLUDE (__row) FROM "+from); err != nil {
		t.Fatal(err)
	}
	for _, i := range x.list.Issues {
		if err := s.Exec(t.Context(), i.Evidence.SQL); err != nil {
			t.Errorf("%s %s: %v", i.ID, i.Check, err)
		}
	}
}
