package access

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// The bounds of a password. It is hashed whole, so the upper one only keeps a
// request small. Length is what counts, and nobody is asked for signs of each
// kind (NIST SP 800-63B, 3.1.1.2).
const (
	MinPassword = 12
	MaxPassword = 1000
)

// common.txt has ten thousand passwords that were found most often in breaches,
// without runs of digits. They are from Mark Burnett's list of ten million,
// which he gave to the public domain (CC0 1.0), as counted for zxcvbn (MIT, ©
// 2012-2016 Dan Wheeler and Dropbox, Inc.).
//
//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, 10_000)
	for w := range strings.FieldsSeq(commonText) {
		m[w] = true
	}
	return m
})

// The longest common one is shorter than this.
const longestCommon = 24

// CheckPassword says what is wrong with a password and what to do, "" if it may
// be used. own are words that whoever attacks this account tries first: the
// person's name and address, the venue's name.
func CheckPassword(password string, own ...string) string {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return "Use at least 12 characters. Three or four words are easy to remember."
	case len(password) > MaxPassword:
		return "Use at most 1,000 characters."
	}
	for _, w := range own {
		if w != "" && strings.EqualFold(password, w) {
			return "Do not use your e-mail address or name as the password."
		}
	}
	if pieces(password, ownWords(own)) < leastPieces {
		return "This password is one of those that are tried first. Use three or four words that do not belong together."
	}
	return ""
}

// leastPieces is of how many parts a password must be made: a common password
// or word of one's own, a run of one sign, a row like 4567, a year, or one sign.
// Words of a passphrase that nobody uses as a password count a part a letter.
const leastPieces = 5

// ownWords are the parts of names and addresses that have four letters.
func ownWords(own []string) map[string]bool {
	m := make(map[string]bool)
	for _, s := range own {
		for _, w := range strings.FieldsFunc(plain(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(w) >= 4 {
				m[w] = true
			}
		}
	}
	return m
}

// plain undoes what people do to a common password to make it look like another:
// capitals, and digits and signs for letters.
func plain(s string) string {
	return strings.NewReplacer("@", "a", "$", "s", "0", "o", "3", "e", "!", "i").Replace(strings.ToLower(s))
}

// pieces returns the least number of parts that make up the password.
func pieces(password string, own map[string]bool) int {
	text, undone := []rune(strings.ToLower(password)), []rune(plain(password))
	text = text[:unit(text)]
	if len(text) > 64 {
		text = text[:64]
	}
	known := common()
	word := func(w string) bool { return known[w] || own[w] }
	best := make([]int, len(text)+1)
	for i := 1; i <= len(text); i++ {
		best[i] = best[i-1] + 1
		for j := max(0, i-longestCommon); j < i-1; j++ {
			if best[j]+1 >= best[i] {
				continue
			}
			p := text[j:i]
			if i-j >= 4 && (word(string(p)) || i <= len(undone) && word(string(undone[j:i])) || isYear(p)) || isRow(p) || repeats(text, j, i) {
				best[i] = best[j] + 1
			}
		}
	}
	return best[len(text)]
}

// unit is how many signs there are before they only repeat.
func unit(text []rune) int {
	for n := 1; n <= len(text)/2; n++ {
		same := true
		for i := n; same && i < len(text); i++ {
			same = text[i] == text[i-n]
		}
		if same {
			return n
		}
	}
	return len(text)
}

func isYear(p []rune) bool {
	return len(p) == 4 && (string(p[:2]) == "19" || string(p[:2]) == "20") && unicode.IsDigit(p[2]) && unicode.IsDigit(p[3])
}

// rows are neighbours on keyboards.
var rows = [...]string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"}

// isRow reports whether a text of three signs or more is one sign again and
// again, or a row like abcd, 4321 or qwerty.
func isRow(text []rune) bool {
	if len(text) < 3 {
		return false
	}
	step := text[1] - text[0]
	row := step >= -1 && step <= 1
	for i := 1; row && i < len(text); i++ {
		row = text[i]-text[i-1] == step
	}
	if row {
		return true
	}
	for _, r := range rows {
		if strings.Contains(r, string(text)) {
			return true
		}
	}
	return false
}

// repeats reports whether text[j:i], of four signs or more, stood before.
func repeats(text []rune, j, i int) bool {
	return i-j >= 4 && strings.Contains(string(text[:j]), string(text[j:i]))
}
