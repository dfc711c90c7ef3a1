package engine

import (
	"io/fs"
	"os"
	"sync"
)

// trust remembers the extension file whose signature DuckDB has checked in this process. The check reads and hashes the
// whole file, some 80 ms for each session; the code that it vouched for is mapped by then and stays so. A session that
// loads the very same file again (same inode, size and time) skips it.
type trust struct {
	mu      sync.Mutex
	path    string
	checked fs.FileInfo
}

var trusted trust //nolint:gochecknoglobals // what the process has mapped is a fact about the process

// dsn is what a session that will load the extension at path is opened with. The extension is the first thing that the
// session loads, and the last: then external access is off. Done is called once the extension was loaded.
func (t *trust) dsn(path string) (dsn string, done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, err := os.Stat(path)
	if err != nil {
		return "", func() {}
	}
	if t.checked != nil && t.path == path && same(t.checked, now) {
		return "?allow_unsigned_extensions=true", func() {}
	}
	return "", func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if after, err := os.Stat(path); err == nil && same(now, after) {
			t.path, t.checked = path, now
		}
	}
}

func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
