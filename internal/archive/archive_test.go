package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/archive"
	"github.com/analytix-flow/analytix/internal/keys"
)

func master(t *testing.T) *keys.Master {
	t.Helper()
	m, err := keys.Load(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// write makes an archive of files by their names.
func write(ctx context.Context, m *keys.Master, w io.Writer, files map[string][]byte) (*archive.Manifest, error) {
	a, err := archive.Create(ctx, m, w, time.Unix(1, 0), map[string]string{"canary-about": "canary"})
	if err != nil {
		return nil, err
	}
	for name, content := range files {
		if err := a.Add(ctx, name, bytes.NewReader(content)); err != nil {
			return nil, err
		}
	}
	return a.Finish()
}

func TestArchiveGivesBackWhatWasPutIn(t *testing.T) {
	t.Parallel()
	m, dir := master(t), t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		files := map[string][]byte{}
		for i := range rapid.IntRange(0, 5).Draw(r, "files") {
			files[strings.Repeat("d/", i)+"f"] = rapid.SliceOfN(rapid.Byte(), 0, 200_000).Draw(r, "content")
		}
		path := filepath.Join(dir, "a")
		f, err := os.Create(path)
		if err != nil {
			r.Fatal(err)
		}
		if _, err := write(t.Context(), m, f, files); err != nil {
			r.Fatal(err)
		}
		_ = f.Close()
		a, err := archive.Open(t.Context(), m, path)
		if err != nil {
			r.Fatal(err)
		}
		defer func() { _ = a.Close() }()
		if len(a.Manifest.Entries) != len(files) || a.Manifest.About["canary-about"] != "canary" {
			r.Fatalf("%+v", a.Manifest)
		}
		for _, e := range a.Manifest.Entries {
			var got []byte
			err := a.Read(t.Context(), e, func(from io.Reader) (err error) {
				got, err = io.ReadAll(from)
				return err
			})
			if err != nil || !bytes.Equal(got, files[e.Name]) {
				r.Fatalf("%s: %d bytes, %v", e.Name, len(got), err)
			}
		}
	})
}

func TestWhatWasAlteredDoesNotOpen(t *testing.T) {
	t.Parallel()
	m := master(t)
	var whole bytes.Buffer
	if _, err := write(t.Context(), m, &whole, map[string][]byte{"canary-name": []byte("canary-content"), "b": make([]byte, 100_000)}); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(whole.Bytes(), []byte("canary")) {
		t.Error("something can be read in it")
	}
	path := filepath.Join(t.TempDir(), "a")
	open := func(content []byte) error {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := archive.Open(t.Context(), m, path)
		if err == nil {
			_ = a.Close()
		}
		return err
	}
	if err := open(whole.Bytes()); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	places := []int{0, 7, 8, 11, 12, 30, 100, 200, 300, whole.Len() - 1, whole.Len() - 20}
	for range 100 {
		places = append(places, random.IntN(whole.Len()))
	}
	for _, at := range places {
		content := bytes.Clone(whole.Bytes())
		content[at] ^= 1 << random.IntN(8)
		err := open(content)
		if !errors.Is(err, archive.ErrDamaged) && !errors.Is(err, archive.ErrNoArchive) && !errors.Is(err, keys.ErrUnwrap) {
			t.Errorf("byte %d flipped: %v", at, err)
		}
		if err := open(whole.Bytes()[:at]); !errors.Is(err, archive.ErrDamaged) && !errors.Is(err, archive.ErrNoArchive) {
			t.Errorf("cut at %d: %v", at, err)
		}
	}
	if err := open(append(bytes.Clone(whole.Bytes()), 0)); !errors.Is(err, archive.ErrDamaged) {
		t.Errorf("with a byte more: %v", err)
	}
}

func TestAnotherMasterKeyIsRefusedInWords(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := write(t.Context(), master(t), f, nil); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	_, err = archive.Open(t.Context(), master(t), path)
	if !errors.Is(err, keys.ErrUnwrap) || !strings.Contains(err.Error(), "under another master key") {
		t.Error(err)
	}
}

func TestUnfinishedArchiveIsRefused(t *testing.T) {
	t.Parallel()
	m, path := master(t), filepath.Join(t.TempDir(), "a")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := archive.Create(t.Context(), m, f, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Add(t.Context(), "x", bytes.NewReader(make([]byte, 1<<20))); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if _, err := archive.Open(t.Context(), m, path); !errors.Is(err, archive.ErrDamaged) {
		t.Error(err)
	}
}
