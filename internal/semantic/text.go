package semantic

import (
	"encoding/json"
	"regexp"
	"strings"
)

func textTypes() []Type {
	return []Type{
		{ID: "json", Valid: validJSON, Prior: 0.98, Hints: []string{"json", "payload"}, Closed: true},
		{
			ID: "code", Valid: matches(codeForm), Strong: matches(mixedCode), Prior: 0.7, Weak: true,
			Hints: []string{"sku", "code", "serial", "serial number", "part number", "article", "article number", "asset tag", "reference", "ref", "number", "id", "key", "tag", "no", "product code", "item code", "ticker", "symbol", "fips", "naics", "sic"},
			Not:   []string{"zip", "postal", "country", "currency", "language"},
		},
		{ID: "free_text", Valid: validFreeText, Prior: 0.75, Hints: []string{"comment", "comments", "description", "note", "notes", "remark", "remarks", "message", "review", "summary", "text", "body", "feedback", "short description"}},
	}
}

var (
	codeForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/:#-]{0,39}$`)
	mixedCode = regexp.MustCompile(`^[A-Z0-9._/:#-]*(?:[A-Z][A-Z0-9._/:#-]*\d|\d[A-Z0-9._/:#-]*[A-Z])[A-Z0-9._/:#-]*$`)
)

func validJSON(v string) bool {
	if len(v) < 2 || (v[0] != '{' && v[0] != '[') {
		return false
	}
	return json.Valid([]byte(v))
}

// validFreeText accepts a sentence or a phrase of at least four words.
func validFreeText(v string) bool { return len(strings.Fields(v)) >= 4 }
