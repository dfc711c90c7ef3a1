package masking_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/masking"
)

var table = []flow.Column{
	{Name: "mail", Semantic: "email", Type: flow.Text}, {Name: "tel", Semantic: "phone", Type: flow.Text}, {Name: "iban", Semantic: "iban"},
	{Name: "card", Semantic: "credit_card"}, {Name: "who", Semantic: "person_name"}, {Name: "surname"}, {Name: "street"},
	{Name: "ip", Semantic: "ip"}, {Name: "birthDate", Type: flow.Date}, {Name: "id", Semantic: "national_id"}, {Name: "zip", Semantic: "postcode"},
	{Name: "where", Semantic: "geo_point"}, {Name: "city", Semantic: "city"}, {Name: "note", Semantic: "free_text"}, {Name: "amount", Type: flow.Decimal},
}

func TestValuesByTheirKind(t *testing.T) {
	t.Parallel()
	m := masking.New(table)
	for _, c := range []struct{ column, in, want string }{
		{"mail", "jane.doe@x.org", "j***@x.org"}, {"mail", "no mail", "***"}, {"mail", "", ""},
		{"tel", "+31 6 1234 5642", "***42"}, {"tel", "112", "***"},
		{"iban", "NL91ABNA0417164300", "NL***00"}, {"card", "4111 1111 1111 1234", "***1234"},
		{"who", "Jane Doe", "J***"}, {"who", "J", "***"}, {"surname", "Émile", "É***"}, {"street", "1 Long Road", "***"},
		{"ip", "192.168.1.7", "192.***"}, {"ip", "2001:db8::1", "2001:***"}, {"birthDate", "1980-05-17", "1980-**-**"},
		{"birthDate", "17/05/1980", "1980-**-**"}, {"id", "123-45-6789", "***89"}, {"zip", "1012 AB", "10***"}, {"where", "52.1,4.9", "***"},
		{"city", "Leiden", "Leiden"}, {"amount", "1980.50", "1980.50"},
		{"note", "write to jane@x.org or call +31 20 123 4567", "write to j***@x.org or call ***67"},
		{"note", "paid with 4111111111111111 from NL91ABNA0417164300", "paid with ***1111 from NL***00"},
		{"note", "order 1234567890123456 of 2024", "order 1234567890123456 of 2024"},
		{"Patient Phone", "0612345678", "***78"}, // a column that nothing is known of
	} {
		if got := m.Value(c.column, c.in); got != c.want {
			t.Errorf("%s of %s: %q in the place of %q", c.in, c.column, got, c.want)
		}
	}
	if m.Cell("mail", nil) != nil || !m.Personal("mail") || m.Personal("city") || m.Personal("description") {
		t.Error("missing cells stay missing; a city is nobody's, nor is a description an IP address")
	}
}

// personal are the columns whose values must not come through.
var personal = []string{"mail", "tel", "iban", "card", "who", "surname", "street", "ip", "birthDate", "id", "zip", "where"}

func TestNoMaskedValueHoldsTheOriginal(t *testing.T) {
	t.Parallel()
	m := masking.New(table)
	rapid.Check(t, func(t *rapid.T) {
		column := rapid.SampledFrom(personal).Draw(t, "column")
		v := rapid.OneOf(rapid.StringN(4, 60, -1), rapid.StringMatching(`[a-zA-Z0-9._]{3,20}@[a-z]{1,9}\.[a-z]{2,3}`),
			rapid.StringMatching(`\+?[0-9 ()-]{7,20}`), rapid.StringMatching(`[0-9a-f:.]{7,30}`)).Draw(t, "value")
		if strings.TrimSpace(v) == "" || !utf8.ValidString(v) || strings.Trim(v, "*") == "" {
			return
		}
		got := m.Value(column, v)
		if strings.Contains(got, v) {
			t.Fatalf("%q of %s is masked as %q", v, column, got)
		}
		if again := m.Value(column, v); again != got {
			t.Fatalf("%q is masked as %q and as %q", v, got, again)
		}
	})
}

func TestMasksDoNotTellLengths(t *testing.T) {
	t.Parallel()
	m := masking.New(table)
	for _, c := range []struct{ column, short, long string }{
		{"mail", "jo@x.org", "jonathan.longname@x.org"}, {"who", "Jane", "Jane Elizabeth Doe"}, {"tel", "0612345642", "+31 (0)6 1234 5642"},
		{"street", "a street", "a very long street indeed"}, {"iban", "NL91ABNA0400", "NL91ABNA041716430000"},
	} {
		if a, b := m.Value(c.column, c.short), m.Value(c.column, c.long); a != b {
			t.Errorf("%s: %q and %q", c.column, a, b)
		}
	}
}

