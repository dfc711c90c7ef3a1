package terminal

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mostRows bounds a typed list of rows, so that a slip such as 1-99999999 does not fill the memory.
const mostRows = 1_000_000

// parseRows reads row numbers as a person types them, such as "3, 8-12": sorted, each once, counted from 1.
func parseRows(text string) ([]int64, error) {
	var out []int64
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == ';' }) {
		first, last, ranged := strings.Cut(part, "-")
		from, err := strconv.ParseInt(first, 10, 64)
		if err != nil || from < 1 {
			return nil, fmt.Errorf("%q is no row number: write numbers and ranges, such as 3,8-12", clean(part))
		}
		to := from
		if ranged {
			if to, err = strconv.ParseInt(last, 10, 64); err != nil || to < from {
				return nil, fmt.Errorf("%q is no range of rows: write numbers and ranges, such as 3,8-12", clean(part))
			}
		}
		if to-from >= mostRows-int64(len(out)) {
			return nil, fmt.Errorf("these are more than %d rows: accept all of them, or edit the parameters", mostRows)
		}
		for i := range to - from + 1 { // counting up to the last would never end at the greatest number there is
			out = append(out, from+i)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no row is named: write numbers and ranges, such as 3,8-12")
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
