package reply

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What stands between a word and the one before it, from nothing to the end of
// a sentence. Phrases may run over weak breaks and not over strong ones.
const (
	brkNone  = iota // a space, or nothing that matters
	brkComma        // a comma or bracket
	brkLine         // a new line, a dash, an emoji
	brkEnd          // . ! ? ;
)

// A tok is one word: a span of the scan's letters, and what is known of it.
type tok struct {
	a, b   int32
	id     word
	brk    uint8 // what precedes it
	caps   uint8 // how many capital letters
	typo   bool  // id is a guess
	asked  bool  // a question mark follows
	bang   bool  // an exclamation mark follows
	hidden bool  // not the guest's own words, or not about us
	flags  bool  // made of regional indicators, which are mostly flags
}

// scans keeps room for letters and words from one text to the next.
var scans = sync.Pool{New: func() any { return new(scan) }}

// maxKept is the longest text, in letters, whose room is kept.
const maxKept = 4096

func borrow() *scan { return scans.Get().(*scan) }

func (s *scan) giveBack() {
	if cap(s.buf) <= maxKept && cap(s.toks) <= maxKept {
		*s = scan{buf: s.buf[:0], toks: s.toks[:0]}
		scans.Put(s)
	}
}

// A scan is a text as words.
type scan struct {
	buf      []byte // the letters of all words, folded, end to end
	toks     []tok
	open     bool // a word is being read
	brk      uint8
	caps     uint8
	ri       bool // only regional indicators so far
	redSign  bool // saw 🛑
	laugh    bool // saw a face laughing
	question bool // saw a question mark
	hand     bool // saw a stop sign or raised hand
	cased    bool // saw a small letter
}

// Fold returns text in the form in which words are compared: compatibility
// forms and look-alike letters made Latin, case and accents dropped, invisible
// characters removed, punctuation and emoji turned into single spaces, letters
// drawn out or spaced out ("STOOOP", "s.t.o.p") put together.
func Fold(text string) string {
	s := borrow()
	defer s.giveBack()
	s.add(text)
	s.finish()
	out := make([]byte, 0, len(s.buf)+len(s.toks))
	for i := range s.toks {
		if i > 0 {
			out = append(out, ' ')
		}
		out = s.appendWord(out, i)
	}
	return string(out)
}

// appendWord appends word i without drawn-out letters.
func (s *scan) appendWord(out []byte, i int) []byte {
	w := s.text(i)
	one, changed := squeeze(nil, w, 3)
	if !changed {
		return append(out, w...)
	}
	if book.wholes[lookup(one)].rule == "" {
		if two := squeezeTo2(nil, w); lookup(two) != 0 {
			one = two
		}
	}
	return append(out, one...)
}

func (s *scan) text(i int) []byte { return s.buf[s.toks[i].a:s.toks[i].b] }

// add reads text into words. ASCII takes the short way.
func (s *scan) add(text string) {
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(text[i:])
			s.rune(r, text[i:i+n])
			i += n
			continue
		}
		i++
		switch class[c] {
		case isLower:
			s.letter(c)
			s.cased = true
		case isUpper:
			s.letter(c | 0x20)
			s.caps++
		case isDigit:
			s.letter(c)
		case isApostrophe:
			s.apostrophe()
		case isStar:
			s.star(text[i:])
		default:
			s.separate(c, text, i)
		}
	}
}

func (s *scan) letter(c byte) {
	if !s.open {
		s.start()
	}
	s.ri = false
	s.buf = append(s.buf, c)
}

func (s *scan) start() {
	s.open, s.ri, s.caps = true, true, 0
	s.toks = append(s.toks, tok{a: int32(len(s.buf)), brk: s.brk})
	s.brk = brkNone
}

// close ends the word being read.
func (s *scan) close() {
	if !s.open {
		return
	}
	s.open = false
	t := &s.toks[len(s.toks)-1]
	t.b, t.caps, t.flags = int32(len(s.buf)), s.caps, s.ri
}

// apostrophe drops the mark, as in don't, but parts French m'envoyez.
func (s *scan) apostrophe() {
	if !s.open {
		return
	}
	t := s.toks[len(s.toks)-1]
	if len(s.buf)-int(t.a) == 1 {
		switch s.buf[t.a] {
		case 'm', 'n', 'd', 'l', 'j', 's', 't', 'c':
			s.close()
		}
	}
}

// star keeps a masked word whole: f**king.
func (s *scan) star(rest string) {
	rest = rest[:min(len(rest), 6)]
	for len(rest) > 0 && rest[0] == '*' {
		rest = rest[1:]
	}
	if rest == "" || class[rest[0]&0x7f] > isDigit || class[rest[0]&0x7f] == 0 {
		s.close()
	}
}

