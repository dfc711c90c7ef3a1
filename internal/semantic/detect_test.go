package semantic_test

import (
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/semantic"
)

func TestValidators(t *testing.T) {
	t.Parallel()
	for id, c := range map[string]struct{ valid, invalid string }{
		"uuid":          {"6ca54cf2-55b1-428e-9ce5-431e73b04ac6|{6CA54CF2-55B1-428E-9CE5-431E73B04AC6}", "6ca54cf2-55b1-428e-9ce5|x"},
		"email":         {"a.b+c@example.org|x@sub.example.co.uk", "a@b|@example.org|a..b@example.org|a b@example.org|a@example..org"},
		"url":           {"https://example.org/a?b=1|ftp://x.org|www.example.org/p", "example|http://|mailto:a@b.nl|https://a b.org"},
		"ip":            {"192.168.0.1|::1|10.0.0.0/8", "256.1.1.1|1.2.3|a"},
		"mac":           {"00:1b:44:11:3a:b7|00-1B-44-11-3A-B7", "00:1b:44:11:3a|zz:1b:44:11:3a:b7"},
		"hash":          {"d41d8cd98f00b204e9800998ecf8427e|da39a3ee5e6b4b0d3255bfef95601890afd80709", "d41d8cd98f00b204|12345678901234567890123456789012|g41d8cd98f00b204e9800998ecf8427e"},
		"mime_type":     {"text/html|application/vnd.ms-excel|text/plain; charset=utf-8", "html|text|foo/bar"},
		"domain":        {"example.org|a-b.example.co.uk", "example|-a.org|a..org|a b.org"},
		"file_path":     {`/usr/local/bin|C:\x\y.txt|report.pdf`, "a|12.5|hello world"},
		"iban":          {"NL91 ABNA 0417 1643 00|DE89370400440532013000|GB82WEST12345698765432", "NL91ABNA0417164301|DE8937040044053201300|1234|NL"},
		"credit_card":   {"4111 1111 1111 1111|5500-0000-0000-0004|378282246310005", "4111 1111 1111 1112|1234|9999999999999995"},
		"bic":           {"DEUTDEFF|ABNANL2AXXX", "DEUTXXFF1|abnanl2a|AAAA"},
		"vat_id":        {"NL123456789B01|DE123456789|EL123456789", "XX123456789|NLABCDEFGHI|1"},
		"currency_code": {"EUR|USD|eur", "EU|ABC|EURO"},
		"money":         {"$1,234.50|€ 12|12 EUR|-5.10|($3.00)|1.234,56 €", "twelve|a5|5 apples and more"},
		"isbn":          {"978-0-306-40615-7|0-306-40615-2|080442957X", "978-0-306-40615-8|0-306-40615-3|123"},
		"issn":          {"2049-3630|0317-8471|2434-561X", "2049-3631|20493630|2049-36"},
		"ean":           {"4006381333931|036000291452|96385074", "4006381333932|123|00000000"},
		"version":       {"1.2.3|v2.0|10|1.2.3-rc1", "a|1..2|one"},
		"year":          {"1999|2024", "99|20245|12.5|x"},
		"month":         {"January|feb|12|2024-01|mei", "13|0|Janu|2024-13"},
		"weekday":       {"Monday|tue|0|vrijdag", "8|Mo2|day"},
		"quarter":       {"Q1|2024Q3|4|Q2 2024", "Q5|5|quarter"},
		"duration":      {"5 days|1h 30m|P1DT2H|90|01:30:00|1.5 hours", "P|PT|soon|day 5"},
		"geo_point":     {"(29.96, -90.08)|POINT (4.9 52.37)|52.3702, 4.8952", "29.96|(a, b)|1,2"},
		"latitude":      {"52.37|-90", "91|x|-90.1"},
		"longitude":     {"-118.2|180", "181|x"},
		"state":         {"CA|tx|New York|Ontario", "XX|Closed|Cal"},
		"country":       {"NL|usa|Germany|United Kingdom|deutschland", "ZZ|Atlantis|Nether"},
		"postcode":      {"90210|90210-1234|1234 AB|SW1A 1AA|K1A 0B1|00-950", "12|ABCDE|12345678"},
		"city":          {"Amsterdam|St. Louis|'s-Hertogenbosch|São Paulo", "12345|A|http://x"},
		"address":       {"1720 University Blvd|Kerkstraat 12|10 Downing Street", "Blvd|12345|here"},
		"phone":         {"+31 20 123 4567|(205) 325-8100|2053258100|205-325-8100 x12", "12|2024-01-31|3.14159265|1.2.3.4|callme"},
		"national_id":   {"078-05-1120|12345678Z|AB123456C|111222333", "000-12-3456|12345678A|123456789"},
		"gender":        {"M|female|Non-binary", "Q|malee"},
		"age":           {"0|42|119", "-1|121|old"},
		"first_name":    {"Maria|Jan Peter|O'Neil", "M4ria|one two three"},
		"last_name":     {"Smith|van der Berg", "Smith2|a b c d e"},
		"person_name":   {"Beth Anglin|van den Berg, Jan|Anne-Marie O'Neil", "Beth|Pub Beer 2|INC00001"},
		"company":       {"Acme Inc.|10 Barrel Brewing Company", "1|" + strings.Repeat("word ", 12)},
		"job_title":     {"Senior Manager|nurse", "x|Manager 2"},
		"percent":       {"12%|12,5 %|99.9|0", "101|12 percents|%"},
		"ratio":         {"0.5|1,25", "half|-"},
		"rating":        {"4/5|★★★|4.5|3 stars", "11|good"},
		"ordinal":       {"1st|Low|2 - High|P3|XL", "1|lowish"},
		"boolean":       {"yes|TRUE|n|ja", "maybe|2"},
		"language_code": {"en|nl-NL|pt_BR", "english|e|zz9"},
		"colour":        {"#ff0000|Red|#FFF", "reddish|#12"},
		"json":          {`{"a":1}|[1,2]`, "{a|1|x"},
		"code":          {"INC000123|A-12/3|12345", "two words|-x|"},
		"free_text":     {"this is a sentence", "too short here|x"},
		"region":        {"Jefferson|New South Wales", "5|A"},
	} {
		typ := semantic.Lookup(id)
		if typ == nil {
			t.Errorf("there is no type %q", id)
			continue
		}
		for _, v := range strings.Split(c.valid, "|") {
			if !typ.Valid(v) {
				t.Errorf("%s: %q is refused", id, v)
			}
		}
		for _, v := range strings.Split(c.invalid, "|") {
			if typ.Valid(v) {
				t.Errorf("%s: %q is accepted", id, v)
			}
		}
	}
}

