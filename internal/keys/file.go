package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrOpenToOthers is wrapped by errors about key files that other users of the machine could read or change.
var ErrOpenToOthers = errors.New("the key file is open to other users")

// readPrivate reads a file that nobody but its owner may read or write.
func readPrivate(path string) ([]byte, fs.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is no file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, nil, fmt.Errorf("%w: %s has mode %04o: see who could have read it, then run: chmod 600 %s",
			ErrOpenToOthers, path, info.Mode().Perm(), path)
	}
	content, err := os.ReadFile(path)
	return content, info, err
}
