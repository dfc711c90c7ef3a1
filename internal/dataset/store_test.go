package dataset_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/stage"
)

const id = "d1"

type bundle struct {
	*dataset.Store
	keys *keys.Datasets
	dir  string
}

// open makes a store with real keys and the dataset id in it.
func open(t testing.TB) bundle {
	t.Helper()
	dir := t.TempDir()
	master, err := keys.Load(filepath.Join(dir, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	k := keys.NewDatasets(master, keys.Folder(filepath.Join(dir, "keys")))
	if _, err := k.Make(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	s, err := dataset.New(filepath.Join(dir, "files"), k)
	if err != nil {
		t.Fatal(err)
	}
	return bundle{s, k, filepath.Join(dir, "files")}
}

// put stores content and returns what a handler gets.
func (b bundle) put(t testing.TB, content []byte) *stage.Received {
	t.Helper()
	ctx := context.Background()
	rec, err := b.PutReceived(ctx, id, bytes.NewReader(content), "secret-name.csv")
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Received(ctx, id, rec)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func readAll(r *stage.Received) ([]byte, error) {
	f, err := dataset.Open(context.Background(), r)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(f)
	return b, errors.Join(err, f.Close())
}

// left lists what lies in the dataset's folder.
func (b bundle) left(t testing.TB) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestReceivedComesBackByteForByte(t *testing.T) {
	t.Parallel()
	b := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.OneOf(rapid.IntRange(0, 100), rapid.SampledFrom([]int{65535, 65536, 65537, 131072, 200000})).Draw(rt, "size")
		content := bytes.Repeat(append(rapid.SliceOfN(rapid.Byte(), 7, 7).Draw(rt, "some"), "canary"...), size/13+1)[:size]
		r := b.put(t, content)
		if got, err := readAll(r); err != nil || !bytes.Equal(got, content) {
			rt.Fatalf("%d bytes came back as %d, %v", size, len(got), err)
		}
		at, err := dataset.OpenAt(r)
		if err != nil {
			rt.Fatal(err)
		}
		defer at.Close() //nolint:errcheck // read only
		off := rapid.IntRange(0, size+10).Draw(rt, "off")
		p := make([]byte, rapid.IntRange(1, 70000).Draw(rt, "len"))
		n, err := at.ReadAt(p, int64(off))
		want := content[min(off, size):min(off+len(p), size)]
		if !bytes.Equal(p[:n], want) || (n < len(p)) != errors.Is(err, io.EOF) {
			rt.Fatalf("at %d of %d: %d bytes in the place of %d, %v", off, size, n, len(want), err)
		}
		if raw, err := os.ReadFile(r.Path); err != nil || bytes.Contains(raw, []byte("canary")) {
			rt.Fatalf("plain text on disk, %v", err)
		}
	})
	for _, path := range b.left(t) {
		if strings.Contains(path, "secret-name") {
			t.Errorf("%s shows a name", path)
		}
	}
}

func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	b := open(t)
	r := b.put(t, bytes.Repeat([]byte("0123456789"), 20000))
	whole, err := os.ReadFile(r.Path)
	if err != nil {
		t.Fatal(err)
	}
	other := b.put(t, bytes.Repeat([]byte("0123456789"), 20000))
	swapped, err := os.ReadFile(other.Path)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(at int) []byte { c := bytes.Clone(whole); c[at] ^= 1; return c }
	const packet = 65536 + 32
	for name, content := range map[string][]byte{
		"header": flip(0), "nonce": flip(8), "first packet": flip(100), "last packet": flip(len(whole) - 20),
		"last byte": flip(len(whole) - 1), "end cut off": whole[:len(whole)-1], "last packet cut off": whole[:3*packet],
		"everything cut off": {}, "packets swapped": append(append(bytes.Clone(whole[packet:2*packet]), whole[:packet]...), whole[2*packet:]...),
		"something added": append(bytes.Clone(whole), 0), "another file in its place": swapped,
	} {
		if err := os.WriteFile(r.Path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readAll(r); !errors.Is(err, dataset.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		at, err := dataset.OpenAt(r)
		if err == nil {
			_, err = io.Copy(io.Discard, io.NewSectionReader(at, 0, at.Size()))
			_ = at.Close()
		}
		if !errors.Is(err, dataset.ErrDamaged) {
			t.Errorf("%s, at random: %v", name, err)
		}
	}
	if err := os.Remove(r.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(r); !errors.Is(err, dataset.ErrDamaged) {
		t.Errorf("removed: %v", err)
	}
}

// touched is a source whose file is changed by another process while it is read.
type touched struct {
	*os.File
	touch func()
}

func (s *touched) Read(p []byte) (int, error) {
	n, err := s.File.Read(p)
	if s.touch != nil {
		s.touch()
		s.touch = nil
	}
	return n, err
}

func TestSourcesThatChangeAreRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, c := range map[string]struct {
		touch func(path string) error
		says  string
	}{
		"grows": {func(p string) error {
			f, err := os.OpenFile(p, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString("more")
			return errors.Join(err, f.Close())
		}, "grew"},
		"shrinks":  {func(p string) error { return os.Truncate(p, 3) }, "shrank"},
		"vanishes": {os.Remove, "was removed"},
		"replaced": {func(p string) error {
			return errors.Join(os.WriteFile(p+"2", []byte("other"), 0o600), os.Rename(p+"2", p))
		}, "was replaced"},
	} {
		b := open(t)
		path := filepath.Join(t.TempDir(), "in.csv")
		if err := os.WriteFile(path, bytes.Repeat([]byte("a,b\n"), 100), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.PutReceived(ctx, id, &touched{f, func() {
			if err := c.touch(path); err != nil {
				t.Error(err)
			}
		}}, path)
		if !errors.Is(err, dataset.ErrSource) || !stage.IsRefused(err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if left := b.left(t); len(left) > 0 {
			t.Errorf("%s left %v", name, left)
		}
		_ = f.Close()
	}
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	t.Parallel()
	b := open(t)
	dir := t.TempDir()
	fifo, locked := filepath.Join(dir, "fifo"), filepath.Join(dir, "locked")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(locked, []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{dir: "a folder", filepath.Join(dir, "none"): "not there", fifo: "no regular file"}
	if os.Geteuid() != 0 { // root may read everything
		cases[locked] = "may not be read"
	}
	for path, says := range cases {
		_, err := b.ReceiveFile(context.Background(), id, path)
		if !errors.Is(err, dataset.ErrSource) || !stage.IsRefused(err) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if left := b.left(t); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestSourcesThatFailLeaveNothing(t *testing.T) {
	t.Parallel()
	b := open(t)
	broken := io.MultiReader(strings.NewReader("some"), iotest.ErrReader(errors.New("the cable was pulled")))
	_, err := b.PutReceived(context.Background(), id, broken, "x")
	if !errors.Is(err, dataset.ErrSource) || !strings.Contains(err.Error(), "after 4 bytes") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.PutReceived(ctx, id, strings.NewReader("x"), "x"); !errors.Is(err, context.Canceled) || stage.IsRefused(err) {
		t.Errorf("%v", err)
	}
	if left := b.left(t); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	b := open(t)
	ctx := context.Background()
	text := json.RawMessage(`{"canary": [1, 2]}`)
	ref, err := b.PutDocument(ctx, id, text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.PutDocument(ctx, id, text)
	if err != nil || again != ref || len(b.left(t)) != 1 {
		t.Errorf("the same document was stored twice: %s, %s, %v", ref, again, err)
	}
	if got, err := b.Document(ctx, id, ref); err != nil || !bytes.Equal(got, text) {
		t.Errorf("%s, %v", got, err)
	}
	other, err := b.PutDocument(ctx, id, json.RawMessage(`{"other": true}`))
	if err != nil {
		t.Fatal(err)
	}
	path := func(ref string) string { return filepath.Join(b.dir, id, ref) }
	raw, err := os.ReadFile(path(ref))
	if err != nil || bytes.Contains(raw, []byte("canary")) {
		t.Errorf("plain text on disk, %v", err)
	}
	for name, content := range map[string][]byte{"emptied": {}, "cut": raw[:10], "junk": []byte("junk")} {
		if err := os.WriteFile(path(other), content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Document(ctx, id, other); !errors.Is(err, dataset.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"", "document-none", "../d1/" + ref, "received-1", "/etc/passwd"} {
		if _, err := b.Document(ctx, id, bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if _, err := b.PutDocument(ctx, id, json.RawMessage("{")); err == nil {
		t.Error("half a document was stored")
	}
}

func TestForgottenDatasetCannotBeRead(t *testing.T) {
	t.Parallel()
	b := open(t)
	ctx := context.Background()
	ref, err := b.PutDocument(ctx, id, json.RawMessage(`1`))
	if err != nil {
		t.Fatal(err)
	}
	rec, err := b.PutReceived(ctx, id, strings.NewReader("x"), "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.keys.Forget(ctx, id); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Document(ctx, id, ref); !errors.Is(err, keys.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := b.Received(ctx, id, rec); !errors.Is(err, keys.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if err := b.Remove(ctx, id); err != nil {
		t.Fatal(err)
	}
	if ids, err := b.Datasets(t.Context()); err != nil || len(ids) != 0 {
		t.Errorf("%v, %v", ids, err)
	}
}

func TestPathsCannotLeaveTheStore(t *testing.T) {
	t.Parallel()
	b := open(t)
	ctx := context.Background()
	for _, bad := range []string{"", "..", "a/b", ".", "a b", strings.Repeat("a", 101), "../" + id} {
		if _, err := b.PutDocument(ctx, bad, json.RawMessage(`1`)); err == nil {
			t.Errorf("the id %q was taken", bad)
		}
	}
	for _, bad := range []string{"..", "../d2/x", "/etc/passwd", "a/../../x", ""} {
		if _, err := b.File(ctx, id, bad); err == nil {
			t.Errorf("the ref %q was taken", bad)
		}
	}
	dir, _, err := b.OutDir(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("/etc/passwd", link); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{link, dir, filepath.Join(dir, "none"), "/etc/passwd", filepath.Join(dir, "../../x")} {
		if ref, err := b.Keep(ctx, id, bad); err == nil {
			t.Errorf("%s was kept as %s", bad, ref)
		}
	}
}

func TestSweepRemovesOrphansOnly(t *testing.T) {
	t.Parallel()
	b := open(t)
	ctx := context.Background()
	var dirs []string
	for range 3 { // kept, going on, orphan
		dir, _, err := b.OutDir(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"data.parquet", "left.parquet"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		dirs = append(dirs, dir)
	}
	kept, err := b.Keep(ctx, id, filepath.Join(dirs[0], "data.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	rec, err := b.PutReceived(ctx, id, strings.NewReader("x"), "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.PutDocument(ctx, id, json.RawMessage(`1`)); err != nil { // no record of it
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, id, ".new-crash"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := b.Sweep(ctx, id, []string{kept, rec.Ref, filepath.Base(dirs[1])})
	if err != nil || n != 4 { // left.parquet, the orphan's folder, the document, the crash's
		t.Errorf("%d removed, %v", n, err)
	}
	if left := b.left(t); len(left) != 4 {
		t.Errorf("left: %v", left)
	}
	if n, err := b.Sweep(ctx, "none", nil); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

func FuzzOpen(f *testing.F) {
	b := open(f)
	r := b.put(f, []byte("some content"))
	whole, err := os.ReadFile(r.Path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := *r
		c.Path = filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(c.Path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readAll(&c); (err == nil) != bytes.Equal(raw, whole) {
			t.Errorf("%q, %v", got, err)
		}
	})
}
