package similarity_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/similarity"
)

func TestSpellingsCollide(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"Café  Müller", "muller cafe"}, {"New-York", "new york"}, {"A, B", "b a"}} {
		if a, b := similarity.Fingerprint(pair[0]), similarity.Fingerprint(pair[1]); a != b {
			t.Errorf("%q and %q: %q, %q", pair[0], pair[1], a, b)
		}
	}
	if similarity.NGrams("Krzysztof", 2) == similarity.NGrams("Christoph", 2) {
		t.Error("different names share their n-grams")
	}
	if similarity.NGrams("New York", 2) != similarity.NGrams("newyork", 2) {
		t.Error("a blank changes the n-grams")
	}
	if similarity.Phonetic("Philip") != similarity.Phonetic("Filip") {
		t.Error("Philip does not sound like Filip")
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "acb", 1}, {"abc", "abcd", 1}, {"kitten", "sitting", 3}, {"日本", "日木", 1}, {"abcdef", "uvwxyz", 4}} {
		if got := similarity.Distance(c.a, c.b, 3); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if s := similarity.Slips("hello", "hwllo"); s != 0.5 {
		t.Errorf("a neighbouring key costs %v", s)
	}
}

func TestDistanceProperties(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`[a-e]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		d := similarity.Distance(a, b, 20)
		if d != plainDistance(a, b) {
			t.Fatalf("%q to %q is %d and not %d", a, b, d, plainDistance(a, b))
		}
		if d != similarity.Distance(b, a, 20) {
			t.Fatalf("not symmetric on %q, %q", a, b)
		}
		if (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("%q to %q is %d", a, b, d)
		}
		if near := similarity.Distance(a, b, 2); near != min(d, 3) {
			t.Fatalf("limit 2 gives %d for %d", near, d)
		}
	})
}

func TestFingerprintIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := similarity.Fingerprint(rapid.String().Draw(t, "text"))
		if g := similarity.Fingerprint(f); g != f {
			t.Fatalf("%q becomes %q", f, g)
		}
	})
}

func TestNearFindsNeighbours(t *testing.T) {
	t.Parallel()
	x := similarity.NewIndex([]string{"birmingham", "dothan", "boaz"})
	if got := x.Near("birminghxm", 1); len(got) != 1 || got[0] != 0 {
		t.Errorf("near birminghxm: %v", got)
	}
}

func TestCollide(t *testing.T) {
	t.Parallel()
	got := similarity.Collide([]similarity.Value{{Text: "acme", Count: 2}, {Text: "Acme", Count: 9}, {Text: "zed", Count: 1}}, similarity.Fingerprint)
	if len(got) != 1 || got[0].Values[0].Text != "Acme" {
		t.Errorf("clusters: %v", got)
	}
}

// plainDistance is optimal string alignment as the books have it.
func plainDistance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			c := 1
			if a[i-1] == b[j-1] {
				c = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+c)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
