package delimited

import (
	"strings"
	"unicode"
)

// usual are the signs beyond ASCII, other than letters, that ordinary text holds.
const usual = "€£¥°–—‘’“”„…©®™«»§µ²³½¼¾·•ªº±×¿¡№\u00a0"

// plausible scores how much a text that was decoded from a single-byte encoding looks like language. Letters count
// where they agree with their neighbours in script and case; signs inside words and control characters count against.
func plausible(decoded []byte, name string) float64 {
	text := []rune(string(decoded))
	cyrillic := name == "windows-1251" || name == "koi8-r" || name == "ibm866"
	greek := name == "windows-1253"
	score := 0.0
	for i, r := range text {
		if r < 0x80 {
			continue
		}
		var before, after rune
		if i > 0 {
			before = text[i-1]
		}
		if i+1 < len(text) {
			after = text[i+1]
		}
		switch {
		case r == unicode.ReplacementChar || unicode.IsControl(r):
			score -= 3
		case cyrillic && unicode.Is(unicode.Cyrillic, r), greek && unicode.Is(unicode.Greek, r):
			score += ownScript(r, before, after)
		case unicode.IsLetter(r) && !cyrillic && !greek:
			score += western(r, before, after)
		case unicode.IsLetter(before) && unicode.IsLetter(after) && r != '’' && r != '·':
			score--
		case strings.ContainsRune(usual, r):
			score += 0.6
		default:
			score -= 0.7
		}
	}
	return score
}

// common are the letters of Western and Central European languages beyond ASCII.
const common = "éèàçùâêîôûëïüöäßñáíóúãõåøæœ"

func western(r, before, after rune) float64 {
	s := 0.6
	if strings.ContainsRune(common, unicode.ToLower(r)) {
		s = 1
	}
	if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsLower(after) && unicode.IsLetter(before)) {
		s -= 1.5
	}
	if unicode.IsLower(r) && unicode.IsUpper(before) && unicode.IsUpper(after) {
		s--
	}
	if before >= 0x80 && after >= 0x80 && unicode.IsLetter(before) && unicode.IsLetter(after) {
		s -= 1.2 // three accented letters in a row: rather another script
	}
	if unicode.IsDigit(before) || unicode.IsDigit(after) {
		s -= 0.4
	}
	return s
}

func ownScript(r, before, after rune) float64 {
	s := 0.9
	if unicode.IsUpper(r) && unicode.IsLower(before) || unicode.IsLower(r) && unicode.IsUpper(before) && unicode.IsUpper(after) {
		s -= 1.5
	}
	if before < 0x80 && unicode.IsLetter(before) || after < 0x80 && unicode.IsLetter(after) {
		s-- // a word of two scripts
	}
	return s
}

// plausiblePairs scores a text as one of the East Asian encodings of two bytes a character, by the share of the pairs
// that lie where the frequent characters of the language are.
func plausiblePairs(text []byte, name string) float64 {
	score := 0.0
	for i := 0; i < len(text); i++ {
		lead := text[i]
		if lead < 0x80 {
			continue
		}
		if name == "shift_jis" && lead >= 0xa1 && lead <= 0xdf {
			score += 0.1 // half-width kana: rare in files, frequent as an accident
			continue
		}
		if i+1 >= len(text) {
			break
		}
		score += pair(lead, text[i+1], name)
		i++
	}
	return score
}

// pair is the weight of one character of two bytes.
func pair(lead, trail byte, name string) float64 {
	const frequent, rare, never = 1.9, 0.15, -4
	high := trail >= 0xa1 && trail <= 0xfe
	switch name {
	case "shift_jis":
		switch {
		case lead == 0xa0 || lead == 0x80 || lead > 0xfc || trail < 0x40 || trail == 0x7f || trail > 0xfc:
			return never
		case lead == 0x82 && trail >= 0x9f && trail <= 0xf1, lead == 0x83 && trail <= 0x96, lead == 0x81:
			return 2.5
		case lead >= 0x88 && lead <= 0x97:
			return frequent
		}
	case "euc-jp":
		switch {
		case !high || lead < 0xa1 && lead != 0x8e:
			return never
		case lead == 0xa4 || lead == 0xa5:
			return 2.5
		case lead >= 0xb0 && lead <= 0xcf:
			return 1.6
		}
	case "gbk":
		switch {
		case lead == 0x80 || lead == 0xff || trail < 0x40 || trail == 0x7f || trail == 0xff:
			return never
		case high && lead >= 0xb0 && lead <= 0xd7, high && lead == 0xa3, high && lead == 0xa1:
			return 1.8
		}
	case "big5":
		switch {
		case lead < 0xa1 || lead > 0xf9 || trail < 0x40 || trail > 0x7e && !high:
			return never
		case lead >= 0xa4 && lead <= 0xc6, lead == 0xa1:
			return 1.75
		}
	case "euc-kr":
		switch {
		case !high || lead < 0xa1:
			return never
		case lead >= 0xb0 && lead <= 0xc8:
			return 1.85
		}
	}
	return rare
}
