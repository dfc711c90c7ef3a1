package control_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/analytix-flow/analytix/internal/control"
)

func TestEachFormOfAnUpdateIsMadeOnce(t *testing.T) {
	t.Parallel()
	var s control.Shared
	var built atomic.Int64
	if _, err := control.Once(&s, "plain", func() ([]byte, error) { return nil, errors.New("not now") }); err == nil {
		t.Error("a failure was kept from whoever asked")
	}
	var all sync.WaitGroup
	for i := range 100 {
		form := []string{"plain", "masked"}[i%2]
		all.Go(func() {
			b, err := control.Once(&s, form, func() ([]byte, error) {
				built.Add(1)
				return []byte(form), nil
			})
			if err != nil || string(b) != form {
				t.Errorf("%s is %s, %v", form, b, err)
			}
		})
	}
	all.Wait()
	if built.Load() != 2 {
		t.Errorf("two forms were made %d times", built.Load())
	}
	var none *control.Shared
	if b, err := control.Once(none, "plain", func() ([]byte, error) { return []byte("x"), nil }); err != nil || string(b) != "x" {
		t.Errorf("%s, %v", b, err)
	}
}
