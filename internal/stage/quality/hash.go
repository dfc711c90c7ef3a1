package quality

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// contentHash is the SHA-256 of a version's rows as canonical CSV (RFC 4180: comma, line feed, quotes only where
// needed, a missing cell empty, no header). The engine writes the lines, so that hashing runs at the speed of a scan.
func contentHash(ctx context.Context, e *engine.Session, file engine.File, facts *flow.Facts) (string, error) {
	from, err := e.ReadParquet(ctx, file)
	if err != nil {
		return "", fmt.Errorf("hashing the new version: %w", err)
	}
	rows, err := e.Query(ctx, "SELECT "+canonicalLine(facts)+" FROM "+from+" ORDER BY __row")
	if err != nil {
		return "", fmt.Errorf("hashing the new version: %w", err)
	}
	defer rows.Close()
	h := sha256.New()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return "", fmt.Errorf("hashing the new version: %w", err)
		}
		_, _ = io.WriteString(h, line) // a hash never fails
		_, _ = h.Write([]byte{'\n'})
	}
	if err := rows.Err(); err != nil {
		return "", fmt.Errorf("hashing the new version: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// canonicalLine is the expression of a row as a line of canonical CSV, without its end.
func canonicalLine(facts *flow.Facts) string {
	cells := make([]string, len(facts.Columns))
	for i := range facts.Columns {
		c := engine.Text(facts.Columns[i].Name)
		cells[i] = "CASE WHEN " + c + " IS NULL THEN '' WHEN regexp_matches(" + c + `, '[",\r\n]') THEN '"' || replace(` + c +
			`, '"', '""') || '"' ELSE ` + c + " END"
	}
	if len(cells) == 0 {
		return "''"
	}
	return strings.Join(cells, " || ',' || ")
}
