package task

import (
	"testing"

	"github.com/analytix-flow/analytix/internal/admission"
)

// What was offered is all there is only where a look left nobody, and nothing was heard of since.
func TestOffersAreAllThereIs(t *testing.T) {
	t.Parallel()
	offered := waiting{Candidate: admission.Candidate{ID: 1}}
	for name, c := range map[string]struct {
		happened func(o *offers)
		n        int
		known    bool
	}{
		"nobody has looked yet":           {func(o *offers) { o.put(offered) }, 1, false},
		"after a look that left nobody":   {func(o *offers) { o.take(); o.settle(); o.put(offered) }, 1, true},
		"after a look that left somebody": {func(o *offers) { o.take(); o.put(offered) }, 1, false},
		"nothing was offered":             {func(o *offers) { o.take(); o.settle() }, 0, false},
		"others were heard of":            {func(o *offers) { o.take(); o.settle(); o.put(offered); o.doubt() }, 1, false},
		"others were heard of meanwhile":  {func(o *offers) { o.take(); o.doubt(); o.settle(); o.put(offered) }, 1, false},
		"offered meanwhile":               {func(o *offers) { o.take(); o.put(offered); o.settle() }, 1, true},
		"more than are kept": {func(o *offers) {
			o.take()
			o.settle()
			for range mostOffered + 1 {
				o.put(offered)
			}
		}, mostOffered, false},
		"after the offers were taken": {func(o *offers) { o.take(); o.settle(); o.put(offered); o.take(); o.put(offered) }, 1, false},
	} {
		var o offers
		c.happened(&o)
		if all, known := o.take(); len(all) != c.n || known != c.known {
			t.Errorf("%s: %d offers, all there is: %v", name, len(all), known)
		}
	}
}
