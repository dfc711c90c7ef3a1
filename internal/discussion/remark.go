package discussion

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/analytix-flow/analytix/internal/store"
)

// The actions in the audit of a run. They are stored: they are never renamed.
const (
	ActionSaid       = "remark.made"
	ActionEdited     = "remark.edited"
	ActionUnsaid     = "remark.removed"
	ActionAssigned   = "item.assigned"
	ActionUnassigned = "item.unassigned"
)

// remarkBody is what is kept of a text, where it can be a remark.
func remarkBody(text string, mentions []string) (*store.RemarkBody, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return nil, fmt.Errorf("%w: the remark is empty", ErrInvalid)
	case utf8.RuneCountInString(text) > MostText:
		return nil, fmt.Errorf("%w: a remark has %d characters at most", ErrInvalid, MostText)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return nil, fmt.Errorf("%w: a remark is plain text, without control characters", ErrInvalid)
	}
	mentions = slices.Compact(slices.Sorted(slices.Values(mentions)))
	if len(mentions) > MostMentions {
		return nil, fmt.Errorf("%w: a remark mentions %d people at most", ErrInvalid, MostMentions)
	}
	return &store.RemarkBody{Text: text, Mentions: mentions, Salt: rand.Text()}, nil
}

// entryOf is what the audit keeps of a remark: who and when stand in it anyhow. The hash is that of the salt and the text; with
// the remark the salt goes, so that nobody finds a short text again by trying.
func entryOf(action string, r *store.Remark) *Entry {
	sum := sha256.Sum256([]byte(r.Salt + r.Text))
	e := &Entry{Action: action, Object: cmp.Or(r.Item, r.Run), Details: map[string]any{"remark": r.ID, "sha256": hex.EncodeToString(sum[:])}}
	if len(r.Mentions) > 0 {
		e.Details["mentions"] = len(r.Mentions)
	}
	return e
}

// Mentions finds the people whom a text names by @ and their name, or their account's id. The longest name counts, whatever
// its case, and it must end where a word does: "@Ada Lovelace" names Ada Lovelace and not Ada. People of one name are all meant.
func Mentions(text string, people map[string]string) []string {
	found := map[string]bool{}
	low := strings.ToLower(text)
	for i := range low {
		if low[i] != '@' || !ends(low[:i], false) {
			continue
		}
		longest, rest := 0, low[i+1:]
		var named []string
		for account, name := range people {
			for _, word := range []string{strings.ToLower(strings.TrimSpace(name)), account} {
				if word == "" || len(word) < longest || !strings.HasPrefix(rest, word) || !ends(rest[len(word):], true) {
					continue
				}
				if len(word) > longest {
					longest, named = len(word), nil
				}
				named = append(named, account)
			}
		}
		for _, account := range named {
			found[account] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// ends says whether a word is over at the beginning of a text, or at its end.
func ends(text string, beginning bool) bool {
	r, size := utf8.DecodeLastRuneInString(text)
	if beginning {
		r, size = utf8.DecodeRuneInString(text)
	}
	return size == 0 || (!unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_')
}
