package reply

import (
	"bytes"
	"math/bits"
)

// finish ends the last word, puts spaced-out letters together, and looks every
// word up.
func (s *scan) finish() {
	s.close()
	s.dropFlags()
	s.joinLetters()
	for i := range s.toks {
		s.identify(i)
	}
}

// dropFlags forgets words of regional indicators that are flags, not letters:
// two of them, or more that spell nothing.
func (s *scan) dropFlags() {
	kept := s.toks[:0]
	for _, t := range s.toks {
		w := s.buf[t.a:t.b]
		if t.flags && len(w) > 1 && book.wholes[lookup(w)].rule == "" {
			s.brk = brkLine
			continue
		}
		kept = append(kept, t)
	}
	s.toks = kept
}

// joinLetters makes one word of three or more single letters: s t o p. Where
// a command is among them it is taken alone, so that "s t o p u guys" has it.
func (s *scan) joinLetters() {
	if len(s.toks) < 3 {
		return
	}
	kept := s.toks[:0]
	for i := 0; i < len(s.toks); {
		n := s.singles(i)
		if n < 3 {
			kept = append(kept, s.toks[i])
			i++
			continue
		}
		run := append([]tok(nil), s.toks[i:i+n]...)
		kept = s.joinRun(kept, run)
		i += n
	}
	s.toks = kept
}

// singles counts the one-letter words from i on.
func (s *scan) singles(i int) int {
	n := 0
	for ; i+n < len(s.toks); n++ {
		t := s.toks[i+n]
		if t.b-t.a != 1 || class[s.buf[t.a]&0x7f] != isLower {
			break
		}
	}
	return n
}

// spelled are the commands looked for among single letters.
var spelled = []string{"unsubscribe", "unsub", "optout", "cancel", "revoke", "remove", "arret", "stop", "quit", "alto", "start", "help", "end"}

func (s *scan) joinRun(kept, run []tok) []tok {
	letters := s.buf[run[0].a:run[len(run)-1].b]
	for _, w := range spelled {
		if at := bytes.Index(letters, []byte(w)); at >= 0 && len(letters) < 200 {
			kept = append(kept, run[:at]...)
			kept = append(kept, joined(run[at:at+len(w)]))
			return append(kept, run[at+len(w):]...)
		}
	}
	return append(kept, joined(run))
}

func joined(run []tok) tok {
	t, last := run[0], run[len(run)-1]
	t.b, t.asked, t.caps = last.b, last.asked, 0
	for _, r := range run {
		t.caps += r.caps
	}
	return t
}

// identify looks word i up, as it is or as it may have been meant.
func (s *scan) identify(i int) {
	t := &s.toks[i]
	w := s.text(i)
	if t.id = lookup(w); t.id != 0 || len(w) > maxWord {
		return
	}
	if w[0] >= '0' && w[0] <= '9' && digits(w) {
		t.id = numberWord
		return
	}
	if t.id = drawnOut(w); t.id != 0 {
		return
	}
	if t.id = repeated(w); t.id == 0 {
		t.id = guess(w)
		t.typo = t.id != 0
	}
}

// maxWord is the longest word looked at twice, in bytes.
const maxWord = 48

