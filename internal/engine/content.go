package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strconv"
	"strings"
)

// hashWindow is how many row numbers one query reads, so that ordering them stays within memory.
const hashWindow = 1 << 18

const hashBuffer = 1 << 20

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
	ordered, err := s.InRowOrder(ctx, from)
	if err != nil {
		return "", 0, fmt.Errorf("hashing the content of a version: %w", err)
	}
	h := sha256.New()
	query := "SELECT " + canonicalLine(columns) + " FROM " + from
	if ordered {
		if err := s.hashRows(ctx, query, h); err != nil {
			return "", 0, fmt.Errorf("hashing the content of a version: %w", err)
		}
		return hex.EncodeToString(h.Sum(nil)), rows, nil
	}
	for low := int64(1); low <= last; low += hashWindow {
		window := fmt.Sprintf("%s WHERE %s BETWEEN %d AND %d ORDER BY %s", query, RowColumn, low, low+hashWindow-1, RowColumn)
		if err := s.hashRows(ctx, window, h); err != nil {
			return "", 0, fmt.Errorf("hashing the content of a version: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), rows, nil
}

// InRowOrder says whether the rows of a version lie in the order of their numbers, so that they need not be sorted: the
// engine reads the rows of a file in their order. from is a table or a table expression.
func (s *Session) InRowOrder(ctx context.Context, from string) (ordered bool, err error) {
	err = s.QueryRow(ctx, "SELECT coalesce(bool_and(before IS NULL OR before < "+RowColumn+"), true) FROM (SELECT "+RowColumn+
		", lag("+RowColumn+") OVER () AS before FROM "+from+")", &ordered)
	return ordered, err
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

// canonicalLine is the expression of a row as a line of canonical CSV, without its end. Few rows hold a cell that needs
// quotes, so that the cells are looked at together first. It is as flat for thousands of columns as for one: the engine takes
// expressions of a limited depth, which a chain of || would exceed.
func canonicalLine(columns []string) string {
	if len(columns) == 0 {
		return "''"
	}
	texts, plain, careful := make([]string, len(columns)), make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		text := Text(c)
		texts[i] = text
		plain[i] = "coalesce(" + text + ", '')"
		careful[i] = "CASE WHEN " + text + " IS NULL THEN '' WHEN regexp_matches(" + text + `, '[",\r\n]') THEN '"' || replace(` +
			text + `, '"', '""') || '"' ELSE ` + text + " END"
	}
	special := make([]string, 0, 4)
	for _, c := range []string{"'\"'", "','", "chr(13)", "chr(10)"} {
		special = append(special, "contains(concat("+strings.Join(texts, ", ")+"), "+c+")")
	}
	return "CASE WHEN " + strings.Join(special, " OR ") + " THEN concat_ws(',', " + strings.Join(careful, ", ") +
		") ELSE concat_ws(',', " + strings.Join(plain, ", ") + ") END"
}

// hashRows hashes the lines of a query, in their order, with a line feed behind each. The engine writes them to a pipe,
// as they are: row by row through the driver they would take many times as long.
func (s *Session) hashRows(ctx context.Context, query string, h hash.Hash) error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("making a pipe to the engine: %w", err)
	}
	hashed := make(chan error, 1)
	go func() {
		_, err := io.CopyBuffer(h, struct{ io.Reader }{r}, make([]byte, hashBuffer))
		hashed <- errors.Join(err, r.Close())
	}()
	err = s.Exec(ctx, "COPY ("+query+") TO '/proc/self/fd/"+strconv.Itoa(int(w.Fd()))+
		"' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ',', USE_TMP_FILE false)")
	return errors.Join(err, w.Close(), <-hashed)
}
