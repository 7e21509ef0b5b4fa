package draft

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/jobfluss/nexo/core"
)

// phoneDigits is how many digits in a row look like a phone number: seven is the
// shortest that is dialled.
const phoneDigits = 7

// longestGap is how many separators may stand between two digits of one number.
const longestGap = 3

// What has many digits and is no phone number: times, dates and prices.
var (
	clocks = regexp.MustCompile(`\b([01]?\d|2[0-3]):[0-5]\d\b`)
	dates  = regexp.MustCompile(`\b(0?[1-9]|1[0-2])/([12]\d|3[01]|0?[1-9])(/20\d\d|/\d\d)?\b|\b20\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01])\b`)
	prices = regexp.MustCompile(`\$\d{1,6}(\.\d\d)?\b`)
	mails  = regexp.MustCompile(`[^\s@]+@[^\s@]+\.[^\s@]+`)
)

// spoken are digits as words: "five one two" is the beginning of a number too.
var spoken = map[string]bool{"zero": true, "oh": true, "one": true, "two": true, "three": true, "four": true,
	"five": true, "six": true, "seven": true, "eight": true, "nine": true, "cero": true, "uno": true, "dos": true, "tres": true,
	"cuatro": true, "cinco": true, "seis": true, "siete": true, "ocho": true, "nueve": true}

// Clean is Invalid where s has what looks like a phone number or a mailbox, in
// whatever digits and however it is spaced. Its error does not quote it.
func Clean(s string) error {
	const op = "draft.Clean"
	s = strings.ToLower(norm.NFKC.String(s))
	if mails.MatchString(s) {
		return core.E(op, core.Invalid, "This has what looks like an e-mail address, and those are never given to the AI. Take it out.")
	}
	if hasPhone(s) {
		return core.E(op, core.Invalid, "This has what looks like a phone number, and those are never given to the AI. Take it out.")
	}
	return nil
}

func hasPhone(s string) bool {
	for _, shape := range []*regexp.Regexp{clocks, dates, prices} {
		s = shape.ReplaceAllString(s, "x")
	}
	n, gap := 0, 0
	var word strings.Builder
	// end closes a word: a digit in letters goes on with the row, all others end it.
	end := func() bool {
		if word.Len() == 0 {
			return false
		}
		if spoken[word.String()] {
			n, gap = n+1, 0
		} else {
			n = 0
		}
		word.Reset()
		return n >= phoneDigits
	}
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			if end() {
				return true
			}
			if n, gap = n+1, 0; n >= phoneDigits {
				return true
			}
		case unicode.IsLetter(r):
			word.WriteRune(r)
		case invisible(r): // stands between digits and is not seen
		default:
			if end() {
				return true
			}
			if gap++; gap > longestGap {
				n = 0
			}
		}
	}
	return end()
}

func invisible(r rune) bool { return unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me) }
