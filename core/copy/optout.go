package copy

import "slices"

// The grammar of opt-out wording. A guest must be told to send a word, and it
// must be one that revokes: those of 47 CFR 64.1200(a)(10) and the carriers'
// (CTIA §5.1.3), ALTO for Spanish and ARRET for French.
var (
	optOutWords = list("stop stopall unsubscribe end quit cancel optout revoke alto arret parar")
	sendVerbs   = list("reply replying rply text txt texting send sending sms respond responding msg message messaging type typing with responda responde respondiendo responder envie envia enviar enviando texto textee escriba escribe escribir conteste contesta contestar mande manda mandar repondez envoyez by via")
	// trueVerbs leaves out the prepositions: "with STOP" needs its purpose said.
	weakVerbs   = list("with by via type msg message texto")
	fillers     = list("with back the word keyword w by la palabra a us only just con le mot to this message number al")
	linkWords   = list("to 2 for para pour")
	purposes    = list("optout unsubscribe unsub unsubscribed end stop stopping cancel quit remove removed leave exit cancelar salir terminar detener parar baja darse darte finalizar dejar desuscribirse anular eliminar out optar unjoin arreter desabonner off optingout taken avoid turn unenroll withdraw")
	noMore      = list("more further future texts msgs messages alerts")
	afterStop   = list("by in over at on into here off through and until believing the this our for with")
	afterBare   = list("at any anytime or and to")
	endObjects  = list("texts msgs messages msg message txts txt alerts sms service subscription it anytime any all receiving future marketing promos promotions reply text help at from these our notifications updates communications getting program enrollment recibir mensajes los de help4help t terms msgs anytime")
	spelledEnds = list("stop2end stop2quit stop2stop stop2cancel stop2optout stop2unsub stop2unsubscribe stoptoend stoptooptout stoptostop stop2out stop4end stopend stoptoquit stoptocancel stop2opt stop2leave")
	denials     = list("not dont never cannot cant no")
)

// optOut looks for opt-out wording that works. What talks of opting out but
// would not work is malformed; nothing at all is missing.
func (r *reader) optOut() {
	t := r.text
	attemptFrom, attemptTo := -1, -1
	for i := range t.tokens {
		if t.tokens[i].off {
			continue
		}
		ok, from, to := t.optOutAt(i)
		if ok {
			r.optOutAt = append(r.optOutAt, [2]int{from, to})
			continue
		}
		if a, b := t.attempt(i); a >= 0 && attemptFrom < 0 {
			attemptFrom, attemptTo = a, b
		}
	}
	switch {
	case len(r.optOutAt) > 0:
	case attemptFrom >= 0:
		r.addTokens("optout_malformed", Block, attemptFrom, attemptTo)
	default:
		r.add("optout_missing", Block, 0, 0)
	}
}

// optOutAt reports whether token i is the word to send, in wording that works,
// and which tokens make it.
func (t *text) optOutAt(i int) (bool, int, int) {
	tok := &t.tokens[i]
	if tok.alien || tok.hidden {
		return false, 0, 0 // STOP in another script's letters is not the word STOP
	}
	if spelledEnds.has(tok.w) {
		return true, i, i
	}
	if !optOutWords.has(tok.w) {
		// "opt out" as the word to send.
		if tok.w != "opt" || t.word(i+1) != "out" || !t.commanded(i) {
			return false, 0, 0
		}
	}
	if to, ok := t.purposeAfter(i); ok && (t.commandedAt(i) >= 0 || t.means(i, to)) {
		if from := t.commandedAt(i); from >= 0 {
			return !t.denied(from), from, to
		}
		return true, i, to
	}
	from := t.commandedAt(i)
	if from >= 0 && !t.denied(from) && !t.elsewhere(i) && (!weakVerbs.has(t.word(from)) || t.purposeBefore(from)) {
		return true, from, i
	}
	if from := t.purposeSign(i); from >= 0 {
		return true, from, i
	}
	return false, 0, 0
}

func (t *text) commanded(i int) bool { return t.commandedAt(i) >= 0 }

// commandedAt returns the verb that says to send token i, or -1: "reply with the
// word STOP".
func (t *text) commandedAt(i int) int {
	for k := i - 1; k >= 0 && k >= i-6; k-- {
		w := t.word(k)
		if t.tokens[k+1].gap == stop {
			return -1
		}
		if w == "us" && t.word(k+1) == "to" || w == "to" && k+1 == i {
			return -1 // "text us to stop"
		}
		if sendVerbs.has(w) && w != "with" && w != "by" && w != "a" {
			return k
		}
		if !fillers.has(w) && !optOutWords.has(w) && w != "or" && w != "o" && !numeric(w) {
			if k < i-1 && sendVerbs.has(t.word(k+1)) {
				return k + 1
			}
			return -1
		}
	}
	if i > 0 && sendVerbs.has(t.word(i-1)) && t.tokens[i].gap != stop {
		return i - 1
	}
	return -1
}

func numeric(w string) bool { return w != "" && w[0] >= '0' && w[0] <= '9' }

// purposeAfter returns the last token of what sending token i is for, if that is
// opting out: "STOP to unsubscribe", "STOP at any time to opt out".
func (t *text) purposeAfter(i int) (int, bool) {
	k := i + 1
	for ; k < len(t.tokens) && k <= i+9 && t.tokens[k].gap != stop; k++ {
		w := t.word(k)
		if linkWords.has(w) && numeric(t.word(k+1)) {
			k++ // "text STOP to 55555 to opt out"
			continue
		}
		if linkWords.has(w) || k == i+1 && t.signed(k) {
			if k == i+1 && t.signed(k) && !linkWords.has(w) {
				k--
			}
			if to, ok := t.purpose(k + 1); ok {
				return to, true
			}
			if k <= i {
				k++
			}
			if linkWords.has(w) && !fillers.has(t.word(k+1)) {
				return 0, false
			}
			continue
		}
		if w == "if" || w == "si" {
			continue
		}
		if to, ok := t.purpose(k); ok && k > i+1 {
			return to, true
		}
	}
	return 0, false
}

