// Package reply says what an inbound text from a guest means: stop texting me,
// text me, help, or none of these.
//
// A text that revokes consent must be obeyed, whatever words it uses (47 CFR
// 64.1200(a)(10)): the seven words of the rule, those of the carriers, and any
// others a reasonable person would understand. So missing a revocation is the
// worse error, and a text that only may be one is reported as [Likely]: stop
// marketing at once and let a person look. Texts such as "stop by at 8?" or
// "cancel my table" are neither.
//
// Words that the guest did not write do not count: our own footer quoted back,
// a tapback such as Liked “… Reply STOP to end”, a forwarded original.
package reply

import "strings"

// An Intent is what a guest wants of us. The zero value is [None].
type Intent uint8

// The intents.
const (
	None   Intent = iota // nothing of the following: for staff to read
	OptOut               // no more marketing texts
	OptIn                // marketing texts, (again)
	Help                 // who is this, how do I stop it
)

var intentNames = [...]string{"none", "opt_out", "opt_in", "help"}

// String returns none, opt_out, opt_in or help.
func (i Intent) String() string {
	if int(i) < len(intentNames) {
		return intentNames[i]
	}
	return "none"
}

// A Certainty is how sure a reading is. The zero value is [Certain], so that
// the zero [Meaning] reads "certainly nothing".
type Certainty uint8

// The certainties.
const (
	Certain Certainty = iota // act at once
	Likely                   // stop marketing at once, and ask staff to confirm
)

// String returns certain or likely.
func (c Certainty) String() string {
	if c == Likely {
		return "likely"
	}
	return "certain"
}

// A Context is what may be known of the conversation.
type Context struct {
	// LastToThem is our last text to this guest, "" if there is none. Where the
	// guest quotes it, the quotation is ignored; where it asks for a YES, yes
	// is an answer to it.
	LastToThem string
}

// A Meaning is how a text was read. The zero value is a text that asks for
// nothing this package knows.
type Meaning struct {
	Intent    Intent
	Certainty Certainty
	// Matched is the words that decided, as [Fold] writes them; "" for None.
	Matched string
	// Rule is a stable name for what matched, such as fcc.stop or
	// plain.take_me_off; "" for None.
	Rule string
}

// Read says what text means, coming from a guest to whom we may have written
// ctx.LastToThem. It never fails: bytes that are not text separate words. Time
// is linear in the length of text. It may be called from many goroutines.
func Read(text string, ctx Context) Meaning {
	s := borrow()
	defer s.giveBack()
	quoted := s.addUnquoted(text)
	s.finish()
	if ctx.LastToThem != "" {
		quoted = s.dropEcho(ctx.LastToThem) || quoted
	}
	if len(s.toks) == 0 {
		return s.gesture(quoted)
	}
	if m, ok := s.whole(); ok {
		return m
	}
	if m, ok := s.answer(ctx.LastToThem); ok {
		return m
	}
	return s.sentences(quoted)
}

// gesture reads a text without words: a stop sign or a raised hand says stop,
// as far as anyone can tell.
func (s *scan) gesture(quoted bool) Meaning {
	if s.hand && !quoted {
		return Meaning{Intent: OptOut, Certainty: Likely, Rule: "plain.stop_sign", Matched: "stop sign"}
	}
	return Meaning{}
}

// sentences reads a text that is more than one word of command. What only
// looks like one (traps, footers, negations) is hidden before the rest is
// heard.
func (s *scan) sentences(quoted bool) Meaning {
	s.asksSomething()
	s.hide(tierTrap)
	best := s.hear(tierStrong)
	seen := s.visible()
	s.hide(tierFooter)
	if seen > 0 && s.visible() == 0 && len(s.toks) <= copiedWords && !quoted {
		// "Reply STOP to end" and no more: the guest copied our instruction
		// in place of following it.
		return s.copied()
	}
	s.hide(tierNegated)
	best.better(s.alone())
	best.better(s.hear(tierPlain))
	if best.Intent != OptOut {
		best.better(s.shouted())
		best.better(s.short())
	}
	if best.Intent != OptOut {
		best.better(s.hear(tierOther))
	}
	return best
}

// copiedWords is the longest text taken for a copied instruction: "Reply STOP
// to opt out at any time" has eight words.
const copiedWords = 8

// better replaces m by o where o matters more: an opt-out before all else,
// then the surer one, then the earlier.
func (m *Meaning) better(o Meaning) {
	switch {
	case o.Intent == None:
	case m.Intent == None,
		o.Intent == OptOut && m.Intent != OptOut,
		o.Intent == m.Intent && o.Certainty < m.Certainty:
		*m = o
	}
}

// Reserved reports whether word must not become a venue's keyword, because it
// is, or looks like, a word that stops, starts or asks for help in any of the
// languages read here: the carrier or [Read] would act on it first. JOIN is
// free: no carrier that we use acts on it, and joining is what it means.
func Reserved(word string) bool {
	folded := Fold(word)
	if folded == "" || folded == "join" {
		return false
	}
	if _, ok := wholes[strings.ReplaceAll(folded, " ", "")]; ok {
		return true
	}
	if _, ok := answers[folded]; ok {
		return true
	}
	return Read(word, Context{}).Intent != None
}
