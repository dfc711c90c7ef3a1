// Package identifier makes the ids under which the server's resources are known: a prefix that says of what, and 128 random
// bits, which nobody guesses.
package identifier

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
)

const (
	letters = "abcdefghijklmnopqrstuvwxyz234567"
	size    = 16 // bytes
)

var encoding = base32.NewEncoding(letters).WithPadding(base32.NoPadding)

// New makes an id such as usr_4k7… of a prefix.
func New(prefix string) string {
	var r [size]byte
	_, _ = rand.Read(r[:]) // never fails (crypto/rand)
	return prefix + "_" + encoding.EncodeToString(r[:])
}

// Valid says whether a text has the form of an id with the prefix.
func Valid(prefix, id string) bool {
	rest, ok := strings.CutPrefix(id, prefix+"_")
	return ok && len(rest) == encoding.EncodedLen(size) && strings.Trim(rest, letters) == ""
}
