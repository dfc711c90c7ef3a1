package queue_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/store/storetest"
)

var (
	tasks   = flag.Int("queue.tasks", 0, "how many tasks go through at once; 0 skips the measurement")
	workers = flag.String("queue.workers", "1,2,4", "with how many workers, one after the other")
	rounds  = flag.Int("queue.rounds", 3, "how often all is measured, in turns; medians are told")
	length  = flag.Duration("queue.for", 10*time.Second, "for how long tasks come at each rate")
	only    = flag.String("queue.only", "", "an expression of the systems that are measured; without Celery -queue.rates is needed")
	rates   = flag.String("queue.rates", "", "tasks a second whose delays are measured; empty means 50, and a half and four fifths of Celery's throughput")
	durable = flag.Bool("queue.durable", false, "have every system write to the disk before it answers")
)

func TestMain(m *testing.M) {
	if address := os.Getenv(senderAddress); address != "" {
		os.Exit(sendFor(address))
	}
	os.Exit(storetest.Main(m).Run())
}

// alone is a rate at which no task meets another, in tasks a second.
const alone = 50

// shares of Celery's throughput at which the delays of all systems are measured, beside alone.
var shares = []float64{0.5, 0.8}

// system sends tasks that do nothing, count of them, at a rate or as fast as it can where it is 0, and tells of each when it was
// due, was sent and began.
type system func(t *testing.T, count int, rate float64) []span

type span struct{ due, sent, began time.Time }

// figures are what a system did once.
type figures struct {
	throughput float64 // tasks a second, from sending the first to the beginning of the last
	rates      []delays
}

// delays are from sending a task to its beginning, at a rate of tasks that come whether others have begun or not.
type delays struct {
	rate        float64
	median, p99 time.Duration
	fromDue     time.Duration // the 99th percentile with what the sender was late
}

// measure sends as many tasks as there are to be at once, then some at each rate; nil means those that follow from its throughput.
func measure(t *testing.T, s system, rates []float64) figures {
	t.Helper()
	s(t, 400, 0) // whatever is slow the first time
	runtime.GC()
	all := s(t, *tasks, 0)
	first, last := all[0].sent, all[0].began
	for _, x := range all {
		if x.sent.Before(first) {
			first = x.sent
		}
		if x.began.After(last) {
			last = x.began
		}
	}
	f := figures{throughput: float64(len(all)) / last.Sub(first).Seconds()}
	if rates == nil {
		rates = []float64{alone}
		for _, share := range shares {
			rates = append(rates, share*f.throughput)
		}
	}
	for _, rate := range rates {
		f.rates = append(f.rates, delaysAt(rate, s(t, int(rate*length.Seconds()), rate)))
	}
	return f
}

func delaysAt(rate float64, all []span) delays {
	var sent, due []time.Duration
	for _, x := range all {
		sent = append(sent, x.began.Sub(x.sent))
		due = append(due, x.began.Sub(x.due))
	}
	slices.Sort(sent)
	slices.Sort(due)
	at := func(all []time.Duration, q float64) time.Duration { return all[int(q*float64(len(all)-1))] }
	return delays{rate, at(sent, 0.5), at(sent, 0.99), at(due, 0.99)}
}

func (f figures) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%6.0f tasks/s", f.throughput)
	round := func(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
	for _, r := range f.rates {
		fmt.Fprintf(&b, "; at %.0f/s: %v, %v (%v)", r.rate, round(r.median), round(r.p99), round(r.fromDue))
	}
	return b.String()
}

// middle is the median of each figure.
func middle(all []figures) figures {
	f := figures{throughput: median(all, func(f figures) float64 { return f.throughput })}
	duration := func(of func(figures) time.Duration) time.Duration {
		return time.Duration(median(all, func(f figures) float64 { return float64(of(f)) }))
	}
	for i := range all[0].rates {
		f.rates = append(f.rates, delays{median(all, func(f figures) float64 { return f.rates[i].rate }),
			duration(func(f figures) time.Duration { return f.rates[i].median }), duration(func(f figures) time.Duration { return f.rates[i].p99 }),
			duration(func(f figures) time.Duration { return f.rates[i].fromDue })})
	}
	return f
}

func median(all []figures, of func(figures) float64) float64 {
	var values []float64
	for _, f := range all {
		values = append(values, of(f))
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// TestBesideCelery measures Celery on Redis and the queue on PostgreSQL and on SQLite, in turns and at the same rates, and the broker.
func TestBesideCelery(t *testing.T) {
	if *tasks == 0 {
		t.Skip("a measurement: make bench-queue")
	}
	systems := []struct {
		name string
		made func(t *testing.T, workers int) system
	}{
		{"Celery on Redis", newCelery}, // the first: its throughput says at which rates
		{"queue on PostgreSQL", inProcess(openPostgres)},
		{"queue on PostgreSQL, sent by another process", fromElsewhere},
		{"queue on SQLite, encrypted", inProcess(openSQLite)},
	}
	all := map[string][]figures{}
	chosen := regexp.MustCompile(*only)
	var names []string
	for round := range *rounds {
		for _, w := range strings.Split(*workers, ",") {
			n := int(numbers(t, w)[0])
			rates := numbers(t, *rates)
			for _, s := range systems {
				if !chosen.MatchString(s.name) {
					continue
				}
				name := w + " workers: " + s.name
				t.Run(name, func(t *testing.T) {
					f := measure(t, s.made(t, n), rates)
					t.Logf("round %d: %v", round+1, f)
					all[name] = append(all[name], f)
				})
				if t.Failed() {
					return
				}
				if rates == nil {
					for _, r := range all[name][round].rates {
						rates = append(rates, r.rate)
					}
				}
				if round == 0 {
					names = append(names, name)
				}
			}
		}
	}
	for _, name := range names {
		t.Logf("median of %d: %-60s %v", *rounds, name, middle(all[name]))
	}
}

func numbers(t *testing.T, list string) (all []float64) {
	t.Helper()
	for each := range strings.SplitSeq(list, ",") {
		if each == "" {
			continue
		}
		n, err := strconv.ParseFloat(each, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// TestBroker measures the broker.
func TestBroker(t *testing.T) {
	if *tasks == 0 {
		t.Skip("a measurement: make bench-queue")
	}
	t.Log(measure(t, newBroker(t), []float64{alone}))
}
