package semantic

import (
	"regexp"
	"strings"

	"golang.org/x/text/currency"
)

func financeTypes() []Type {
	return []Type{
		{ID: "iban", Valid: validIBAN, Prior: 0.99, Hints: []string{"iban", "bank account"}, Closed: true},
		{ID: "credit_card", Valid: validCard, Prior: 0.9, Hints: []string{"credit card", "card number", "card", "pan", "cc"}, Closed: true},
		{ID: "bic", Valid: validBIC, Prior: 0, Hints: []string{"bic", "swift", "swift code", "bic code"}, Closed: true},
		{ID: "vat_id", Valid: validVAT, Prior: 0, Hints: []string{"vat", "vat id", "vat number", "tax id", "btw", "ust id"}, Closed: true},
		{ID: "currency_code", Valid: validCurrency, Strong: commonCurrency, Prior: 0.9, Hints: []string{"currency", "currency code", "ccy", "iso currency"}, Closed: true},
		{
			ID: "money", Valid: validMoney, Strong: matches(moneyForm), Prior: 0.96,
			Hints: []string{
				"price", "cost", "amount", "revenue", "sales", "salary", "wage", "fee", "fees", "earnings", "income", "budget", "expense",
				"expenses", "payment", "balance", "fare", "rent", "tax", "profit", "spend", "charge", "charges", "turnover", "debit", "credit", "premium",
				"total price", "total cost", "total amount", "unit price", "list price", "loan", "bonus", "discount amount", "invoice total", "order total", "value usd",
			},
			Not: []string{"id", "error", "rate", "percent", "pct", "percentage", "number", "code", "date", "count", "type", "method", "status", "ratio"},
		},
	}
}

var (
	bicForm   = regexp.MustCompile(`^[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}([A-Z0-9]{3})?$`)
	vatForm   = regexp.MustCompile(`^([A-Z]{2})[ -]?[A-Z0-9]{2}[A-Z0-9 .-]{5,13}$`)
	moneyForm = regexp.MustCompile(`^[-(]?\s*(?:(?:[A-Z]{2,3})?\s?[$€£¥₹₽₩₺₫₴₪฿]|USD|EUR|GBP|CHF|JPY|CAD|AUD|INR|SEK|NOK|DKK|PLN|CNY|BRL|MXN|ZAR|kr\.?|zł|R\$)\s?-?` +
		`\d[\d.,' \x{00a0}]*\)?$|^[-(]?\d[\d.,' \x{00a0}]*\s?(?:[$€£¥₹₽₩₺₫₴₪฿]|USD|EUR|GBP|CHF|JPY|CAD|AUD|INR|SEK|NOK|DKK|PLN|CNY|BRL|MXN|ZAR|kr\.?|zł|Kč)\)?$`)
)

// ibanLength is the length of an IBAN by country (SWIFT IBAN registry); countries that are not listed pass with 15 to 34.
var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
	"FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
	"MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}

// validIBAN checks form, the country's length and the remainder by 97 (ISO 13616, ISO 7064 MOD 97-10).
func validIBAN(v string) bool {
	v = strings.ToUpper(strings.ReplaceAll(v, " ", ""))
	if len(v) < 15 || len(v) > 34 || !isLetters(v[:2]) || !isDigits(v[2:4]) {
		return false
	}
	if n, ok := ibanLength[v[:2]]; ok && n != len(v) {
		return false
	}
	rest := 0
	for _, r := range v[4:] + v[:4] {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// validCard checks length, issuer digit and the Luhn digit (ISO/IEC 7812-1).
func validCard(v string) bool {
	d, ok := digitsOf(v, " -")
	return ok && len(d) >= 13 && len(d) <= 19 && d[0] >= '3' && d[0] <= '6' && luhn(d)
}

func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

func validBIC(v string) bool {
	m := bicForm.FindStringSubmatch(v)
	return m != nil && countries().codes[m[1]]
}

func validVAT(v string) bool {
	m := vatForm.FindStringSubmatch(strings.ToUpper(v))
	return m != nil && (countries().codes[m[1]] || m[1] == "EL" || m[1] == "XI") && strings.ContainsAny(v, "0123456789")
}

func validCurrency(v string) bool {
	if len(v) != 3 || !isLetters(v) {
		return false
	}
	_, err := currency.ParseISO(v)
	return err == nil
}

var common = set("USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|INR|SEK|NOK|DKK|PLN|CZK|HUF|CNY|BRL|MXN|ZAR|SGD|HKD|KRW|TRY|RUB")

func commonCurrency(v string) bool { return common[v] }

func validMoney(v string) bool {
	if moneyForm.MatchString(v) {
		return true
	}
	_, ok := ParseNumber(v)
	return ok
}

// digitsOf strips the separators and says whether only digits were left.
func digitsOf(v, separators string) (string, bool) {
	d := strings.Map(func(r rune) rune {
		if strings.ContainsRune(separators, r) {
			return -1
		}
		return r
	}, v)
	return d, isDigits(d)
}

func isDigits(v string) bool {
	for i := range len(v) {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return v != ""
}

func isLetters(v string) bool {
	for i := range len(v) {
		if c := v[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return v != ""
}
