package httpapi_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/query"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/insight"
	"github.com/analytix-flow/analytix/internal/stage/quality"
	"github.com/analytix-flow/analytix/internal/stage/reception"
	"github.com/analytix-flow/analytix/internal/stage/recommendation"
)

// The test binary plays two parts: the tests, and the child processes that run handlers.
const part = "ANALYTIX_HTTPAPI_PART"

func TestMain(m *testing.M) {
	if os.Getenv(part) != "child" {
		os.Exit(m.Run())
	}
	all := append(outcome.Handlers(), query.Handlers()...)
	for _, m := range allManagers() {
		all = append(all, m.Handlers()...)
	}
	if err := process.Child(context.Background(), all); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// receivedOpener opens what was received, as the command line does.
type receivedOpener struct{}

func (receivedOpener) Open(ctx context.Context, r stage.Received) (io.ReadCloser, error) {
	return dataset.Open(ctx, &r)
}

// allManagers are those of the real stages.
func allManagers() []stage.Manager {
	return []stage.Manager{reception.New(receivedOpener{}), quality.New(), insight.New(), recommendation.New()}
}
