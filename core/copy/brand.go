package copy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Words that a name may lose: the legal form, and the article before it.
var legalForms = list("llc inc ltd co corp corporation incorporated limited llp lp")

// brand looks for the venue's name and files its absence. Case, accents,
// punctuation, spacing and possessives do not matter: "LUNAS CANTINA:" is
// Luna's Cantina. A name inside of a link does not count: few would read it.
func (r *reader) brand() {
	names := brandForms(r.draft.Brand)
	for i := range r.text.tokens {
		for _, name := range names {
			if j := r.text.spells(name, i, i); j >= 0 {
				r.brandAt = append(r.brandAt, [2]int{i, j})
				break
			}
		}
	}
	if len(r.brandAt) > 0 || len(names) > 0 && r.unspaced(names[0]) {
		return
	}
	// A name without a letter or digit can only be compared as it stands.
	if b := strings.TrimSpace(r.draft.Brand); b != "" && len(names) == 0 && strings.Contains(r.text.src, b) {
		return
	}
	r.add("brand_missing", Block, 0, 0)
}

// brandForms returns the name in folded letters: with its possessive s and
// without.
func brandForms(brand string) []string {
	ts := slices.DeleteFunc(read(brand).tokens, func(t token) bool { return t.w == "and" || t.w == "n" })
	if len(ts) > 1 && ts[0].w == "the" {
		ts = ts[1:]
	}
	for len(ts) > 1 && legalForms.has(ts[len(ts)-1].w) {
		ts = ts[:len(ts)-1]
	}
	var whole, bare strings.Builder
	for _, t := range ts {
		whole.WriteString(t.w)
		if t.base != "" {
			bare.WriteString(t.base)
		} else {
			bare.WriteString(t.w)
		}
	}
	forms := []string{whole.String()}
	if bare.String() != whole.String() && bare.Len() > 2 {
		forms = append(forms, bare.String())
	}
	return slices.DeleteFunc(forms, func(s string) bool { return s == "" })
}

// spells returns the last token of name if the words from k on spell it, or -1.
// first is where the name began.
func (t *text) spells(name string, first, k int) int {
	if k >= len(t.tokens) || t.tokens[k].off || k > first && t.tokens[k].gap == stop && !t.tokens[k].dot {
		return -1
	}
	tok := &t.tokens[k]
	if tok.w == name || tok.base == name || tok.w == name+"s" {
		return k
	}
	for _, w := range [2]string{tok.w, tok.base} {
		if rest, ok := strings.CutPrefix(name, w); ok && w != "" {
			if j := t.spells(rest, first, k+1); j >= 0 {
				return j
			}
		}
	}
	if k > first && (tok.w == "and" || tok.w == "n") {
		return t.spells(name, first, k+1)
	}
	return -1
}

// unspaced looks for names in scripts that do not part words.
func (r *reader) unspaced(name string) bool {
	if strings.IndexFunc(name, func(c rune) bool { return c >= 0x2E80 }) < 0 {
		return false
	}
	var b []byte
	for i := range r.text.tokens {
		if !r.text.tokens[i].off {
			b = append(b, r.text.tokens[i].w...)
		}
	}
	return utf8.Valid(b) && strings.Contains(string(b), name)
}
