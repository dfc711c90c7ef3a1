package upload

import (
	"crypto/sha1" //nolint:gosec // the protocol demands it of every server; it guards against faults of the line, not people
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"strings"
)

// checksumAlgorithms are named in Tus-Checksum-Algorithm.
const checksumAlgorithms = "sha256,sha1"

// checksum is what a request says its body hashes to.
type checksum struct {
	sum  hash.Hash
	want []byte
}

// parseChecksum reads the header Upload-Checksum: the algorithm, a space, the digest in base64. An empty one is none.
func parseChecksum(header string) (*checksum, error) {
	if header == "" {
		return nil, nil //nolint:nilnil // a checksum need not be sent
	}
	algorithm, digest, _ := strings.Cut(header, " ")
	c := &checksum{}
	switch algorithm {
	case "sha256":
		c.sum = sha256.New()
	case "sha1":
		c.sum = sha1.New() //nolint:gosec // see above
	default:
		return nil, fmt.Errorf("%w: use one of %s", ErrAlgorithm, checksumAlgorithms)
	}
	var err error
	if c.want, err = base64.StdEncoding.DecodeString(strings.TrimSpace(digest)); err != nil || len(c.want) != c.sum.Size() {
		return nil, fmt.Errorf("%w: Upload-Checksum must hold a digest of %d bytes in base64", ErrAlgorithm, c.sum.Size())
	}
	return c, nil
}

func (c *checksum) over(r io.Reader) io.Reader { return io.TeeReader(r, c.sum) }

func (c *checksum) verify() error {
	if subtle.ConstantTimeCompare(c.sum.Sum(nil), c.want) != 1 {
		return fmt.Errorf("%w; this piece was not kept, what came before is; send it again", ErrChecksum)
	}
	return nil
}
