package copy

import (
	"slices"
	"strings"
)

// Abbreviations are written with full stops without wanting to hide anything.
var abbreviations = list("byob ipa")

// disguises files words that someone took pains to hide.
func (r *reader) disguises(known []match) {
	t := r.text
	for i := range t.tokens {
		tok := &t.tokens[i]
		if tok.off {
			continue
		}
		if tok.mixed || tok.alien || tok.hidden {
			r.hiddenWord(i, known)
			continue
		}
		if u := stretched(tok.w); u != nil {
			r.file(u, u.verdict, tok.from, tok.to)
		}
	}
	r.spaced()
	r.runs()
}

// hiddenWord files a word in look-alike letters. A word wholly in another script
// is a disguise only if it reads as a forbidden one.
func (r *reader) hiddenWord(i int, known []match) {
	tok := &r.text.tokens[i]
	hit := slices.ContainsFunc(known, func(m match) bool { return m.i <= i && i <= m.j })
	if tok.mixed || tok.hidden || hit || optOutWords.has(tok.w) {
		r.add("disguised_text", Warn, tok.from, tok.to)
	}
}

// stretched finds "weeeed".
func stretched(w string) *rule {
	for i := 2; i < len(w); i++ {
		if w[i] == w[i-1] && w[i] == w[i-2] && w[i] >= 'a' {
			for _, most := range []int{2, 1} {
				if u := book.plainWords[squeeze(w, most)]; u != nil {
					return u
				}
			}
			return nil
		}
	}
	return nil
}

func squeeze(w string, most int) string {
	out, run := make([]byte, 0, len(w)), 0
	for i := 0; i < len(w); i++ {
		if i > 0 && w[i] == w[i-1] {
			run++
		} else {
			run = 1
		}
		if run <= most {
			out = append(out, w[i])
		}
	}
	return string(out)
}

// spaced finds words whose letters stand apart: w e e d, b.e.e.r.
func (r *reader) spaced() {
	t := r.text
	for i := 0; i < len(t.tokens); i++ {
		j := i
		for j < len(t.tokens) && len(t.tokens[j].w) == 1 && !t.tokens[j].off && (j == i || t.tokens[j].first-t.tokens[j-1].end <= 2) {
			j++
		}
		if j-i >= 3 && j-i <= 24 {
			r.spacedRun(i, j)
		}
		i = max(i, j-1)
	}
}

func (r *reader) spacedRun(i, j int) {
	var b strings.Builder
	for k := i; k < j; k++ {
		b.WriteByte(unleet(r.text.tokens[k].w[0], 'i'))
	}
	w := b.String()
	for from := 0; from < len(w); from++ {
		for to := len(w); to-from >= 3; to-- {
			u := book.plainWords[w[from:to]]
			// Three letters out of many are chance.
			if u == nil || to-from == 3 && len(w) > 3 {
				continue
			}
			a, z := r.text.tokens[i+from].from, r.text.tokens[i+to-1].to
			r.file(u, u.verdict, a, z)
			if !abbreviations.has(w[from:to]) {
				r.add("disguised_text", Warn, a, z)
			}
			return
		}
	}
	if w == "free" || w == "winner" {
		r.addTokens("spam_shape", Warn, i, j-1)
	}
}

// unleet returns the letter that c stands in for; one is what 1 and ! are.
func unleet(c byte, one byte) byte {
	switch c {
	case '0':
		return 'o'
	case '1', '!', '|':
		return one
	case '3':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '7', '+':
		return 't'
	case '8':
		return 'b'
	case '9':
		return 'g'
	}
	return c
}

// runs finds leetspeak (b33r, w€€d, $ex), masks (s*x, w**d) and cut-up words
// (be-er, v.ape).
func (r *reader) runs() {
	gs := r.text.glyphs
	for i := 0; i < len(gs); {
		if runBreak(gs[i].r) {
			i++
			continue
		}
		j := i + 1
		for j < len(gs) && !runBreak(gs[j].r) {
			j++
		}
		r.run(i, j)
		i = j
	}
}

func runBreak(c rune) bool {
	switch c {
	case ' ', '\n', '\t', '\r', ',', '/', '(', ')', ':', ';', '"', '&', '=', '?', '[', ']', '<', '>':
		return true
	}
	return c > 0x2000 && c != '€'
}

// run looks at one unbroken run of glyphs.
func (r *reader) run(i, j int) {
	gs := r.text.glyphs
	for i < j && strings.ContainsRune(".'-_!*~", gs[i].r) {
		i++
	}
	for i < j && strings.ContainsRune(".'-_!*~+%$", gs[j-1].r) {
		j--
	}
	if j-i < 3 || j-i > 20 || r.linked(int(gs[i].from), int(gs[j-1].to)) {
		return
	}
	var flat, ell [20]byte
	n, letters, odd, masks := 0, 0, false, 0
	for k := i; k < j; k++ {
		c := gs[k].r
		switch {
		case c >= 'a' && c <= 'z':
			letters++
			flat[n], ell[n] = byte(c), byte(c)
		case c == '€' || c == '£':
			flat[n], ell[n], odd = map[rune]byte{'€': 'e', '£': 'l'}[c], 'e', true
		case c == '*' || c == '#':
			masks++
			flat[n], ell[n], odd = '*', '*', true
		case strings.ContainsRune(".-_~'", c):
			odd = odd || c != '\''
			continue
		case c < 128 && unleet(byte(c), 'i') != byte(c):
			flat[n], ell[n], odd = unleet(byte(c), 'i'), unleet(byte(c), 'l'), true
		default:
			return
		}
		n++
	}
	if !odd || letters == 0 || n < 3 {
		return
	}
	u := masked(string(flat[:n]), masks)
	if u == nil && masks == 0 {
		u = book.plainWords[string(ell[:n])]
	}
	if u == nil {
		return
	}
	from, to := r.text.span(i, j)
	r.file(u, u.verdict, from, to)
	if letters < n || !abbreviations.has(string(flat[:n])) {
		r.add("disguised_text", Warn, from, to)
	}
}

// masked finds w in the lexicon, where * is any letter. At least half of the
// letters, and the first, must be there.
func masked(w string, masks int) *rule {
	if masks == 0 {
		return book.plainWords[w]
	}
	if masks*2 > len(w) || w[0] == '*' || len(w) >= len(book.byLength) {
		return nil
	}
	best := ""
	for _, known := range book.byLength[len(w)] {
		same := true
		for i := 0; i < len(w) && same; i++ {
			same = w[i] == '*' || w[i] == known[i]
		}
		// The map's order must not show: the first in the alphabet wins.
		if same && (best == "" || known < best) {
			best = known
		}
	}
	return book.plainWords[best]
}

func (r *reader) linked(from, to int) bool {
	return slices.ContainsFunc(r.links, func(l link) bool { return from < l.to && l.from < to })
}
