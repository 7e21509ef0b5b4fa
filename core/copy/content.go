package copy

import (
	"cmp"
	"slices"
	"strings"
)

// Words that make a drink an ingredient or a flavour.
var (
	cookAfter   = list("battered batter braised braise glaze glazed sauce brined brine marinated marinade soaked bbq barbecue cake cakes reduction vinaigrette vinegar chicken butter mustard gravy brat brats bratwurst bratwursts bread chili caramel pecan candied cured salmon tips onions demiglace demi jus aioli mayo cream fudge truffles truffle brownies brownie cupcake cupcakes ham brisket mocktail mocktails flavored flavor flavoured flavors scented simmered poached steamed dressing jelly jam ribs shrimp pizza risotto fondue stew soup steak chops meatballs tiramisu donut donuts vinegars mushrooms can")
	cookBetween = list("lime garlic honey maple butter herb pepper peppercorn ginger mustard brown cream bbq mushroom vanilla pecan peach black and spicy chicken")
	cookBefore  = list("battered braised steamed cooked simmered poached soaked marinated flambeed deglazed glazed brined boiled reduced cured basted drenched")
	cookLink    = list("in with a an our the local dark red white craft dry and")
	unalcoholic = list("virgin nonalcoholic mocktail mocktails unleaded dealcoholized sober zeroproof na n/a 0.0")
	unPairs     = [][2]string{{"non", "alcoholic"}, {"alcohol", "free"}, {"zero", "proof"}, {"zero", "alcohol"}, {"0", "percent"}, {"0.0", "percent"}, {"0", "proof"}, {"spirit", "free"}, {"no", "alcohol"}, {"sin", "alcohol"}, {"booze", "free"}, {"n", "a"}, {"faux", "cocktail"}, {"0.0", "abv"}}
)

// Abbreviations are written with full stops without wanting to hide anything.
var abbreviations = list("byob ipa")

// content files what the text says that it must not.
func (r *reader) content() {
	found := r.prune(book.matches(r.text, make([]match, 0, 16)))
	for _, m := range found {
		r.file(m.rule, m.verdict(r.text), r.text.tokens[m.i].from, r.text.tokens[m.j].to)
	}
	r.symbols()
	r.disguises(found)
}

// prune drops matches whose context denies them and those inside of a longer
// phrase: root beer is not beer.
func (r *reader) prune(ms []match) []match {
	kept := ms[:0]
	for _, m := range ms {
		if r.applies(m) {
			kept = append(kept, m)
		}
	}
	slices.SortStableFunc(kept, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.j-b.i, a.j-a.i), a.shielding(b))
	})
	out := kept[:0]
	for _, m := range kept {
		if !slices.ContainsFunc(out, m.within) {
			out = append(out, m)
		}
	}
	return slices.DeleteFunc(out, func(m match) bool { return m.rule.verdict == Pass })
}

// within reports whether m is part of a longer phrase that says better what is
// meant: casino night is not a casino. A vague hint hides nothing strict.
func (m match) within(o match) bool {
	return o.i <= m.i && m.j <= o.j && (o.rule.code != "alcohol_implied" || m.rule.verdict >= Warn)
}

// shielding sorts matches of one length: look-alikes first, then the strictest.
func (m match) shielding(o match) int {
	if (m.rule.verdict == Pass) != (o.rule.verdict == Pass) {
		return cmp.Compare(o.rule.verdict, m.rule.verdict)
	}
	return cmp.Compare(m.rule.verdict, o.rule.verdict)
}

func (r *reader) applies(m match) bool {
	if r.named(m) {
		return false
	}
	reach := cmp.Or(m.rule.reach, 5)
	if m.rule.unless != nil && r.text.near(m.rule.unless, m.i, m.j, 5) {
		return false
	}
	if m.rule.need != nil && !r.text.near(m.rule.need, m.i, m.j, reach) {
		return false
	}
	if m.rule.drink && (r.text.without(m.i, m.j) || r.text.cooked(m.i, m.j)) {
		return false
	}
	return !r.text.freeOf(m)
}

// named reports whether m is only part of the venue's own name, which it may
// say: "Joe's Beer Garden". A name does not excuse selling cannabis or vapes.
func (r *reader) named(m match) bool {
	if m.rule.code == "content_cannabis" || m.rule.code == "content_tobacco" || m.rule.code == "content_drugs" {
		return false
	}
	return slices.ContainsFunc(r.brandAt, func(b [2]int) bool { return b[0] <= m.i && m.j <= b[1] })
}

func (m match) verdict(t *text) Verdict {
	if m.rule.soften != nil && t.near(m.rule.soften, m.i, m.j, cmp.Or(m.rule.reach, 5)) {
		return Warn
	}
	return m.rule.verdict
}

// file adds a finding, except alcohol for those who may hear of it.
func (r *reader) file(u *rule, v Verdict, from, to int) {
	code := u.code
	if code == "alcohol_not_age_gated" || code == "alcohol_implied" {
		r.alcohol = r.alcohol || v == Block
		if r.draft.AgeGated {
			return
		}
		if v == Warn {
			code = "alcohol_implied"
		}
	}
	r.add(code, v, from, to)
}

func (t *text) word(i int) string {
	if i < 0 || i >= len(t.tokens) {
		return ""
	}
	return t.tokens[i].w
}

// soft reports whether token i belongs to the phrase of the token before it.
func (t *text) soft(i int) bool { return i > 0 && i < len(t.tokens) && t.tokens[i].gap == soft }

// without reports whether the drink at i..j is said to have no alcohol.
func (t *text) without(i, j int) bool {
	for k := i - 1; k >= i-4 && k >= 0 && t.soft(k+1); k-- {
		if unalcoholic.has(t.word(k)) || unPair(t.word(k-1), t.word(k)) {
			return true
		}
	}
	switch t.word(j + 1) {
	case "free", "less", "mocktail", "mocktails":
		if t.soft(j + 1) {
			return true
		}
	}
	// "margaritas (virgin)", "beer, non-alcoholic"
	if j+1 < len(t.tokens) && t.tokens[j+1].gap != stop {
		return unalcoholic.has(t.word(j+1)) || unPair(t.word(j+1), t.word(j+2))
	}
	return false
}

func unPair(a, b string) bool { return slices.Contains(unPairs, [2]string{a, b}) }

// cooked reports whether the drink at i..j is an ingredient.
func (t *text) cooked(i, j int) bool {
	if t.soft(j + 1) {
		if cookAfter.has(t.word(j + 1)) {
			return true
		}
		if cookBetween.has(t.word(j+1)) && t.word(j+1) != "and" && t.soft(j+2) && cookAfter.has(t.word(j+2)) {
			return true
		}
	}
	for k := i - 1; k >= 0 && t.soft(k+1); k-- {
		if cookBefore.has(t.word(k)) {
			return k < i-1
		}
		if !cookLink.has(t.word(k)) {
			return false
		}
	}
	return false
}

// freeOf reports whether the phrase is denied: "smoke-free", "no vaping".
func (t *text) freeOf(m match) bool {
	switch m.rule.code {
	case "content_tobacco", "content_cannabis", "content_drugs", "content_firearms", "content_gambling":
		return t.soft(m.j+1) && t.word(m.j+1) == "free" || m.i > 0 && t.soft(m.i) && t.word(m.i-1) == "no"
	}
	return false
}

// symbols files emoji that say what words may not.
func (r *reader) symbols() {
	for _, g := range r.text.glyphs {
		if g.r < 0x2000 {
			continue
		}
		if u := book.symbols[g.r]; u != nil {
			r.file(u, u.verdict, int(g.from), int(g.to))
		}
	}
}

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
