package semantic

import "strings"

var missingTokens = set("n/a|na|n.a.|n.a|#n/a|#na|#n/a n/a|null|(null)|<null>|nil|none|nan|-nan|-|--|---|–|—|?|??|???|.|..|...|*|**|***|****|…|empty|(empty)|<empty>|blank|(blank)|" +
	"missing|(missing)|unknown|(unknown)|unk|undefined|not available|not applicable|not provided|not specified|not known|not reported|not recorded|not given|" +
	"unspecified|unavailable|no data|nodata|no value|tbd|tba|tbc|\\n|#ref!|#value!|#div/0!|#name?|#null!|#num!|_|''|\"\"|" +
	"onbekend|nvt|n.v.t.|leeg|geen|unbekannt|keine angabe|k.a.|leer|inconnu|non disponible|vide|desconocido|sin datos|n/d|s/d|sconosciuto|nieznany|brak")

// MissingToken says whether a text is one of the usual ways to write that a value is missing, such as "N/A" or "-".
func MissingToken(text string) bool {
	text = strings.TrimSpace(text)
	return text == "" || missingTokens[strings.ToLower(text)]
}

// MissingTokens lists the texts that MissingToken knows, in lower case and in no order.
func MissingTokens() []string {
	list := make([]string, 0, len(missingTokens))
	for t := range missingTokens {
		list = append(list, t)
	}
	return list
}
