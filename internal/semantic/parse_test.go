package semantic_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/semantic"
)

func TestParseNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]semantic.Number{
		"12":                {Plain: "12", Integer: true, Digits: 2},
		"-12.50":            {Plain: "-12.50", Decimal: ".", Digits: 2},
		"1,234":             {Plain: "1.234", Decimal: ",", Either: true, Digits: 1},
		"1.234,5":           {Plain: "1234.5", Decimal: ",", Thousands: ".", Digits: 4},
		"1,234,567":         {Plain: "1234567", Thousands: ",", Integer: true, Digits: 7},
		"1 234,5":           {Plain: "1234.5", Decimal: ",", Thousands: " ", Digits: 4},
		"$ 5":               {Plain: "5", Prefix: "$ ", Integer: true, Digits: 1},
		"12.0 oz.":          {Plain: "12.0", Suffix: " oz.", Decimal: ".", Digits: 2},
		"12%":               {Plain: "12", Suffix: "%", Integer: true, Digits: 2},
		"(5.00)":            {Plain: "-5.00", Decimal: ".", Digits: 1},
		"007":               {Plain: "007", Integer: true, Leading0: true, Digits: 3},
		"1e5":               {Plain: "1e5", Digits: 1},
		".5":                {Plain: ".5", Decimal: ".", Digits: 0},
		"-€5":               {Plain: "-5", Prefix: "-€", Integer: true, Digits: 1},
		"0,123":             {Plain: "0.123", Decimal: ",", Digits: 1},
		"EUR 1.000,-":       {},
		"12 3":              {},
		"1,23,4":            {},
		"abc 5":             {},
		"5 apples and more": {},
		"2024-01-31":        {},
		"1.2.3":             {},
		"":                  {},
		"-":                 {},
	} {
		got, ok := semantic.ParseNumber(text)
		if want.Plain == "" {
			if ok {
				t.Errorf("%q is read as %+v", text, got)
			}
			continue
		}
		if !ok || got != want {
			t.Errorf("%q: %+v %v, want %+v", text, got, ok, want)
		}
	}
}

func TestParseMoment(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2024-01-31":                    "%Y-%m-%d",
		"2024/1/3":                      "%Y/%m/%d",
		"2024-01-31 10:11:12.123456789": "%Y-%m-%d %H:%M:%S.%f",
		"2024-01-31T10:11:12Z":          "%Y-%m-%dT%H:%M:%S",
		"31/01/2024":                    "%d/%m/%Y",
		"01/31/2024":                    "%m/%d/%Y",
		"01/02/2024":                    "%d/%m/%Y or %m/%d/%Y",
		"1.2.24":                        "%d.%m.%y or %m.%d.%y",
		"08/27/2021 12:00:00 AM":        "%m/%d/%Y %I:%M:%S %p",
		"3 Jan 2024":                    "%d %b %Y",
		"03-january-2024":               "%d-%B-%Y",
		"Jan 3, 2024":                   "%b %d, %Y",
		"Mon, 01 Jan 2024":              "%a, %d %b %Y",
		"20240131":                      "%Y%m%d",
		"20241331":                      "",
		"13/13/2024":                    "",
		"2024-13-01":                    "",
		"12345678":                      "",
		"hello":                         "",
		"1-2-3":                         "",
		"01/02/2024 25:00":              "",
		"31/01/2024 10:00+02:00":        "",
	} {
		m, ok := semantic.ParseMoment(text)
		if got := strings.Join(m.Formats, " or "); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"order_id":                        "order id",
		"OrderDate":                       "order date",
		"totalpopulation(long)":           "total population",
		"standarderroroncountinthousands": "standard error on count in thousands",
		"HTTPStatusCode":                  "http status code",
		"% change":                        "percent change",
		"fullcomplaintid(long)":           "full complaint id",
		"zipcode":                         "zip code",
		"brewery":                         "brewery",
		"address_1":                       "address 1",
		"":                                "",
		"größe":                           "größe",
	} {
		if got := strings.Join(semantic.Words(name), " "); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := semantic.Bracket("weight (kg)"); got != "kg" {
		t.Errorf("bracket: %q", got)
	}
	if got := semantic.Head([]string{"percent", "of", "population"}); !slices.Equal(got, []string{"percent"}) {
		t.Errorf("head: %v", got)
	}
}

func TestUnit(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"oz", "oz.", "OZ.", "ounce", " Ounces"} {
		if u, known := semantic.Unit(s); u != "oz" || !known {
			t.Errorf("%q is %q", s, u)
		}
	}
	if u, known := semantic.Unit("patients"); u != "patient" || known {
		t.Errorf("patients: %q %v", u, known)
	}
}

// FuzzParseNumber holds that what is read is a number for the standard library too, and that nothing is lost.
func FuzzParseNumber(f *testing.F) {
	for _, v := range []string{"12", "1,234.5", "€ 12,50", "(3)", "12 oz.", "1e5", "١٢", "-−5", "..5", "1'000", "12.", "\u00a05"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := semantic.ParseNumber(text)
		if !ok {
			return
		}
		if _, err := strconv.ParseFloat(n.Plain, 64); err != nil && !strings.Contains(err.Error(), "range") {
			t.Errorf("%q became %q", text, n.Plain)
		}
	})
}

// FuzzParseMoment holds that a date is read by one or two formats that name day, month and year.
func FuzzParseMoment(f *testing.F) {
	for _, v := range []string{"2024-01-31", "1/2/24", "Mon, 3 Jan 2024 10:00 PM", "20240101T10:11", "3rd May 2020", "May 3 2020"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, ok := semantic.ParseMoment(text)
		if !ok {
			return
		}
		if len(m.Formats) < 1 || len(m.Formats) > 2 {
			t.Errorf("%q: %v", text, m.Formats)
		}
		for _, format := range m.Formats {
			if !strings.Contains(format, "%d") || !strings.Contains(strings.ToLower(format), "%y") {
				t.Errorf("%q: %v", text, m.Formats)
			}
		}
	})
}

// FuzzWords holds that words are lower case and hold the name's letters in order.
func FuzzWords(f *testing.F) {
	for _, v := range []string{"order_id", "HTTPCode2", "totalpopulation(long)", "ß", "\xff(", "(", "%"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, w := range semantic.Words(name) {
			if w == "" || w != strings.ToLower(w) {
				t.Errorf("%q: word %q", name, w)
			}
		}
		semantic.Bracket(name)
	})
}
