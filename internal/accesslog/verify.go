package accesslog

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/store"
)

// ErrTampered is wrapped by errors about a log that does not hold; where the chain is broken the error wraps audit.ErrBroken
// as well.
var ErrTampered = errors.New("the access log does not hold")

// Report is what Verify found out about a log that holds.
type Report struct {
	First      int64     // number of the first entry; entries before it were dropped, as a summary in the chain says
	Last       int64     // number of the last one
	Head       string    // its hash
	Signatures int64     // how many were checked
	Signed     int64     // number of the last entry that a signature holds
	SignedAt   time.Time // when that was signed
	Closed     bool      // the server that wrote the log has ended as it should
}

// checker follows a chain from its first entry to its last.
type checker struct {
	keys    []ed25519.PublicKey
	hashes  map[int64]string // of entries that are asked for
	dropped audit.Report     // what the last summary of dropped entries says
	report  Report
}

func (c *checker) entry(e audit.Entry) error {
	if _, asked := c.hashes[e.Seq]; asked {
		c.hashes[e.Seq] = e.Hash
	}
	c.report.Closed = e.Action == ActionClosed || (e.Action == ActionSigned && c.report.Closed)
	switch e.Action {
	case ActionSigned:
		if wrong := checkSignature(&e, c.keys); wrong != "" {
			return fmt.Errorf("%w at entry %d: %s", ErrTampered, e.Seq, wrong)
		}
		c.report.Signatures++
		c.report.Signed, c.report.SignedAt = e.Seq-1, e.At
	case ActionDropped:
		head, _ := e.Details["head"].(string) // what is no text is no hash
		c.dropped = audit.Report{Entries: int64(integer(e.Details["to"])), Head: head}
	}
	return nil
}

// follow checks lines of the chain that come after those that before tells of.
func (c *checker) follow(lines io.Reader, before audit.Report) (audit.Report, error) {
	report, err := audit.Walk(lines, before, c.entry)
	if err != nil && errors.Is(err, audit.ErrBroken) {
		err = fmt.Errorf("%w: %w", ErrTampered, err)
	}
	return report, err
}

// begun says what is wrong with where the chain begins.
func (c *checker) begun(first audit.Report) error {
	if first.Entries == 0 {
		return nil
	}
	if c.dropped != first {
		return fmt.Errorf("%w: the first %d entries are missing, and no summary in the chain says that they were dropped", ErrTampered, first.Entries)
	}
	return nil
}

// Verify checks the chain as it is recorded: every link, every signature, the columns beside the entries, and that nothing
// is missing at either end. The error wraps ErrTampered.
func (l *Log) Verify(ctx context.Context) (Report, error) {
	marks, err := l.anchor.read()
	if err != nil {
		return Report{}, err
	}
	known, err := l.cfg.Store.AccessMark(ctx, end)
	if err != nil {
		return Report{}, err
	}
	if known.Seq > 0 {
		marks = append(marks, known)
	}
	c := &checker{keys: []ed25519.PublicKey{l.PublicKey()}, hashes: map[int64]string{}}
	for _, m := range marks {
		c.hashes[m.Seq] = ""
	}
	first, last, err := l.walk(ctx, c)
	if err != nil {
		return c.report, err
	}
	// Entries may have been added meanwhile, each with the mark in one transaction: the end lies between the two marks.
	later, err := l.cfg.Store.AccessMark(ctx, end)
	if err != nil {
		return c.report, err
	}
	for _, m := range marks {
		if m.Seq > first.Entries && c.hashes[m.Seq] != m.Hash {
			return c.report, fmt.Errorf("%w: it ends with entry %d, and entry %d is known to have been written as another or to have followed: entries "+
				"were cut off at the end, or written anew", ErrTampered, last.Entries, m.Seq)
		}
	}
	if last.Entries < known.Seq || last.Entries > later.Seq {
		return c.report, fmt.Errorf("%w: the records' mark of its end is entry %d, the last one is entry %d", ErrTampered, later.Seq, last.Entries)
	}
	if err := c.begun(first); err != nil {
		return c.report, err
	}
	c.report.First, c.report.Last, c.report.Head = first.Entries+1, last.Entries, last.Head
	return c.report, nil
}

