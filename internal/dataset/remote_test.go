package dataset_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/object"
	"github.com/analytix-flow/analytix/internal/object/objecttest"
	"github.com/analytix-flow/analytix/internal/stage"
)

// machines are stores with folders of their own over the same objects.
type machines struct {
	*objecttest.Server
	keys   *keys.Datasets
	bucket *object.Bucket
}

func newMachines(t *testing.T) machines {
	t.Helper()
	b := open(t)
	s := objecttest.Start(t)
	bucket, err := object.Open(t.Context(), s.URL("files"))
	if err != nil {
		t.Fatal(err)
	}
	return machines{s, b.keys, bucket}
}

func (m machines) one(t *testing.T) bundle {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "copies")
	s, err := dataset.NewOver(dir, m.keys, m.bucket, nil)
	if err != nil {
		t.Fatal(err)
	}
	return bundle{s, m.keys, dir}
}

func TestWhatOneMachineStoresAnotherReads(t *testing.T) {
	m := newMachines(t)
	ctx, a, b := t.Context(), m.one(t), m.one(t)
	rec, err := a.PutReceived(ctx, id, bytes.NewReader([]byte("a,b\n1,2\n")), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := a.PutDocument(ctx, id, json.RawMessage(`{"x":1}`))
	if err != nil {
		t.Fatal(err)
	}
	dir, key, err := a.OutDir(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := dataset.SealFile(ctx, filepath.Join(dir, "sub", "data"), key, bytes.NewReader([]byte("rows"))); err != nil {
		t.Fatal(err)
	}
	ref, err := a.Keep(ctx, id, filepath.Join(dir, "sub", "data"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // from the object, then from the copy
		r, err := b.Received(ctx, id, rec)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readAll(r); err != nil || string(got) != "a,b\n1,2\n" {
			t.Fatalf("received: %q, %v", got, err)
		}
		if got, err := b.Document(ctx, id, doc); err != nil || string(got) != `{"x":1}` {
			t.Fatalf("document: %q, %v", got, err)
		}
		f, err := b.File(ctx, id, ref)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readAll(&stage.Received{Name: "data", Path: f.Path, Key: f.Key, Bytes: 4}); err != nil || string(got) != "rows" {
			t.Fatalf("kept file: %q, %v", got, err)
		}
	}
	for _, gone := range []string{"received-1", "try-1/data", "document-00"} {
		if _, err := b.File(ctx, id, gone); !errors.Is(err, dataset.ErrDamaged) {
			t.Errorf("%s: %v", gone, err)
		}
	}
	if n, size, err := b.Weigh(ctx, id); n != 3 || size == 0 || err != nil {
		t.Errorf("weighed %d files, %d bytes, %v", n, size, err)
	}
	if ids, err := m.one(t).Datasets(ctx); !slices.Equal(ids, []string{id}) || err != nil {
		t.Errorf("datasets %q, %v", ids, err)
	}
	if n, err := b.Sweep(ctx, id, []string{rec.Ref, ref}); n == 0 || err != nil { // the document goes
		t.Errorf("swept %d, %v", n, err)
	}
	if _, err := m.one(t).Document(ctx, id, doc); !errors.Is(err, dataset.ErrDamaged) {
		t.Errorf("a document that was swept: %v", err)
	}
	if _, err := m.one(t).File(ctx, id, ref); err != nil {
		t.Errorf("a file that was to be kept: %v", err)
	}
	if err := b.Remove(ctx, id); err != nil {
		t.Fatal(err)
	}
	if n, _, err := a.Weigh(ctx, id); n != 0 || err != nil {
		t.Errorf("after removing %d files are left, %v", n, err)
	}
}

func TestPiecesOfAnUploadComeInOnSeveralMachines(t *testing.T) {
	m := newMachines(t)
	ctx, content := t.Context(), bytes.Repeat([]byte("0123456789"), 4<<20) // more than is recorded at once
	st, err := m.one(t).Stage(ctx, id, "large.csv")
	if err != nil {
		t.Fatal(err)
	}
	saved := *st
	piece := dataset.Piece{Save: func(now dataset.Staging) error { saved = now; return nil }}
	at := 0
	for _, size := range []int{5, 18 << 20, 1, len(content) - (18 << 20) - 6} {
		now := saved // another machine knows what is recorded, and no more
		if size == 1 {
			failed := dataset.Piece{Save: func(dataset.Staging) error { return errors.New("the records are gone") }}
			if _, err := m.one(t).Append(ctx, id, &now, bytes.NewReader([]byte("never recorded")), failed); err == nil {
				t.Fatal("a piece that could not be recorded was taken")
			}
			now = saved
		}
		n, err := m.one(t).Append(ctx, id, &now, bytes.NewReader(content[at:at+size]), piece)
		if err != nil || n != int64(size) {
			t.Fatalf("piece at %d: %d, %v", at, n, err)
		}
		at += size
	}
	rec, err := saved.Received()
	if err != nil {
		t.Fatal(err)
	}
	reader := m.one(t)
	r, err := reader.Received(ctx, id, rec)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(r); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes of %d, %v", len(got), len(content), err)
	}
	if got := reader.left(t); len(got) != 1 {
		t.Errorf("beside the copy there is %q", got)
	}
}

func TestObjectsAreFrozenAndPublished(t *testing.T) {
	m := newMachines(t)
	ctx, a := t.Context(), m.one(t)
	rec, err := a.PutReceived(ctx, id, bytes.NewReader([]byte("whole")), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	st, err := a.Stage(ctx, id, "pieces.csv")
	if err == nil {
		_, err = a.Append(ctx, id, st, bytes.NewReader([]byte("in pieces")), dataset.Piece{})
	}
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "held")
	if err := m.one(t).Freeze(ctx, to, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := a.Remove(ctx, id); err != nil {
		t.Fatal(err)
	}
	restored, err := dataset.NewOver(to, m.keys, m.bucket, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := restored.Publish(ctx); err != nil {
		t.Fatal(err)
	}
	pieces, err := st.Received()
	if err != nil {
		t.Fatal(err)
	}
	for want, rec := range map[string]*dataset.Received{"whole": rec, "in pieces": pieces} {
		r, err := m.one(t).Received(ctx, id, rec)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readAll(r); err != nil || string(got) != want {
			t.Errorf("%q became %q, %v", want, got, err)
		}
	}
}

func TestCopiesMakeRoomForOthers(t *testing.T) {
	m := newMachines(t)
	ctx, a := t.Context(), m.one(t)
	var refs []string
	for range 4 {
		rec, err := a.PutReceived(ctx, id, io.LimitReader(endless{}, 1<<20), "x.csv")
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, rec.Ref)
	}
	if _, _, err := a.OutDir(ctx, id); err != nil {
		t.Fatal(err)
	}
	dir, _, err := a.OutDir(ctx, id)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "under way"), make([]byte, 1<<20), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for i, ref := range refs {
		at := begun.Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(filepath.Join(a.dir, id, ref), at, at); err != nil {
			t.Fatal(err)
		}
	}
	bounds := dataset.Cache{Bytes: 3_500_000, Rest: time.Hour, Stray: 48 * time.Hour}
	evict := func(later time.Duration, want int) {
		t.Helper()
		if n, err := a.Evict(ctx, bounds, begun.Add(later)); n != want || err != nil {
			t.Errorf("after %v %d files went, %v; want %d", later, n, err, want)
		}
	}
	evict(time.Minute, 0)                // all were read within the hour
	evict(time.Hour+2*time.Minute, 2)    // the two that were read longest ago; what no object is of stays
	evict(time.Hour+2*time.Minute, 0)    // there is room now
	evict(47*time.Hour, 0)               // copies stay while there is room
	evict(49*time.Hour+5*time.Minute, 1) // the stray file goes
	if got := a.left(t); len(got) != 2 || slices.ContainsFunc(refs[:2], func(r string) bool { return slices.Contains(got, r) }) {
		t.Errorf("left %q of %q", got, refs)
	}
	if _, err := a.File(ctx, id, refs[0]); err != nil {
		t.Errorf("a copy that went cannot be had again: %v", err)
	}
}

// counted counts how often it is asked for an object.
type counted struct {
	dataset.Objects
	asked int
}

func (c *counted) Size(ctx context.Context, name string) (int64, error) {
	c.asked++
	return c.Objects.Size(ctx, name)
}

// An old copy for which there is room is asked after once a day, not with every look.
func TestOldCopiesAreAskedAfterOnceADay(t *testing.T) {
	m := newMachines(t)
	c := &counted{Objects: m.bucket}
	a, err := dataset.NewOver(filepath.Join(t.TempDir(), "copies"), m.keys, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := a.PutReceived(t.Context(), id, bytes.NewReader([]byte("a\n1\n")), "x.csv"); err != nil {
			t.Fatal(err)
		}
	}
	begun := time.Now()
	look := func(later time.Duration, removed, asked int) {
		t.Helper()
		n, err := a.Evict(t.Context(), dataset.Cache{Bytes: 1 << 20, Rest: time.Hour, Stray: 48 * time.Hour}, begun.Add(later))
		if err != nil || n != removed || c.asked != asked {
			t.Errorf("after %v %d files went, %d questions, %v", later, n, c.asked, err)
		}
	}
	c.asked = 0
	look(49*time.Hour, 0, 3)
	look(49*time.Hour+10*time.Minute, 0, 3)
	look(72*time.Hour, 0, 3)
	look(74*time.Hour, 0, 6)
	if err := m.bucket.Remove(t.Context(), id+"/"); err != nil { // another process erases the dataset
		t.Fatal(err)
	}
	look(75*time.Hour, 0, 6)
	look(99*time.Hour, 3, 9)
}

// endless is a source of bytes.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
