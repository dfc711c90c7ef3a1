package reception_test

import (
	"testing"

	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// The queries name things themselves; a file may call its columns the same.
func TestColumnsMayBeCalledAnything(t *testing.T) {
	t.Parallel()
	s := receptiontest.Session(t)
	facts := receptiontest.Facts(t, s, "n,t,c,v,count,data,__count,select\n1,a,3,b,1,x,5,y\n2,a,4,b,2,x,6,y\n3,c,5,d,3,z,7,w\n")
	for i, want := range []int64{3, 2, 3, 2, 3, 2, 3, 2} {
		if c := facts.Columns[i]; c.Distinct != want || c.Missing != 0 {
			t.Errorf("%s: %d distinct, %d missing", c.Name, c.Distinct, c.Missing)
		}
	}
}
