package system_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// canary is a text that stands in the file, in its name and in the goal; twelve bytes of it must be nowhere.
const canary = "Quokkazephyr"

func TestNothingReadableAtRest(t *testing.T) {
	var b strings.Builder
	b.WriteString("id," + canary + "\n")
	for range 200 {
		b.WriteString("1," + canary + "-cell\n2, other \n")
	}
	for _, c := range []struct {
		name, mode string
		code       int
	}{{"finished", "recommended", 0}, {"waiting", "ask", 3}} {
		t.Run(c.name, func(t *testing.T) {
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			d := newDesk(t)
			d.run(t, d.file(t, canary+".csv", b.String()), "--goal", "less "+canary, "--decide", c.mode, "--stage", "quality").want(t, c.code)
			unreadable(t, d.data)
			unreadable(t, tmp, d.data, d.in, d.out)
		})
	}
}

// unreadable searches every file below a folder for the canary, in UTF-8 and UTF-16, but for the folders left out.
func unreadable(t *testing.T, dir string, without ...string) {
	t.Helper()
	var little, big []byte
	for _, u := range utf16.Encode([]rune(canary)) {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		for _, w := range without {
			if path == w {
				return filepath.SkipDir
			}
		}
		if strings.Contains(filepath.Base(path), canary) {
			t.Errorf("the name %s tells the data", path)
		}
		if !e.Type().IsRegular() {
			return nil
		}
		raw, err := os.ReadFile(path)
		for _, form := range [][]byte{[]byte(canary), little, big} {
			if bytes.Contains(raw, form) {
				t.Errorf("%s holds data in plain text", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
