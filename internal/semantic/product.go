package semantic

import (
	"regexp"
	"strings"
)

func productTypes() []Type {
	return []Type{
		{ID: "isbn", Valid: validISBN, Prior: 0.95, Hints: []string{"isbn"}, Closed: true},
		{ID: "issn", Valid: validISSN, Prior: 0.95, Hints: []string{"issn"}, Closed: true},
		{ID: "ean", Valid: validEAN, Prior: 0.85, Hints: []string{"ean", "gtin", "upc", "barcode", "bar code"}, Closed: true},
		{ID: "version", Valid: matches(versionForm), Strong: matches(semverForm), Prior: 0.85, Hints: []string{"version", "release", "build", "revision"}},
	}
}

var (
	versionForm = regexp.MustCompile(`^[vV]?\d+(\.\d+){0,3}([-+.]?[0-9A-Za-z][0-9A-Za-z.-]*)?$`)
	semverForm  = regexp.MustCompile(`^[vV]?\d{1,3}\.\d{1,4}\.\d{1,6}([-+.][0-9A-Za-z.-]+)?$|^[vV]\d+(\.\d+)+$`)
)

// validEAN accepts EAN-8, UPC-A, EAN-13 and GTIN-14 by their check digit (GS1 General Specifications, 7.9).
func validEAN(v string) bool {
	d, ok := digitsOf(v, " -")
	if !ok {
		return false
	}
	switch len(d) {
	case 8, 12, 13, 14:
	default:
		return false
	}
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			n *= 3
		}
		sum += n
	}
	return sum%10 == 0 && strings.Trim(d, "0") != ""
}

// validISBN accepts ISBN-10 and ISBN-13 by their check digit (ISO 2108).
func validISBN(v string) bool {
	v = strings.ToUpper(strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(v), "ISBN"), ":")))
	d := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, v)
	if len(d) == 13 {
		return (strings.HasPrefix(d, "978") || strings.HasPrefix(d, "979")) && validEAN(d)
	}
	if len(d) != 10 || !isDigits(d[:9]) {
		return false
	}
	sum := 0
	for i := range 9 {
		sum += (10 - i) * int(d[i]-'0')
	}
	return checkX(sum, d[9])
}

// validISSN accepts dddd-dddC by its check digit (ISO 3297).
func validISSN(v string) bool {
	v = strings.ToUpper(v)
	if len(v) != 9 || v[4] != '-' || !isDigits(v[:4]+v[5:8]) {
		return false
	}
	d := v[:4] + v[5:]
	sum := 0
	for i := range 7 {
		sum += (8 - i) * int(d[i]-'0')
	}
	return checkX(sum, d[7])
}

// checkX completes a weighted sum modulo 11, in which X stands for ten.
func checkX(sum int, check byte) bool {
	switch {
	case check == 'X':
		sum += 10
	case check >= '0' && check <= '9':
		sum += int(check - '0')
	default:
		return false
	}
	return sum%11 == 0
}
