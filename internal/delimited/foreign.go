package delimited

import (
	"bytes"
	"fmt"
)

// Unreadable is the error for a file that is no delimited text.
type Unreadable struct {
	Empty bool   // there is nothing in it
	What  string // what it is instead, such as "a PDF document"
}

// Error implements error.
func (u *Unreadable) Error() string { return "the file is " + u.What }

// foreign are the first bytes of files that are often taken for tables.
var foreign = []struct{ magic, what string }{
	{"PK\x03\x04", "a ZIP archive or an Excel workbook (.xlsx)"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls) or another Microsoft Office document"},
	{"%PDF-", "a PDF document"}, {"\x7fELF", "a program (ELF)"}, {"\x89PNG\r\n", "a picture (PNG)"},
	{"\xff\xd8\xff", "a picture (JPEG)"}, {"GIF8", "a picture (GIF)"}, {"PAR1", "a Parquet file"},
	{"SQLite format 3\x00", "an SQLite database"}, {"7z\xbc\xaf\x27\x1c", "a 7z archive"}, {"Rar!\x1a\x07", "a RAR archive"},
	{"\xfd7zXZ\x00", "an xz archive"}, {"ORC", "an ORC file"}, {"Obj\x01", "an Avro file"}, {"ARROW1", "an Arrow file"},
	{"{\\rtf", "a rich text document (RTF)"}, {"MZ\x90\x00", "a Windows program"}, {"\xca\xfe\xba\xbe", "a compiled program"},
	{"RIFF", "a sound or video file"}, {"ID3", "a sound file"}, {"OggS", "a sound or video file"},
}

// refuseForeign recognises files of other kinds, and empty ones, by their first bytes.
func refuseForeign(head []byte) error {
	if len(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))) == 0 && len(head) < sampleBytes {
		if len(head) == 0 {
			return &Unreadable{Empty: true, What: "empty"}
		}
		return &Unreadable{Empty: true, What: "blank: it holds nothing but white space"}
	}
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) && (len(f.magic) > 4 || binary(head)) {
			return &Unreadable{What: f.what}
		}
	}
	if bytes.HasPrefix(head, []byte("%PDF-")) {
		return &Unreadable{What: "a PDF document"}
	}
	return nil
}

// binary says whether a text holds control bytes that no text has.
func binary(head []byte) bool {
	n := 0
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' || b >= 0x7f && b < 0xa0 {
			n++
		}
	}
	return n > 0 && (len(head) < 64 || n*50 > len(head))
}

// refuseJunk recognises binary data in decoded text by its share of control characters and of bytes that had to be
// replaced.
func refuseJunk(text []byte, scars int) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return &Unreadable{Empty: true, What: "blank: it holds nothing but white space"}
	}
	controls := 0
	for _, b := range text {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != 0x1e && b != 0x1f && b != 0x01 {
			controls++
		}
	}
	if (controls+scars)*10 > len(text) || controls*25 > len(text) {
		return &Unreadable{What: fmt.Sprintf("binary data, not text: %d of its first %d characters are none that a text has",
			controls+scars, len(text))}
	}
	return nil
}
