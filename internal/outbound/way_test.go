package outbound_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/analytix-flow/analytix/internal/outbound"
)

// hostile answers as the test says, and counts.
type hostile struct {
	asked map[string]int
	err   map[string]error
}

func (h *hostile) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked[r.URL.Host]++
	if err := h.err[r.URL.Host]; err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusInternalServerError, Body: http.NoBody}, nil
}

func TestAHostThatDoesNotAnswerIsNotAskedForAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &hostile{asked: map[string]int{}, err: map[string]error{"gone": errors.New("no route"), "impatient": context.Canceled}}
		g := outbound.NewWay(outbound.Limits{}).Guard(h)
		ask := func(host string) error {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+host+"/", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := g.RoundTrip(r)
			if err == nil {
				err = answer.Body.Close()
			}
			return err
		}
		for range 20 {
			_ = ask("gone") // what matters is how often it is asked
			_ = ask("impatient")
			if err := ask("angry"); err != nil { // an answer of whatever status is one
				t.Fatal(err)
			}
		}
		if h.asked["gone"] != 5 || h.asked["impatient"] != 20 || h.asked["angry"] != 20 {
			t.Errorf("%v", h.asked)
		}
		if err := ask("gone"); !errors.Is(err, outbound.ErrOpen) {
			t.Errorf("%v", err)
		}
		<-time.After(31 * time.Second) // of the bubble's clock
		if err := ask("gone"); errors.Is(err, outbound.ErrOpen) || h.asked["gone"] != 6 {
			t.Errorf("not tried again: %v, %v", err, h.asked)
		}
		if err := ask("gone"); !errors.Is(err, outbound.ErrOpen) || h.asked["gone"] != 6 {
			t.Errorf("one that failed again is asked: %v, %v", err, h.asked)
		}
		<-time.After(31 * time.Second)
		delete(h.err, "gone")
		for range 3 {
			if err := ask("gone"); err != nil {
				t.Errorf("back, and not reached: %v", err)
			}
		}
	})
}
