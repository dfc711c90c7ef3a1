package engine_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/engine"
)

// canonical is a row as ContentHash promises to hash it; nil is a missing cell.
func canonical(cells []*string) string {
	out := make([]string, len(cells))
	for i, c := range cells {
		switch {
		case c == nil:
		case strings.ContainsAny(*c, ",\"\r\n"):
			out[i] = `"` + strings.ReplaceAll(*c, `"`, `""`) + `"`
		default:
			out[i] = *c
		}
	}
	return strings.Join(out, ",") + "\n"
}

func TestContentHashIsThatOfCanonicalRows(t *testing.T) {
	s := open(t, engine.Config{})
	ctx := context.Background()
	cell := rapid.OneOf(
		rapid.Just[*string](nil),
		rapid.Map(rapid.SampledFrom([]string{
			" ", "  a ", "#", "# a", "'", `"`, `""`, `a"b`, ",", ";", "\t", "|", "\n", "\r", "\r\n", "a\nb", "NULL", "null", "(empty)", "\\", `\N`, `\"`, "{}", "[1, 2]",
			"é", "\u2028", "\ufeff", "\u00a0", "日本", "🙂", "-", "0", "1e5", "true", "'quoted'",
		}), func(s string) *string { return &s }),
		rapid.Map(rapid.StringN(1, 8, -1), func(s string) *string {
			s = strings.ReplaceAll(s, "\x00", "0")
			return &s
		}),
	)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "width")
		table := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 0, 12).Draw(t, "table")
		backwards := rapid.Bool().Draw(t, "backwards")
		want := sha256.New()
		names := make([]string, width)
		for i := range names {
			names[i] = fmt.Sprintf("c%d VARCHAR", i)
		}
		exec := func(query string) {
			if err := s.Exec(ctx, query); err != nil {
				t.Fatal(err)
			}
		}
		exec("CREATE OR REPLACE TABLE version (__row BIGINT, " + strings.Join(names, ", ") + ")")
		for i := range table {
			want.Write([]byte(canonical(table[i])))
			at := i
			if backwards {
				at = len(table) - 1 - i
			}
			values := []string{fmt.Sprint(at*300_000 + 1)} // in windows of their own
			for _, c := range table[at] {
				if c == nil {
					values = append(values, "NULL")
				} else {
					values = append(values, engine.Literal(*c))
				}
			}
			exec("INSERT INTO version VALUES (" + strings.Join(values, ", ") + ")")
		}
		got, rows, err := s.ContentHash(ctx, "version")
		if err != nil || rows != int64(len(table)) || got != hex.EncodeToString(want.Sum(nil)) {
			t.Errorf("hash %s of %d rows, error %v", got, rows, err)
		}
		if ordered, err := s.InRowOrder(ctx, "version"); err != nil || ordered != (!backwards || len(table) < 2) {
			t.Errorf("in row order: %v, error %v", ordered, err)
		}
	})
}

func TestContentHashOfThousandsOfColumns(t *testing.T) {
	s := open(t, engine.Config{})
	ctx := context.Background()
	names, cells, want := make([]string, 3000), make([]string, 3000), make([]*string, 3000)
	for i := range names {
		value := fmt.Sprintf("v%d", i)
		if i%7 == 0 {
			value += `,"`
		}
		names[i], cells[i], want[i] = fmt.Sprintf("c%d VARCHAR", i), engine.Literal(value), &value
	}
	for _, q := range []string{
		"CREATE OR REPLACE TABLE wide (__row BIGINT, " + strings.Join(names, ", ") + ")",
		"INSERT INTO wide VALUES (1, " + strings.Join(cells, ", ") + ")",
	} {
		if err := s.Exec(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	sum := sha256.Sum256([]byte(canonical(want)))
	if got, rows, err := s.ContentHash(ctx, "wide"); err != nil || rows != 1 || got != hex.EncodeToString(sum[:]) {
		t.Errorf("%d rows, %s: %v", rows, got, err)
	}
}
