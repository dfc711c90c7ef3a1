package identifier_test

import (
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/identifier"
)

func TestIDsAreValidAndDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		id := identifier.New("usr")
		if !identifier.Valid("usr", id) || identifier.Valid("us", id) || identifier.Valid("key", id) || seen[id] {
			t.Fatalf("%q", id)
		}
		seen[id] = true
	}
	good := identifier.New("usr")
	for _, bad := range []string{"", "usr_", good[:len(good)-1], good + "a", strings.ToUpper(good), "usr_" + strings.Repeat("0", 26), "usr_" + strings.Repeat("/", 26)} {
		if identifier.Valid("usr", bad) {
			t.Errorf("%q is taken for an id", bad)
		}
	}
}
