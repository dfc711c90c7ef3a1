package semantic

import (
	"regexp"
	"strings"

	"golang.org/x/text/language"
)

func languageTypes() []Type {
	return []Type{
		{ID: "boolean", Valid: inSet(booleanWords), Strong: longBoolean, Prior: 0.97, Hints: []string{"flag", "is", "has", "active", "enabled", "indicator"}, Closed: true},
		{ID: "language_code", Valid: validLanguage, Prior: 0, Hints: []string{"language", "lang", "locale", "language code", "taal", "sprache"}, Closed: true},
		{ID: "colour", Valid: validColour, Strong: validColour, Prior: 0.9, Hints: []string{"colour", "color", "kleur", "farbe"}},
	}
}

var (
	booleanWords = set("true|false|t|f|yes|no|y|n|on|off|1|0|ja|nein|nee|oui|non|sí|si|sim|não|vrai|faux|wahr|falsch|waar|onwaar|x")
	localeForm   = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z]{2,4}){0,2}$`)
	hexColour    = regexp.MustCompile(`^#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$|^rgba?\(\s*\d{1,3}\s*,`)
	colours      = set("black|white|red|green|blue|yellow|orange|purple|violet|pink|brown|grey|gray|silver|gold|beige|cyan|magenta|maroon|navy|olive|teal|turquoise|indigo|" +
		"lime|ivory|cream|tan|bronze|burgundy|charcoal|dark blue|light blue|dark green|light green|zwart|wit|rood|groen|blauw|geel|schwarz|weiß|rot|grün|blau|gelb|noir|blanc|rouge|vert|bleu|jaune")
)

func longBoolean(v string) bool { return len(v) > 1 || strings.ContainsAny(v, "ynYNtfTF") }

func validLanguage(v string) bool {
	if !localeForm.MatchString(v) {
		return false
	}
	_, err := language.Parse(strings.ReplaceAll(v, "_", "-"))
	return err == nil
}

func validColour(v string) bool { return hexColour.MatchString(v) || colours[strings.ToLower(v)] }