func digits(w []byte) bool {
	for _, c := range w {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// drawnOut finds the word that w draws out, writes with digits, or doubles
// letters of: stooop, st0p, stopp.
func drawnOut(w []byte) word {
	var arr [maxWord]byte
	one, changed := squeeze(arr[:0], w, 3)
	if changed {
		id := lookup(one)
		if id != 0 && book.wholes[id].rule != "" {
			return id
		}
		var two [maxWord]byte
		if id2 := lookup(squeezeTo2(two[:0], w)); id2 != 0 {
			return id2
		}
		return id
	}
	if plain, changed := unleet(arr[:0], w); changed {
		return lookup(plain)
	}
	if plain, changed := squeeze(arr[:0], w, 2); changed {
		return lookup(plain)
	}
	return 0
}

// squeeze appends w to out with every run of at least run equal letters cut to
// one.
func squeeze(out, w []byte, run int) ([]byte, bool) {
	changed := false
	for i := 0; i < len(w); {
		n := runLength(w, i)
		if n >= run && 'a' <= w[i] && w[i] <= 'z' {
			out = append(out, w[i])
			changed = true
		} else {
			out = append(out, w[i:i+n]...)
		}
		i += n
	}
	return out, changed
}

// squeezeTo2 appends w to out with no run of letters longer than two.
func squeezeTo2(out, w []byte) []byte {
	for i := 0; i < len(w); {
		n := runLength(w, i)
		if 'a' <= w[i] && w[i] <= 'z' {
			out = append(out, w[i:i+min(n, 2)]...)
		} else {
			out = append(out, w[i:i+n]...)
		}
		i += n
	}
	return out
}

func runLength(w []byte, i int) int {
	n := 1
	for i+n < len(w) && w[i+n] == w[i] {
		n++
	}
	return n
}

// unleet reads digits in a word as the letters they resemble: st0p.
func unleet(out, w []byte) ([]byte, bool) {
	changed, letters := false, false
	for _, c := range w {
		switch c {
		case '0':
			c, changed = 'o', true
		case '5':
			c, changed = 's', true
		case '3':
			c, changed = 'e', true
		case '1':
			c, changed = 'i', true
		case '7':
			c, changed = 't', true
		default:
			letters = true
		}
		out = append(out, c)
	}
	return out, changed && letters
}

// repeated finds stop in stopstopstop.
func repeated(w []byte) word {
	for _, p := range [...]string{"stop", "end", "quit", "cancel"} {
		if len(w) > len(p) && len(w)%len(p) == 0 && bytes.Count(w, []byte(p))*len(p) == len(w) {
			return book.ids[p]
		}
	}
	return 0
}

// A slip is a word that is often mistyped and must be heard all the same, with
// how many slips of the thumb it may have suffered.
type slip struct {
	to    string
	slips int
}

var slips = []slip{
	{"stop", 1}, {"unsubscribe", 2}, {"unsubscribed", 2}, {"unsubscribing", 2}, {"cancel", 1}, {"remove", 1}, {"revoke", 1}, {"optout", 1},
	{"arret", 1}, {"arretez", 1}, {"texting", 1}, {"messages", 1}, {"message", 1}, {"messaging", 1}, {"sending", 1}, {"delete", 1}, {"number", 1},
	{"removed", 1}, {"contact", 1}, {"contacting", 1}, {"please", 1}, {"discontinue", 2}, {"subscription", 2}, {"mensajes", 1}, {"desabonner", 2},
	{"desinscrire", 2}, {"receiving", 2}, {"interested", 2}, {"anymore", 1}, {"cancelar", 1}, {"stopping", 1}, {"wrong", 1}, {"numero", 1},
	{"harassment", 2}, {"harassing", 2}, {"equivocado", 2}, {"quit", 1},
}

// guess returns the vocabulary's word that an unknown word is a slip for, or 0.
// Every plain word near a command is in the vocabulary, so it is not guessed at.
func guess(w []byte) word {
	if len(w) < 3 || len(w) > 15 {
		return 0
	}
	for _, c := range w {
		if c < 'a' || c > 'z' {
			return guessDigit(w)
		}
	}
	if bytes.HasPrefix(w, []byte("unsub")) {
		return book.ids["unsubscribe"]
	}
	letters := letterSet(w)
	for i := range slips {
		sl := &slips[i]
		d := len(w) - len(sl.to)
		// Each letter of the one that the other lacks costs a slip.
		if d > sl.slips || -d > sl.slips || bits.OnesCount32(letters&^slipLetters[i]) > sl.slips || bits.OnesCount32(slipLetters[i]&^letters) > sl.slips {
			continue
		}
		if (len(sl.to) != 4 || near(w, sl.to)) && distance(w, sl.to, sl.slips) <= sl.slips {
			return book.ids[sl.to]
		}
	}
	return 0
}

var slipLetters = func() []uint32 {
	out := make([]uint32, len(slips))
	for i, sl := range slips {
		out[i] = letterSet([]byte(sl.to))
	}
	return out
}()

// letterSet gives the letters of w, which are a to z, as bits.
func letterSet(w []byte) uint32 {
	var set uint32
	for _, c := range w {
		set |= 1 << (c - 'a')
	}
	return set
}

// guessDigit forgives a digit hit beside stop: stop1, 0stop.
func guessDigit(w []byte) word {
	if bytes.HasPrefix(w, []byte("stop")) && len(w) <= 6 && digits(w[4:]) {
		return book.ids["stop"]
	}
	return 0
}

// near guards the four-letter words, which half the dictionary is one slip
// from: letters may be swapped, doubled, lost from the middle, or hit on a
// neighbouring key, but not exchanged at will.
func near(w []byte, to string) bool {
	if len(w) == len(to) && sameLetters(w, to) {
		return true
	}
	if len(w) == 3 {
		return w[0] == to[0] && (to == "stop" || w[2] == to[3])
	}
	if len(w) == 5 {
		return true
	}
	for i := range w {
		if w[i] != to[i] && !bytes.Contains([]byte(neighbours[to[i]]), w[i:i+1]) {
			return false
		}
	}
	return true
}

// neighbours lists the keys around those of stop and quit.
var neighbours = map[byte]string{'s': "adwxze", 't': "ryfg5", 'o': "ipkl0", 'p': "ol0", 'q': "wa", 'u': "yij", 'i': "uok"}

func sameLetters(w []byte, to string) bool {
	for _, c := range w {
		if bytes.Count(w, []byte{c}) != bytes.Count([]byte(to), []byte{c}) {
			return false
		}
	}
	return true
}

// distance counts the letters to insert, drop, change or swap with the next to
// make b of a; above limit it only says so. Both are at most 16 long.
func distance(a []byte, b string, limit int) int {
	var rows [3][18]int
	prev2, prev, cur := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, prev2[j-2]+1)
			}
			cur[j] = d
			least = min(least, d)
		}
		if least > limit {
			return least
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
