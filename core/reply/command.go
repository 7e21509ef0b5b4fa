package reply

import (
	"bytes"
	"strings"
)

// whole reads a text that is one command and courtesies: "Stop please!!". It
// also takes several commands ("STOP END") of which an opt-out wins.
func (s *scan) whole() (Meaning, bool) {
	m, ok := s.command(0, len(s.toks))
	return m.Meaning, ok
}

// A commanded is the meaning of a span that holds only commands.
type commanded struct {
	Meaning
	strong bool
}

// command reads words a to b, if they are nothing but commands and courtesies.
func (s *scan) command(a, b int) (commanded, bool) {
	var best commanded
	for i := a; i < b; {
		if s.toks[i].hidden {
			return commanded{}, false
		}
		w, n := s.longest(i, b)
		if n == 0 {
			if s.courtesy(i, a) {
				i++
				continue
			}
			return commanded{}, false
		}
		if !w.filler {
			best.add(s, w, i, n)
		}
		i += n
	}
	return best, best.Intent != None
}

func (c *commanded) add(s *scan, w whole, i, n int) {
	m := Meaning{Intent: w.intent, Certainty: w.certainty, Rule: w.rule}
	for k := i; k < i+n; k++ {
		if s.toks[k].typo {
			m.Certainty = Likely
		}
	}
	before := c.Meaning
	c.better(m)
	if c.Meaning != before {
		c.strong = w.strong
		c.Matched = s.commandText(i, n)
	}
}

// commandText names what matched; a disguised or mistyped word by its true
// name.
func (s *scan) commandText(i, n int) string {
	if n == 1 && book.wholes[s.toks[i].id].rule != "" {
		return vocabulary[s.toks[i].id]
	}
	return s.phraseText(i, i+n)
}

// vocabulary gives each word back as text.
var vocabulary = func() []string {
	out := make([]string, len(book.ids))
	for w, id := range book.ids {
		out[id] = w
	}
	return out
}()

// longest finds the longest command or courtesy that begins at word i and ends
// before b, letters of several words taken together: opt out, sto p.
func (s *scan) longest(i, b int) (whole, int) {
	for n := min(4, b-i); n > 1; n-- {
		letters := s.buf[s.toks[i].a:s.toks[i+n-1].b]
		if len(letters) > maxWord || s.toks[i+n-1].hidden || s.apart(i, n, letters) {
			continue
		}
		if w := book.wholes[lookup(letters)]; w.rule != "" || w.filler {
			return w, n
		}
	}
	w := book.wholes[s.toks[i].id]
	if w.rule != "" || w.filler {
		return w, 1
	}
	return whole{}, 0
}

// apart reports whether the n words at i must not be read as one: words that
// were put together from a gap in the letters, or split by a stronger break.
func (s *scan) apart(i, n int, letters []byte) bool {
	total := 0
	for k := i; k < i+n; k++ {
		total += len(s.text(k))
		if k > i && s.toks[k].brk > brkLine {
			return true
		}
	}
	return total != len(letters)
}

// courtesy reports whether word i says nothing about the command beside it: a
// number, a name after it, no before it.
func (s *scan) courtesy(i, a int) bool {
	t := &s.toks[i]
	switch {
	case t.id == numberWord:
		return i > a && t.b-t.a >= 5
	case i == a && i+1 < len(s.toks) && s.toks[i+1].brk >= brkComma:
		return vocabulary[t.id] == "no" || vocabulary[t.id] == "nope" || vocabulary[t.id] == "non"
	}
	return false
}

// alone reads commands that are a sentence or a line of their own in a longer
// text: "STOP. Can I still book a table?"
func (s *scan) alone() Meaning {
	var best Meaning
	for a := 0; a < len(s.toks); {
		b := a + 1
		for b < len(s.toks) && s.toks[b].brk < brkLine {
			b++
		}
		best.better(s.aloneIn(a, b))
		a = b
	}
	return best
}

func (s *scan) aloneIn(a, b int) Meaning {
	first := a
	for first < b && s.toks[first].hidden {
		first++
	}
	c, ok := s.command(first, b)
	if !ok {
		m := s.beforeComma(a, b)
		m.better(s.afterComma(a, b))
		return m
	}
	m := c.Meaning
	if m.Intent != OptOut {
		return Meaning{}
	}
	if s.teasing(b) && s.toks[b-1].bang {
		return Meaning{}
	}
	if !c.strong || s.toks[b-1].asked || s.teasing(b) {
		m.Certainty = Likely
	}
	return m
}

// afterComma hears a last clause that is a command: "too many of these, please
// quit".
func (s *scan) afterComma(a, b int) Meaning {
	for k := b - 1; k > a; k-- {
		if s.toks[k].brk != brkComma {
			continue
		}
		if c, ok := s.command(k, b); ok && c.Intent == OptOut && !s.toks[b-1].asked && !s.teasing(a) {
			m := c.Meaning
			m.Certainty = Likely
			return m
		}
		break
	}
	return Meaning{}
}

// beforeComma hears "stop, you have the wrong number", where the comma is all
// that parts the command from the rest, and so may be a way of speaking.
func (s *scan) beforeComma(a, b int) Meaning {
	for k := a + 1; k < b; k++ {
		if s.toks[k].brk != brkComma {
			continue
		}
		if c, ok := s.command(a, k); ok && c.Intent == OptOut && c.strong && !s.teasing(k) {
			m := c.Meaning
			m.Certainty = Likely
			return m
		}
		break
	}
	return Meaning{}
}

