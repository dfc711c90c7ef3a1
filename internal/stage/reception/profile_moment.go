package reception

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// mostFormats is how many date formats of a column are kept.
const mostFormats = 12

// momentTally counts how the dates of a column are written.
type momentTally struct {
	cells, timed, midnight, compact int64
	distinct                        int
	sure                            map[string]int64    // format -> cells that only it reads
	unsure                          map[[2]string]int64 // day first, month first -> cells that both read
}

func (t *momentTally) add(v semantic.Count) bool {
	m, ok := semantic.ParseMoment(v.Value)
	if !ok {
		return false
	}
	if t.sure == nil {
		t.sure, t.unsure = map[string]int64{}, map[[2]string]int64{}
	}
	t.cells += v.N
	t.distinct++
	if m.HasTime {
		t.timed += v.N
	}
	if m.Midnight {
		t.midnight += v.N
	}
	if m.Formats[0] == "%Y%m%d" {
		t.compact += v.N
	}
	if len(m.Formats) == 2 {
		t.unsure[[2]string{m.Formats[0], m.Formats[1]}] += v.N
	} else {
		t.sure[m.Formats[0]] += v.N
	}
	return true
}

// onlyCompact says that all dates are eight digits, which could be plain numbers.
func (t *momentTally) onlyCompact() bool { return t.compact == t.cells }

// spread says that there are enough different ones for all to be dates by chance.
func (t *momentTally) spread() bool { return t.distinct >= 20 }

// decide settles type and formats, the most frequent format first. Where day and month could be either way, the cells
// that leave no doubt decide; without any, dates with points and dashes are read day first and those with slashes
// month first, and the column says so.
func (t *momentTally) decide(c *column) (flow.Type, []string) {
	t.dropSlips()
	counts := maps.Clone(t.sure)
	var dayFirst, monthFirst int64
	for f, n := range t.sure {
		switch order(f) {
		case "dm":
			dayFirst += n
		case "md":
			monthFirst += n
		}
	}
	for pair, n := range t.unsure {
		day, month := t.sure[pair[0]], t.sure[pair[1]]
		if day == month {
			day, month = dayFirst, monthFirst
		}
		choice := pair[0]
		switch {
		case day < month:
			choice = pair[1]
		case day == month:
			if strings.Contains(pair[0], "/") {
				choice = pair[1]
			}
			c.note("whether day or month comes first cannot be told from its dates; %s is assumed", choice)
		}
		counts[choice] += n
	}
	if dayFirst > 0 && monthFirst > 0 {
		c.note("dates are written day first in %d cells and month first in %d (of those that leave no doubt)", dayFirst, monthFirst)
	}
	formats := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	if len(formats) > 1 {
		c.note("its dates are written in %d formats", len(formats))
	}
	formats = formats[:min(len(formats), mostFormats)]
	if t.timed == 0 || t.midnight*100 >= t.cells*99 {
		return flow.Date, formats
	}
	return flow.Timestamp, formats
}

// slipShare is the share of the dates in one order below which those in the other order are slips of the pen, such as
// a day that lost a digit's place, and no second format.
const slipShare = 0.01

// dropSlips forgets formats with day and month the other way round where nearly all dates prove one order.
func (t *momentTally) dropSlips() {
	for pair := range t.unsure {
		day, month := t.sure[pair[0]], t.sure[pair[1]]
		if float64(day) < slipShare*float64(month) {
			delete(t.sure, pair[0])
		}
		if float64(month) < slipShare*float64(day) {
			delete(t.sure, pair[1])
		}
	}
}

// order is "dm" or "md" for formats of numbers in which day and month may be confused.
func order(format string) string {
	switch {
	case strings.HasPrefix(format, "%d") && format[3:5] == "%m":
		return "dm"
	case strings.HasPrefix(format, "%m") && format[3:5] == "%d":
		return "md"
	}
	return ""
}

// clockTally counts times of day.
type clockTally struct {
	cells int64
	forms map[string]int64
}

func (t *clockTally) add(v semantic.Count) bool {
	if !semantic.IsClock(v.Value) {
		return false
	}
	t.cells += v.N
	if format := twelveHours(v.Value); format != "" {
		if t.forms == nil {
			t.forms = map[string]int64{}
		}
		t.forms[format] += v.N
	}
	return true
}

// formats are those of the clocks with AM and PM, which the engine does not read without.
func (t *clockTally) formats() []string {
	return slices.SortedFunc(maps.Keys(t.forms), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.forms[b], t.forms[a]), strings.Compare(a, b))
	})
}

func twelveHours(v string) string {
	upper := strings.ToUpper(v)
	if !strings.HasSuffix(upper, "AM") && !strings.HasSuffix(upper, "PM") {
		return ""
	}
	format := "%I:%M"
	if strings.Count(v, ":") == 2 {
		format += ":%S"
	}
	if strings.Contains(v, " ") {
		format += " "
	}
	return format + "%p"
}
