package semantic

import (
	"regexp"
	"strconv"
	"strings"
)

// Moment says how a date or timestamp is written.
type Moment struct {
	// Formats are the strptime formats by which the text can be read; two where day and month could be either way.
	Formats []string
	HasTime bool // a time of day stands in it
	// Midnight says that the time of day is 00:00, as dates have that were exported as timestamps.
	Midnight bool
	ISO      bool // year, month, day in this order: read without a format
}

var (
	ymdForm     = regexp.MustCompile(`^(\d{4})([-/.])(\d{1,2})([-/.])(\d{1,2})`)
	xyyForm     = regexp.MustCompile(`^(\d{1,2})([-/. ])(\d{1,2})([-/. ])(\d{4}|\d{2})(?:$|[^\d])`)
	compactForm = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:$|T)`)
	dMonY       = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?([ -./]?)(\p{L}{3,9})\.?(,? ?[-/.]?)(\d{4}|\d{2})(?:$|[^\d])`)
	monDY       = regexp.MustCompile(`^(\p{L}{3,9})(\.?[ -])(\d{1,2})(,? |-)(\d{4})(?:$|[^\d])`)
	weekdayPre  = regexp.MustCompile(`^(\p{L}{3,9})(,? )`)
	timeForm    = regexp.MustCompile(`^(,? |T)(\d{1,2}):(\d{2})(:(\d{2})([.,]\d{1,9})?)?( ?)([AaPp]\.?[Mm]\.?)?( ?(?:Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?))?$`)
	clockOnly   = regexp.MustCompile(`^([01]?\d|2[0-4]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?( ?[AaPp]\.?[Mm]\.?)?$`)
)

// IsClock says whether a text is a time of day.
func IsClock(text string) bool { return clockOnly.MatchString(text) }

// ParseMoment reads a date, with or without a time of day, in any usual notation. Compact dates ("20240131") are only
// taken between 1900 and 2100, since most other numbers of eight digits are none.
func ParseMoment(text string) (Moment, bool) {
	if len(text) < 6 || len(text) > 48 {
		return Moment{}, false
	}
	prefix := ""
	if m := weekdayPre.FindStringSubmatch(text); m != nil && weekdayName(m[1]) {
		prefix = "%A" + m[2]
		if len(m[1]) <= 3 {
			prefix = "%a" + m[2]
		}
		text = text[len(m[0]):]
	}
	formats, length, iso := dateFormats(text)
	if len(formats) == 0 {
		return Moment{}, false
	}
	m := Moment{ISO: iso && prefix == ""}
	suffix, ok := m.readTime(text[length:])
	if !ok {
		return Moment{}, false
	}
	for _, f := range formats {
		m.Formats = append(m.Formats, prefix+f+suffix)
	}
	return m, true
}

// dateFormats reads the date at the start of a text: its possible formats and its length.
func dateFormats(text string) (formats []string, length int, iso bool) {
	if m := ymdForm.FindStringSubmatch(text); m != nil && m[2] == m[4] {
		if !validDay(m[3], m[5]) {
			return nil, 0, false
		}
		return []string{"%Y" + m[2] + "%m" + m[2] + "%d"}, len(m[0]), m[2] != "."
	}
	if m := xyyForm.FindStringSubmatch(text); m != nil && m[2] == m[4] {
		year := yearFormat(m[5])
		length = len(m[1]) + len(m[3]) + len(m[5]) + 2
		if validDay(m[3], m[1]) {
			formats = append(formats, "%d"+m[2]+"%m"+m[2]+year)
		}
		if validDay(m[1], m[3]) {
			formats = append(formats, "%m"+m[2]+"%d"+m[2]+year)
		}
		return formats, length, false
	}
	if m := compactForm.FindStringSubmatch(text); m != nil && validDay(m[2], m[3]) && m[1] >= "1900" && m[1] < "2101" {
		return []string{"%Y%m%d"}, 8, false
	}
	return namedMonth(text)
}

func namedMonth(text string) (formats []string, length int, iso bool) {
	if m := dMonY.FindStringSubmatch(text); m != nil && englishMonth(m[3]) != "" {
		length = len(m[0])
		if last := m[0][length-1]; last < '0' || last > '9' {
			length--
		}
		if strings.Contains(m[0][:length], m[3]+".") || strings.ContainsAny(m[0][len(m[1]):len(m[1])+1], "snrt") && !strings.HasPrefix(m[0][len(m[1]):], m[3]) {
			return nil, 0, false // an ordinal or an abbreviation with a point: the engine has no format for it
		}
		return []string{"%d" + m[2] + englishMonth(m[3]) + m[4] + yearFormat(m[5])}, length, false
	}
	if m := monDY.FindStringSubmatch(text); m != nil && englishMonth(m[1]) != "" && validDay("1", m[3]) {
		length = len(m[0])
		if last := m[0][length-1]; last < '0' || last > '9' {
			length--
		}
		return []string{englishMonth(m[1]) + m[2] + "%d" + m[4] + "%Y"}, length, false
	}
	return nil, 0, false
}

// englishMonth is the strptime field for an English name of a month, which are those that the engine reads.
func englishMonth(name string) string {
	name = strings.ToLower(name)
	switch {
	case englishMonths[name]:
		return "%B"
	case len(name) == 3 && shortMonths[name]:
		return "%b"
	}
	return ""
}

var (
	englishMonths = set("january|february|march|april|june|july|august|september|october|november|december")
	shortMonths   = set("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec")
)

func yearFormat(digits string) string {
	if len(digits) == 2 {
		return "%y"
	}
	return "%Y"
}

func validDay(month, day string) bool {
	m, err := strconv.Atoi(month)
	if err != nil || m < 1 || m > 12 {
		return false
	}
	d, err := strconv.Atoi(day)
	return err == nil && d >= 1 && d <= 31
}

// readTime reads the time of day after a date and returns its format.
func (m *Moment) readTime(rest string) (string, bool) {
	if rest == "" {
		return "", true
	}
	t := timeForm.FindStringSubmatch(rest)
	if t == nil {
		return "", false
	}
	hour, err := strconv.Atoi(t[2])
	if err != nil || hour > 24 {
		return "", false
	}
	if t[9] != "" && !m.ISO {
		return "", false // the engine reads zones with dates in ISO order only
	}
	m.HasTime = true
	m.Midnight = (hour == 0 || hour == 12 && strings.HasPrefix(strings.ToLower(t[8]), "a")) && t[3] == "00" && strings.Trim(t[5]+t[6], "0.,") == ""
	f := t[1] + "%H:%M"
	if t[8] != "" {
		f = t[1] + "%I:%M"
	}
	if t[4] != "" {
		f += ":%S"
	}
	if t[6] != "" {
		if len(t[6]) > 7 && !m.ISO {
			return "", false // the engine reads microseconds
		}
		f += t[6][:1] + "%f"
	}
	if t[8] != "" {
		if strings.Contains(t[8], ".") {
			return "", false
		}
		f += t[7] + "%p"
	}
	return f, true // a zone stands only where the engine needs no format
}
