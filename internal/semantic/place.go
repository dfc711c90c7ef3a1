package semantic

import (
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

func placeTypes() []Type {
	return []Type{
		{ID: "geo_point", Valid: validPoint, Prior: 0.97, Hints: []string{"location", "point", "coordinates", "geo", "geom", "geometry"}},
		{ID: "latitude", Valid: decimalWithin(-90, 90), Prior: 0, Hints: []string{"lat", "latitude"}, Closed: true},
		{ID: "longitude", Valid: decimalWithin(-180, 180), Prior: 0, Hints: []string{"lon", "lng", "long", "longitude"}, Closed: true},
		{ID: "state", Valid: validState, Strong: validState, Prior: 0.8, Hints: []string{"state", "state code", "st", "province", "state name", "state abbreviation"}, Closed: true},
		{ID: "country", Valid: validCountry, Strong: countryName, Prior: 0.9, Hints: []string{"country", "country code", "nation", "country name", "nationality", "iso country", "land"}, Closed: true},
		{ID: "postcode", Valid: validPostcode, Strong: matches(letterPostcode), Prior: 0.85, Hints: []string{"zip", "postcode", "zip code", "post code", "postal code", "plz", "postal", "zipcode"}, Closed: true},
		{ID: "city", Valid: placeName, Prior: 0, Hints: []string{"city", "town", "municipality", "city name", "village", "ville", "stad", "plaats", "ort"}},
		{ID: "region", Valid: placeName, Prior: 0, Hints: []string{"region", "county", "district", "borough", "boro name", "county name", "region name", "territory", "province", "continent", "area name"}},
		{ID: "address", Valid: validAddress, Strong: matches(streetForm), Prior: 0.85, Hints: []string{"address", "street", "addr", "street address", "adres", "strasse"}, Not: []string{"email", "ip", "mac", "web"}},
	}
}

var (
	pointForm      = regexp.MustCompile(`(?i)^(?:POINT\s*)?[(\[]\s*-?\d{1,3}\.\d+\s*[, ]\s*-?\d{1,3}\.\d+\s*[)\]]$|^-?\d{1,3}\.\d{2,}\s*[,;]\s*-?\d{1,3}\.\d{2,}$`)
	letterPostcode = regexp.MustCompile(`^(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d|[1-9]\d{3} ?[A-Z]{2})$`)
	digitPostcode  = regexp.MustCompile(`^(?:(?:[A-Z]{1,2}-)?\d{4,6}|\d{5}-\d{4}|\d{5}-\d{3}|\d{3}-\d{4}|\d{2}-\d{3}|\d{3} \d{2}|\d{9}|\d{3})$`)
	streetForm     = regexp.MustCompile(`(?i)^\d+[a-z]?[ -].*\b(?:st|street|ave|avenue|av|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|way|pl|place|pkwy|parkway|hwy|highway|ter|terrace|cir|circle|sq|square)\b\.?|` +
		`(?:straat|strasse|straße|str\.|laan|weg|plein|gracht|kade)\s\d+|^(?:rue|via|calle|avenida|rua|place|plaza)\s`)
	placeForm = regexp.MustCompile(`^['’]?\p{L}[\p{L}\p{M} .,'’()/&-]*\d?$`)
)

// decimalWithin accepts numbers with decimals, which a coordinate has, or whole ones, inside the bounds.
func decimalWithin(low, high float64) func(string) bool { return within(low, high, false) }

func validPoint(v string) bool { return pointForm.MatchString(v) }

// validPostcode accepts the forms of the larger countries, zip codes that lost a leading zero included.
func validPostcode(v string) bool {
	return letterPostcode.MatchString(strings.ToUpper(v)) || digitPostcode.MatchString(v)
}

func validState(v string) bool { return states[strings.ToLower(v)] }

// placeName accepts what could be the name of a place: letters, few words.
func placeName(v string) bool {
	return len(v) >= 2 && len(v) <= 60 && strings.Count(v, " ") <= 6 && placeForm.MatchString(v)
}

func validAddress(v string) bool {
	if streetForm.MatchString(v) {
		return true
	}
	digit := strings.IndexFunc(v, unicode.IsDigit) >= 0
	letter := strings.IndexFunc(v, unicode.IsLetter) >= 0
	return digit && letter && strings.Contains(v, " ") && len(v) <= 200
}

type countryNames struct{ codes, names map[string]bool }

// countries knows ISO 3166 codes (two and three letters, upper case) and English names (lower case).
var countries = sync.OnceValue(func() countryNames {
	c := countryNames{codes: map[string]bool{"UK": true}, names: set("usa|uk|u.s.|u.s.a.|united states of america|great britain|england|scotland|wales|" +
		"northern ireland|holland|the netherlands|czech republic|south korea|north korea|korea|russia|russian federation|viet nam|turkey|ivory coast|" +
		"cape verde|hong kong|macau|taiwan|burma|swaziland|republic of ireland|uae|bosnia|trinidad|palestine|macedonia|congo|deutschland|nederland|" +
		"españa|france|italia|österreich|schweiz|suisse|belgië|belgique|polska|brasil|méxico|iran|syria|venezuela|bolivia|tanzania|moldova|laos")}
	namer := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !r.IsCountry() || r.String() != string([]rune{a, b}) {
				continue
			}
			c.codes[r.String()] = true
			c.codes[r.ISO3()] = true
			c.names[strings.ToLower(namer.Name(r))] = true
		}
	}
	return c
})

func countryName(v string) bool { return len(v) > 3 && countries().names[strings.ToLower(v)] }

func validCountry(v string) bool {
	return countries().codes[strings.ToUpper(v)] || countries().names[strings.ToLower(v)]
}

// states holds codes and names of the states of the United States and its territories, and Canada's provinces.
var states = set("al|ak|az|ar|ca|co|ct|de|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|ok|or|pa|ri|sc|sd|tn|tx|ut|vt|va|wa|wv|wi|wy|" +
	"dc|pr|gu|vi|as|mp|aa|ae|ap|fm|mh|pw|alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|" +
	"kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico|" +
	"new york|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|" +
	"washington|west virginia|wisconsin|wyoming|district of columbia|puerto rico|guam|american samoa|virgin islands|northern mariana islands|" +
	"ab|bc|mb|nb|nl|ns|nt|nu|on|pe|qc|sk|yt|alberta|british columbia|manitoba|new brunswick|newfoundland and labrador|nova scotia|ontario|" +
	"prince edward island|quebec|québec|saskatchewan|yukon|northwest territories|nunavut")
