package semantic

import (
	"regexp"
	"strings"
)

func quantityTypes() []Type {
	return []Type{
		{
			ID: "percent", Valid: validPercent, Strong: matches(percentForm), Prior: 0.96,
			Hints: []string{"percent", "pct", "percentage", "perc", "percent complete", "completion", "percent change", "prozent", "procent"}, Not: []string{"error", "count", "id"},
		},
		{
			ID: "ratio", Valid: validNumber, Prior: 0,
			Hints: []string{"ratio", "rate", "share", "proportion", "fraction", "probability", "margin", "yield", "abv", "occupancy", "utilization", "utilisation", "density"},
			Not:   []string{"error", "date", "code", "id", "type", "class", "plan"},
		},
		{ID: "rating", Valid: validRating, Strong: matches(ratingForm), Prior: 0.9, Hints: []string{"rating", "stars", "score", "grade", "satisfaction", "nps", "review score"}, Not: []string{"id", "count", "date"}},
		{ID: "ordinal", Valid: validOrdinal, Prior: 0.85, Hints: []string{"rank", "priority", "severity", "urgency", "level", "size", "tier", "grade", "impact", "risk level", "risk"}},
	}
}

var (
	percentForm = regexp.MustCompile(`^[-+]?\d+(?:[.,]\d+)?\s?%$`)
	ratingForm  = regexp.MustCompile(`(?i)^\d(?:\.\d)?\s?(?:/|out of)\s?(?:5|10)$|^[★☆*]{1,5}$|^\d(?:\.\d)?\s?stars?$`)
	ordinalForm = regexp.MustCompile(`(?i)^\d{1,3}(?:st|nd|rd|th)$|^p?[0-9]\s?[-–.:)]\s?\p{L}[\p{L} ]*$|^p[0-5]$`)
	ordinals    = set("low|medium|high|critical|very low|very high|minor|major|urgent|normal|moderate|severe|lowest|highest|trivial|blocker|small|large|extra large|xs|s|l|xl|xxl|" +
		"first|second|third|fourth|fifth|bronze|silver|gold|platinum|beginner|intermediate|advanced|expert|poor|fair|good|very good|excellent|none|mild|" +
		"strongly disagree|disagree|neutral|agree|strongly agree|never|rarely|sometimes|often|always|laag|midden|hoog|niedrig|mittel|hoch|gering|bas|moyen|élevé|junior|medior|senior")
)

func validNumber(v string) bool {
	_, ok := ParseNumber(v)
	return ok
}

func validPercent(v string) bool { return percentForm.MatchString(v) || within(-100, 100, false)(v) }

func validRating(v string) bool { return ratingForm.MatchString(v) || within(0, 10, false)(v) }

func validOrdinal(v string) bool {
	return ordinals[strings.ToLower(v)] || ordinalForm.MatchString(v)
}
