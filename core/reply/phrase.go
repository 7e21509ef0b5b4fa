package reply

import (
	"strings"
)

// The phrases are a small grammar, written as in
//
//	@stop @adv* @ing me|us|my
//
// where an element is a word, alternatives with |, a class with @, and
//
//	x?    x or nothing          x*   up to six of x
//	!x    a word that is not x  ~3   up to three words, none of them a negation
//	^     start of a clause     $    end of a clause
//	#     a number              @Name  an unknown word with a capital
//	@any  any word              $|x    the end of a clause, or x
//	^^    start of the text     $$     end of the text
//
// They are compiled once. Every element tests one bit of a word's membership,
// gaps are bounded, and so a text is read in time linear in its length.

// A word is an entry of the vocabulary; 0 is a word unknown to it.
type word uint16

const numberWord word = 1 // a word of digits

// A member says to which elements of the grammar a word belongs.
type member [24]uint64

type tier uint8

// The tiers, in the order they are applied: traps and footers and negations
// hide words from those that listen after them.
const (
	tierTrap    tier = iota // "stop by": never about us
	tierStrong              // listens before a negation can hide: "STOP doesn't work"
	tierFooter              // our own instruction: "Reply STOP to end"
	tierNegated             // "don't stop"
	tierPlain               // listens
	tierOther               // opt-in and help, where no opt-out was heard
	tiers
)

type kind uint8

const (
	elemWord kind = iota
	elemNot
	elemGap
	elemStart
	elemEnd
	elemFirst
	elemLast
	elemAny
)

type elem struct {
	kind     kind
	set      uint16 // which bit of member
	min, max uint8
	orName   bool // or an unknown word with a capital
	orEnd    bool // or nothing, at the end of a clause
}

// A phrase is one compiled line of the grammar.
type phrase struct {
	elems   []elem
	meaning Meaning
	calm    bool
	weak    uint8 // the strongest break it may run over
	greedy  bool
}

// grammar is the compiled vocabulary and phrases; it is not changed after
// initialisation.
type grammar struct {
	ids     map[string]word
	members []member
	wholes  []whole           // by word, where it is one
	first   [tiers][][]uint16 // phrases by the word they begin with
	phrases []phrase
	sets    map[string]uint16
	setList [][]string
}

var book = compile()

func lookup(w []byte) word { return book.ids[string(w)] }

// named returns the bit of a class that compile made for the code.
func (g *grammar) named(class string) uint16 { return g.sets[class] }

func (g *grammar) in(id word, set uint16) bool {
	return g.members[id][set>>6]&(1<<(set&63)) != 0
}

// negation is the set that gaps do not cross.
const negation = "dont|never|not|no|cant|cannot|didnt|wont|isnt|arent|doesnt|dnt|aint|wasnt|havent|hasnt|couldnt|shouldnt|without|pas"

func compile() *grammar {
	g := &grammar{ids: map[string]word{}, sets: map[string]uint16{}}
	g.id("")
	g.id("#")
	g.set(negation)
	lines := parse()
	for _, class := range []string{"@yum", "@wh", "@askverb", "@but", "@asks", "@yeswords", "@joins", "@visits"} {
		g.set(class)
	}
	for w := range wholes {
		g.id(w)
	}
	for _, w := range fields(decoys) {
		g.id(w)
	}
	for _, l := range lines {
		g.phrase(l)
	}
	g.finish(lines)
	return g
}

type line struct {
	tier    tier
	meaning Meaning
	calm    bool
	text    string
}

// parse splits the tables into lines.
func parse() []line {
	var out []line
	for _, s := range sections {
		for _, t := range strings.Split(s.lines, "\n") {
			if t = strings.TrimSpace(t); t != "" {
				m := Meaning{Intent: s.intent, Certainty: s.certainty, Rule: s.rule}
				out = append(out, line{tier: s.tier, meaning: m, calm: s.calm, text: t})
			}
		}
	}
	return out
}

