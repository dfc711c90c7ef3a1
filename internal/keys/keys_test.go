package keys_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/keys"
)

func load(t *testing.T, path string) *keys.Master {
	t.Helper()
	m, err := keys.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMasterFileIsMadePrivateOnceAndRead(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "new", "master.key")
	var wrapped [8][]byte
	var wg sync.WaitGroup
	b := keys.Binding{Purpose: keys.ForDataset, Name: "d1"}
	for i := range wrapped { // as if several processes started at once
		wg.Go(func() {
			m, err := keys.Load(path)
			if err != nil {
				t.Error(err)
				return
			}
			if wrapped[i], err = m.Wrap(ctx, keys.NewSecret([]byte("k")), b); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	m := load(t, path)
	for i, w := range wrapped {
		if got, err := m.Unwrap(ctx, w, b); err != nil || string(got.Bytes()) != "k" {
			t.Errorf("key %d: %v", i, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestMasterFileOpenToOthersIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.key")
	load(t, path)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := keys.Load(path)
		if !errors.Is(err, keys.ErrOpenToOthers) || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestDamagedFilesAreRefusedWithoutTheirContent(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "canary", `{"primaryKeyId":1,"key":[{"keyData":{"value":"canary"}}]}`, `{"canary":1}`} {
		path := filepath.Join(t.TempDir(), "master.key")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Load(path); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", content, err)
		}
		if _, err := keys.Parse(content); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", content, err)
		}
	}
	if _, err := keys.Load(t.TempDir()); err == nil {
		t.Error("a folder was taken for a key file")
	}
}

func TestWrappedKeysAreBound(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := load(t, filepath.Join(t.TempDir(), "master.key"))
	rapid.Check(t, func(t *rapid.T) {
		bind := rapid.Custom(func(t *rapid.T) keys.Binding {
			return keys.Binding{Purpose: rapid.SampledFrom([]keys.Purpose{keys.ForDataset, keys.ForInstance}).Draw(t, "p"),
				Name: rapid.String().Draw(t, "n")}
		})
		a, b := bind.Draw(t, "a"), bind.Draw(t, "b")
		key := keys.NewSecret(rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "key"))
		wrapped, err := m.Wrap(ctx, key, a)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := m.Unwrap(ctx, wrapped, a); err != nil || !got.Equal(key) {
			t.Fatalf("%v", err)
		}
		if _, err := m.Unwrap(ctx, wrapped, b); a != b && !errors.Is(err, keys.ErrUnwrap) {
			t.Fatalf("unwrapped under another binding: %v", err)
		}
		wrapped[rapid.IntRange(0, len(wrapped)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "by")
		if _, err := m.Unwrap(ctx, wrapped, a); !errors.Is(err, keys.ErrUnwrap) {
			t.Fatalf("an altered key was unwrapped: %v", err)
		}
	})
}

func TestEnvironmentTakesSeveralForms(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	one, two := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	b := keys.Binding{Purpose: keys.ForInstance, Name: "records"}
	old, err := keys.Parse(base64.StdEncoding.EncodeToString(one))
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := old.Wrap(ctx, keys.NewSecret([]byte("x")), b)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "master.key")
	load(t, path)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text          string
		parses, opens bool
	}{
		"hexadecimal":    {hex.EncodeToString(one), true, true},
		"unpadded":       {base64.RawURLEncoding.EncodeToString(one) + "\n", true, true},
		"new before old": {hex.EncodeToString(two) + ", " + hex.EncodeToString(one), true, true},
		"other key":      {hex.EncodeToString(two), true, false},
		"key file":       {string(file), true, false},
		"twice the same": {hex.EncodeToString(one) + "," + hex.EncodeToString(one), false, false},
		"too short":      {"c2hvcnQ=", false, false},
		"empty":          {"", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := keys.Parse(c.text)
			if (err == nil) != c.parses {
				t.Fatal(err)
			}
			if err != nil {
				return
			}
			if _, err := m.Unwrap(ctx, wrapped, b); (err == nil) != c.opens {
				t.Error(err)
			}
			if err := m.Rotate(); !errors.Is(err, keys.ErrNoFile) {
				t.Errorf("rotated a key of the environment: %v", err)
			}
		})
	}
}

func TestRotationKeepsEveryKeyReadable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	master := load(t, filepath.Join(dir, "master.key"))
	bystander := load(t, filepath.Join(dir, "master.key")) // another process that runs all the while
	shelf := keys.Folder(filepath.Join(dir, "keys"))
	datasets := keys.NewDatasets(master, shelf)
	ring, err := keys.OpenRing(t.Context(), master, filepath.Join(dir, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := ring.Key(ctx, "records", 64)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]keys.Secret{}
	for i := range 5 {
		id := fmt.Sprintf("d/../%d", i)
		if made[id], err = datasets.Make(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	readable := func(p keys.Provider) {
		t.Helper()
		for id, want := range made {
			if got, err := keys.NewDatasets(p, shelf).DataKey(ctx, id); err != nil || !got.Equal(want) {
				t.Errorf("%s: %v", id, err)
			}
		}
		r, err := keys.OpenRing(t.Context(), p, filepath.Join(dir, "keys.json"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Key(ctx, "records", 64); err != nil || !got.Equal(records) {
			t.Errorf("records: %v", err)
		}
	}
	before, _ := shelf.Get(ctx, "d/../0")
	if err := master.Rotate(); err != nil {
		t.Fatal(err)
	}
	readable(master)
	readable(bystander)
	if n, err := datasets.Rewrap(ctx, nil); err != nil || n != 5 {
		t.Fatal(n, err)
	}
	if err := ring.Rewrap(ctx); err != nil {
		t.Fatal(err)
	}
	readable(bystander)
	if err := master.Retire(); err != nil {
		t.Fatal(err)
	}
	readable(load(t, filepath.Join(dir, "master.key")))
	readable(bystander)
	if err := master.Alone(func() error { return bystander.Alone(func() error { return nil }) }); !errors.Is(err, keys.ErrRotating) {
		t.Errorf("two rotations at a time: %v", err)
	}
	if err := bystander.Alone(func() error { return nil }); err != nil {
		t.Errorf("a rotation after another: %v", err)
	}
	if _, err := master.Unwrap(ctx, before, keys.Binding{Purpose: keys.ForDataset, Name: "d/../0"}); !errors.Is(err, keys.ErrUnwrap) {
		t.Errorf("the retired key still unwraps: %v", err)
	}
}

func TestForgottenKeyIsGone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	d := keys.NewDatasets(load(t, filepath.Join(dir, "m")), keys.Folder(filepath.Join(dir, "keys")))
	if _, err := d.DataKey(ctx, "x"); !errors.Is(err, keys.ErrNotFound) {
		t.Error(err)
	}
	if _, err := d.Make(ctx, "x"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Forget(ctx, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.DataKey(ctx, "x"); !errors.Is(err, keys.ErrNotFound) {
		t.Error(err)
	}
}

func TestRingRefusesAnotherSizeAndDamage(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	m := load(t, filepath.Join(dir, "m"))
	path := filepath.Join(dir, "keys.json")
	r, err := keys.OpenRing(t.Context(), m, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Key(ctx, "broker", 32); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Key(ctx, "broker", 64); err == nil {
		t.Error("a key of another size was handed out")
	}
	for _, content := range []string{"", "{", `{"version":2}`, `{"version":1,"keys":{"broker":"AAAA"}}`} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := keys.OpenRing(t.Context(), m, path)
		if err == nil {
			_, err = r.Key(ctx, "broker", 32)
		}
		if err == nil {
			t.Errorf("%q passed for keys", content)
		}
	}
}

func TestSecretNeverShows(t *testing.T) {
	t.Parallel()
	s := keys.NewSecret([]byte("canary"))
	holder := struct{ Key keys.Secret }{s}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", s, "holder", holder)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", s, "holder", holder)
	shown := []string{log.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, s), fmt.Sprintf(verb, holder), fmt.Sprintf(verb, &holder))
	}
	if b, err := json.Marshal(holder); err == nil {
		t.Errorf("encoded as %s", b)
	}
	for _, text := range shown {
		for _, form := range []string{"canary", "63616e617279", "Y2FuYXJ5", "99 97 110"} {
			if strings.Contains(text, form) {
				t.Errorf("shown: %s", text)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("{}")
	f.Add(strings.Repeat("ab", 32) + "," + strings.Repeat("cd", 32))
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := keys.Parse(text); err == nil {
			if _, err := m.Wrap(context.Background(), keys.NewSecret([]byte("k")), keys.Binding{}); err != nil {
				t.Error(err)
			}
		}
	})
}
