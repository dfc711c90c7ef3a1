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
	rounds  = flag.Int("queue.rounds", 7, "how often all is measured, in turns; medians are told")
	length  = flag.Duration("queue.for", 3*time.Second, "for how long tasks come at each rate, in each round")
	only    = flag.String("queue.only", "", "an expression of the systems that are measured; without Celery -queue.rates is needed")
	rates   = flag.String("queue.rates", "", "tasks a second whose delays are measured; empty means 50, and a half and four fifths of Celery's throughput")
	disk    = flag.String("queue.disk", "", "a folder for SQLite, where TMPDIR is in memory; empty means there")
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
var shares = [2]float64{0.5, 0.8}

// system sends tasks that do nothing, count of them, at a rate or as fast as it can where it is 0, and tells of each when it was
// due, was sent and began.
type system func(t *testing.T, count int, rate float64) []span

type span struct{ due, sent, began time.Time }

// figures are what a system did.
type figures struct {
	throughput []float64 // of each round, tasks a second, from sending the first to the beginning of the last
	rates      []delays
}

// delays are from sending a task to its beginning, at a rate of tasks that come whether others have begun or not.
type delays struct {
	rate    float64
	median  []time.Duration // of each round, as are the others
	p99     []time.Duration
	fromDue []time.Duration // the 99th percentile with what the sender was late
	all     []time.Duration
}

// burst sends as many tasks as there are to be at once.
func (f *figures) burst(t *testing.T, s system) {
	t.Helper()
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
	f.throughput = append(f.throughput, float64(len(all))/last.Sub(first).Seconds())
}

// measure sends tasks at the rate for a while.
func (d *delays) measure(t *testing.T, s system) {
	t.Helper()
	var sent, due []time.Duration
	for _, x := range s(t, int(d.rate*length.Seconds()), d.rate) {
		sent = append(sent, x.began.Sub(x.sent))
		due = append(due, x.began.Sub(x.due))
	}
	d.all = append(d.all, sent...)
	d.median = append(d.median, quantile(sent, 0.5))
	d.p99 = append(d.p99, quantile(sent, 0.99))
	d.fromDue = append(d.fromDue, quantile(due, 0.99))
}

func quantile[T float64 | time.Duration](all []T, q float64) T {
	all = slices.Sorted(slices.Values(all))
	return all[int(q*float64(len(all)-1))]
}

func (f *figures) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%6.0f tasks/s", quantile(f.throughput, 0.5))
	round := func(all []time.Duration, q float64) time.Duration {
		return quantile(all, q).Round(10 * time.Microsecond)
	}
	for _, r := range f.rates {
		fmt.Fprintf(&b, "; at %.0f/s: median %v, p99 %v (from when due %v; of all %v, best round %v)", r.rate, round(r.median, 0.5), round(r.p99, 0.5),
			round(r.fromDue, 0.5), round(r.all, 0.99), round(r.p99, 0))
	}
	return b.String()
}

// TestBesideCelery measures Celery on Redis and the queue on PostgreSQL and on SQLite, in turns and at the same rates.
func TestBesideCelery(t *testing.T) {
	if *tasks == 0 {
		t.Skip("a measurement: make bench-queue")
	}
	for _, n := range numbers(t, *workers) {
		t.Run(fmt.Sprint(n, " workers"), func(t *testing.T) { beside(t, int(n)) })
	}
}

// beside has all systems stand ready and measures one after the other, again and again, so that what else the machine does falls on all.
func beside(t *testing.T, workers int) {
	t.Helper()
	var names []string
	var all []system
	for _, s := range []struct {
		name string
		made func(t *testing.T, workers int) system
	}{
		{"Celery on Redis", newCelery}, // the first: its throughput says at which rates
		{"queue on PostgreSQL", inProcess(openPostgres)},
		{"queue on PostgreSQL, sent by another process", fromElsewhere},
		{"queue on SQLite, encrypted", inProcess(openSQLite)},
	} {
		if regexp.MustCompile(*only).MatchString(s.name) {
			names, all = append(names, s.name), append(all, s.made(t, workers))
		}
	}
	did := make([]figures, len(all))
	for _, s := range all {
		s(t, 400, 0) // whatever is slow the first time
	}
	for range min(*rounds, mostBursts) {
		for i, s := range all {
			did[i].burst(t, s)
		}
	}
	at := numbers(t, *rates)
	if len(at) == 0 {
		celery := quantile(did[0].throughput, 0.5)
		at = []float64{alone, shares[0] * celery, shares[1] * celery}
	}
	for k, rate := range at {
		for i := range all {
			did[i].rates = append(did[i].rates, delays{rate: rate})
		}
		for range *rounds {
			for i, s := range all {
				did[i].rates[k].measure(t, s)
			}
		}
	}
	for i, name := range names {
		t.Logf("%d workers: %-45s %v", workers, name, &did[i])
	}
}

// mostBursts is in how many rounds as many tasks as there are come at once.
const mostBursts = 3

// TestBroker measures the broker.
func TestBroker(t *testing.T) {
	if *tasks == 0 {
		t.Skip("a measurement: make bench-queue")
	}
	s, did := newBroker(t), figures{rates: []delays{{rate: alone}}}
	for range *rounds {
		did.burst(t, s)
		did.rates[0].measure(t, s)
	}
	t.Log(&did)
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
