package semantic

import "strings"

// units maps the spellings of a unit to one of them.
var units = func() map[string]string {
	m := map[string]string{}
	for _, line := range []string{
		"%|percent|pct|per cent", "oz|ounce|ounces|fl oz|fl. oz", "lb|lbs|pound|pounds", "kg|kgs|kilo|kilos|kilogram|kilograms", "g|gr|gram|grams|gm", "mg|milligram|milligrams",
		"t|ton|tons|tonne|tonnes", "m|mtr|meter|meters|metre|metres", "cm|centimeter|centimeters|centimetre|centimetres", "mm|millimeter|millimeters", "km|kilometer|kilometers|kilometre|kilometres",
		"mi|mile|miles", "ft|foot|feet", "in|inch|inches|\"", "yd|yard|yards", "l|liter|liters|litre|litres|ltr", "ml|milliliter|milliliters|millilitre", "cl|centiliter", "gal|gallon|gallons",
		"s|sec|secs|second|seconds", "ms|millisecond|milliseconds", "min|mins|minute|minutes", "h|hr|hrs|hour|hours", "d|day|days", "wk|wks|week|weeks", "mo|mos|month|months", "y|yr|yrs|year|years",
		"°c|c|celsius|degc", "°f|fahrenheit|degf", "°|deg|degree|degrees", "km/h|kmh|kph", "mph", "m/s", "kw", "kwh", "mw|mwh", "w|watt|watts", "v|volt|volts", "hz", "khz", "mhz", "ghz",
		"b|byte|bytes", "kb", "mb", "gb", "tb", "sqft|sq ft|sq. ft|ft²|square feet", "m²|m2|sqm|sq m", "ha|acre|acres", "pcs|pc|pieces|piece|st|stk|stuks", "pt|pint|pints", "cal|kcal", "bpm", "ppm", "db", "px",
		"€|eur|euro|euros", "$|usd|dollar|dollars", "£|gbp", "¥|jpy|yen", "chf", "kr|sek|nok|dkk", "zł|pln",
	} {
		spellings := strings.Split(line, "|")
		for _, s := range spellings {
			m[s] = spellings[0]
		}
	}
	return m
}()

// Unit names the unit that a suffix of a number stands for, whatever its spelling ("ounces", "OZ." are "oz"), and says
// whether it is a known one. An unknown suffix is named by itself in lower case, without points and plural.
func Unit(suffix string) (string, bool) {
	s := strings.TrimRight(strings.ToLower(strings.TrimSpace(suffix)), ".")
	if u, ok := units[s]; ok {
		return u, true
	}
	if len(s) > 3 {
		s = strings.TrimSuffix(s, "s")
	}
	return s, false
}
