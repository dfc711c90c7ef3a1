package chaos_test

import (
	"flag"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/tooltest"
)

var through = flag.Int("chaos.through", 0, "how many runs go through one process at once, with one, two and four workers; 0 skips the measurement")

// TestThroughputOfRuns measures whole runs of small files, from the upload to the report, in one process with everything embedded.
func TestThroughputOfRuns(t *testing.T) {
	if *through == 0 {
		t.Skip("a measurement: make bench-runs")
	}
	for _, workers := range []int{1, 2, 4} {
		address, n := tooltest.FreeAddress(t), strconv.Itoa(workers)
		p := newProgram(t, "all in one", binary, []string{"serve", "--data", filepath.Join(t.TempDir(), "home"), "--listen", address,
			"--workers", n, "--workers-min", n}, nil)
		p.start()
		c := &caller{t: t, apis: []string{"http://" + address}}
		c.begin(linkOf(t, p))
		for _, warm := range []bool{true, false} { // whatever is slow the first time
			runs := make([]string, *through)
			if warm {
				runs = runs[:min(4, len(runs))]
			}
			begun := time.Now()
			for i := range runs {
				runs[i] = c.start(i % 10)
			}
			for _, run := range runs {
				if status := c.ended(run); status != "done" {
					t.Errorf("run %s: %s", run, status)
				}
			}
			if took := time.Since(begun); !warm {
				t.Logf("%d workers: %.2f runs/s (%d runs in %s)", workers, float64(len(runs))/took.Seconds(), len(runs), took.Round(time.Millisecond))
			}
		}
		p.end(syscall.SIGTERM)
	}
}
