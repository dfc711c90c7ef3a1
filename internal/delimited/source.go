package delimited

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// scar is a place in the decoded text where something had to be replaced.
type scar struct {
	at   int64 // offset in the decoded text
	kind Kind
}

// source passes decoded text on as valid UTF-8 without NUL bytes. A byte that is not UTF-8 is read as Windows-1252, so
// that what it stood for can still be seen; each replacement leaves a scar.
type source struct {
	r       io.Reader
	decoded bool   // r comes from a decoder, which writes U+FFFD for what it does not know
	raw     []byte // buffer of what was read
	have    int    // bytes of raw that are kept from the last read: the head of a rune
	buf     []byte // valid text
	out     []byte // what of buf is still to be passed on
	at      int64  // offset of the text passed on
	scars   []scar
	err     error
}

func newSource(r io.Reader, decoded bool) *source {
	return &source{r: r, decoded: decoded, raw: make([]byte, 256<<10)}
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if s.err != nil && s.have == 0 {
			return 0, s.err
		}
		if s.err == nil {
			var n int
			n, s.err = s.r.Read(s.raw[s.have:])
			s.have += n
		}
		s.pass()
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// pass moves what is read to out.
func (s *source) pass() {
	text := s.raw[:s.have]
	whole := len(text)
	if s.err == nil {
		whole = completeRunes(text)
	}
	rest := text[whole:]
	text = text[:whole]
	if utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 && !(s.decoded && bytes.Contains(text, []byte("\uFFFD"))) {
		s.buf = append(s.buf[:0], text...)
	} else {
		s.buf = s.mend(s.buf[:0], text)
	}
	s.out = s.buf
	s.at += int64(len(s.out))
	s.have = copy(s.raw, rest)
}

// completeRunes is the length of text without a rune that is cut off at its end.
func completeRunes(text []byte) int {
	for i := len(text) - 1; i >= 0 && i >= len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRune(text[i:]) {
				return i
			}
			break
		}
	}
	return len(text)
}

func (s *source) mend(out, text []byte) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		if c == 0 {
			s.scar(len(out), NulByte)
			out = append(out, "␀"...)
			i++
			continue
		}
		if c < utf8.RuneSelf {
			out = append(out, c)
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			s.scar(len(out), Undecodable)
			out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(c))
		case r == utf8.RuneError && s.decoded:
			s.scar(len(out), Undecodable)
			out = append(out, text[i:i+size]...)
		default:
			out = append(out, text[i:i+size]...)
		}
		i += size
	}
	return out
}

// scar notes a replacement. Their number is bounded: a file that is full of them is reported by its first ones.
func (s *source) scar(offset int, kind Kind) {
	if len(s.scars) < 1<<16 {
		s.scars = append(s.scars, scar{at: s.at + int64(offset), kind: kind})
	}
}
