package reply

import (
	"strings"
	"unicode/utf8"
)

// addUnquoted reads the parts of text that the guest wrote: not the quotation
// of a tapback, nor lines behind a >, nor what follows a mail program's "On …
// wrote:". It reports whether it is a tapback.
func (s *scan) addUnquoted(text string) bool {
	if !mayQuote(text) {
		s.add(text)
		return false
	}
	if after, ok := tapback(text); ok {
		s.addLines(text[after:])
		return true
	}
	s.addLines(text)
	return false
}

// mayQuote reports whether text has a character with which a quotation could
// begin; 0xC2 and 0xE2 lead « and “.
func mayQuote(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case '"', '>', ':', '-', 0xC2, 0xE2:
			return true
		}
	}
	return false
}

// tapbacks begin the text that a phone sends for a reaction, folded; a
// quotation follows.
var tapbacks = func() map[string]bool {
	t := make(map[string]bool)
	for _, p := range []string{
		"liked", "loved", "disliked", "laughed at", "emphasized", "emphasised", "questioned", "removed a like from", "removed a heart from",
		"removed a dislike from", "removed a laugh from", "removed an exclamation from", "removed a question mark from", "to", "reacted to",
		"reacted with to", "reacted", "removed from", "removed", "hearted", "le gusto", "le encanto", "no le gusto", "se rio de", "enfatizo",
		"dio enfasis a", "le dio risa", "cuestiono", "pregunto por", "pregunto sobre", "me gusta", "me encanta", "no me gusta",
		"a aime", "a adore", "na pas aime", "n a pas aime", "a ri de", "a rigole de", "a mis en evidence", "a insiste sur", "a mis en question", "a souligne",
		"aime", "adore", "aimer", "a reagi a", "reacciono a", "reacciono con a", "a demande", "replied to", "en respuesta a", "replying to", "in reply to",
	} {
		t[p] = true
	}
	return t
}()

// maxTapback is how far into a text, in bytes, the quotation of a tapback may
// begin: a name, a verb and an emoji come before it.
const maxTapback = 80

// tapback finds where the quotation of a reaction ends: past its closing mark,
// or with a text that was cut off.
func tapback(text string) (after int, ok bool) {
	a := strings.IndexAny(text, "\"“«„”")
	if a < 0 || a > maxTapback || !reaction(text[:a]) {
		return 0, false
	}
	mark, n := utf8.DecodeRuneInString(text[a:])
	closing := "”"
	switch mark {
	case '"':
		closing = "\""
	case '«':
		closing = "»"
	case '„':
		closing = "“”"
	}
	end := strings.LastIndexAny(text[a+n:], closing+"”")
	if end < 0 {
		return len(text), true
	}
	end += a + n
	_, m := utf8.DecodeRuneInString(text[end:])
	return end + m, true
}

// reaction reports whether s is what a phone writes before the quotation: at
// most a name of three words, then a known verb.
func reaction(s string) bool {
	f := Fold(s)
	emoji := false
	for _, r := range s {
		emoji = emoji || r > 0x2000 && r != '\u200b' && r != '\u200d'
	}
	for skip := 0; skip <= 3; skip++ {
		if tapbacks[f] {
			// "to" alone needs the emoji: 👍 to “…”.
			return f != "to" && f != "removed" && f != "reacted" || emoji && skip == 0
		}
		_, rest, ok := strings.Cut(f, " ")
		if !ok {
			return false
		}
		f = rest
	}
	return false
}

// addLines reads text without its quoted lines.
func (s *scan) addLines(text string) {
	for len(text) > 0 {
		line, rest, _ := strings.Cut(text, "\n")
		switch t := strings.TrimSpace(line); {
		case strings.HasPrefix(t, ">") && len(s.toks)+len(rest)+len(t) > 1 && !strings.Contains(t, "<"):
			// Quoted; the next line begins anew.
			s.separate('\n', "", 0)
		case mailHeader(t):
			return
		default:
			s.add(line)
			if len(rest) > 0 {
				s.separate('\n', "", 0)
			}
		}
		text = rest
	}
}

// mailHeader reports whether a line begins the original that a mail program
// quotes below an answer.
func mailHeader(line string) bool {
	if len(line) > 300 || len(line) < 6 || !strings.Contains("OoEeLlBb-", line[:1]) {
		return false
	}
	l := strings.ToLower(line)
	switch {
	case strings.HasPrefix(l, "on ") && strings.Contains(l, "wrote:"),
		strings.HasPrefix(l, "el ") && strings.Contains(l, "escribió:"),
		strings.HasPrefix(l, "le ") && (strings.Contains(l, "a écrit :") || strings.Contains(l, "a écrit:")):
		return true
	}
	return strings.HasPrefix(l, "-----original message") || strings.HasPrefix(l, "-------- original message") ||
		strings.HasPrefix(l, "----- original message") || strings.HasPrefix(l, "---------- forwarded message") ||
		strings.HasPrefix(l, "original message:") || strings.HasPrefix(l, "begin forwarded message")
}

// echoRun is how many words in a row, the same as in our last text, are taken
// for a quotation of it.
const echoRun = 4

// dropEcho hides what the guest repeats of our last text, and reports whether
// it did. A short text keeps all its words: "STOP to opt out" copies our
// instruction because it means it.
func (s *scan) dropEcho(last string) bool {
	if len(s.toks) < echoRun || len(s.toks) <= copiedWords && s.toks[0].brk == brkNone && book.wholes[s.toks[0].id].intent == OptOut {
		return false
	}
	ours := borrow()
	defer ours.giveBack()
	ours.add(last)
	ours.finish()
	if len(ours.toks) < echoRun {
		return false
	}
	runs := make(map[uint64]bool, len(ours.toks))
	for i := 0; i+echoRun <= len(ours.toks); i++ {
		runs[ours.runHash(i)] = true
	}
	dropped := false
	for i := 0; i+echoRun <= len(s.toks); i++ {
		if !runs[s.runHash(i)] {
			continue
		}
		dropped = true
		for k := i; k < i+echoRun; k++ {
			s.toks[k].hidden = true
		}
	}
	s.dropHidden()
	return dropped
}

// runHash is FNV-1a over echoRun words from i on.
func (s *scan) runHash(i int) uint64 {
	h := uint64(14695981039346656037)
	for k := i; k < i+echoRun; k++ {
		for _, c := range s.text(k) {
			h = (h ^ uint64(c)) * 1099511628211
		}
		h = (h ^ ' ') * 1099511628211
	}
	return h
}

// dropHidden removes hidden words, leaving a break where they were.
func (s *scan) dropHidden() {
	kept := s.toks[:0]
	gap := false
	for _, t := range s.toks {
		if t.hidden {
			gap = true
			continue
		}
		if gap {
			t.brk = max(t.brk, brkEnd)
		}
		gap = false
		kept = append(kept, t)
	}
	s.toks = kept
}
