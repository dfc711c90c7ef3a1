package delimited

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// charset is an encoding with the name under which it is reported.
type charset struct {
	name   string
	coding encoding.Encoding // nil for UTF-8
	bom    int               // bytes of byte order mark to skip
	why    string
}

// lookup finds a charset by its IANA or WHATWG name.
func lookup(name string) (charset, error) {
	e, err := htmlindex.Get(name)
	if err != nil {
		if e, err = ianaindex.IANA.Encoding(name); err != nil || e == nil {
			return charset{}, &Misfit{What: fmt.Sprintf("the encoding %q is not known: give its IANA name, such as windows-1252", name)}
		}
	}
	c := charset{name: name, coding: e, why: "as asked for"}
	if e == unicode.UTF8 {
		c = charset{name: "utf-8", why: c.why}
	}
	return c, nil
}

var marks = []struct {
	mark   string
	name   string
	coding encoding.Encoding
}{
	{"\xef\xbb\xbf", "utf-8", nil},
	{"\xff\xfe\x00\x00", "utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{"\x00\x00\xfe\xff", "utf-32be", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{"\xff\xfe", "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"\xfe\xff", "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
}

// singleByte and multiByte are the encodings that are weighed where a text is not UTF-8, the usual ones first.
var (
	singleByte = []charset{
		{name: "windows-1252", coding: charmap.Windows1252}, {name: "macintosh", coding: charmap.Macintosh},
		{name: "ibm850", coding: charmap.CodePage850}, {name: "windows-1250", coding: charmap.Windows1250},
		{name: "iso-8859-2", coding: charmap.ISO8859_2}, {name: "windows-1251", coding: charmap.Windows1251},
		{name: "koi8-r", coding: charmap.KOI8R}, {name: "ibm866", coding: charmap.CodePage866},
		{name: "windows-1253", coding: charmap.Windows1253}, {name: "windows-1254", coding: charmap.Windows1254},
	}
	multiByte = []charset{
		{name: "shift_jis", coding: japanese.ShiftJIS}, {name: "euc-jp", coding: japanese.EUCJP},
		{name: "gbk", coding: simplifiedchinese.GBK}, {name: "big5", coding: traditionalchinese.Big5},
		{name: "euc-kr", coding: korean.EUCKR},
	}
)

// detectCharset works out the encoding of the head of a file.
func detectCharset(head []byte, final bool) charset {
	for _, m := range marks {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return charset{name: m.name, coding: m.coding, bom: len(m.mark), why: "byte order mark"}
		}
	}
	if c, ok := wide(head); ok {
		return c
	}
	valid, invalid := utf8Census(head, final)
	if invalid == 0 {
		return charset{name: "utf-8", why: "valid UTF-8"}
	}
	if valid >= 4*invalid {
		return charset{name: "utf-8", why: fmt.Sprintf("UTF-8, but for %d bytes of the head", invalid)}
	}
	return legacy(head)
}

// wide recognises UTF-16 without a mark: the high bytes of Western text are zero.
func wide(head []byte) (charset, bool) {
	var zero [2]int
	for i, b := range head[:min(len(head), 64<<10)] {
		if b == 0 {
			zero[i&1]++
		}
	}
	half := min(len(head), 64<<10) / 2
	if half < 4 {
		return charset{}, false
	}
	for parity, name := range []string{"utf-16be", "utf-16le"} {
		if zero[parity] > half*4/10 && zero[1-parity] < half/20 {
			order := unicode.BigEndian
			if parity == 1 {
				order = unicode.LittleEndian
			}
			return charset{name: name, coding: unicode.UTF16(order, unicode.IgnoreBOM), why: "every second byte is zero"}, true
		}
	}
	return charset{}, false
}

// utf8Census counts the well-formed sequences of several bytes and the bytes that belong to none.
func utf8Census(head []byte, final bool) (valid, invalid int) {
	for i := 0; i < len(head); {
		if head[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && size == 1 {
			if !final && len(head)-i < utf8.UTFMax && !utf8.FullRune(head[i:]) {
				break
			}
			invalid++
		} else {
			valid++
		}
		i += size
	}
	return valid, invalid
}

// legacy chooses the most plausible of the encodings from before Unicode.
func legacy(head []byte) charset {
	text := nearHighBytes(head)
	best, top := singleByte[0], 0.0
	for i, c := range singleByte {
		decoded, err := c.coding.NewDecoder().Bytes(text)
		if err != nil {
			continue
		}
		if s := plausible(decoded, c.name) - 0.01*float64(i); i == 0 || s > top {
			best, top = c, s
		}
	}
	for _, c := range multiByte {
		if s := plausiblePairs(text, c.name); s > top {
			best, top = c, s
		}
	}
	best.why = "not UTF-8; the text reads best as " + best.name
	return best
}

// nearHighBytes keeps the lines that hold bytes beyond ASCII, up to 64 KB of them.
func nearHighBytes(head []byte) []byte {
	var out []byte
	for line := range bytes.Lines(head) {
		if bytes.ContainsFunc(line, func(r rune) bool { return r >= utf8.RuneSelf }) {
			out = append(out, line...)
		}
		if len(out) > 64<<10 {
			break
		}
	}
	return out
}
