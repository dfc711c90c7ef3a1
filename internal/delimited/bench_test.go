package delimited

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// BenchmarkCopy measures reading, per byte of a clean file, of files with quotes, and of files with another delimiter.
func BenchmarkCopy(b *testing.B) {
	plain := "%d,Customer %d,user%d@example.com,New York,DE,shipped,2024-05-17 10:21:00,2024-11-03,%d,123.45,,nothing special here\n"
	for name, line := range map[string]string{
		"plain":     plain,
		"semicolon": strings.ReplaceAll(plain, ",", ";"),
		"quoted":    `"` + strings.ReplaceAll(strings.TrimSuffix(plain, "\n"), ",", `","`) + "\"\n",
		"commas":    "%d;Customer, %d;user%d@example.com;\"New York; \"\"NY\"\"\";DE;shipped;2024-05-17 10:21:00;2024-11-03;%d;123,45;;nothing, special\n",
	} {
		b.Run(name, func(b *testing.B) {
			var text bytes.Buffer
			text.WriteString(strings.NewReplacer("%d", "id", "shipped", "status", "2024-05-17 10:21:00", "at", "2024-11-03", "on",
				"123.45", "price", "123,45", "price").Replace(line))
			for i := range 1_000_000 {
				fmt.Fprintf(&text, line, i, i%977, i%1013, i%50)
			}
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				r, err := Open(bytes.NewReader(text.Bytes()), Options{})
				if err != nil {
					b.Fatal(err)
				}
				stats, err := r.Copy(io.Discard, func(Problem) error { return nil })
				if err != nil || stats.Rows != 1_000_000 || len(stats.Problems) > 0 {
					b.Fatal(stats, err)
				}
				r.Close()
			}
		})
	}
}
