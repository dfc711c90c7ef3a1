package dataset

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sort"
	"sync"

	"github.com/analytix-flow/analytix/internal/keys"
)

// A file that comes in pieces (an upload that may be resumed) is kept as segments, each encrypted on its own, so that
// adding to it rewrites nothing:
//
//	magic, then for each segment: length of its plaintext (4 bytes, big-endian), nonce, ciphertext, tag
//
// AES-256-GCM with a random nonce for every segment; its place in the plaintext and its length are authenticated, so
// that segments cannot be moved, swapped or left out. That the end is there follows from the recorded size and hash.
var segmentMagic = [8]byte{'A', 'X', 'S', 'E', 'G', '1', '\n', 0}

const (
	// segmentSize is the most plaintext that one segment holds.
	segmentSize = 1 << 20
	segmentHead = 4
	segmentOver = 28 // nonce and tag
)

type segmentCipher struct{ aead cipher.AEAD }

func newSegmentCipher(key []byte) (segmentCipher, error) {
	aead, err := keys.Sealing(key)
	return segmentCipher{aead}, err
}

func segmentPlace(offset int64, length int) []byte {
	place := append([]byte("analytix/segment/v1\x00"), make([]byte, 12)...)
	binary.BigEndian.PutUint64(place[len(place)-12:], uint64(offset))
	binary.BigEndian.PutUint32(place[len(place)-4:], uint32(length))
	return place
}

// seal appends the stored form of the plaintext that begins at the offset.
func (c segmentCipher) seal(dst []byte, offset int64, plain []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(plain))) //nolint:gosec // at most segmentSize
	return c.aead.Seal(dst, nil, plain, segmentPlace(offset, len(plain)))
}

// segmentIndex says where segments begin.
type segmentIndex struct {
	plain  []int64 // offset of each in the plaintext
	stored []int64 // offset of each in the file, after its head
	size   int64   // of the plaintext
}

// readSegmentIndex walks the heads of a file whose magic was read.
func readSegmentIndex(f io.ReaderAt, end int64) (*segmentIndex, error) {
	x := &segmentIndex{}
	var head [segmentHead]byte
	at := int64(len(segmentMagic))
	for at < end {
		if _, err := f.ReadAt(head[:], at); err != nil {
			return nil, fmt.Errorf("%w: its last segment is cut off", ErrDamaged)
		}
		n := int64(binary.BigEndian.Uint32(head[:]))
		if n == 0 || n > segmentSize || at+segmentHead+segmentOver+n > end {
			return nil, fmt.Errorf("%w: a segment is cut off or has an impossible length", ErrDamaged)
		}
		x.plain, x.stored = append(x.plain, x.size), append(x.stored, at+segmentHead)
		x.size += n
		at += segmentHead + segmentOver + n
	}
	return x, nil
}

// segmentReader reads the plaintext at any offset, from any goroutine; it keeps the segment that it read last.
type segmentReader struct {
	file  io.ReaderAt
	ciph  segmentCipher
	index *segmentIndex

	mu   sync.Mutex
	kept *segment
}

// segment is one that was decrypted; it is not changed any more.
type segment struct {
	at    int
	plain []byte
}

func openSegments(f *os.File, key []byte) (*segmentReader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	ciph, err := newSegmentCipher(key)
	if err != nil {
		return nil, err
	}
	index, err := readSegmentIndex(f, info.Size())
	if err != nil {
		return nil, err
	}
	return &segmentReader{file: f, ciph: ciph, index: index}, nil
}

// isSegmented says whether the file holds segments; otherwise it is a stream of sio.
func isSegmented(f io.ReaderAt) bool {
	var magic [len(segmentMagic)]byte
	n, _ := f.ReadAt(magic[:], 0)
	return n == len(magic) && magic == segmentMagic
}

func (r *segmentReader) segment(at int) (*segment, error) {
	r.mu.Lock()
	kept := r.kept
	r.mu.Unlock()
	if kept != nil && kept.at == at {
		return kept, nil
	}
	next := r.index.size
	if at+1 < len(r.index.plain) {
		next = r.index.plain[at+1]
	}
	n := next - r.index.plain[at]
	sealed := make([]byte, n+segmentOver)
	if _, err := r.file.ReadAt(sealed, r.index.stored[at]); err != nil {
		return nil, fmt.Errorf("%w: a segment cannot be read (%w)", ErrDamaged, err)
	}
	plain, err := r.ciph.aead.Open(nil, nil, sealed, segmentPlace(r.index.plain[at], int(n)))
	if err != nil {
		return nil, fmt.Errorf("%w: a segment does not open", ErrDamaged)
	}
	kept = &segment{at: at, plain: plain}
	r.mu.Lock()
	r.kept = kept
	r.mu.Unlock()
	return kept, nil
}

// ReadAt implements io.ReaderAt.
func (r *segmentReader) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		at := off + int64(done)
		if at >= r.index.size {
			return done, io.EOF
		}
		k := sort.Search(len(r.index.plain), func(i int) bool { return r.index.plain[i] > at }) - 1
		s, err := r.segment(k)
		if err != nil {
			return done, err
		}
		done += copy(p[done:], s.plain[at-r.index.plain[k]:])
	}
	return done, nil
}
