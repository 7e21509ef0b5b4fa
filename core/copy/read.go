package copy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A glyph is one visible character as a reader sees it: lower case, without
// accents, in Latin letters where it looks like one.
type glyph struct {
	r        rune
	from, to int32 // bytes of the original
	upper    bool  // was a capital
	accent   bool  // lost an accent
	alien    bool  // looks Latin but is not: another script, full-width, mathematical
	hidden   bool  // an invisible character stands before it
}

// A gap is what stands between a word and the one before it.
type gap uint8

const (
	soft gap = iota // nothing, spaces, hyphens, quotes: one phrase
	hard            // a comma, a bracket, a slash: another phrase
	stop            // the end of a sentence or line
)

// A token is one word or number.
type token struct {
	w          string // folded, apostrophes left out
	base       string // without a possessive 's, if it had one
	from, to   int    // bytes of the original
	first, end int    // glyphs
	gap        gap
	stem       int  // length of base
	accent     bool // lost an accent
	dot        bool // a full stop is in the gap before it
	money      bool // $ before it or ¢ after it
	caps       bool // two letters or more, all capitals
	mixed      bool // Latin and look-alike letters in one word
	alien      bool // made of look-alike letters
	hidden     bool // invisible characters inside
	off        bool // part of a link
}

type text struct {
	src    string
	glyphs []glyph
	tokens []token
}

// read folds src and cuts it into words.
func read(src string) *text {
	t := &text{src: src, glyphs: make([]glyph, 0, len(src)), tokens: make([]token, 0, len(src)/5+4)}
	t.fold()
	t.cut()
	return t
}

func (t *text) fold() {
	hidden := false
	for i := 0; i < len(t.src); {
		if c := t.src[i]; c < utf8.RuneSelf {
			g := glyph{r: rune(c), from: int32(i), to: int32(i + 1), hidden: hidden}
			if c >= 'A' && c <= 'Z' {
				g.r, g.upper = rune(c)+32, true
			}
			t.glyphs, hidden = append(t.glyphs, g), false
			i++
			continue
		}
		r, w := utf8.DecodeRuneInString(t.src[i:])
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			// Accents and variation selectors belong to the character before.
			if n := len(t.glyphs); n > 0 {
				t.glyphs[n-1].accent = true
				t.glyphs[n-1].to = int32(i + w)
			}
		case unicode.Is(unicode.Cf, r):
			hidden = true
		default:
			t.foldRune(r, int32(i), int32(i+w), hidden)
			hidden = false
		}
		i += w
	}
}

// foldRune appends what a non-ASCII rune looks like.
func (t *text) foldRune(r rune, from, to int32, hidden bool) {
	g := glyph{from: from, to: to, hidden: hidden, upper: unicode.IsUpper(r)}
	if q, ok := lookAlike[r]; ok {
		// Scandinavian, Polish and Turkish letters are a language, not a disguise.
		g.r, g.alien = q, isWordRune(q) && !strings.ContainsRune("łøđı", r)
		t.glyphs = append(t.glyphs, g)
		return
	}
	var buf [32]byte
	// Ligatures, fractions, mathematical and full-width letters fall apart here.
	for _, d := range string(norm.NFKD.AppendString(buf[:0], string(r))) {
		if unicode.Is(unicode.Mn, d) {
			g.accent = true
			if n := len(t.glyphs); n > 0 && t.glyphs[n-1].from == from {
				t.glyphs[n-1].accent = true
			}
			continue
		}
		q := unicode.ToLower(d)
		if l, ok := lookAlike[q]; ok {
			q = l
		}
		styled := q < utf8.RuneSelf && isWordRune(q) && (r >= 0x1D400 || r >= 0x2460 && r <= 0x24FF || r >= 0xFF00 && r <= 0xFF5E)
		t.glyphs = append(t.glyphs, glyph{r: q, from: from, to: to, upper: g.upper || unicode.IsUpper(d), alien: styled, hidden: hidden})
	}
}