// teasingWords is how far praise is looked for.
const teasingWords = 40

var yumSet, butSet = book.named("@yum"), book.named("@but")

// teasing reports whether a later word praises the food: "Stop! I'm drooling".
// "I love the place, but" is not teasing.
func (s *scan) teasing(from int) bool {
	yum := false
	for i := from; i < min(len(s.toks), from+teasingWords); i++ {
		if book.in(s.toks[i].id, butSet) {
			return false
		}
		yum = yum || book.in(s.toks[i].id, yumSet)
	}
	return yum
}

// shouted hears STOP in capitals amid small letters, where no trap, footer or
// negation explains it.
func (s *scan) shouted() Meaning {
	if !s.cased || s.teasing(0) {
		return Meaning{}
	}
	for i := range s.toks {
		t := &s.toks[i]
		if t.hidden || t.typo || int(t.caps) < 4 || int(t.caps) < int(t.b-t.a) {
			continue
		}
		if w := book.wholes[t.id]; w.strong && w.intent == OptOut {
			return Meaning{Intent: OptOut, Certainty: Likely, Rule: "plain.shouted", Matched: vocabulary[t.id]}
		}
	}
	return Meaning{}
}

// short hears a few words of which the first or last is a command and nothing
// explains it away: "Stop friend", "im at work stop".
func (s *scan) short() Meaning {
	n := len(s.toks)
	if n > shortWords || s.question || s.laugh || s.teasing(0) {
		return Meaning{}
	}
	if s.redSign && n <= 3 {
		return Meaning{Intent: OptOut, Certainty: Likely, Rule: "plain.stop_sign", Matched: "stop sign"}
	}
	for _, i := range [...]int{0, n - 1} {
		t := &s.toks[i]
		if w := book.wholes[t.id]; !t.hidden && w.strong && w.intent == OptOut && !s.doing(i+1) {
			return Meaning{Intent: OptOut, Certainty: Likely, Rule: "plain.short_" + w.rule[strings.IndexByte(w.rule, '.')+1:], Matched: vocabulary[t.id]}
		}
	}
	return Meaning{}
}

// doing reports whether word i is an act unknown to the grammar, and so not
// ours: "stop charging for chips".
func (s *scan) doing(i int) bool {
	return i < len(s.toks) && s.toks[i].id == 0 && bytes.HasSuffix(s.text(i), []byte("ing"))
}

// shortWords is how many words a text may have for its first or last to speak
// for all.
const shortWords = 4

var whSet, askVerbSet = book.named("@wh"), book.named("@askverb")

// asksSomething notes a question asked without its mark.
func (s *scan) asksSomething() {
	for i := range s.toks {
		t := &s.toks[i]
		if book.in(t.id, whSet) || t.brk != brkNone && book.in(t.id, askVerbSet) {
			s.question = true
		}
	}
}

// copied reads a text that is our instruction and nothing else.
func (s *scan) copied() Meaning {
	for i := range s.toks {
		if w := book.wholes[s.toks[i].id]; w.intent == OptOut && w.strong {
			return Meaning{Intent: OptOut, Certainty: Likely, Rule: "plain.copied_instruction", Matched: vocabulary[s.toks[i].id]}
		}
	}
	return Meaning{}
}

func (s *scan) visible() int {
	n := 0
	for i := range s.toks {
		if !s.toks[i].hidden {
			n++
		}
	}
	return n
}

// answer reads yes where our last text asked for it: a double opt-in waits for
// that word, and nothing else gives it this meaning.
func (s *scan) answer(last string) (Meaning, bool) {
	if last == "" || len(s.toks) > 4 {
		return Meaning{}, false
	}
	said := ""
	for i := range s.toks {
		w := string(s.text(i))
		yes, known := answers[w]
		switch {
		case known && !yes, !known && !book.wholes[s.toks[i].id].filler:
			return Meaning{}, false
		case known && said == "" || w == "yes":
			said = w
		}
	}
	if said == "" {
		return Meaning{}, false
	}
	c, ok := askedForYes(last)
	return Meaning{Intent: OptIn, Certainty: c, Matched: said, Rule: "answer.yes"}, ok
}

var (
	askSet   = book.named("@asks")
	yesSet   = book.named("@yeswords")
	joinSet  = book.named("@joins")
	tableSet = book.named("@visits")
)

// askedForYes reports whether a text of ours says "reply YES" to receive
// texts; one about a booking asks for another kind of yes.
func askedForYes(last string) (Certainty, bool) {
	s := borrow()
	defer s.giveBack()
	s.add(last)
	s.finish()
	asked, joins, visits := false, false, false
	for i := range s.toks {
		id := s.toks[i].id
		joins = joins || book.in(id, joinSet)
		visits = visits || book.in(id, tableSet)
		for k := i + 1; k <= i+3 && k < len(s.toks) && book.in(id, askSet); k++ {
			asked = asked || book.in(s.toks[k].id, yesSet)
		}
	}
	if joins {
		return Certain, asked
	}
	return Likely, asked && !visits
}
