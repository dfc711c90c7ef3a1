package delimited

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// magics are the first bytes of compressed streams.
var magics = []struct{ name, magic string }{
	{"gzip", "\x1f\x8b"},
	{"zstd", "\x28\xb5\x2f\xfd"},
	{"bzip2", "BZh"},
}

// decompress wraps r where its first bytes are those of a compressed stream, and names the compression.
func decompress(r *bufio.Reader) (out io.Reader, name string, closer func(), err error) {
	head, err := r.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, "", nil, fmt.Errorf("reading the head of the file: %w", err)
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			name = m.name
		}
	}
	closer = func() {}
	switch name {
	case "gzip":
		out, err = gzip.NewReader(r)
	case "zstd":
		var z *zstd.Decoder
		z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err == nil {
			out, closer = z, z.Close
		}
	case "bzip2":
		if len(head) > 3 && head[3] >= '1' && head[3] <= '9' {
			return bzip2.NewReader(r), name, closer, nil
		}
		return r, "", closer, nil
	default:
		return r, "", closer, nil
	}
	if err != nil {
		return nil, "", nil, fmt.Errorf("opening the %s stream: %w", name, err)
	}
	return out, name, closer, nil
}
