package accesslog_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/store"
)

// tampered writes a log, changes the records by SQL behind its back, and returns what Verify says.
func tampered(b *bench, statements ...string) error {
	b.Helper()
	b.sql(statements...)
	l, err := accesslog.Look(b.Context(), b.cfg)
	if err != nil {
		b.Fatal(err)
	}
	_, err = l.Verify(b.Context())
	return err
}

// The log of these tests: 1 opened, 2..19 six of fill (read, begun, ended), signed along the way, closed, signed.
func TestTamperingWithTheRecordsIsFound(t *testing.T) {
	both(t, func(b *bench) {
		t := b.T
		l := b.open()
		b.fill(l, 6)
		b.close(l)
		b.keep()
		for name, statements := range map[string][]string{
			"one removed in the middle": {"DELETE FROM access WHERE seq = 7"},
			"the first removed":         {"DELETE FROM access WHERE seq = 1"},
			"the first ones removed":    {"DELETE FROM access WHERE seq < 9"},
			"the last removed":          {"DELETE FROM access WHERE seq = (SELECT max(seq) FROM access)"},
			"the end removed":           {"DELETE FROM access WHERE seq > 10"},
			"the end removed, and the mark set back": {"DELETE FROM access WHERE seq > 10",
				"UPDATE access_mark SET seq = 10, hash = (SELECT hash FROM access WHERE seq = 10) WHERE name = 'end'"},
			"everything removed":              {"DELETE FROM access"},
			"everything removed, mark too":    {"DELETE FROM access", "DELETE FROM access_mark"},
			"two swapped":                     {"UPDATE access SET seq = -1 WHERE seq = 5", "UPDATE access SET seq = 5 WHERE seq = 6", "UPDATE access SET seq = 6 WHERE seq = -1"},
			"the content of two swapped":      {"UPDATE access SET body = (SELECT body FROM access WHERE seq = 6), hash = (SELECT hash FROM access WHERE seq = 6) WHERE seq = 5"},
			"another account beside one":      {"UPDATE access SET account = 'usr_bob' WHERE seq = 5"},
			"another object beside one":       {"UPDATE access SET object = '' WHERE seq = 5"},
			"another time beside one":         {"UPDATE access SET at = at + 1 WHERE seq = 5"},
			"another outcome beside one":      {"UPDATE access SET outcome = 'denied' WHERE seq = 5"},
			"another hash":                    {"UPDATE access SET hash = prev WHERE seq = 5"},
			"one changed":                     {"UPDATE access SET body = replace(CAST(body AS TEXT), 'usr_ann', 'usr_eve') WHERE seq = 5"},
			"one doubled at the end":          {"INSERT INTO access SELECT seq + 1, at, action, account, operation, object, workspace, outcome, prev, hash, body FROM access WHERE seq = (SELECT max(seq) FROM access)"},
			"the mark of the end was removed": {"DELETE FROM access_mark"},
		} {
			t.Run(name, func(t *testing.T) {
				b.T = t
				defer func() { b.restore() }()
				if b.store.Dialect() == store.Postgres {
					for i := range statements {
						statements[i] = strings.ReplaceAll(statements[i], "replace(CAST(body AS TEXT), 'usr_ann', 'usr_eve')",
							"convert_to(replace(convert_from(body, 'UTF8'), 'usr_ann', 'usr_eve'), 'UTF8')")
					}
				}
				if err := tampered(b); err != nil {
					t.Fatalf("before anything was changed: %v", err)
				}
				if err := tampered(b, statements...); !errors.Is(err, accesslog.ErrTampered) {
					t.Errorf("found: %v", err)
				}
			})
		}
	})
}

// keep puts a copy of the log aside, and restore puts it back.
func (b *bench) keep() {
	b.sql("CREATE TABLE kept AS SELECT * FROM access", "CREATE TABLE kept_mark AS SELECT * FROM access_mark")
}

