package object_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/object"
	"github.com/analytix-flow/analytix/internal/object/objecttest"
)

func TestObjectsAreKeptListedAndRemoved(t *testing.T) {
	s := objecttest.Start(t)
	ctx := t.Context()
	b, err := object.Open(ctx, s.URL("prod"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := object.Open(ctx, s.URL("other"))
	if err != nil {
		t.Fatal(err)
	}
	large := bytes.Repeat([]byte("0123456789abcdef"), 40<<20/16) // of several parts
	path := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(path, large, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.PutFile(ctx, "d1/large", path), b.PutBytes(ctx, "d1/try/small", []byte("x")), b.PutBytes(ctx, "d1/empty", nil),
		b.PutBytes(ctx, "d2/y", []byte("first")), b.PutBytes(ctx, "d2/y", []byte("second")), other.PutBytes(ctx, "d1/foreign", []byte("z"))); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"d1/large": large, "d1/try/small": []byte("x"), "d1/empty": {}, "d2/y": []byte("second")} {
		got, err := b.Bytes(ctx, name)
		if size, err2 := b.Size(ctx, name); err != nil || err2 != nil || !bytes.Equal(got, want) || size != int64(len(want)) {
			t.Errorf("%s: %d bytes of %d, size %d, %v, %v", name, len(got), len(want), size, err, err2)
		}
	}
	if got := names(ctx, t, b, ""); !slices.Equal(got, []string{"d1/empty", "d1/large", "d1/try/small", "d2/y"}) {
		t.Errorf("listed %q", got)
	}
	for _, name := range []string{"d1/none", "d1", "d1/try"} {
		_, err := b.Get(ctx, name)
		_, err2 := b.Size(ctx, name)
		if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err2, fs.ErrNotExist) {
			t.Errorf("%s: %v, %v", name, err, err2)
		}
	}
	if err := b.Remove(ctx, "d1/"); err != nil {
		t.Fatal(err)
	}
	if got := names(ctx, t, b, ""); !slices.Equal(got, []string{"d2/y"}) {
		t.Errorf("after removing there are %q", got)
	}
	if got, err := other.Bytes(ctx, "d1/foreign"); err != nil || string(got) != "z" {
		t.Errorf("below another prefix: %q, %v", got, err)
	}
	enough := errors.New("enough")
	if err := b.List(ctx, "", func(string, int64) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("a listing that was ended: %v", err)
	}
	if err := b.Check(ctx); err != nil {
		t.Error(err)
	}
}

func names(ctx context.Context, t *testing.T, b *object.Bucket, prefix string) []string {
	t.Helper()
	var all []string
	if err := b.List(ctx, prefix, func(name string, _ int64) error { all = append(all, name); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnObjectIsWrittenWholeOrNotAtAll(t *testing.T) {
	s := objecttest.Start(t)
	b, err := object.Open(t.Context(), s.URL("p"))
	if err != nil {
		t.Fatal(err)
	}
	short := io.LimitReader(strings.NewReader("only this"), 9)
	if err := b.Put(t.Context(), "half", short, 1000); err == nil {
		t.Error("an object was written of which the half came")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.PutBytes(ctx, "half", []byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("writing after the caller went: %v", err)
	}
	if _, err := b.Size(t.Context(), "half"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the half of an object: %v", err)
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	for _, text := range []string{"", "http://host", "s3:///prefix", "s3://user:secret@bucket/", "s3://bucket?endpoint=host:1", "s3://bucket?endpoint=ftp://host",
		"s3://bucket?endpoint=https://user:secret@host", "s3://bucket?endpoint=https://host/path", "s3://bucket?path_style=maybe", "s3://bucket?color=red", "s3://bucket#x"} {
		_, err := object.Open(t.Context(), text)
		if err == nil || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%q: %v", text, err)
		}
	}
	s := objecttest.Start(t)
	missing := strings.Replace(s.URL(""), "s3://bucket/", "s3://none/", 1)
	if _, err := object.Open(t.Context(), missing); err == nil || !strings.Contains(err.Error(), "no bucket none") {
		t.Errorf("a bucket that is not there: %v", err)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	if _, err := object.Open(t.Context(), s.URL("")); err == nil {
		t.Error("came in with a wrong secret")
	}
}