func (g *grammar) id(w string) word {
	if id, ok := g.ids[w]; ok {
		return id
	}
	id := word(len(g.ids))
	g.ids[w] = id
	return id
}

// set returns the bit for alternatives a|@b|c.
func (g *grammar) set(alts string) uint16 {
	if n, ok := g.sets[alts]; ok {
		return n
	}
	n := uint16(len(g.setList))
	if int(n) >= len(member{})*64 {
		panic("reply: too many word sets for the grammar")
	}
	g.sets[alts] = n
	var words []string
	for _, a := range strings.Split(alts, "|") {
		if !strings.HasPrefix(a, "@") {
			words = append(words, a)
			continue
		}
		list, ok := classes[a[1:]]
		if !ok {
			panic("reply: no class " + a)
		}
		words = append(words, fields(list)...)
	}
	for _, w := range words {
		g.id(w)
	}
	g.setList = append(g.setList, words)
	return n
}

func (g *grammar) phrase(l line) {
	p := phrase{meaning: l.meaning, weak: brkLine, calm: l.calm}
	if l.tier == tierTrap || l.tier == tierNegated {
		p.weak, p.greedy = brkNone, true
	}
	if l.tier == tierFooter {
		p.weak, p.greedy = brkComma, true
	}
	for _, f := range strings.Fields(l.text) {
		p.elems = append(p.elems, g.elem(f))
	}
	g.phrases = append(g.phrases, p)
}

func (g *grammar) elem(f string) elem {
	e := elem{min: 1, max: 1}
	switch {
	case f == "^":
		return elem{kind: elemStart}
	case f == "^^":
		return elem{kind: elemFirst}
	case f == "$$":
		return elem{kind: elemLast}
	case f == "$":
		return elem{kind: elemEnd}
	case f[0] == '~':
		return elem{kind: elemGap, max: f[1] - '0'}
	case f[0] == '!':
		e.kind, f = elemNot, f[1:]
	}
	switch f[len(f)-1] {
	case '?':
		e.min, f = 0, f[:len(f)-1]
	case '*':
		e.min, e.max, f = 0, 6, f[:len(f)-1]
	}
	var words []string
	for _, alt := range strings.Split(f, "|") {
		switch alt {
		case "$":
			e.orEnd = true
		case "@Name":
			e.orName = true
		case "@any":
			e.kind = elemAny
		default:
			words = append(words, alt)
		}
	}
	// The empty word is the unknown one: without words of its own an element
	// must not have that bit.
	e.set = g.set(strings.Join(append(words, "#none"), "|"))
	return e
}

// finish fills the tables by word, once all words are known.
func (g *grammar) finish(lines []line) {
	n := len(g.ids)
	g.members, g.wholes = make([]member, n), make([]whole, n)
	for set, words := range g.setList {
		for _, w := range words {
			g.members[g.ids[w]][set>>6] |= 1 << (set & 63)
		}
	}
	for w, m := range wholes {
		g.wholes[g.ids[w]] = m
	}
	for t := range g.first {
		g.first[t] = make([][]uint16, n)
	}
	for i, l := range lines {
		g.index(l, uint16(i))
	}
}

// index files a phrase under each word it may begin with.
func (g *grammar) index(l line, n uint16) {
	table := g.first[l.tier]
	for _, e := range g.phrases[n].elems {
		if e.kind == elemStart || e.kind == elemFirst {
			continue
		}
		if e.kind != elemWord {
			panic("reply: a phrase must begin with a word: " + l.text)
		}
		words := g.setList[e.set]
		if e.orName {
			words = append([]string{""}, words...)
		}
		for _, w := range words {
			id := g.ids[w]
			if k := len(table[id]); k == 0 || table[id][k-1] != n {
				table[id] = append(table[id], n)
			}
		}
		if e.min > 0 {
			return
		}
	}
}

// hide marks the words of every phrase of a tier.
func (s *scan) hide(t tier) {
	first := book.first[t]
	for i := range s.toks {
		if s.toks[i].hidden {
			continue
		}
		for _, n := range first[s.toks[i].id] {
			if end, ok := s.match(&book.phrases[n], i); ok {
				for k := i; k < end; k++ {
					s.toks[k].hidden = true
				}
				break
			}
		}
	}
}

