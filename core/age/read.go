package age

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A token is a word or a run of digits of a text.
type token struct {
	word   string // lower case, without accents; "" for digits
	digits string
	mark   rune // what stands before it: '/', '-', '.', '\'' or ' '
}

// maxTokens bounds what is read of a text: nobody's date of birth comes later.
const maxTokens = 60

// read returns the dates that a text can mean, and whether it has a date or
// what may be a part of one.
func read(text string, today date) (readings []date, parts bool) {
	ts := tokens(text)
	found := 0
	for i := 0; i < len(ts); {
		ds, n := dateAt(ts[i:], today)
		if n == 0 {
			parts = parts || part(ts, i, today)
			i++
			continue
		}
		parts = true
		if len(ds) > 0 {
			if found++; found > 1 && !same(readings, ds) {
				return nil, true // whose are they?
			}
			readings = ds
		}
		i += n
	}
	return readings, parts
}

func same(a, b []date) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// dateAt reads a whole date at the beginning of ts and returns how many tokens
// it takes: 0 where there is none. A date that does not exist gives no reading.
func dateAt(ts []token, today date) ([]date, int) {
	if ds, n := numbered(ts, today); n > 0 {
		return ds, n
	}
	if ds, n := packed(ts, today); n > 0 {
		return ds, n
	}
	return spelled(ts, today)
}

// numbered reads 3/4/1990, 3-4-90, 3.4.1990, 3 4 1990 and 1990-03-04.
func numbered(ts []token, today date) ([]date, int) {
	if len(ts) < 3 || ts[0].digits == "" || ts[1].digits == "" || ts[2].digits == "" {
		return nil, 0
	}
	a, b, c := ts[0].digits, ts[1].digits, ts[2].digits
	switch {
	case len(a) == 4 && len(b) <= 2 && len(c) <= 2:
		return existing(date{number(a), number(b), number(c)}), 3
	case len(a) > 2 || len(b) > 2 || len(c) != 2 && len(c) != 4:
		return nil, 0
	}
	return monthFirst(number(a), number(b), c, today), 3
}

// monthFirst is both readings of two numbers and a year, the American one first;
// where only one is a date, it is that.
func monthFirst(a, b int, year string, today date) []date {
	var out []date
	for _, md := range [...][2]int{{a, b}, {b, a}} {
		for _, d := range years(md[0], md[1], year, today) {
			if len(out) == 0 || out[0] != d {
				out = append(out, d)
			}
		}
	}
	return out
}

// packed reads 03041990, 030490 and 19900304.
func packed(ts []token, today date) ([]date, int) {
	if len(ts) == 0 {
		return nil, 0
	}
	s := ts[0].digits
	switch len(s) {
	case 8:
		if ds := monthFirst(number(s[:2]), number(s[2:4]), s[4:], today); len(ds) > 0 && ds[0].year >= today.year-oldest {
			return ds, 1
		}
		return existing(date{number(s[:4]), number(s[4:6]), number(s[6:])}), 1
	case 6:
		return monthFirst(number(s[:2]), number(s[2:4]), s[4:], today), 1
	}
	return nil, 0
}

// spelled reads March 4 1990, 4th of March '90, 4 de marzo de 1990, 4mar1990.
func spelled(ts []token, today date) ([]date, int) {
	var month, day int
	var year string
	i := 0
	for ; i < len(ts) && (month == 0 || day == 0 || year == ""); i++ {
		t := ts[i]
		switch m := monthOf(t.word); {
		case m > 0 && month == 0:
			month = m
		case t.word != "" && (i == 0 || !small[t.word]):
			return nil, 0
		case t.word != "": // th, of, de
		case day == 0 && month == 0 && len(t.digits) == 4 && i == 0:
			year = t.digits // 1990 March 4
		case day == 0 && len(t.digits) <= 2:
			day = number(t.digits)
		case month > 0 && day > 0 && (len(t.digits) == 4 || len(t.digits) == 2):
			year = t.digits
		default:
			return nil, 0
		}
	}
	if month == 0 || day == 0 || year == "" {
		return nil, 0
	}
	return years(month, day, year, today), i
}

// years is the date, with the century that makes its year of two digits the
// latest that is past. A date to come within this year may be a slip, or a
// century old: neither is sure, so it is none.
func years(month, day int, year string, today date) []date {
	d := date{number(year), month, day}
	if len(year) == 2 {
		century := today.year - today.year%100
		if d.year += century; d.year > today.year {
			d.year -= 100
		}
		if today.before(d) {
			return nil
		}
	}
	return existing(d)
}

func existing(d date) []date {
	if !d.exists() {
		return nil
	}
	return []date{d}
}

// small are words within a date that say nothing.
var small = map[string]bool{"st": true, "nd": true, "rd": true, "th": true, "of": true, "the": true, "de": true, "del": true, "in": true}

// part reports whether token i may be a part of a date of birth: a month, a year
// in which a guest can be born, 3/4.
func part(ts []token, i int, today date) bool {
	t := ts[i]
	if monthOf(t.word) > 0 && t.word != "may" && t.word != "mar" && t.word != "sun" {
		return true
	}
	if t.word != "" {
		return false
	}
	n := number(t.digits)
	switch {
	case len(t.digits) == 4 && n > today.year-oldest && n <= today.year:
		return true
	case len(t.digits) >= 6 && len(t.digits) <= 8:
		return true
	}
	return i > 0 && ts[i-1].digits != "" && (t.mark == '/' || t.mark == '-' || t.mark == '.') && n > 0 && n <= 31
}

// number reads at most eight digits.
func number(digits string) int {
	n := 0
	for _, r := range digits {
		n = 10*n + int(r-'0')
	}
	return n
}

// tokens splits a text into words and runs of digits. Digits of other scripts
// and of full width are taken for what they look like.
func tokens(text string) []token {
	var out []token
	mark, spaced := ' ', true
	open := false // whether the last token may grow
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(text, " ")) {
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			continue
		case unicode.IsDigit(r):
			d := string(rune('0' + digit(r)))
			if open && out[len(out)-1].digits != "" && len(out[len(out)-1].digits) < 9 {
				out[len(out)-1].digits += d
				continue
			}
			if len(out) == maxTokens {
				return out
			}
			out = append(out, token{digits: d, mark: mark})
		case unicode.IsLetter(r):
			if open && out[len(out)-1].word != "" {
				out[len(out)-1].word += string(r)
				continue
			}
			if len(out) == maxTokens {
				return out
			}
			out = append(out, token{word: string(r), mark: mark})
		default:
			if r == '⁄' || r == '∕' || r == '\\' || r == '|' {
				r = '/'
			}
			if r == '–' || r == '‐' || r == '_' || r == '−' || r == '—' {
				r = '-'
			}
			if !unicode.IsSpace(r) || spaced && mark == ' ' {
				mark = r
			}
			open = false
			continue
		}
		open, spaced, mark = true, true, ' '
	}
	return out
}

// digit is the value of a decimal digit of any script: those of one script
// follow each other, and begin at a multiple of ten after a digit or none.
func digit(r rune) int {
	if r <= '9' {
		return int(r - '0')
	}
	zero := r
	for zero > r-9 && unicode.IsDigit(zero-1) {
		zero--
	}
	return int(r-zero) % 10
}
