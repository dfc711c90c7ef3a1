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
	src := &watched{r: r}
	switch name {
	case "gzip":
		out, err = gzip.NewReader(src)
	case "zstd":
		var z *zstd.Decoder
		z, err = zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err == nil {
			out, closer = z, z.Close
		}
	case "bzip2":
		if len(head) > 3 && head[3] >= '1' && head[3] <= '9' {
			return &unpacked{out: bzip2.NewReader(src), src: src, name: name}, name, closer, nil
		}
		return r, "", closer, nil
	default:
		return r, "", closer, nil
	}
	u := &unpacked{out: out, src: src, name: name}
	if err != nil {
		return nil, "", nil, fmt.Errorf("opening the %s stream: %w", name, u.explain(err))
	}
	return u, name, closer, nil
}

// watched remembers what went wrong below a compressed stream.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// unpacked tells a stream that is itself damaged or cut off, which no second try mends, from one that could not be read.
type unpacked struct {
	out  io.Reader
	src  *watched
	name string
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.out.Read(p)
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, u.explain(err)
}

func (u *unpacked) explain(err error) error {
	if u.src.err != nil {
		return err
	}
	return &Unreadable{What: "a damaged or cut-off " + u.name + " file (" + err.Error() + ")"}
}
