// Package phrase writes sentences that count things.
package phrase

import (
	"fmt"
	"regexp"
	"strings"
)

var alternative = regexp.MustCompile(`\{([^{}|]*)\|([^{}|]*)\}`)

// Count formats like fmt.Sprintf, after choosing in each {one|many} of the format by the number: Count(1, "%d {cell|cells}
// {says|say} so", 1) is "1 cell says so". The number is not formatted by itself.
func Count[N ~int | ~int64](n N, format string, args ...any) string {
	chosen := alternative.ReplaceAllStringFunc(format, func(s string) string {
		one, many, _ := strings.Cut(s[1:len(s)-1], "|")
		if n == 1 {
			return one
		}
		return many
	})
	return fmt.Sprintf(chosen, args...)
}
