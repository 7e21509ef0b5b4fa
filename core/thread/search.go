package thread

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/jobfluss/nexo/core/guest"
)

// The bounds of what is found by: longer words are cut, later ones left out.
const (
	longestWord = 40 // characters
	mostWords   = 200
	mostSought  = 8 // words of a search
)

// Words returns the words that a text is found by, each once, sorted: lower case,
// without accents and signs, so that "Peña's" is found as pena.
func Words(text string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(text, " ")) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r), r == '\'', r == '’':
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	for i, w := range words {
		if r := []rune(w); len(r) > longestWord {
			words[i] = string(r[:longestWord])
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return words[:min(len(words), mostWords)]
}

// A Search says what is looked for. A thread fits if the texts of it have every
// one of the words, whole or as a beginning; or if the number ends in the digits;
// or if the guest has the tag. The zero Search fits every thread.
type Search struct {
	Words  []string
	Digits string // 3 to 10 digits; "" for none
	Tag    guest.Tag
}

// IsZero reports whether nothing is looked for.
func (s Search) IsZero() bool { return len(s.Words) == 0 && s.Digits == "" && s.Tag == "" }

// ParseSearch reads what people type into one field: words of a text, the last
// digits of a number, or a tag.
func ParseSearch(typed string) Search {
	words := Words(typed)
	s := Search{Words: words[:min(len(words), mostSought)]}
	if t, err := guest.ParseTag(strings.TrimPrefix(strings.TrimSpace(typed), "#")); err == nil {
		s.Tag = t
	}
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("()-. +•", r) {
			return -1
		}
		return r
	}, typed)
	if strings.Trim(digits, "0123456789") == "" && len(digits) >= 3 && len(digits) <= 11 {
		s.Digits = digits[max(0, len(digits)-10):]
	}
	return s
}
