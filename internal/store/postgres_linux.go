package store

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// giveUpSilent has the system give a connection up on which what was sent is not acknowledged: by itself it would try for a quarter of
// an hour.
func giveUpSilent(_, _ string, c syscall.RawConn) error {
	var err error
	outer := c.Control(func(fd uintptr) {
		if err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(silentFor.Milliseconds())); errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOPROTOOPT) {
			err = nil // a socket of the file system
		}
	})
	return errors.Join(outer, err)
}
