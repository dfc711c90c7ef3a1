package masking

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// stars stand for any number of characters.
const stars = "***"

// kind is how a value is masked.
type kind int

const (
	open kind = iota // shown as it is, but for what looks personal inside
	whole
	email
	phone
	iban
	card
	name
	address
	network
	birth
	postcode
	lastTwo
)

// semantics are the semantic types that say something of a person.
var semantics = map[string]kind{
	"email": email, "phone": phone, "iban": iban, "credit_card": card, "first_name": name, "last_name": name, "person_name": name,
	"full_name": name, "name": name, "address": address, "ip": network, "mac": whole, "national_id": lastTwo, "vat_id": lastTwo,
	"postcode": postcode, "latitude": whole, "longitude": whole, "geo_point": whole,
}

// hints are words in the names of columns, for columns whose content did not say what it is. The first that fits counts.
var hints = []struct {
	word string
	kind kind
}{
	{"email", email}, {"e mail", email}, {"phone", phone}, {"telephone", phone}, {"mobile", phone}, {"fax", phone}, {"iban", iban},
	{"card number", card}, {"credit card", card}, {"birth", birth}, {"birthday", birth}, {"birthdate", birth}, {"dob", birth},
	{"geburtsdatum", birth}, {"ssn", lastTwo}, {"social security", lastTwo}, {"passport", lastTwo}, {"national id", lastTwo}, {"bsn", lastTwo},
	{"tax id", lastTwo}, {"first name", name}, {"firstname", name}, {"given name", name}, {"last name", name}, {"lastname", name},
	{"surname", name}, {"family name", name}, {"full name", name}, {"fullname", name}, {"middle name", name}, {"contact name", name},
	{"customer name", name}, {"patient name", name}, {"employee name", name}, {"vorname", name}, {"nachname", name}, {"address", address},
	{"street", address}, {"strasse", address}, {"ip", network}, {"ip address", network}, {"password", whole}, {"secret", whole},
	{"account number", lastTwo},
}

// kindOf says how the values of a column are masked.
func kindOf(column, semantic string, temporal bool) kind {
	if k, ok := semantics[semantic]; ok {
		return k
	}
	words := " " + wordsOf(column) + " "
	for _, h := range hints {
		if strings.Contains(words, " "+h.word+" ") {
			if h.kind == birth && !temporal && semantic != "" && semantic != "date" && semantic != "year" {
				continue
			}
			return h.kind
		}
	}
	return open
}

// wordsOf writes the name of a column as words in lower case.
func wordsOf(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			if unicode.IsUpper(r) && lower {
				b.WriteByte(' ')
			}
			lower = unicode.IsLower(r)
			b.WriteRune(unicode.ToLower(r))
		default:
			lower = false
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// mask hides a value of the kind.
func (k kind) mask(v string) string {
	if strings.TrimSpace(v) == "" {
		return v
	}
	switch k {
	case open:
		return inside(v)
	case email:
		return maskEmail(v)
	case phone, lastTwo:
		return stars + lastOf(v, 2)
	case card:
		return stars + lastOf(v, 4)
	case iban:
		return firstOf(v, 2) + stars + lastOf(v, 2)
	case name:
		return firstOf(strings.TrimSpace(v), 1) + stars
	case network:
		return maskNetwork(v)
	case birth:
		return maskBirth(v)
	case postcode:
		return firstOf(v, 2) + stars
	default:
		return stars
	}
}

// least is how many letters and digits a text has of which some are shown: of a shorter one they would be too much.
const least = 6

func lastOf(v string, n int) string {
	signs := alnum(v)
	if len(signs) < max(least, 2*n) {
		return ""
	}
	return string(signs[len(signs)-n:])
}

func firstOf(v string, n int) string {
	r := []rune(v)
	if n > 1 && len(alnum(v)) < 4 || len(r) <= n {
		return ""
	}
	return string(r[:n])
}

func alnum(v string) []rune {
	var all []rune
	for _, r := range v {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			all = append(all, r)
		}
	}
	return all
}

// maskEmail shows the first letter and the domain.
func maskEmail(v string) string {
	at := strings.LastIndexByte(v, '@')
	if at < 1 || !domain.MatchString(v[at+1:]) {
		return stars
	}
	first, _ := utf8.DecodeRuneInString(v)
	if !unicode.IsLetter(first) && !unicode.IsDigit(first) {
		return stars + v[at:]
	}
	return string(first) + stars + v[at:]
}

var domain = regexp.MustCompile(`^[\pL\pN.-]{1,253}$`)

// maskNetwork shows the first part of an address.
func maskNetwork(v string) string {
	if at := strings.IndexAny(v, ".:"); at > 0 && at <= 4 {
		return v[:at+1] + stars
	}
	return stars
}

var year = regexp.MustCompile(`(?:^|\D)((?:18|19|20)\d\d)(?:\D|$)`)

// maskBirth shows the year.
func maskBirth(v string) string {
	if m := year.FindStringSubmatch(v); m != nil && m[1] != strings.TrimSpace(v) {
		return m[1] + "-**-**"
	}
	return stars
}

// What looks personal inside any text.
var (
	emailInside = regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+`)
	ibanInside  = regexp.MustCompile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`)
	cardInside  = regexp.MustCompile(`\b\d(?:[ -]?\d){12,18}\b`)
	phoneInside = regexp.MustCompile(`\+\d{1,3}[ ./-]?(?:\(?\d{1,4}\)?[ ./-]?){2,6}\d{2,4}\b|\(\d{3}\) ?\d{3}[ .-]\d{4}\b`)
)

// inside masks what looks personal in a text that need not be.
func inside(v string) string {
	if !strings.ContainsAny(v, "@0123456789") {
		return v
	}
	v = emailInside.ReplaceAllStringFunc(v, maskEmail)
	v = ibanInside.ReplaceAllStringFunc(v, iban.mask)
	v = cardInside.ReplaceAllStringFunc(v, func(s string) string {
		if luhn(s) {
			return card.mask(s)
		}
		return s
	})
	return phoneInside.ReplaceAllStringFunc(v, phone.mask)
}

// luhn tells card numbers from other long numbers.
func luhn(v string) bool {
	sum, n := 0, 0
	for i := len(v) - 1; i >= 0; i-- {
		if v[i] < '0' || v[i] > '9' {
			continue
		}
		d := int(v[i] - '0')
		if n%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		n++
	}
	return n >= 13 && n <= 19 && sum%10 == 0
}
