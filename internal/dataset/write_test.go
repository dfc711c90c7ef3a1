package dataset

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"
)

func TestFullDiskIsSaidSo(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer full.Close() //nolint:errcheck // nothing was written
	for _, size := range []int{1, 10 << 20} {
		err := encrypt(context.Background(), full, make([]byte, keys32), bytes.NewReader(make([]byte, size)))
		if !errors.Is(err, ErrDiskFull) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