func TestEveryTypeHasOneEntry(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, typ := range semantic.Types() {
		if seen[typ.ID] {
			t.Errorf("%s is there twice", typ.ID)
		}
		seen[typ.ID] = true
		if typ.Prior < semantic.LeastConfidence && len(typ.Hints) == 0 {
			t.Errorf("%s can never be found", typ.ID)
		}
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, values, want string }{
		{"contact", "a@example.org|b@example.org|broken", "email"},
		{"x", "a@example.org|b@example.org", "email"},
		{"zipcode(long)", "90001|90002|90003", "postcode"},
		{"state", "CA|NY|TX|WX", "state"},
		{"state", "Closed|Resolved|New", ""},
		{"statevalue", "California|Texas", "state"},
		{"iso", "NL|DE|FR|BE", ""},
		{"country", "NL|DE|FR|BE", "country"},
		{"monthnumber", "1|2|12|13", "month"},
		{"visits_per_month", "1|2|12|3", ""},
		{"per month", "1|2|12|3", "month"},
		{"yearvalue(long)", "2000|2001", "year"},
		{"assigned_to", "Beth Anglin|Fred Luddy", "person_name"},
		{"beer_name", "Pub Beer|Devil's Cup|Rise of the Phoenix", ""},
		{"abv", "0.05|0.066", "ratio"},
		{"amount", "12.5|18", "money"},
		{"total", "12|18|40", ""},
		{"serial", "FUM-85495157|QFX-47362028", "code"},
		{"priority", "1 - Critical|2 - High|4 - Low", "ordinal"},
		{"comment", "this is a long text|and this is another one", "free_text"},
		{"standarderroronearnings", "336.0|381.0", ""},
		{"weight", "1.5|2.5", ""},
		{"", "1|2", ""},
	} {
		var values []semantic.Count
		for _, v := range strings.Split(c.values, "|") {
			values = append(values, semantic.Count{Value: v, N: 3})
		}
		got, _ := semantic.Detect(c.name, values)
		if got.ID != c.want {
			t.Errorf("%s (%s): found %q (%.2f, %.2f), want %q", c.name, c.values, got.ID, got.Fit, got.Confidence, c.want)
		}
	}
}

func TestMissingToken(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"N/A", " null ", "-", "?", "", "Unknown", "#N/A", "empty", "onbekend"} {
		if !semantic.MissingToken(v) {
			t.Errorf("%q is not taken for missing", v)
		}
	}
	for _, v := range []string{"0", "no", "Nadia", "x", "-1"} {
		if semantic.MissingToken(v) {
			t.Errorf("%q is taken for missing", v)
		}
	}
}

// FuzzDetect looks for values that a validator cannot take.
func FuzzDetect(f *testing.F) {
	for _, v := range []string{"a@b.nl", "NL91ABNA0417164300", "", "(", "٣", "\xff", "http://[", "X1234567L", "-", "ISBN:"} {
		f.Add("name", v)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		for _, typ := range semantic.Types() {
			if typ.Valid(value) && typ.Strong != nil {
				typ.Strong(value)
			}
		}
		m, _ := semantic.Detect(name, []semantic.Count{{Value: value, N: 1}})
		if m.Fit < 0 || m.Fit > 1 || m.Confidence < 0 || m.Confidence > 1 {
			t.Errorf("fit %v, confidence %v", m.Fit, m.Confidence)
		}
	})
}
