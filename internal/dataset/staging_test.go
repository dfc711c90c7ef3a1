package dataset_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/dataset"
)

var errCut = errors.New("the line is cut")

func TestAFileInPiecesReadsAsItWasSent(t *testing.T) {
	t.Parallel()
	s := open(t)
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 27, 4096, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3 << 20}), 1, 6).Draw(t, "pieces")
		cut := rapid.SampledFrom([]bool{true, false}).Draw(t, "cut")
		st, err := s.Stage(t.Context(), id, "../../a.csv")
		if err != nil {
			t.Fatal(err)
		}
		random := rand.NewChaCha8([32]byte{byte(len(sizes))})
		var sent bytes.Buffer
		for _, n := range sizes {
			piece := make([]byte, n)
			_, _ = random.Read(piece)
			sent.Write(piece)
			src, want := io.Reader(bytes.NewReader(piece)), error(nil)
			if cut {
				src, want = io.MultiReader(src, iotest.ErrReader(errCut)), errCut
			}
			recorded := *st
			got, err := s.Append(t.Context(), id, &recorded, src, dataset.Piece{Save: func(now dataset.Staging) error { *st = now; return nil }})
			if !errors.Is(err, want) || got != int64(n) || st.Bytes != int64(sent.Len()) {
				t.Fatalf("a piece of %d bytes: %d, %v, %d of %d in all", n, got, err, st.Bytes, sent.Len())
			}
		}
		r, err := st.Received()
		sum := sha256.Sum256(sent.Bytes())
		if err != nil || r.SHA256 != hex.EncodeToString(sum[:]) || r.Name != "a.csv" {
			t.Fatalf("%+v, %v", r, err)
		}
		given, err := s.Received(t.Context(), id, r)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := dataset.Open(t.Context(), given)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(whole); err != nil || !bytes.Equal(got, sent.Bytes()) {
			t.Fatalf("read %d bytes, %v", len(got), err)
		}
		_ = whole.Close()
		at, err := dataset.OpenAt(given)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = at.Close() }()
		for range 5 {
			from := rapid.IntRange(0, sent.Len()).Draw(t, "from")
			n := rapid.IntRange(0, sent.Len()-from).Draw(t, "n")
			part := make([]byte, n)
			if got, err := at.ReadAt(part, int64(from)); n > 0 && (err != nil && !errors.Is(err, io.EOF) || got != n || !bytes.Equal(part, sent.Bytes()[from:from+n])) {
				t.Fatalf("%d bytes from %d: %d, %v", n, from, got, err)
			}
		}
	})
}

func TestWhatACrashLeftBehindARecordIsOverwritten(t *testing.T) {
	t.Parallel()
	s := open(t)
	st, err := s.Stage(t.Context(), id, "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	lost := *st
	for _, x := range []struct {
		record *dataset.Staging
		piece  string
	}{{st, "first "}, {&lost, ""}} {
		if _, err := s.Append(t.Context(), id, x.record, bytes.NewReader([]byte(x.piece)), dataset.Piece{}); err != nil {
			t.Fatal(err)
		}
	}
	// "first " was taken back by the second call, whose record did not know of it: as after a crash before the record.
	if _, err := s.Append(t.Context(), id, &lost, bytes.NewReader([]byte("again")), dataset.Piece{}); err != nil {
		t.Fatal(err)
	}
	if got := readStaged(t, s, &lost); got != "again" {
		t.Errorf("read %q", got)
	}
	if _, err := s.Append(t.Context(), id, st, bytes.NewReader(nil), dataset.Piece{}); err != nil && !errors.Is(err, dataset.ErrDamaged) {
		t.Error(err)
	}
}

func readStaged(t *testing.T, s bundle, st *dataset.Staging) string {
	t.Helper()
	r, err := st.Received()
	if err != nil {
		t.Fatal(err)
	}
	given, err := s.Received(t.Context(), id, r)
	if err != nil {
		t.Fatal(err)
	}
	f, err := dataset.Open(t.Context(), given)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAPieceThatIsNotWhatItShouldBeLeavesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	st, err := s.Stage(t.Context(), id, "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	wrong := errors.New("the checksum is another")
	n, err := s.Append(t.Context(), id, st, bytes.NewReader([]byte("spoiled")), dataset.Piece{Verify: func() error { return wrong }})
	if !errors.Is(err, wrong) || n != 0 || st.Bytes != 0 {
		t.Fatalf("%d, %v, %+v", n, err, st)
	}
	if _, err := s.Append(t.Context(), id, st, bytes.NewReader([]byte("right")), dataset.Piece{Verify: func() error { return nil }}); err != nil {
		t.Fatal(err)
	}
	if got := readStaged(t, s, st); got != "right" {
		t.Errorf("read %q", got)
	}
}

func TestEveryChangedByteOfAStagedFileIsFound(t *testing.T) {
	t.Parallel()
	s := open(t)
	st, err := s.Stage(t.Context(), id, "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []string{"one piece", "and another"} {
		if _, err := s.Append(t.Context(), id, st, bytes.NewReader([]byte(piece)), dataset.Piece{}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := st.Received()
	if err != nil {
		t.Fatal(err)
	}
	given, err := s.Received(t.Context(), id, r)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(given.Path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(whole, []byte("piece")) {
		t.Error("plain text on disk")
	}
	intact := func(content []byte) bool {
		if err := os.WriteFile(given.Path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := dataset.Open(t.Context(), given)
		if err != nil {
			return false
		}
		defer func() { _ = f.Close() }()
		_, err = io.ReadAll(f)
		return err == nil
	}
	if !intact(whole) {
		t.Fatal("it does not read as it is")
	}
	for i := range whole {
		changed := bytes.Clone(whole)
		changed[i] ^= 0x41
		if intact(changed) {
			t.Fatalf("the change of byte %d was not found", i)
		}
		if intact(whole[:i]) {
			t.Fatalf("the cut at byte %d was not found", i)
		}
	}
	first := 8 + 4 + 28 + len("one piece")
	swapped := append(append(bytes.Clone(whole[:8]), whole[first:]...), whole[8:first]...)
	if intact(swapped) {
		t.Error("swapped segments were not found")
	}
}