// hear returns the best of what the phrases of a tier make of the words that
// are not hidden.
func (s *scan) hear(t tier) Meaning {
	var best Meaning
	from, to := 0, 0
	first := book.first[t]
words:
	for i := range s.toks {
		if s.toks[i].hidden {
			continue
		}
		for _, n := range first[s.toks[i].id] {
			p := &book.phrases[n]
			if best.Intent != None && best.Certainty <= p.meaning.Certainty || p.calm && s.question {
				continue
			}
			end, ok := s.match(p, i)
			if !ok {
				continue
			}
			m := p.meaning
			for k := i; k < end; k++ {
				if s.toks[k].typo {
					m.Certainty = Likely
				}
			}
			if best.Intent == None || m.Certainty < best.Certainty {
				best, from, to = m, i, end
			}
			if best.Certainty == Certain {
				break words
			}
		}
	}
	best.Matched = s.phraseText(from, to)
	return best
}

// match tries p at word i, and returns where it ends.
func (s *scan) match(p *phrase, i int) (int, bool) {
	return s.matchFrom(p, p.elems, i, i)
}

func (s *scan) matchFrom(p *phrase, elems []elem, i, from int) (int, bool) {
	for k, e := range elems {
		switch e.kind {
		case elemStart:
			if i > 0 && s.toks[i].brk == brkNone && !s.toks[i-1].hidden {
				return 0, false
			}
			continue
		case elemFirst:
			if i > 0 {
				return 0, false
			}
			continue
		case elemLast:
			if i < len(s.toks) {
				return 0, false
			}
			continue
		case elemEnd:
			if !s.clauseEnds(i) {
				return 0, false
			}
			continue
		}
		if e.orEnd && s.clauseEnds(i) {
			if end, ok := s.matchFrom(p, elems[k+1:], i, from); ok {
				return end, true
			}
		}
		if e.kind != elemGap && e.min == 1 && e.max == 1 {
			if !s.fits(p, e, i, from) {
				return 0, false
			}
			i++
			continue
		}
		return s.matchRun(p, elems[k:], i, from)
	}
	return i, true
}

// matchRun matches an element that may be repeated and what follows it. What
// listens takes as little as it can, what hides as much.
func (s *scan) matchRun(p *phrase, elems []elem, i, from int) (int, bool) {
	e := elems[0]
	most := 0
	for most < int(e.max) && s.fits(p, e, i+most, from) {
		most++
	}
	for n := int(e.min); n <= most; n++ {
		at := i + n
		if p.greedy {
			at = i + most - (n - int(e.min))
		}
		if end, ok := s.matchFrom(p, elems[1:], at, from); ok {
			return end, true
		}
	}
	return 0, false
}

func (s *scan) clauseEnds(i int) bool {
	return i >= len(s.toks) || s.toks[i].brk != brkNone || s.toks[i].hidden
}

// fits reports whether word i may be element e of p, which began at from.
func (s *scan) fits(p *phrase, e elem, i, from int) bool {
	if i >= len(s.toks) {
		return false
	}
	t := &s.toks[i]
	if t.hidden || i > from && t.brk > p.weak {
		return false
	}
	switch e.kind {
	case elemWord:
		return book.in(t.id, e.set) || e.orName && t.id == 0 && t.caps > 0
	case elemNot:
		return !book.in(t.id, e.set)
	case elemGap:
		return !book.in(t.id, 0)
	}
	return true
}

// maxMatched bounds Matched, in bytes: it is shown in one line.
const maxMatched = 80

func (s *scan) phraseText(i, end int) string {
	var arr [2*maxMatched + 1]byte
	b := arr[:0]
	for k := i; k < end && len(b) < maxMatched; k++ {
		if k > i {
			b = append(b, ' ')
		}
		w := s.text(k)
		b = append(b, w[:min(len(w), maxMatched)]...)
	}
	return string(b)
}
