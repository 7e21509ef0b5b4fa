package sms

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A CostlyChar is a character that GSM-7 cannot say. A single one turns the
// whole text into UCS-2, which more than halves what a part carries.
type CostlyChar struct {
	Rune     rune // U+FFFD for a byte that is not UTF-8
	At       int  // its index in the text, counted in characters (runes)
	Offset   int  // its byte offset in the text
	Plain    string
	HasPlain bool // whether Plain replaces it (Plain may be empty: leave it out)
}

// Costly returns every character of text that forces UCS-2, in order; nil if
// the text is GSM-7 as it stands. Extension characters such as the euro sign
// cost two septets, but are not among them.
func Costly(text string) []CostlyChar {
	var found []CostlyChar
	at, prev := 0, rune(0)
	for i, r := range text {
		if septets(r) == 0 {
			p, ok := plainOf(prev, r)
			found = append(found, CostlyChar{Rune: r, At: at, Offset: i, Plain: p, HasPlain: ok})
		}
		prev = r
		at++
	}
	return found
}

// Plain returns text with every character that has a plain equivalent replaced
// by it: curly quotes, dashes, the ellipsis, unusual spaces, bullets, accented
// letters that GSM-7 lacks (á becomes a; é, ñ and ü stay). Letter and accent
// that come as two characters are joined first. Emoji and other scripts are
// left: [Costly] of the result names them. Plain text is returned unchanged.
func Plain(text string) string {
	if inGSM(text) {
		return text
	}
	text = norm.NFC.String(text)
	var b strings.Builder
	b.Grow(len(text))
	prev := rune(0)
	for i, r := range text {
		p, ok := "", false
		if septets(r) == 0 {
			p, ok = plainOf(prev, r)
		}
		prev = r
		if ok {
			b.WriteString(p)
			continue
		}
		// The bytes as they are: RuneLen of U+FFFD would turn one bad byte into three.
		_, w := utf8.DecodeRuneInString(text[i:])
		b.WriteString(text[i : i+w])
	}
	return b.String()
}

// plainOf returns the plain equivalent of r after prev.
func plainOf(prev, r rune) (string, bool) {
	if s, ok := plainTable[r]; ok {
		// "1½ lb" must not become "11/2 lb".
		if len(s) == 3 && s[1] == '/' && prev >= '0' && prev <= '9' {
			s = " " + s
		}
		return s, true
	}
	switch {
	case r >= 0xFF01 && r <= 0xFF5E: // full-width forms of ASCII
		if q := r - 0xFF01 + '!'; septets(q) > 0 {
			return string(q), true
		}
		return "'", true // the full-width backtick
	case isMark(r):
		return "", true
	}
	return baseLetter(r)
}

func isMark(r rune) bool { return r >= 0x300 && r <= 0x36F }

// baseLetter returns the Latin letter under the accents of r.
func baseLetter(r rune) (string, bool) {
	d := norm.NFD.String(string(r))
	if len(d) < 2 || !isLetter(d[0]) {
		return "", false
	}
	for _, m := range d[1:] {
		if !isMark(m) {
			return "", false
		}
	}
	return d[:1], true
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// plainTable holds what no rule derives. Its twin is in the browser's sms.js;
// testdata/vectors.json keeps the two alike.
var plainTable = buildPlain()

func buildPlain() map[rune]string {
	t := map[rune]string{
		'…': "...", '•': "-", '·': "-", '‣': "-", '◦': "-", '∙': "-", '●': "-", '▪': "-", '⁃': "-",
		'×': "x", '÷': "/", '™': "(TM)", '®': "(R)", '©': "(C)", '¢': "c", '№': "No.",
		'½': "1/2", '¼': "1/4", '¾': "3/4", '⅓': "1/3", '⅔': "2/3",
		'→': "->", '←': "<-", '⇒': "=>", '≤': "<=", '≥': ">=", '≠': "!=", '≈': "~", '★': "*", '☆': "*",
		'\t': " ", '\u2028': "\n", '\u2029': "\n", '\u0085': "\n",
		'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "Th",
		'œ': "oe", 'Œ': "OE", 'ı': "i", 'ẞ': "ß", 'ª': "a", 'º': "o", '⁄': "/", '¦': "|", 'µ': "u",
	}
	each(t, "‘’‚‛′´`ʼʻ‹›", "'")
	each(t, "“”„‟″«»", `"`)
	each(t, "‐‑‒–—―−", "-")
	each(t, "\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000", " ")
	// Invisible. The joiner U+200D and the variation selectors are not here:
	// they hold emoji together, and go when the emoji go.
	each(t, "\u00AD\u200B\u200C\u200E\u200F\u2060\uFEFF", "")
	return t
}

func each(t map[rune]string, from, to string) {
	for _, r := range from {
		t[r] = to
	}
}
