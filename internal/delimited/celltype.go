package delimited

import (
	"bytes"
	"strings"
)

// class is what a cell reads as, seen by itself.
type class int

const (
	emptyCell class = iota
	numberCell
	momentCell // a date, a time, or both
	linkCell   // a URL, an e-mail address, an identifier with digits and dashes
	wordCell
	phraseCell
	otherCell
)

// weight is how much a cell of the class speaks for the dialect that cut it out.
func (c class) weight() float64 {
	return [...]float64{emptyCell: 0.5, numberCell: 1, momentCell: 1, linkCell: 0.95, wordCell: 0.9, phraseCell: 0.75, otherCell: 0.15}[c]
}

// typed says whether values of the class look unlike names.
func (c class) typed() bool { return c == numberCell || c == momentCell }

// classify reads a cell.
func classify(cell []byte) class {
	t := bytes.TrimSpace(cell)
	if len(t) == 0 {
		return emptyCell
	}
	if len(t) > 400 {
		return phraseCell
	}
	digits, letters, spaces, odds := census(t)
	switch {
	case isNumber(t):
		return numberCell
	case digits >= 2 && isMoment(t):
		return momentCell
	case isLink(t):
		return linkCell
	case odds == 0 && spaces == 0 && letters+digits > 0:
		return wordCell
	case odds == 0 && letters > 0:
		return phraseCell
	}
	return otherCell
}

// census counts digits, letters (every byte beyond ASCII is one), blanks, and the signs that separate fields rather
// than belong to a value.
func census(t []byte) (digits, letters, spaces, odds int) {
	for _, c := range t {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= 0x80:
			letters++
		case c == ' ':
			spaces++
		case strings.IndexByte(",;|\t\"^~\x1f\x1e\n{}[]<>=", c) >= 0:
			odds++
		}
	}
	return digits, letters, spaces, odds
}

// isNumber accepts signs, currency signs, percent, exponents, and either notation of thousands and decimals.
func isNumber(t []byte) bool {
	s := strings.TrimSuffix(string(t), "%")
	for _, p := range []string{"+", "-", "$", "€", "£", "¥", "-"} {
		s = strings.TrimPrefix(s, p)
	}
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(s, "€"), "$"))
	switch strings.ToLower(s) {
	case "nan", "inf", "na", "null":
		return true
	}
	digits, marks := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
			marks = 0
		case c == '.' || c == ',':
			if marks++; marks > 1 {
				return false
			}
		case (c == 'e' || c == 'E') && digits > 0 && i+1 < len(s):
			exponent := strings.TrimLeft(s[i+1:], "+-")
			return exponent != "" && strings.Trim(exponent, "0123456789") == ""
		default:
			return false
		}
	}
	return digits > 0
}

// isMoment accepts dates, times and both together: words of digits parted by the signs of dates and times, with the
// names of months, days and zones between them.
func isMoment(t []byte) bool {
	if len(t) < 4 || len(t) > 40 {
		return false
	}
	sure, month := false, false
	words := strings.FieldsFunc(string(t), func(r rune) bool { return r == ' ' || r == 'T' || r == ',' })
	for _, w := range words {
		switch {
		case isCalendarWord(w):
			month = month || len(w) >= 3
		case dateParts(w):
			sure = true
		case strings.Trim(w, "0123456789.+-Z") == "" && len(w) <= 6:
		default:
			return false
		}
	}
	return sure || month && len(words) > 1
}

// dateParts says whether a word is 2024-01-31, 31/1/24, 31-Jan-2024, 10:20, 10:20:30.5+02:00 or the like.
func dateParts(w string) bool {
	parts := strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '/' || r == ':' || r == '.' || r == '+' })
	colons, others := strings.Count(w, ":"), strings.Count(w, "-")+strings.Count(w, "/")+strings.Count(w, ".")
	if len(parts) < 2 || len(parts) > 6 || colons == 0 && (len(parts) != 3 || others != 2) {
		return false
	}
	for _, p := range parts {
		p = strings.TrimRight(strings.ToLower(p), "zamp")
		if strings.Trim(p, "0123456789") != "" && !isCalendarWord(p) || len(p) > 9 {
			return false
		}
	}
	return w[0] >= '0' && w[0] <= '9' || isCalendarWord(parts[0])
}

const calendarWords = " january february march april may june july august september october november december am pm utc gmt z mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday "

// isCalendarWord says whether a word is the name of a month, a day or a zone, or the beginning of one.
func isCalendarWord(w string) bool {
	return len(w) >= 2 && strings.Contains(calendarWords, " "+strings.ToLower(strings.Trim(w, ".")))
}

func isLink(t []byte) bool {
	if bytes.HasPrefix(t, []byte("http://")) || bytes.HasPrefix(t, []byte("https://")) {
		return !bytes.ContainsAny(t, " \t|\"")
	}
	if at := bytes.IndexByte(t, '@'); at > 0 {
		return !bytes.ContainsAny(t, " ,;|\t\":") && bytes.IndexByte(t[at:], '.') > 0
	}
	return false
}
