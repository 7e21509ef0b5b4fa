package copy

import (
	"strings"
	"unicode/utf8"
)

// A rule is a group of phrases with one meaning. Phrases are written one after
// the other, parted by commas; a/b in a phrase is either word, and (s) or (es)
// after a word is an optional ending.
type rule struct {
	code    string
	verdict Verdict // Pass = a look-alike, which shields its words from shorter rules
	phrases string

	// Ambiguous phrases: need asks for one of these words nearby, unless forbids
	// them, and soften turns a Block into a Warn.
	need, unless, soften words
	reach                int // how near, in words; 0 = 5

	// Drink marks what can be an ingredient or be without alcohol.
	drink bool
	// Whole marks what no disguise is looked for: short or common words.
	whole bool
}

// A node is a step in a phrase.
type node struct {
	next  map[string]*node
	rules []*rule
}

// A lexicon finds phrases.
type lexicon struct {
	root node
	// plainWords are the single words of unconditional rules, which disguises are
	// undone to.
	plainWords map[string]*rule
	symbols    map[rune]*rule
	// byLength holds plainWords for words with masked letters.
	byLength [16][]string
}

var book = compile(alcoholRules, adultRules, weaponRules, smokeRules, moneyRules, scamRules, lookAlikes)

func compile(groups ...[]rule) *lexicon {
	l := &lexicon{plainWords: map[string]*rule{}, symbols: map[rune]*rule{}}
	for _, g := range groups {
		for i := range g {
			for _, phrase := range strings.Split(strings.ReplaceAll(g[i].phrases, "'", ""), ",") {
				l.insert(&l.root, strings.Fields(phrase), &g[i], strings.Count(strings.TrimSpace(phrase), " ") == 0)
			}
		}
	}
	for w := range l.plainWords {
		if n := len(w); n < len(l.byLength) {
			l.byLength[n] = append(l.byLength[n], w)
		}
	}
	return l
}

func (l *lexicon) insert(at *node, slots []string, r *rule, single bool) {
	if len(slots) == 0 {
		at.rules = append(at.rules, r)
		return
	}
	for _, w := range expand(slots[0]) {
		if c, n := utf8.DecodeRuneInString(w); c > 0x2000 && n == len(w) {
			l.symbols[c] = r
			continue
		}
		if at.next == nil {
			at.next = map[string]*node{}
		}
		n := at.next[w]
		if n == nil {
			n = &node{}
			at.next[w] = n
		}
		if single && (r.verdict == Block || r.code == "content_profanity") && r.need == nil && r.unless == nil && !r.whole && len(w) >= 3 {
			l.plainWords[w] = r
		}
		l.insert(n, slots[1:], r, single)
	}
}

// expand turns hard/spiked(s) into its words.
func expand(slot string) []string {
	var out []string
	alts := strings.Split(slot, "/")
	if slot[0] >= '0' && slot[0] <= '9' { // 4/20 and 1/2 are words
		alts = []string{slot}
	}
	for _, alt := range alts {
		stem, ending, ok := strings.Cut(alt, "(")
		out = append(out, stem)
		if ok {
			out = append(out, stem+strings.TrimSuffix(ending, ")"))
		}
	}
	return out
}

// A match is a phrase found at tokens i..j.
type match struct {
	rule *rule
	i, j int
}

// matches returns every phrase in t, longest first from each place.
func (l *lexicon) matches(t *text, out []match) []match {
	for i := range t.tokens {
		if t.tokens[i].off {
			continue
		}
		out = walk(t, &l.root, i, i, out)
	}
	return out
}

func walk(t *text, at *node, i, j int, out []match) []match {
	tok := &t.tokens[j]
	if tok.off || j > i && tok.gap != soft {
		return out
	}
	n := at.next[tok.w]
	if n == nil && tok.base != "" {
		n = at.next[tok.base]
	}
	if n == nil {
		return out
	}
	if j+1 < len(t.tokens) {
		out = walk(t, n, i, j+1, out)
	}
	for _, r := range n.rules {
		out = append(out, match{r, i, j})
	}
	return out
}
