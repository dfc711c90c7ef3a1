package server

import (
	"errors"
	"fmt"
	"testing"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/dataset"
)

func TestWhyTheProcessIsNotReadyGivesNothingAway(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ err, want error }{
		"full":         {fmt.Errorf("/secret/place has 0 bytes left: %w", dataset.ErrDiskFull), errFull},
		"not recorded": {errors.Join(errors.New("dial 10.0.0.7"), fmt.Errorf("%w since noon", app.ErrNotRecorded)), errNotRecorded},
		"else":         {errors.New("dial 10.0.0.7"), errSilent},
	} {
		if got := why(c.err); !errors.Is(got, c.want) || got.Error() != c.want.Error() {
			t.Errorf("%s: %v", name, got)
		}
	}
}
