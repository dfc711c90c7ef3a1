package semantic

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Words splits a column's name into lower-case words: at blanks, punctuation, changes of case and of letters to
// digits, and inside run-together names ("totalpopulation") where all parts are known words. What stands in brackets
// is left out ("weight (kg)"); Bracket returns it.
func Words(name string) []string {
	if i := strings.IndexAny(name, "(["); i > 0 {
		name = name[:i]
	}
	var words []string
	for _, raw := range splitName(name) {
		words = append(words, segment(raw)...)
	}
	return words
}

// Bracket returns what stands in brackets at the end of a column's name, often a unit; empty where nothing does.
func Bracket(name string) string {
	name = strings.TrimSpace(name)
	open := strings.LastIndexAny(name, "([")
	if open < 1 || !strings.ContainsAny(name[len(name)-1:], ")]") {
		return ""
	}
	return strings.TrimSpace(name[open+1 : len(name)-1])
}

// Head returns the words of a name up to its first preposition, without filler: "percent of population" is about a
// percent, "state value" about a state.
func Head(words []string) []string {
	for i, w := range words {
		if i > 0 && i+1 < len(words) && prepositions[w] {
			words = words[:i]
			break
		}
	}
	for len(words) > 1 && fillers[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	return words
}

// Counted returns the words of a name without what it is counted by: "visits per month" is about visits, and no month.
func Counted(words []string) []string {
	if i := slices.Index(words, "per"); i > 0 && i+1 < len(words) {
		return words[:i]
	}
	return words
}

// HasWord says whether one of the wanted words is among the words of a name.
func HasWord(words []string, wanted ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(wanted, w) })
}

var (
	prepositions = set("of|on|per|by|in|for|from|to|with|at|during|among")
	fillers      = set("value|values|field|col|column|data|info|desc|description|text|str|val|raw|orig|original|clean|new|old|1|2|3|4|5")
)

func splitName(name string) []string {
	var words []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			words = append(words, strings.ToLower(b.String()))
			b.Reset()
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if r == '%' {
				flush()
				words = append(words, "percent")
			} else if r != '\'' {
				flush()
			}
			continue
		}
		if i > 0 && b.Len() > 0 && boundary(runes, i) {
			flush()
		}
		b.WriteRune(r)
	}
	flush()
	return words
}

// boundary says whether a word begins at i inside a run of letters and digits.
func boundary(runes []rune, i int) bool {
	before, here := runes[i-1], runes[i]
	switch {
	case unicode.IsLower(before) && unicode.IsUpper(here):
		return true
	case unicode.IsUpper(before) && unicode.IsUpper(here) && i+1 < len(runes) && unicode.IsLower(runes[i+1]):
		return true
	default:
		return unicode.IsDigit(before) != unicode.IsDigit(here)
	}
}

// segment cuts a run-together word into known words, or returns it whole where that does not come out even.
func segment(word string) []string {
	known := vocabulary()
	if known[word] || len(word) < 5 || len(word) > 60 {
		return []string{word}
	}
	// cost[i] is the least number of words for word[:i]; few long words beat many short ones.
	cost := make([]int, len(word)+1)
	from := make([]int, len(word)+1)
	for i := 1; i <= len(word); i++ {
		cost[i] = -1
		for j := max(0, i-longestWord); j < i; j++ {
			if cost[j] >= 0 && known[word[j:i]] && (cost[i] < 0 || cost[j]+1 < cost[i]) {
				cost[i], from[i] = cost[j]+1, j
			}
		}
	}
	if cost[len(word)] < 0 {
		return []string{word}
	}
	var parts []string
	for i := len(word); i > 0; i = from[i] {
		parts = append(parts, word[from[i]:i])
	}
	slices.Reverse(parts)
	return parts
}

const longestWord = 16

// vocabulary holds the words that run-together column names are made of.
var vocabulary = sync.OnceValue(func() map[string]bool {
	return set(commonWords)
})

const commonWords = "in|by|cnty|thousand|thousands|million|millions|hundred|law|account|active|actual|address|age|amount|animal|annual|approved|area|arrest|asset|assigned|author|average|" +
	"avg|balance|bank|base|bath|bathroom|bathrooms|bed|bedroom|bedrooms|begin|bias|billing|birth|block|board|book|boro|borough|" +
	"brand|budget|building|business|call|caller|campaign|capacity|card|case|cases|category|census|century|change|channel|" +
	"characteristic|charge|city|claim|class|client|close|closed|code|color|colour|comment|company|complaint|complete|" +
	"completion|condition|contact|contract|cost|count|country|county|create|created|credit|crime|currency|current|customer|" +
	"cust|daily|data|date|day|days|death|deaths|debit|delay|deliver|delivered|delivery|department|dept|depth|desc|description|" +
	"destination|detail|device|diagnosis|direction|discount|distance|district|division|doctor|domain|due|duration|" +
	"earnings|education|effective|email|employee|employees|employer|end|energy|entry|error|estimate|event|expense|expiration|expiry|" +
	"facility|family|fare|father|fax|fee|fees|female|females|file|final|finish|fips|first|flag|flight|floor|flow|frequency|freq|from|full|" +
	"gender|given|goal|grade|graduate|gross|group|growth|guest|guests|hate|head|health|height|high|home|hospital|hour|hours|house|" +
	"household|households|id|image|incident|income|index|indicator|industry|initial|insurance|interest|invoice|is|issue|item|job|" +
	"joined|key|kind|label|land|language|last|lat|latitude|law|lead|length|level|license|limit|line|list|lng|loan|location|lon|" +
	"long|longitude|loss|lot|low|mail|male|males|manager|margin|marital|market|material|max|maximum|mean|measure|median|member|method|" +
	"middle|minimum|min|minutes|mobile|mode|model|modified|month|monthly|months|mother|motive|name|nation|nationality|net|new|note|" +
	"notes|num|number|occupancy|occupation|of|offense|office|on|one|open|opened|operator|order|orders|origin|owner|page|panel|parcel|parent|" +
	"patient|patients|patrol|payment|pct|people|per|percent|percentage|period|person|phone|pickup|place|plan|plant|platform|play|point|" +
	"points|policy|population|position|postal|postcode|precinct|price|primary|priority|process|processed|product|profit|program|" +
	"project|property|province|provider|purchase|quantity|quarter|race|ethnicity|rank|rate|rating|ratio|reason|received|record|" +
	"reference|ref|region|release|rent|rental|report|request|resolved|response|result|return|revenue|review|reviews|risk|role|room|rooms|" +
	"route|row|salary|sale|sales|sample|school|score|season|second|section|segment|seller|serial|service|session|sex|share|ship|" +
	"shipped|shipping|short|size|source|speed|staff|standard|start|state|station|status|stock|stop|store|street|student|students|" +
	"stub|style|sub|subject|supplier|survey|system|target|tax|team|temperature|term|test|time|timestamp|title|to|total|town|" +
	"track|transaction|trip|two|type|unit|units|update|updated|url|user|value|vehicle|vendor|version|visit|visits|volume|" +
	"wage|warehouse|warranty|website|week|weekday|weight|width|year|years|yield|zero|zip|zone"
