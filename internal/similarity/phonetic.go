package similarity

import "strings"

// Phonetic is the sound of a text by English rules: the words' consonant skeletons after the usual digraphs are
// written as one sound. Digits are kept as they are, since numbers never sound alike. It is a shortened Metaphone.
func Phonetic(text string) string {
	var out []string
	for _, token := range Tokens(text) {
		if runeClass(rune(token[0])) == 2 {
			out = append(out, token)
			continue
		}
		if s := sound(token); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

var digraphs = strings.NewReplacer(
	"tch", "ch", "sch", "sk", "ph", "f", "gh", "g", "kn", "n", "wr", "r", "ck", "k", "qu", "kw", "wh", "w",
	"th", "0", "ch", "x", "sh", "x", "tion", "xn", "sion", "xn", "dge", "j", "mb", "m", "ae", "e", "oe", "e",
)

func sound(token string) string {
	token = digraphs.Replace(token)
	var b strings.Builder
	var last rune
	for i, r := range token {
		c := consonant(r, token[i+len(string(r)):])
		if c == 0 && i == 0 {
			c = 'a' // a leading vowel is heard, which one it is matters little
		}
		if c != 0 && c != last {
			b.WriteRune(c)
		}
		last = c
	}
	return b.String()
}

func consonant(r rune, rest string) rune {
	soft := rest != "" && strings.ContainsRune("eiy", rune(rest[0]))
	switch r {
	case 'a', 'e', 'i', 'o', 'u', 'y', 'h', 'w':
		return 0
	case 'c':
		if soft {
			return 's'
		}
		return 'k'
	case 'g':
		if soft {
			return 'j'
		}
		return 'k'
	case 'z':
		return 's'
	case 'q':
		return 'k'
	case 'v':
		return 'f'
	case 'd':
		return 't'
	case 'b':
		return 'p'
	}
	return r
}
