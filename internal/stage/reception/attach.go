package reception

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
)

// largestHeld is the size of the Parquet file up to which a table is read into memory before it is looked at. A larger one
// is quicker read from its file each time, column by column: no column is read more than a few times.
const largestHeld = 8 << 20

// fits says whether a Parquet file is small enough to be read into the session's memory: under a quarter of the
// limit when unpacked, taken as four times the file's size.
func fits(ctx context.Context, s *engine.Session, path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, fmt.Errorf("looking at the stored version: %w", err)
	}
	var limit string
	if err := s.QueryRow(ctx, "SELECT current_setting('memory_limit')", &limit); err != nil {
		return false, fmt.Errorf("asking for the memory limit: %w", err)
	}
	return info.Size() < min(largestHeld, parseBytes(limit)/16), nil
}

// parseBytes reads sizes as the engine writes them, such as "18.8 GiB"; 0 where it cannot.
func parseBytes(text string) int64 {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0
	}
	for _, u := range []struct {
		name  string
		bytes float64
	}{{"bytes", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}} {
		if u.name == unit {
			return int64(f * u.bytes)
		}
	}
	return 0
}
