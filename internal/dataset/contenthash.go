package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
)

// hashWindow is how many row numbers one query reads, so that ordering them stays within memory.
const hashWindow = 1 << 18

// ContentHash is the hash of a version's content, and how many rows it has: the SHA-256, in hexadecimal, of its rows in
// the order of their numbers as canonical CSV (comma, line feed, quotes only around cells that hold a comma, a quote, a
// carriage return or a line feed, a missing cell empty; neither header nor row numbers). So it does not depend on how, where
// and with which key the version is stored. from is a table expression, such as Session.ReadParquet gives.
func ContentHash(ctx context.Context, s *engine.Session, from string) (sum string, rows int64, err error) {
	columns, err := columnsOf(ctx, s, from)
	if err != nil {
		return "", 0, fmt.Errorf("hashing the content of a version: %w", err)
	}
	var last int64
	err = s.QueryRow(ctx, "SELECT count(*), coalesce(max("+engine.RowColumn+"), 0) FROM "+from, &rows, &last)
	if err != nil {
		return "", 0, fmt.Errorf("hashing the content of a version: %w", err)
	}
	h := sha256.New()
	line := canonicalLine(columns)
	for low := int64(1); low <= last; low += hashWindow {
		query := fmt.Sprintf("SELECT %s FROM %s WHERE %s BETWEEN %d AND %d ORDER BY %s", line, from, engine.RowColumn,
			low, low+hashWindow-1, engine.RowColumn)
		if err := hashLines(ctx, s, query, h); err != nil {
			return "", 0, fmt.Errorf("hashing the content of a version: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), rows, nil
}

// columnsOf lists the columns but the hidden one.
func columnsOf(ctx context.Context, s *engine.Session, from string) (columns []string, err error) {
	rows, err := s.Query(ctx, "SELECT * FROM "+from+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	all, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c != engine.RowColumn {
			columns = append(columns, c)
		}
	}
	if len(columns) == len(all) {
		return nil, fmt.Errorf("the table has no column %s", engine.RowColumn)
	}
	return columns, rows.Err()
}

// canonicalLine is the expression of a row as a line of canonical CSV, its end included.
func canonicalLine(columns []string) string {
	cells := make([]string, len(columns))
	for i, c := range columns {
		text := engine.Text(c)
		cells[i] = "CASE WHEN " + text + " IS NULL THEN '' WHEN regexp_matches(" + text + `, '[",\r\n]') THEN '"' || replace(` +
			text + `, '"', '""') || '"' ELSE ` + text + " END"
	}
	if len(cells) == 0 {
		return "chr(10)"
	}
	return strings.Join(cells, " || ',' || ") + " || chr(10)"
}

func hashLines(ctx context.Context, s *engine.Session, query string, h hash.Hash) (err error) {
	rows, err := s.Query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var line string
	for rows.Next() {
		if err := rows.Scan(&line); err != nil {
			return err
		}
		_, _ = io.WriteString(h, line) // never fails (hash.Hash)
	}
	return rows.Err()
}
