package keys_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/analytix-flow/analytix/internal/keys"
)

func TestStateTellsHowFarARotationHasCome(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	master := load(t, filepath.Join(dir, "master.key"))
	datasets := keys.NewDatasets(master, keys.Folder(filepath.Join(dir, "keys")))
	for i := range 4 {
		if _, err := datasets.Make(ctx, fmt.Sprint("d", i)); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(wantKeys, wantOld int) {
		t.Helper()
		s, err := master.State()
		if err != nil || s.Place != keys.InFile || s.Keys != wantKeys || s.Changed.IsZero() {
			t.Errorf("%+v, %v", s, err)
		}
		if total, old, err := datasets.Old(ctx); err != nil || total != 4 || old != wantOld {
			t.Errorf("%d of %d keys are wrapped by an earlier master key: %v", old, total, err)
		}
	}
	if p := datasets.Progress(); p != (keys.Progress{}) {
		t.Errorf("before any rotation: %+v", p)
	}
	stands(1, 0)
	if err := master.Rotate(); err != nil {
		t.Fatal(err)
	}
	stands(2, 4)
	during := keys.Progress{}
	if _, err := datasets.Rewrap(ctx, func() error { during = datasets.Progress(); return master.Retire() }); err != nil {
		t.Fatal(err)
	}
	if want := (keys.Progress{Running: true, Done: 4, Total: 4}); during != want {
		t.Errorf("before the old key goes: %+v", during)
	}
	if want := (keys.Progress{Done: 4, Total: 4}); datasets.Progress() != want {
		t.Errorf("after it: %+v", datasets.Progress())
	}
	stands(1, 0)
}

func TestStateOfAKeyFromTheEnvironment(t *testing.T) {
	t.Parallel()
	m, err := keys.Parse(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.State()
	if err != nil || s.Place != keys.InEnvironment || s.Keys != 1 || !s.Changed.IsZero() {
		t.Errorf("%+v, %v", s, err)
	}
	wrapped, err := m.Wrap(context.Background(), keys.NewSecret([]byte("k")), keys.Binding{Purpose: keys.ForDataset, Name: "d"})
	if err != nil || m.Current(nil) || m.Current([]byte("short")) {
		t.Errorf("%v", err)
	}
	if !m.Current(wrapped) {
		t.Error("what it wraps is said to be wrapped by an earlier one")
	}
}
