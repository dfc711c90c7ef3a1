package breached_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/auth/breached"
)

func TestPasswordsThatLeakedAreKnown(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"password1234", "PASSWORD1234", "1234567890123", "qwertyuiop123", "iloveyou1234", "administrator"} {
		if !breached.Contains(p) {
			t.Errorf("%s is not known", p)
		}
	}
}

// TestOthersAreNotTakenForThem draws passwords that nobody has: by chance one in 39,000 is taken for one that leaked.
func TestOthersAreNotTakenForThem(t *testing.T) {
	t.Parallel()
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		if breached.Contains("~" + rapid.StringN(20, 40, -1).Draw(t, "password") + "~nobody has this") {
			taken++
		}
	})
	if taken > 2 {
		t.Errorf("%d of 100 passwords that nobody has are taken for leaked ones", taken)
	}
}