func (b *bench) restore() {
	b.sql("DELETE FROM access", "INSERT INTO access SELECT * FROM kept", "DELETE FROM access_mark", "INSERT INTO access_mark SELECT * FROM kept_mark")
}

func (b *bench) sql(statements ...string) {
	b.Helper()
	for _, s := range statements {
		if _, err := b.store.DB().ExecContext(context.WithoutCancel(b.Context()), s); err != nil {
			b.Fatalf("%s: %v", s, err)
		}
	}
}

// rewrite makes the whole chain anew without an entry, as somebody could who may write to the records and knows the format, but
// has no key of the instance.
func rewrite(b *bench, without int64) {
	b.Helper()
	all, err := b.store.FindAccess(b.Context(), store.AccessQuery{Ascending: true, Limit: 1000})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := b.store.DB().ExecContext(b.Context(), "DELETE FROM access"); err != nil {
		b.Fatal(err)
	}
	var last *audit.Link
	var anew []store.Access
	for _, e := range all {
		if e.Seq == without {
			continue
		}
		parsed, err := audit.Parse(e.Body)
		if err != nil {
			b.Fatal(err)
		}
		link, err := audit.Append(last, parsed)
		if err != nil {
			b.Fatal(err)
		}
		e.Seq, e.Prev, e.Hash, e.Body = link.Seq, link.Prev, link.Hash, link.Body
		anew, last = append(anew, e), &link
	}
	in(b, func(tx *store.Tx) error {
		return errors.Join(tx.AddAccess(b.Context(), anew), tx.SetAccessMark(b.Context(), "end", store.Mark{Seq: last.Seq, Hash: last.Hash}))
	})
}

func TestAChainThatWasMadeAgainIsFoundByItsSignatures(t *testing.T) {
	both(t, func(b *bench) {
		l := b.open()
		b.fill(l, 4)
		b.close(l)
		rewrite(b, 6)
		if err := os.Remove(b.cfg.Anchor); err != nil { // even without the anchor
			b.Fatal(err)
		}
		if err := tampered(b); !errors.Is(err, accesslog.ErrTampered) || !strings.Contains(err.Error(), "signature") {
			b.Errorf("found: %v", err)
		}
	})
}

func TestTheEndIsKnownEvenWhenTheProcessWasKilled(t *testing.T) {
	both(t, func(b *bench) {
		l := b.open()
		defer b.close(l)
		b.fill(l, 4) // 13 entries, none of them signed yet
		if report := b.verified(); report.Last != 13 || report.Signed != 0 {
			b.Fatalf("%+v", report)
		}
		err := tampered(b, "DELETE FROM access WHERE seq > 11", "UPDATE access_mark SET seq = 11, hash = (SELECT hash FROM access WHERE seq = 11)")
		if !errors.Is(err, accesslog.ErrTampered) {
			b.Errorf("found: %v", err)
		}
		in(b, func(tx *store.Tx) error { // so that closing goes on from somewhere
			return tx.SetAccessMark(b.Context(), "end", store.Mark{Seq: 11, Hash: "0"})
		})
	})
}

func TestATornAnchorHoldsWhatItHeldBefore(t *testing.T) {
	t.Parallel()
	both(t, func(b *bench) {
		l := b.open()
		b.fill(l, 2)
		b.close(l)
		content, err := os.ReadFile(b.cfg.Anchor)
		if err != nil || len(content) != 512 {
			b.Fatalf("%d bytes, %v", len(content), err)
		}
		copy(content[100:], bytes.Repeat([]byte{0}, 100))
		if err := os.WriteFile(b.cfg.Anchor, content, 0o600); err != nil {
			b.Fatal(err)
		}
		b.verified()
		if err := os.WriteFile(b.cfg.Anchor, bytes.Repeat([]byte{'x'}, 512), 0o600); err != nil {
			b.Fatal(err)
		}
		if err := tampered(b); !errors.Is(err, accesslog.ErrTampered) {
			b.Errorf("an anchor that this instance did not write: %v", err)
		}
	})
}

