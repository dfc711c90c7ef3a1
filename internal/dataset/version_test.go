package dataset_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/engine"
)

func session(t *testing.T, folder string) *engine.Session {
	t.Helper()
	e, err := engine.Open(context.Background(), engine.Config{Threads: 1, Folders: []string{folder},
		ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// keep writes what the query gives as a handler would, and returns its ref.
func (b bundle) keep(t *testing.T, e *engine.Session, query string) string {
	t.Helper()
	ctx := context.Background()
	dir, key, err := b.OutDir(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	f := engine.File{Path: filepath.Join(dir, "x.parquet"), Key: key}
	if err := e.WriteParquet(ctx, query, f); err != nil {
		t.Fatal(err)
	}
	ref, err := b.Keep(ctx, id, f.Path)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// hash completes a version with what its file holds.
func (b bundle) hash(t *testing.T, e *engine.Session, v dataset.Version) dataset.Version {
	t.Helper()
	ctx := context.Background()
	f, err := b.File(ctx, id, v.Ref)
	if err != nil {
		t.Fatal(err)
	}
	from, err := e.ReadParquet(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	if v.ContentHash, v.Rows, err = e.ContentHash(ctx, from); err != nil {
		t.Fatal(err)
	}
	return v
}

const (
	parsed  = `SELECT * FROM (VALUES (1, 'ann', ' x '), (2, NULL, 'a,"b"'), (3, 'eve', NULL), (5, 'bob', 'y')) t(__row, name, "odd ""col")`
	cleaned = `SELECT * FROM (VALUES (1, 'ann', 'x'), (2, 'joe', 'a,"b"'), (3, 'eve', NULL)) t(__row, name, "odd ""col")`
	changes = `SELECT * FROM (VALUES ('i1', 'trim', 1, 'odd "col', ' x ', 'x', true), ('i2', 'fill', 2, 'name', NULL, 'joe', true), ` +
		`('i3', 'map', 3, 'name', 'eve', 'eva', false), ('i4', 'drop', 5, '*', NULL, NULL, true)) ` +
		`t(issue, resolution, __row, "column", old, new, applied)`
)

// versions stores a small dataset of three versions.
func (b bundle) versions(t *testing.T, e *engine.Session) []dataset.Version {
	t.Helper()
	received, err := b.PutReceived(context.Background(), id, strings.NewReader("name,odd\n"), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	return []dataset.Version{
		{ID: "v0", Dataset: id, Kind: dataset.KindReceived, Ref: received.Ref, ContentHash: received.SHA256, Bytes: received.Bytes},
		b.hash(t, e, dataset.Version{ID: "v1", Dataset: id, Parent: "v0", Kind: dataset.KindParsed, Ref: b.keep(t, e, parsed)}),
		b.hash(t, e, dataset.Version{ID: "v2", Dataset: id, Parent: "v1", Kind: dataset.KindCleaned, Ref: b.keep(t, e, cleaned),
			Changes: b.keep(t, e, changes)}),
	}
}

func TestContentHashIsThatOfTheRows(t *testing.T) {
	t.Parallel()
	b := open(t)
	e := session(t, b.Folder())
	ctx := context.Background()
	sum := sha256.Sum256([]byte("ann, x \n,\"a,\"\"b\"\"\"\neve,\nbob,y\n"))
	want := hex.EncodeToString(sum[:])
	for name, from := range map[string]string{
		"as it is": "(" + parsed + ")", "in another order": "(SELECT * FROM (" + parsed + ") ORDER BY __row DESC)",
	} {
		if got, rows, err := e.ContentHash(ctx, from); err != nil || rows != 4 || got != want {
			t.Errorf("%s: %s, %d rows, %v", name, got, rows, err)
		}
	}
	many := "(SELECT i AS __row, i::VARCHAR AS c FROM range(1, 600001) t(i))" // several windows
	h := sha256.New()
	rows, err := e.Query(ctx, "SELECT c || chr(10) FROM "+many+" ORDER BY __row")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		h.Write([]byte(line))
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	if got, n, err := e.ContentHash(ctx, many); err != nil || n != 600000 || got != hex.EncodeToString(h.Sum(nil)) {
		t.Errorf("%d rows, %v", n, err)
	}
	if _, _, err := e.ContentHash(ctx, "(SELECT 1 AS a)"); err == nil {
		t.Error("a table without row numbers was hashed")
	}
}

func TestCellHistory(t *testing.T) {
	t.Parallel()
	b := open(t)
	e := session(t, b.Folder())
	ctx := context.Background()
	versions := b.versions(t, e)
	decided := map[string]string{"i1": "dec1", "i2": "dec2", "i4": "dec4"}
	text := func(p *string) string {
		if p == nil {
			return "-"
		}
		return *p
	}
	for _, c := range []struct {
		row                                             int64
		column, received, now, issue, decision, removed string
	}{
		{1, `odd "col`, " x ", "x", "i1", "dec1", "stays"},
		{2, "name", "-", "joe", "i2", "dec2", "stays"},
		{2, `odd "col`, `a,"b"`, `a,"b"`, "", "", "stays"},
		{3, "name", "eve", "eve", "", "", "stays"}, // a proposal that was not carried out
		{5, "name", "bob", "-", "i4", "dec4", "removed"},
	} {
		s, err := b.CellHistory(ctx, e, versions, decided, c.row, c.column)
		if err != nil {
			t.Errorf("%d %s: %v", c.row, c.column, err)
			continue
		}
		if text(s.Received) != c.received || text(s.Now) != c.now || s.Removed != (c.removed == "removed") {
			t.Errorf("%d %s: %+v", c.row, c.column, s)
		}
		if (c.issue != "") != (len(s.Changes) == 1) || len(s.Changes) == 1 && (s.Changes[0].Issue != c.issue ||
			s.Changes[0].Decision != c.decision || s.Changes[0].Version != "v2") {
			t.Errorf("%d %s: %+v", c.row, c.column, s.Changes)
		}
	}
	for row, column := range map[int64]string{4: "name", 1: "none", -1: "name"} {
		if _, err := b.CellHistory(ctx, e, versions, nil, row, column); !errors.Is(err, dataset.ErrNoCell) {
			t.Errorf("%d %s: %v", row, column, err)
		}
	}
	versions[2].Changes = "" // a version that changed without saying so
	if _, err := b.CellHistory(ctx, e, versions, nil, 2, "name"); !errors.Is(err, dataset.ErrDamaged) {
		t.Errorf("an unexplained change: %v", err)
	}
}

func TestVerifyFindsEveryFault(t *testing.T) {
	t.Parallel()
	b := open(t)
	e := session(t, b.Folder())
	ctx := context.Background()
	doc, err := b.PutDocument(ctx, id, []byte(`{"a": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	r := dataset.Records{Versions: b.versions(t, e), Documents: []string{doc}, Files: []string{b.keep(t, e, changes)}}
	if n, err := b.Verify(ctx, e, id, r); err != nil || n != 6 {
		t.Fatalf("%d files, %v", n, err)
	}
	refs := []string{r.Versions[0].Ref, r.Versions[1].Ref, r.Versions[2].Ref, r.Versions[2].Changes, doc, r.Files[0]}
	for _, ref := range refs {
		path := filepath.Join(b.dir, id, ref)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{len(whole) / 3, len(whole) / 2, len(whole) - 1} {
			changed := append([]byte{}, whole...)
			changed[at] ^= 0x10
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			// A session of its own: the engine keeps what it has read of a file for as long as the session lasts.
			n, err := b.Verify(ctx, session(t, b.Folder()), id, r)
			var fault dataset.Fault
			if !errors.As(err, &fault) || fault.Ref != ref || n != 5 {
				t.Errorf("byte %d of %s: %d hold, %v", at, ref, n, err)
			}
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.Versions[1].Rows++
	r.Versions[2].ContentHash = strings.Repeat("0", 64)
	r.Versions[0].ContentHash = r.Versions[2].ContentHash
	if n, err := b.Verify(ctx, e, id, r); n != 3 || !errors.Is(err, dataset.ErrDamaged) {
		t.Errorf("records that differ: %d hold, %v", n, err)
	}
}
