package copy

// shape files what spam filters look for: shouting, and runs of signs.
func (r *reader) shape() {
	r.shouting()
	r.repeats()
	t := r.text
	for i := range t.tokens {
		// "FREE!!" shouts even with two.
		if t.tokens[i].caps && (t.tokens[i].w == "free" || t.tokens[i].w == "win" || t.tokens[i].w == "cash") && t.at(t.tokens[i].end) == '!' && t.at(t.tokens[i].end+1) == '!' {
			r.add("spam_shape", Warn, t.tokens[i].from, int(t.glyphs[t.tokens[i].end+1].to))
		}
	}
}

// Shouting: most of the letters are capitals, or five words in a row are.
const (
	shoutLetters = 25 // a text with fewer letters cannot be judged
	shoutShare   = 60 // per cent
	shoutWords   = 5
)

func (r *reader) shouting() {
	t := r.text
	letters, upper, run, runLetters := 0, 0, 0, 0
	first := -1
	for i := range t.tokens {
		tok := &t.tokens[i]
		if tok.off || r.within(i) {
			continue
		}
		n, up := 0, 0
		for g := tok.first; g < tok.end; g++ {
			if c := t.glyphs[g].r; isWordRune(c) && !isDigit(c) {
				n++
				if t.glyphs[g].upper {
					up++
				}
			}
		}
		letters, upper = letters+n, upper+up
		switch {
		case n > 0 && up == n:
			if run == 0 && first < 0 {
				first = i
			}
			run, runLetters = run+1, runLetters+n
			if run >= shoutWords && runLetters >= 20 {
				r.addTokens("all_caps", Warn, first, i)
				return
			}
		case n > 0:
			run, runLetters, first = 0, 0, -1
		}
	}
	if letters >= shoutLetters && upper*100 >= letters*shoutShare {
		r.add("all_caps", Warn, 0, len(t.src))
	}
}

// within reports whether token i belongs to the brand or the opt-out wording,
// which may be written in capitals.
func (r *reader) within(i int) bool {
	for _, spans := range [2][][2]int{r.brandAt, r.optOutAt} {
		for _, s := range spans {
			if s[0] <= i && i <= s[1] {
				return true
			}
		}
	}
	return false
}

// repeats finds !!!, ???, $$$ and walls of emoji.
func (r *reader) repeats() {
	gs := r.text.glyphs
	for i := 0; i < len(gs); {
		j := i + 1
		for j < len(gs) && kin(gs[i].r, gs[j].r) {
			j++
		}
		if n := j - i; n >= 3 && (gs[i].r == '!' || gs[i].r == '?' || gs[i].r == '$') || n >= 5 && emoji(gs[i].r) || n >= 6 && (gs[i].r == '*' || gs[i].r == '~' || gs[i].r == '#') {
			from, to := r.text.span(i, j)
			r.add("spam_shape", Warn, from, to)
		}
		i = j
	}
}

func kin(a, b rune) bool {
	switch {
	case a == '!' || a == '?':
		return b == '!' || b == '?'
	case emoji(a):
		return emoji(b)
	}
	return a == b
}

func emoji(r rune) bool { return r >= 0x1F300 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF }
