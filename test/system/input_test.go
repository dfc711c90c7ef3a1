package system_test

import (
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

func TestBadInput(t *testing.T) {
	for _, c := range []struct {
		name, text string
	}{
		{"empty", ""},
		{"white space", " \n\t\n \n"},
		{"elf", "\x7fELF\x02\x01\x01" + strings.Repeat("\x00\x03\x00\x90\xff", 300)},
		{"noise", noise(5000)},
		{"pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + noise(1000)},
		{"zip", "PK\x03\x04\x14\x00" + noise(1000)},
		{"zeros", strings.Repeat("\x00", 5000)},
		{"png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + strings.Repeat("\x00\xfe\x01\x7f", 300)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			refused(t, d.run(t, d.file(t, "bad.csv", c.text), "--decide", "recommended"), "bad.csv")
		})
	}
	t.Run("truncated gzip", func(t *testing.T) {
		d := newDesk(t)
		refused(t, d.run(t, d.file(t, "cut.csv.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb"), "--decide", "recommended"), "cut.csv.gz")
	})
	t.Run("folder", func(t *testing.T) {
		d := newDesk(t)
		refused(t, d.run(t, d.in, "--decide", "recommended"), d.in)
	})
	t.Run("missing", func(t *testing.T) {
		d := newDesk(t)
		refused(t, d.run(t, filepath.Join(d.in, "none.csv"), "--decide", "recommended"), "none.csv")
	})
	t.Run("pipe", func(t *testing.T) {
		d := newDesk(t)
		path := filepath.Join(d.in, "pipe.csv")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, d.run(t, path, "--decide", "recommended"), "pipe.csv")
	})
}

// refused says that the input was refused, naming it and what was kept.
func refused(t *testing.T, r result, name string) {
	t.Helper()
	r.want(t, 4)
	if !strings.Contains(r.errors, name) {
		t.Errorf("where is not said: %s", r.errors)
	}
	if !strings.Contains(r.errors, "kept") {
		t.Errorf("what was kept is not said: %s", r.errors)
	}
	if !regexp.MustCompile(`check|try again|export|name a file|copy its content|change its mode`).MatchString(r.errors) {
		t.Errorf("what to do is not said: %s", r.errors)
	}
}

func TestBadUsage(t *testing.T) {
	d := newDesk(t)
	file := d.file(t, "people.csv", people())
	junk := d.file(t, "junk.yaml", "\x00{{ not a recipe")
	for _, args := range [][]string{
		{"--decide", "maybe"}, {"--stage", "lunch"}, {"--format", "doc"}, {"--memory", "much"}, {"--nonsense"}, {"--recipe", junk},
	} {
		if r := d.run(t, file, args...); r.code != 2 || r.errors == "" {
			t.Errorf("%v: exit code %d, %q", args, r.code, r.errors)
		}
	}
}

// noise is bytes without any sense.
func noise(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{3}).Read(b) // never fails
	return string(b)
}