// lookAlike holds letters of other scripts that pass for Latin ones, and
// punctuation that passes for ASCII.
var lookAlike = func() map[rune]rune {
	m := map[rune]rune{}
	pair := func(from, to string) {
		q := []rune(to)
		for i, r := range []rune(from) {
			m[r] = q[i]
		}
	}
	pair("авсԁеһіјӏкмпорԛгѕтуԝхѵѡ", "abcdehijlkmnopqrstywxvw")
	pair("АВСЕНІЈКМОРЅТУХԜ", "abcehijkmopstyxw")
	pair("αβγεικνορτυχωηµ", "abyeikvoptuxwnu")
	pair("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx")
	pair("ıłøđɡɑοօոսᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "ilodgaoonuabcdefghijklmnoprstuvwyz")
	pair("’‘ʼ′´`“”„–—‐‑−", "''''''\"\"\"-----")
	return m
}()

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func (t *text) at(i int) rune {
	if i < 0 || i >= len(t.glyphs) {
		return 0
	}
	return t.glyphs[i].r
}

// joins reports whether glyph i, which is no letter, is inside of a word.
func (t *text) joins(i int) bool {
	a, b := t.at(i-1), t.at(i+1)
	switch t.glyphs[i].r {
	case '\'':
		return isWordRune(a) && isWordRune(b)
	case '.', '/', '⁄':
		return isDigit(a) && isDigit(b)
	}
	return false
}

func (t *text) cut() {
	// All words are cut from one string, which costs one allocation.
	buf := make([]byte, 0, len(t.src)+8)
	ends := make([]int, 0, cap(t.tokens))
	defer func() { t.name(string(buf), ends) }()
	g, dot, money := soft, false, false
	for i := 0; i < len(t.glyphs); {
		r := t.glyphs[i].r
		if !isWordRune(r) {
			switch {
			case r == '&':
				buf, ends = t.sign(i, "and", g, buf, ends)
				g, dot, money = soft, false, false
			case r == '%':
				buf, ends = t.sign(i, "percent", g, buf, ends)
				g, dot, money = soft, false, false
			case r == '$':
				money = true
			case r == '¢' && len(t.tokens) > 0:
				t.tokens[len(t.tokens)-1].money = true
			default:
				g = max(g, t.gapOf(i))
				dot = dot || r == '.'
				if r != ' ' {
					money = false
				}
			}
			i++
			continue
		}
		end := i + 1
		for end < len(t.glyphs) && (isWordRune(t.glyphs[end].r) || t.joins(end)) {
			end++
		}
		var tok token
		tok, buf = t.token(i, end, buf)
		tok.gap, tok.dot, tok.money = g, dot, money
		t.tokens, ends = append(t.tokens, tok), append(ends, len(buf))
		g, dot, money = soft, false, false
		i = end
	}
}

// sign appends a sign that is read as a word.
func (t *text) sign(i int, w string, g gap, buf []byte, ends []int) ([]byte, []int) {
	t.tokens = append(t.tokens, token{from: int(t.glyphs[i].from), to: int(t.glyphs[i].to), first: i, end: i + 1, gap: g})
	buf = append(buf, w...)
	return buf, append(ends, len(buf))
}

// name gives every token its word: all, cut at ends.
func (t *text) name(all string, ends []int) {
	from := 0
	for i := range t.tokens {
		tok := &t.tokens[i]
		tok.w = all[from:ends[i]]
		tok.base = tok.w[:tok.stem]
		if tok.accent && tok.w == "rose" { // the wine, not the flower
			tok.w = "rosewine"
		}
		from = ends[i]
	}
}

// gapOf returns how strongly glyph i parts the words around it.
func (t *text) gapOf(i int) gap {
	switch t.glyphs[i].r {
	case '-':
		if t.at(i-1) == ' ' || t.at(i+1) == ' ' {
			return hard
		}
		return soft
	case ' ', '_', '\'', '"', '*', '~', '\t':
		return soft
	case '/':
		// n/a is one word.
		if !isWordRune(t.at(i-2)) && !isWordRune(t.at(i+2)) {
			return soft
		}
		return hard
	case '.', '!', '?', '\n', '\r':
		return stop
	}
	if unicode.IsSpace(t.glyphs[i].r) {
		return soft
	}
	return hard
}

func (t *text) token(first, end int, buf []byte) (token, []byte) {
	start := len(buf)
	tok := token{from: int(t.glyphs[first].from), to: int(t.glyphs[end-1].to), first: first, end: end}
	letters, uppers, latin, alien := 0, 0, 0, 0
	for i := first; i < end; i++ {
		g := t.glyphs[i]
		if g.hidden && i > first {
			tok.hidden = true
		}
		if g.r == '\'' {
			if i == end-2 && t.glyphs[end-1].r == 's' {
				tok.stem = len(buf) - start
			}
			continue
		}
		buf = utf8.AppendRune(buf, g.r)
		if isDigit(g.r) || !isWordRune(g.r) {
			continue
		}
		letters++
		if g.upper {
			uppers++
		}
		if g.alien {
			alien++
		} else if g.r < utf8.RuneSelf {
			latin++
		}
		tok.accent = tok.accent || g.accent
	}
	tok.caps = letters >= 2 && uppers == letters
	tok.alien = alien > 0
	tok.mixed = alien > 0 && latin > 0
	return tok, buf
}

// span returns the bytes of glyphs first up to end.
func (t *text) span(first, end int) (int, int) {
	return int(t.glyphs[first].from), int(t.glyphs[end-1].to)
}

// near reports whether one of the words in set is within n tokens of i..j.
func (t *text) near(set words, i, j, n int) bool {
	for k := max(0, i-n); k <= min(len(t.tokens)-1, j+n); k++ {
		if k >= i && k <= j {
			continue
		}
		if tok := &t.tokens[k]; !tok.off && (set.has(tok.w) || tok.money && set.has("$")) {
			return true
		}
	}
	return false
}

// words is a set of folded words; "$" stands for any price.
type words map[string]struct{}

func list(s string) words {
	w := words{}
	for _, f := range strings.Fields(s) {
		w[f] = struct{}{}
	}
	return w
}

func (w words) has(s string) bool { _, ok := w[s]; return ok }
