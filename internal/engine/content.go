package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// hashWindow is how many row numbers one query reads, so that ordering them stays within memory.
const hashWindow = 1 << 18

// ContentHash is the hash of a version's content, and how many rows it has: the SHA-256, in hexadecimal, of its rows in
// the order of their numbers as canonical CSV (comma, line feed, quotes only around cells that hold a comma, a quote, a
// carriage return or a line feed, a missing cell empty; neither header nor row numbers). So it does not depend on how, where
// and with which key the version is stored. from is a table expression, such as ReadParquet gives.
func (s *Session) ContentHash(ctx context.Context, from string) (sum string, rows int64, err error) {
	columns, err := s.Columns(ctx, from)
	if err != nil {
		return "", 0, fmt.Errorf("hashing the content of a version: %w", err)
	}
	var last int64
	err = s.QueryRow(ctx, "SELECT count(*), coalesce(max("+RowColumn+"), 0) FROM "+from, &rows, &last)
	if err != nil {
		return "", 0, fmt.Errorf("hashing the content of a version: %w", err)
	}
	h := sha256.New()
	line := canonicalLine(columns)
	for low := int64(1); low <= last; low += hashWindow {
		query := fmt.Sprintf("SELECT %s FROM %s WHERE %s BETWEEN %d AND %d ORDER BY %s", line, from, RowColumn,
			low, low+hashWindow-1, RowColumn)
		if err := s.hashLines(ctx, query, h); err != nil {
			return "", 0, fmt.Errorf("hashing the content of a version: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), rows, nil
}

// Columns lists the columns of a table that holds a dataset version, but for the hidden one. from is a table or a table
// expression; it is an error where it has no RowColumn.
func (s *Session) Columns(ctx context.Context, from string) (columns []string, err error) {
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
		if c != RowColumn {
			columns = append(columns, c)
		}
	}
	if len(columns) == len(all) {
		return nil, fmt.Errorf("the table has no column %s", RowColumn)
	}
	return columns, rows.Err()
}

// canonicalLine is the expression of a row as a line of canonical CSV, its end included.
func canonicalLine(columns []string) string {
	cells := make([]string, len(columns))
	for i, c := range columns {
		text := Text(c)
		cells[i] = "CASE WHEN " + text + " IS NULL THEN '' WHEN regexp_matches(" + text + `, '[",\r\n]') THEN '"' || replace(` +
			text + `, '"', '""') || '"' ELSE ` + text + " END"
	}
	if len(cells) == 0 {
		return "chr(10)"
	}
	return strings.Join(cells, " || ',' || ") + " || chr(10)"
}

func (s *Session) hashLines(ctx context.Context, query string, h hash.Hash) (err error) {
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