// signed reports whether only =, :, > or - stands before token k.
func (t *text) signed(k int) bool {
	if k <= 0 || k >= len(t.tokens) {
		return false
	}
	n := 0
	for g := t.tokens[k-1].end; g < t.tokens[k].first; g++ {
		switch t.glyphs[g].r {
		case ' ', '"', '\'':
		case '=', ':', '>', '-', '→', '?':
			n++
		default:
			return false
		}
	}
	return n > 0
}

// purpose returns the last token of words at k that mean opting out.
func (t *text) purpose(k int) (int, bool) {
	if k >= len(t.tokens) || t.tokens[k].off {
		return 0, false
	}
	w, next := t.word(k), t.word(k+1)
	switch {
	case w == "opt" && next == "out", w == "opting" && next == "out", w == "be" && (next == "removed" || next == "unsubscribed" || next == "taken"), w == "get" && next == "off", (w == "darse" || w == "darte") && next == "de":
		return min(k+1, len(t.tokens)-1), true
	case w == "no" && (noMore.has(next) || next == "recibir" || next == "longer" || next == "mas"):
		return k + 1, true
	case w == "end", w == "stop", w == "quit", w == "cancel", w == "leave", w == "exit", w == "remove", w == "out", w == "off", w == "parar", w == "salir", w == "terminar":
		return k, k+1 >= len(t.tokens) || t.tokens[k+1].gap != soft || t.tokens[k+1].off || endObjects.has(next) || optOutWords.has(next) || next == "and" || next == "or" || t.signed(k+1)
	}
	return k, purposes.has(w)
}

// means reports whether a bare "STOP to end" is an instruction rather than
// part of a sentence: "stop to end your week with tacos" is not.
func (t *text) means(i, to int) bool {
	if next := t.word(i + 1); !linkWords.has(next) && !t.signed(i+1) && !afterBare.has(next) {
		return false // "the party won't stop till the end"
	}
	return t.tokens[i].caps || t.signed(i+1) || i == 0 || t.tokens[i].gap != soft || to+1 >= len(t.tokens) || t.tokens[to+1].gap == stop
}

func (t *text) denied(verb int) bool {
	return denials.has(t.word(verb-1)) || t.word(verb-2) == "do" && denials.has(t.word(verb-1))
}

// elsewhere reports whether the word at i goes on as a sentence ("text, then
// stop by") or is sent for something else ("STOP to win").
func (t *text) elsewhere(i int) bool {
	if i+1 >= len(t.tokens) || t.tokens[i+1].gap == stop || t.tokens[i+1].off {
		return false
	}
	w := t.word(i + 1)
	if linkWords.has(w) && t.tokens[i+1].gap == soft {
		return !numeric(t.word(i+2)) && t.word(i+2) != "this" && t.word(i+2) != "our"
	}
	return afterStop.has(w) && !t.tokens[i].caps && !(w == "at" && t.word(i+2) == "any")
}

// purposeBefore reports whether the words before the verb name the purpose:
// "opt out with STOP".
func (t *text) purposeBefore(verb int) bool {
	for k := verb - 1; k >= 0 && k >= verb-3; k-- {
		if purposes.has(t.word(k)) {
			return true
		}
	}
	return false
}

// purposeSign returns where "opt-out: STOP" or "unsub=STOP" begins, or -1.
func (t *text) purposeSign(i int) int {
	if i == 0 || !t.tokens[i].caps {
		return -1
	}
	w := t.word(i - 1)
	if t.signed(i) && (purposes.has(w) || w == "help") || w == "w" && t.word(i-2) == "out" {
		if w == "help" {
			return -1
		}
		return i - 1
	}
	return -1
}

// attempt returns the tokens of wording at i that tries to offer an opt-out, or
// -1: a purpose, STOP in disguise, or a verb with a word that revokes nothing.
func (t *text) attempt(i int) (int, int) {
	w, next := t.word(i), t.word(i+1)
	switch {
	case w == "opt" && next == "out", w == "opting" && next == "out":
		return i, i + 1
	case slices.Contains([]string{"unsubscribe", "unsub", "optout", "unsubscribing", "desuscribirse", "st0p", "5top", "s7op", "stpo", "sotp", "stopp", "stoop2end"}, w):
		return i, i
	case w == "stop" && (t.tokens[i].alien || t.tokens[i].hidden || t.tokens[i].caps):
		return i, i
	case w == "s" && next == "t" && t.word(i+2) == "o" && t.word(i+3) == "p":
		return i, i + 3
	case (w == "to" || w == "2") && (next == "stop" || next == "end" || next == "quit") && (t.word(i+2) == "" || endObjects.has(t.word(i+2)) || t.tokens[i+2].gap == stop):
		return i, i + 1
	case (w == "para") && (next == "cancelar" || next == "salir" || next == "darse"):
		return i, i + 1
	case w == "stop" && next == "receiving", w == "be" && next == "removed", w == "remove" && next == "me", w == "no" && next == "more" && endObjects.has(t.word(i+2)):
		return i, i + 1
	}
	return -1, -1
}
