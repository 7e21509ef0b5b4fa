package reply

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Classes of ASCII characters. Letters and digits come first.
const (
	isOther = iota
	isLower
	isUpper
	isDigit
	isApostrophe
	isStar
)

var class = func() (t [128]uint8) {
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-0x20] = isLower, isUpper
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = isDigit
	}
	t['\''], t['`'], t['*'] = isApostrophe, isApostrophe, isStar
	return t
}()

// alphabets lists letters that look like Latin ones, each group after the
// letter it is taken for. Confusables as in Unicode TS 39, kept to those that
// phones and "fancy text" pages produce.
var alphabets = map[byte]string{
	'a': "аАαΑᴀ🅐🅰ꭺᎪꓮɑ", 'b': "ВΒвЬʙ🅑🅱ᏴꓐƄ", 'c': "сСϲϹᴄ🅒🅲ᏟꓚↃ", 'd': "ԁᴅ🅓🅳ᎠꓓɗđĐ",
	'e': "еЕεΕҽᴇ🅔🅴ᎬꓰɛёЁ", 'f': "ϝꜰ🅕🅵ꓝƒ", 'g': "ԍɢ🅖🅶Ꮐꓖɡ", 'h': "һНΗнʜ🅗🅷ᎻꓧհħĦ",
	'i': "іІιΙɪ🅘🅸Ꭵꓲıїɩ", 'j': "јЈᴊ🅙🅹Ꭻꓙϳ", 'k': "кКκΚᴋ🅚🅺ᏦꓗқҚ", 'l': "ʟ🅛🅻ᏞꓡłŁӏӀ",
	'm': "мМΜᴍ🅜🅼Ꮇꓟ", 'n': "ɴ🅝🅽ꓠΝռηŋŊпП", 'o': "оОοΟσօᴏ🅞🅾ⲟꓳøØѳθΘ", 'p': "рРρΡᴘ🅟🅿Ꮲꓑþϸ",
	'q': "ԛǫ🅠🆀զϙꞯ", 'r': "гʀ🅡🆁Ꭱꓣɾя", 's': "ѕЅςꜱ🅢🆂ᏚꓢʂՏ", 't': "тТτΤᴛ🅣🆃ᎢꓔŧŦ",
	'u': "υսᴜ🅤🆄ꓴʋՍ", 'v': "ѵνᴠ🅥🆅Ꮩꓦ", 'w': "ѡωԝᴡ🅦🆆Ꮃꓪ", 'x': "хХχΧ🅧🆇ꓫ×",
	'y': "уУγΥүʏ🅨🆈ꓬ", 'z': "Ζᴢ🅩🆉Ꮓꓜʐ",
}

// foldTable is where the direct table ends: Latin with accents, Greek,
// Cyrillic and Armenian lie below.
const foldTable = 0x600

// folded gives the plain letter for characters below foldTable, 0 for none;
// lookAlike gives it for those beyond.
var folded, lookAlike = func() (t [foldTable]byte, far map[rune]byte) {
	for r := rune(utf8.RuneSelf); r < foldTable; r++ {
		t[r] = plainLetter(r)
	}
	far = make(map[rune]byte)
	for c, list := range alphabets {
		for _, r := range list {
			if r < foldTable {
				t[r] = c
			} else {
				far[r] = c
			}
		}
	}
	return t, far
}()

// plainLetter returns the ASCII letter or digit that r is with an accent, or 0.
func plainLetter(r rune) byte {
	d := norm.NFKD.String(string(r))
	if d == "" || d[0] >= utf8.RuneSelf || class[d[0]] < isLower || class[d[0]] > isDigit {
		return 0
	}
	for _, m := range d[1:] {
		if !invisible(m) {
			return 0
		}
	}
	return lowerASCII(d[0])
}