const document = `{"columns":[{"name":"mail","semantic_type":"email","examples":["jane.doe@x.org"],"min":"aa.bb@x.org"},
 {"name":"city","semantic_type":"city","examples":["Leiden"]}],
"issues":[{"id":"i1","check":"typo","columns":["who"],"title":"“Jane Doo” is likely Jane Doe","rows":2,
  "examples":[{"row":3,"old":"Jane Doo","new":"Jane Doe"}],
  "evidence":{"sql":"SELECT count(*) FROM data WHERE \"who\" = 'Jane Doo' OR who = 'O''Hara, Bill'","numbers":{"cells":2},"notes":["Jane Doo may be another person"]},
  "resolutions":[{"id":"map","kind":"map_values","label":"write Jane Doe","params":{"column":"who","map":{"Jane Doo":"Jane Doe"}}}]},
 {"id":"i2","check":"missing","columns":["city"],"title":"city is missing where Jane Doo lives","examples":[],"evidence":{"sql":"SELECT 'Leiden'"},"resolutions":[]},
 {"id":"i3","check":"duplicate_row","columns":["*"],"title":"two rows","examples":[{"row":1,"old":"Bill Hara,Leiden","new":""}]}],
"insights":[{"id":"n1","kind":"outstanding","title":"Peter Pan leads","measure":"amount","dimensions":["surname"],"subspace":{"surname":"Peter Pan"},
  "chart":{"mark":"bar","data":{"values":[{"surname":"Peter Pan","value":3},{"surname":"Wendy Darling","value":1}]},"encoding":{"x":{"field":"surname","type":"nominal"}}},
  "evidence":{"sql":"SELECT sum(amount) FROM data WHERE surname = 'Wendy Darling'"}}]}`

func TestDocumentsAreMaskedEverywhere(t *testing.T) {
	t.Parallel()
	masked, err := masking.New(table).Document(json.RawMessage(document))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"jane.doe", "Jane Do", "aa.bb", "Hara", "Peter", "Wendy", "Pan"} {
		if strings.Contains(string(masked), secret) {
			t.Errorf("%q is still there: %s", secret, masked)
		}
	}
	for _, plain := range []string{`"name":"mail"`, `"Leiden"`, `'Leiden'`, `"columns":["who"]`, `"check":"typo"`, `"column":"who"`, `"field":"surname"`,
		`"mark":"bar"`, `J***`, `"cells":2`, `"value":3`, `j***@x.org`, `"kind":"map_values"`, `"row":3`} {
		if !strings.Contains(string(masked), plain) {
			t.Errorf("%q is gone: %s", plain, masked)
		}
	}
	var back map[string]any
	if err := json.Unmarshal(masked, &back); err != nil {
		t.Error(err)
	}
	if _, err := masking.New(table).Document(json.RawMessage(`{"a":`)); err == nil {
		t.Error("what is no JSON was masked")
	}
}

func TestAnyValueOfAPersonalColumnIsMaskedInADocument(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.StringMatching(`[A-Z][a-z]{3,9}[ '"\\%-][A-Z][a-z]{3,9}`).Draw(t, "value")
		if strings.Contains("Jane Doe", v) { //nolint:gocritic // it is the part that must not be in it
			return
		}
		issue := flow.Issue{ID: "i", Check: "c", Columns: []string{"who"}, Title: "the value “" + v + "” is odd; " + v + " again",
			Examples: []flow.Example{{Row: 1, Old: v, New: v}}, Evidence: flow.Evidence{SQL: "SELECT '" + strings.ReplaceAll(v, "'", "''") + "'"},
			Resolutions: []flow.Resolution{{ID: "r", Kind: "map_values", Label: "write " + v, Params: map[string]any{"map": map[string]any{v: "x"}, "list": []string{v}}}}}
		raw, err := json.Marshal(flow.IssueList{Issues: []flow.Issue{issue}})
		if err != nil {
			t.Fatal(err)
		}
		masked, err := masking.New(table).Document(raw)
		if err != nil {
			t.Fatal(err)
		}
		var back flow.IssueList
		if err := json.Unmarshal(masked, &back); err != nil {
			t.Fatal(err)
		}
		x := back.Issues[0]
		params, _ := json.Marshal(x.Resolutions[0].Params)
		inside, _ := json.Marshal(v)
		for _, text := range []string{x.Title, x.Examples[0].Old, x.Examples[0].New, x.Evidence.SQL, x.Resolutions[0].Label} {
			if strings.Contains(text, v) {
				t.Fatalf("%q is still in %q", v, text)
			}
		}
		if strings.Contains(string(params), string(inside)) {
			t.Fatalf("%s is still in %s", inside, params)
		}
	})
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(document))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if masked, err := masking.New(table).Document(raw); err == nil && !json.Valid(masked) {
			t.Errorf("%q becomes %q", raw, masked)
		}
	})
}