func in(b *bench, f func(tx *store.Tx) error) {
	b.Helper()
	if err := b.store.InTx(b.Context(), func(_ context.Context, tx *store.Tx) error { return f(tx) }); err != nil {
		b.Fatal(err)
	}
}

func TestOldEntriesAreDroppedWithASummaryAndNoYoungerOnes(t *testing.T) {
	both(t, func(b *bench) {
		c := newClock()
		b.cfg.Now, b.cfg.Keep = c.now, accesslog.MinKeep
		l := b.open()
		b.fill(l, 5) // 16 entries
		c.pass(accesslog.MinKeep - time.Hour)
		b.fill(l, 2) // 22
		if n, err := l.Retain(b.Context()); n != 0 || err != nil {
			b.Errorf("dropped too early: %d, %v", n, err)
		}
		c.pass(2 * time.Hour)
		if n, err := l.Retain(b.Context()); n != 16 || err != nil {
			b.Errorf("dropped %d, %v", n, err)
		}
		b.fill(l, 1)
		b.close(l)
		report := b.verified()
		if report.First != 17 || report.Last != 22+2+3+2 {
			b.Errorf("%+v", report)
		}
		found, err := b.store.FindAccess(b.Context(), store.AccessQuery{Action: accesslog.ActionDropped, Limit: 9})
		if err != nil || len(found) != 1 || !strings.Contains(string(found[0].Body), `"success":11`) || !strings.Contains(string(found[0].Body), `"to":16`) {
			b.Errorf("the summary: %s, %v", found[0].Body, err)
		}
		c.pass(accesslog.MinKeep + time.Hour)
		l = b.open()
		if n, err := l.Retain(b.Context()); n != 13 || err != nil {
			b.Errorf("dropped the second time %d, %v", n, err)
		}
		b.close(l)
		b.verified()
		if err := tampered(b, "DELETE FROM access WHERE seq = (SELECT min(seq) FROM access)"); !errors.Is(err, accesslog.ErrTampered) {
			b.Errorf("one more was removed than the summary says: %v", err)
		}
	})
	b := newBench(t, nil)
	b.cfg.Keep = accesslog.MinKeep - time.Hour
	if _, err := accesslog.Open(t.Context(), b.cfg); err == nil {
		t.Error("entries may be dropped too early")
	}
}

func TestAnExportIsVerifiedWithThePublicKeyAlone(t *testing.T) {
	both(t, func(b *bench) {
		b.cfg.SignEntries = 5
		l := b.open()
		b.fill(l, 6)
		b.close(l)
		var out bytes.Buffer
		if err := l.Export(b.Context(), accesslog.Query{}, accesslog.JSONL, accesslog.Source{}, &out); err != nil {
			b.Fatal(err)
		}
		report, err := accesslog.VerifyExport(bytes.NewReader(out.Bytes()), l.PublicKey())
		if err != nil || report.Last < 20 || report.Signed != report.Last-1 || !report.Closed {
			b.Fatalf("%+v, %v", report, err)
		}
		other, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := accesslog.VerifyExport(bytes.NewReader(out.Bytes()), other); !errors.Is(err, accesslog.ErrTampered) {
			b.Errorf("under another key: %v", err)
		}
		lines := bytes.SplitAfter(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
		for i := range len(lines) - 1 {
			without := bytes.Join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...), nil)
			if _, err := accesslog.VerifyExport(bytes.NewReader(without), l.PublicKey()); !errors.Is(err, accesslog.ErrTampered) {
				b.Errorf("line %d removed: %v", i+1, err)
			}
		}
	})
	if report, err := accesslog.VerifyExport(strings.NewReader("")); err != nil || report.Last != 0 {
		t.Errorf("an empty export: %+v, %v", report, err)
	}
	if _, err := accesslog.VerifyExport(strings.NewReader(fmt.Sprint(7))); !errors.Is(err, accesslog.ErrTampered) {
		t.Errorf("no export: %v", err)
	}
}
