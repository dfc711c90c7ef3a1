package phrase_test

import (
	"testing"

	"github.com/analytix-flow/analytix/internal/phrase"
)

func TestCount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n    int
		want string
	}{
		{0, "0 cells of {a|b} say so"}, {1, "1 cell of {a|b} says so"}, {2, "2 cells of {a|b} say so"},
	} {
		if got := phrase.Count(tt.n, "%d {cell|cells} of %s {says|say} so", tt.n, "{a|b}"); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
