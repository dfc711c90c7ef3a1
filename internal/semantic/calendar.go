package semantic

import (
	"regexp"
	"strconv"
	"strings"
)

func calendarTypes() []Type {
	return []Type{
		{ID: "year", Valid: within(1000, 2200, true), Prior: 0, Hints: []string{"year", "yr", "jaar", "jahr", "fiscal year", "year number"}, Closed: true},
		{ID: "month", Valid: validMonth, Strong: monthName, Prior: 0.95, Hints: []string{"month", "month number", "maand", "monat", "month num"}, Closed: true},
		{ID: "weekday", Valid: validWeekday, Strong: weekdayName, Prior: 0.96, Hints: []string{"weekday", "day of week", "dow", "day name"}, Closed: true},
		{ID: "quarter", Valid: validQuarter, Strong: matches(quarterForm), Prior: 0.95, Hints: []string{"quarter", "qtr"}, Closed: true},
		{
			ID: "duration", Valid: validDuration, Strong: matches(durationForm), Prior: 0.9,
			Hints: []string{
				"duration", "elapsed", "hours", "minutes", "seconds", "days", "processing time", "processing period", "lead time", "resolution time", "response time",
				"waiting time", "wait time", "delay", "runtime", "time spent", "age days", "turnaround", "cycle time", "latency", "travel time", "time taken",
			},
			Not: []string{"date", "stamp", "timestamp", "at"},
		},
	}
}

var (
	quarterForm  = regexp.MustCompile(`(?i)^(?:\d{4}[ -]?)?Q[1-4](?:[ -/]?'?\d{2,4})?$`)
	durationForm = regexp.MustCompile(`(?i)^P(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?$|` +
		`^-?\d+(?:[.,]\d+)?\s?(?:ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|mos?|months?|y|yrs?|years?)\.?` +
		`(?:[ ,]*\d+(?:\.\d+)?\s?(?:ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\.?)*$`)
	clockForm  = regexp.MustCompile(`^-?\d{1,4}:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?$`)
	monthNames = set("january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|" +
		"januari|februari|maart|mei|juni|juli|augustus|oktober|januar|februar|märz|mai|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|" +
		"novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre")
	weekdayNames = set("monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|" +
		"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|" +
		"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo")
)

// within accepts numbers from low to high; whole ones only where integer is set.
func within(low, high float64, integer bool) func(string) bool {
	return func(v string) bool {
		if integer && !isDigits(strings.TrimPrefix(v, "-")) {
			return false
		}
		f, err := strconv.ParseFloat(v, 64)
		return err == nil && f >= low && f <= high
	}
}

func monthName(v string) bool {
	return monthNames[strings.TrimSuffix(strings.ToLower(v), ".")]
}

func validMonth(v string) bool {
	return monthName(v) || within(1, 12, true)(v) || monthOfYear.MatchString(v)
}

var monthOfYear = regexp.MustCompile(`^\d{4}[-/.]?(0[1-9]|1[0-2])$|^(0[1-9]|1[0-2])[-/.]\d{4}$`)

func weekdayName(v string) bool { return weekdayNames[strings.TrimSuffix(strings.ToLower(v), ".")] }

func validWeekday(v string) bool { return weekdayName(v) || within(0, 7, true)(v) }

func validQuarter(v string) bool { return quarterForm.MatchString(v) || within(1, 4, true)(v) }

func validDuration(v string) bool {
	if v == "P" || v == "PT" {
		return false
	}
	if durationForm.MatchString(v) || clockForm.MatchString(v) {
		return true
	}
	_, ok := ParseNumber(v)
	return ok
}
