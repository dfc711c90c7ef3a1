package discussion_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/discussion"
)

var people = map[string]string{"usr_a": "Ada", "usr_l": "Ada Lovelace", "usr_b": "Bo", "usr_c": "Bo", "usr_j": "Jörg", "usr_n": ""}

func TestMentionsAreFoundByName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                 "",
		"@Ada look":                        "usr_a",
		"@Ada Lovelace, look":              "usr_l",
		"@ada lovelaces":                   "usr_a",
		"@adalovelace":                     "",
		"mail ada@ada.example":             "",
		"(@bo)":                            "usr_b usr_c",
		"@JÖRG! @usr_a":                    "usr_a usr_j",
		"@jörgen":                          "",
		"@ @@Ada":                          "usr_a",
		"@Ada @Ada @ada":                   "usr_a",
		"no one; @nobody":                  "",
		"@Ada\n@Bo":                        "usr_a usr_b usr_c",
		"Straße @Ada":                      "usr_a",
		"\u0130\u0130\u0130 @Ada Lovelace": "usr_l",
	} {
		if got := strings.Join(discussion.Mentions(text, people), " "); got != want {
			t.Errorf("%q mentions %q in the place of %q", text, got, want)
		}
	}
}

func FuzzMentions(f *testing.F) {
	f.Add("@Ada and @Bo", "Ada")
	f.Add("\xff@\xff", "\xff")
	f.Fuzz(func(t *testing.T, text, name string) {
		got := discussion.Mentions(text, map[string]string{"a": name, "b": "Bo"})
		if !slices.IsSorted(got) || len(got) > 2 {
			t.Errorf("%q", got)
		}
	})
}
