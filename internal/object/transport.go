package object

import (
	"fmt"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/analytix-flow/analytix/internal/outbound"
)

// How patient we are with the storage. A transfer may take as long as its size needs, as long as something moves.
const (
	answerWithin = 30 * time.Second // for an answer to begin
	movesWithin  = time.Minute      // for the next piece of a transfer
	tries        = 5                // of a request, as far as the budget goes
	atOnce       = 64               // requests under way, of all tasks and readers of the process
	openFor      = 5 * time.Second  // not asked after it gave no answer: everything needs it, so it is soon looked for again
)

// transport makes the requests to the storage, by one Way.
func transport(at *address, told []func(error)) (http.RoundTripper, error) {
	t, err := minio.DefaultTransport(at.secure)
	if err != nil {
		return nil, fmt.Errorf("setting up the object storage: %w", err)
	}
	t.ResponseHeaderTimeout = answerWithin
	t.DialContext = outbound.Progress(t.DialContext, movesWithin)
	way := outbound.NewWay(outbound.Limits{AtOnce: atOnce, Rest: openFor, Turn: movesWithin, Down: outbound.Gateway, Told: func(_ string, err error) {
		for _, f := range told {
			f(err)
		}
	}})
	return way.Guard(t), nil
}