// separate ends a word at c, which stands at text[i-1].
func (s *scan) separate(c byte, text string, i int) {
	s.close()
	next := byte(' ')
	if i < len(text) {
		next = text[i]
	}
	switch c {
	case '\n', '\r':
		s.raise(brkLine)
	case '.':
		if next < '0' || next > '9' {
			s.raise(brkEnd)
		}
	case '!':
		s.raise(brkEnd)
		if n := len(s.toks); n > 0 {
			s.toks[n-1].bang = true
		}
	case ';':
		s.raise(brkEnd)
	case '?':
		s.raise(brkEnd)
		if n := len(s.toks); n > 0 {
			s.toks[n-1].asked, s.question = true, true
		}
	case ',', '(', ')', ':', '[', ']':
		s.raise(brkComma)
	case '-':
		if i >= 2 && text[i-2] == ' ' || i == 1 || next == '-' {
			s.raise(brkLine)
		}
	case '=':
		// STOP=end, as footers have it.
		if class[next&0x7f] != isLower && class[next&0x7f] != isUpper {
			return
		}
		s.letter('t')
		s.letter('o')
		s.close()
	case '#':
		if next == ' ' || next == '.' || next == '!' {
			for _, c := range []byte("number") {
				s.letter(c)
			}
			s.close()
		}
	}
}

func (s *scan) raise(b uint8) {
	if len(s.toks) > 0 && s.brk < b {
		s.brk = b
	}
}

// rune reads a character beyond ASCII; raw is its bytes.
func (s *scan) rune(r rune, raw string) {
	if r < foldTable {
		if c := folded[r]; c != 0 {
			s.letter(c)
			if unicode.IsUpper(r) {
				s.caps++
			} else {
				s.cased = true
			}
			return
		}
	}
	switch {
	case r == utf8.RuneError:
		s.separate(' ', "", 0)
	case r == '’' || r == 'ʼ' || r == '´' || r == '‘' || r == '′' || r == '＇':
		s.apostrophe()
	case r >= 0x1F1E6 && r <= 0x1F1FF:
		s.indicator(byte(r-0x1F1E6) + 'a')
	case invisible(r):
	case r == '…' || r == '。' || r == '！':
		s.separate('.', " ", 1)
	case r == '？':
		s.separate('?', " ", 1)
	case r == '—' || r == '–' || r == '\u2028' || r == '\u2029':
		s.separate('\n', "", 0)
	default:
		s.rareRune(r, raw)
	}
}

func (s *scan) rareRune(r rune, raw string) {
	if c := lookAlike[r]; c != 0 {
		s.letter(c)
		return
	}
	// The decomposition is already complete and canonical for one character;
	// marks are dropped in any case, so their order is no matter.
	if d := norm.NFKD.PropertiesString(raw).Decomposition(); d != nil {
		s.decomposed(d)
		return
	}
	switch {
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		if !s.open {
			s.start()
		}
		s.ri = false
		s.buf = utf8.AppendRune(s.buf, unicode.ToLower(r))
	case r == '😂' || r == '🤣' || r == '🤤' || r == '😍':
		s.laugh = true
		s.separate('\n', "", 0)
	case stopSign(r):
		s.hand = true
		s.redSign = s.redSign || r == '🛑'
		s.separate('\n', "", 0)
	case unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r):
		s.separate('\n', "", 0)
	default:
		s.separate(' ', "", 0)
	}
}

// decomposed reads what a compatibility character stands for.
func (s *scan) decomposed(d []byte) {
	for len(d) > 0 {
		r, n := utf8.DecodeRune(d)
		switch {
		case r < utf8.RuneSelf && class[r] >= isLower && class[r] <= isDigit:
			s.letter(lowerASCII(byte(r)))
		case r < utf8.RuneSelf:
			s.separate(byte(r), " ", 1)
		case r < foldTable && folded[r] != 0:
			s.letter(folded[r])
		case lookAlike[r] != 0:
			s.letter(lookAlike[r])
		case invisible(r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !s.open {
				s.start()
			}
			s.ri = false
			s.buf = utf8.AppendRune(s.buf, unicode.ToLower(r))
		default:
			s.separate(' ', "", 0)
		}
		d = d[n:]
	}
}

// indicator reads a regional indicator: half a flag, or a letter in a box.
func (s *scan) indicator(c byte) {
	if s.open && !s.ri {
		s.close()
	}
	if !s.open {
		s.start()
	}
	s.buf = append(s.buf, c)
}

// invisible reports whether r prints nothing of its own: joiners, soft
// hyphens, direction marks, accents and the like.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me) ||
		r == 0x3164 || r == 0x115F || r == 0x1160 || r >= 0x1F3FB && r <= 0x1F3FF
}

func stopSign(r rune) bool {
	switch r {
	case '🛑', '✋', '🖐', '🚫', '⛔', '🤚', '🖕':
		return true
	}
	return false
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}
