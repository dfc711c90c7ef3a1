package auth

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/text/unicode/norm"

	"github.com/analytix-flow/analytix/internal/auth/breached"
)

const (
	minPassword = breached.MinLength // characters
	maxPassword = 256                // bytes: what is hashed is bounded
	leastScore  = 3                  // of zxcvbn: 10^8 guesses or more
	leastApart  = 8                  // letters and digits beside what is known of the person
	maxScored   = 72                 // characters that zxcvbn looks at: it takes more than linear time
)

// checkPassword applies the rules to a password that somebody chooses: long enough, not guessable (zxcvbn, knowing who
// it is for), not among those that leaked. There are no rules about kinds of characters, which only make passwords
// harder to remember (NIST SP 800-63B).
func (s *Service) checkPassword(password, name, email string) error {
	password = norm.NFKC.String(password)
	length := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return &WeakPasswordError{Reason: "it holds bytes that are no characters"}
	case length < s.cfg.MinPassword:
		return &WeakPasswordError{Reason: fmt.Sprintf("it has %d characters, and %d are the least", length, s.cfg.MinPassword),
			Advice: []string{"Take four or more words that nobody would expect together."}}
	case len(password) > maxPassword:
		return &WeakPasswordError{Reason: fmt.Sprintf("it has %d bytes, and %d are the most", len(password), maxPassword)}
	case breached.Contains(password):
		return &WeakPasswordError{Reason: "it is among the passwords that leaked elsewhere, which are tried first",
			Advice: []string{"Take one that you use nowhere else."}}
	}
	known := append(strings.FieldsFunc(name+" "+email, func(r rune) bool { return strings.ContainsRune(" @.-_+", r) }), "analytix", "flow")
	if apart(password, known) < leastApart {
		return &WeakPasswordError{Reason: "it is made of your name, your mail address or the name of this program",
			Advice: []string{"Take four or more words that nobody would expect together."}}
	}
	known = append(known, name, email)
	scored := password
	if runes := []rune(password); len(runes) > maxScored {
		scored = string(runes[:maxScored])
	}
	score := zxcvbn.PasswordStrength(scored, known).Score
	if score < leastScore {
		return &WeakPasswordError{Score: score, Reason: "it can be guessed: it is made of common words, names, dates, keys in a row or repetitions",
			Advice: []string{"Take four or more words that nobody would expect together.", "Leave out your name, your mail address, dates and years."}}
	}
	return nil
}

// apart counts the letters and digits of a password beside the words that anybody would try first.
func apart(password string, known []string) int {
	rest := strings.ToLower(password)
	for _, word := range known {
		if utf8.RuneCountInString(word) >= 3 {
			rest = strings.ReplaceAll(rest, strings.ToLower(word), "")
		}
	}
	n := 0
	for _, r := range rest {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
