package copy

import (
	"cmp"
	"slices"
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