// walk checks what is recorded from the first entry to the last, page by page.
func (l *Log) walk(ctx context.Context, c *checker) (first, last audit.Report, err error) {
	last.Head = audit.Origin
	begun := false
	for after := int64(0); ; {
		page, err := l.cfg.Store.FindAccess(ctx, store.AccessQuery{After: after, Ascending: true, Limit: most})
		if err != nil {
			return first, last, err
		}
		var lines bytes.Buffer
		for i := range page {
			e := &page[i]
			if !begun {
				begun = true
				if e.Seq > 1 {
					first = audit.Report{Entries: e.Seq - 1, Head: e.Prev}
					last = first
				}
			}
			if err := l.checkRow(e); err != nil {
				return first, last, err
			}
			lines.Write(audit.Link{Body: e.Body, Hash: e.Hash}.Line())
			after = e.Seq
		}
		last, err = c.follow(&lines, last)
		if err != nil || len(page) < most {
			return first, last, err
		}
	}
}

// checkRow holds the columns beside an entry against the entry itself.
func (l *Log) checkRow(r *store.Access) error {
	e, err := audit.Parse(r.Body)
	if err != nil {
		return fmt.Errorf("%w at entry %d: %w", ErrTampered, r.Seq, err)
	}
	s := shown(e, r.Hash)
	want := store.Access{Seq: e.Seq, At: e.At, Action: e.Action, Account: s.Account, Operation: s.Operation, Object: l.objectHash(e.Object),
		Workspace: s.Workspace, Outcome: s.Outcome, Prev: e.Prev}
	got := *r
	got.Hash, got.Body = "", nil
	if !got.At.Equal(want.At) {
		return fmt.Errorf("%w at entry %d: the time beside it is another", ErrTampered, r.Seq)
	}
	got.At = want.At
	if got.Seq != want.Seq || got.Action != want.Action || got.Account != want.Account || got.Operation != want.Operation ||
		got.Object != want.Object || got.Workspace != want.Workspace || got.Outcome != want.Outcome || got.Prev != want.Prev {
		return fmt.Errorf("%w at entry %d: what stands beside it for the search is not what it says", ErrTampered, r.Seq)
	}
	return nil
}

// VerifyExport checks lines that were exported as JSONL without a filter, against public keys of the instance. What was cut off
// after the last line cannot be known from them.
func VerifyExport(r io.Reader, keys ...ed25519.PublicKey) (Report, error) {
	c := &checker{keys: keys, hashes: map[int64]string{}}
	var first audit.Report
	lines, err := peekFirst(r, &first)
	if err != nil {
		return c.report, err
	}
	last, err := c.follow(lines, first)
	if err == nil {
		err = c.begun(first)
	}
	c.report.First, c.report.Last, c.report.Head = first.Entries+1, last.Entries, last.Head
	return c.report, err
}

// peekFirst finds out where an export begins: at the beginning of the chain, or after entries that were dropped.
func peekFirst(r io.Reader, first *audit.Report) (io.Reader, error) {
	var seen bytes.Buffer
	var e struct {
		Seq  int64  `json:"seq"`
		Prev string `json:"prev"`
	}
	if err := json.NewDecoder(io.TeeReader(r, &seen)).Decode(&e); err != nil {
		if errors.Is(err, io.EOF) {
			return &seen, nil
		}
		return nil, fmt.Errorf("%w: the first line is no entry", ErrTampered)
	}
	if e.Seq > 1 {
		*first = audit.Report{Entries: e.Seq - 1, Head: e.Prev}
	}
	return io.MultiReader(&seen, r), nil
}
