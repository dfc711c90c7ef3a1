package outcome

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
)

// xlsx streams the table into a workbook; what the library spills lies beside the file and goes with it.
func (x *export) xlsx(ctx context.Context, to string) error {
	if x.rows+1 > excelize.TotalRows || len(x.columns) > excelize.MaxColumns {
		return stage.Permanent(fmt.Errorf("a worksheet holds at most %d rows with the header and %d columns, and the table has %d and %d: choose csv or parquet",
			excelize.TotalRows, excelize.MaxColumns, x.rows+1, len(x.columns)))
	}
	types, err := x.types(ctx)
	if err != nil {
		return err
	}
	book := excelize.NewFile(excelize.Options{TmpDir: filepath.Dir(to)})
	err = x.fill(ctx, book, types)
	if err == nil {
		err = saveBook(book, to)
	}
	return errors.Join(err, book.Close())
}

func saveBook(book *excelize.File, to string) error {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(book.Write(f), f.Close())
}

func (x *export) fill(ctx context.Context, book *excelize.File, types []string) error {
	const sheet = "data"
	if err := book.SetSheetName(book.GetSheetName(0), sheet); err != nil {
		return err
	}
	w, err := book.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	header := make([]any, len(x.columns))
	list := make([]string, len(x.columns))
	for i, c := range x.columns {
		header[i] = x.header(i)
		list[i] = engine.Text(c)
	}
	if err := w.SetRow("A1", header); err != nil {
		return err
	}
	rows, err := x.session.Query(ctx, x.query(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	texts := make([]sql.NullString, len(x.columns))
	into := make([]any, len(texts))
	for i := range texts {
		into[i] = &texts[i]
	}
	for n := 2; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		cells, err := x.cells(texts, types, n-1)
		if err != nil {
			return err
		}
		if err := w.SetRow("A"+strconv.Itoa(n), cells); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return w.Flush()
}

func (x *export) cells(texts []sql.NullString, types []string, row int) ([]any, error) {
	cells := make([]any, len(texts))
	for i, t := range texts {
		if !t.Valid {
			continue
		}
		if n := len(utf16.Encode([]rune(t.String))); n > excelize.TotalCellChars {
			return nil, stage.Permanent(fmt.Errorf("row %d, column %q: a cell of a worksheet holds %d characters and this one has %d: choose csv or parquet",
				row, x.columns[i], excelize.TotalCellChars, n))
		}
		cells[i] = t.String
		if types[i] == "BIGINT" || types[i] == "DOUBLE" {
			if f, err := strconv.ParseFloat(t.String, 64); err == nil && len(t.String) <= 15 {
				cells[i] = f
			}
		}
	}
	return cells, nil
}
