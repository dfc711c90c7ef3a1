package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// ErrBroken is wrapped by errors about a chain that was changed.
var ErrBroken = errors.New("the audit chain is broken")

// ErrUnsealed is wrapped by errors about a chain without a seal at its end: the run has not finished, or the end was
// cut off.
var ErrUnsealed = errors.New("the audit chain has no seal at its end: the run has not finished, or the end was cut off")

// Report is what Verify found out about a chain that holds.
type Report struct {
	Run     string
	Entries int64
	Head    string // hash of the last entry, to compare with the records
	Sealed  bool   // the last entry is a seal
}

// Verify reads a chain of JSON lines and checks every link. The error wraps ErrBroken and names the first line that
// does not hold; the report then tells of the lines before it.
func Verify(r io.Reader) (Report, error) { return Walk(r, Report{}, nil) }

// Walk is Verify for lines that follow those that an earlier report is of (the zero Report: the first ones), and calls each,
// where it is given, with every entry that holds. An error of each ends the walk.
func Walk(r io.Reader, before Report, each func(Entry) error) (Report, error) {
	report := before
	if report.Head == "" {
		report.Head = Origin
	}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return report, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return report, fmt.Errorf("reading the audit chain: %w", err)
		}
		e, reason := check(&report, line)
		if reason != "" {
			return report, fmt.Errorf("%w at line %d: %s; the %d lines before it hold", ErrBroken, report.Entries+1, reason,
				report.Entries)
		}
		if each != nil {
			if err := each(e); err != nil {
				return report, err
			}
		}
		report.Run, report.Entries, report.Head = e.Run, e.Seq, e.Hash
		report.Sealed = e.Action == ActionSeal
	}
}

// VerifySealed is Verify for the chain of a finished run: it must end with a seal.
func VerifySealed(r io.Reader) (Report, error) {
	report, err := Verify(r)
	if err == nil && !report.Sealed {
		err = fmt.Errorf("%w (%d lines)", ErrUnsealed, report.Entries)
	}
	return report, err
}

// check says what is wrong with the line that follows the report's, or returns the entry.
func check(report *Report, line []byte) (Entry, string) {
	text, ok := bytes.CutSuffix(line, []byte("\n"))
	if !ok {
		return Entry{}, "the line is cut off"
	}
	e, err := Parse(text)
	if err != nil {
		return Entry{}, "the line is no entry"
	}
	body, err := e.body()
	if err != nil {
		return Entry{}, "the line is no entry"
	}
	// The line must be, byte for byte, what its content is written as: then no byte can differ unnoticed.
	if !bytes.Equal(line, Link{Body: body, Hash: e.Hash}.Line()) {
		return Entry{}, "the line is not written as it was"
	}
	switch {
	case e.Seq != report.Entries+1:
		return Entry{}, fmt.Sprintf("it bears the number %d: lines were removed, added or moved", e.Seq)
	case e.Prev != report.Head:
		return Entry{}, "it does not follow from the line before"
	case e.Hash != digest(body):
		return Entry{}, "its content was changed"
	case report.Run != "" && e.Run != report.Run:
		return Entry{}, "it belongs to another run"
	case e.Action == ActionSeal && e.Details["entries"] != json.Number(strconv.FormatInt(report.Entries, 10)):
		return Entry{}, "the seal counts another number of lines"
	}
	return e, ""
}
