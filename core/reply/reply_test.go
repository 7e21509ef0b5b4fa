package reply

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRead(t *testing.T) {
	const footer = "Luna Bar: $2 tacos tonight till 9. Reply STOP to end"
	for _, c := range []struct {
		text, last, want string
	}{
		{text: "", want: "none certain"},
		{text: "Stop", want: "opt_out certain fcc.stop"},
		{text: "please opt me out", want: "opt_out certain ctia.please_opt_me_out"},
		{text: "STOP ALL", want: "opt_out certain carrier.stopall"},
		{text: "Arrêt svp", want: "opt_out certain carrier.arret"},
		{text: "STOP. but can I still book a table?", want: "opt_out certain fcc.stop"},
		{text: "help me stop these texts", want: "opt_out certain plain.stop_texting"},
		{text: "take me off this list", want: "opt_out certain plain.take_me_off"},
		{text: "who is this, leave me alone", want: "opt_out likely plain.leave_me_alone"},
		{text: "stpo", want: "opt_out likely fcc.stop"},
		{text: "🛑", want: "opt_out likely plain.stop_sign"},
		{text: "stop by at 8?", want: "none certain"},
		{text: "cancel my table for 6", want: "none certain"},
		{text: "please don't unsubscribe me", want: "none certain"},
		{text: "START", want: "opt_in certain carrier.start"},
		{text: "HELP", want: "help certain carrier.help"},
		// YES means something only where we asked for it.
		{text: "yes", want: "none certain"},
		{text: "Yes please!", last: "Luna Bar: reply YES to get our texts, about 4 a month.", want: "opt_in certain answer.yes"},
		{text: "yes", last: "Reply YES to confirm your reservation for 6.", want: "none certain"},
		{text: "no", last: "Luna Bar: reply YES to get our texts.", want: "none certain"},
		// Our own words, quoted.
		{text: footer + "\nsee you at 8", last: footer, want: "none certain"},
		{text: "Luna Bar: $2 tacos tonight till 9. Reply STOP to", last: footer, want: "none certain"},
		{text: footer + "\nSTOP", last: footer, want: "opt_out certain fcc.stop"},
		{text: "Liked “" + footer + "”", want: "none certain"},
		{text: "Disliked “" + footer + "”", want: "none certain"},
		{text: "Disliked “" + footer + "” take me off that list", want: "opt_out certain plain.take_me_off"},
		{text: "> " + footer + "\nyes we'll come", want: "none certain"},
		{text: "STOP\n\nOn Tue, Nov 3 Luna Bar wrote:\n" + footer, want: "opt_out certain fcc.stop"},
		// Copying the instruction is following it.
		{text: "STOP to end", last: footer, want: "opt_out certain word.en"},
		{text: "Reply STOP to end", want: "opt_out likely plain.copied_instruction"},
	} {
		m := Read(c.text, Context{LastToThem: c.last})
		got := strings.TrimSpace(m.Intent.String() + " " + m.Certainty.String() + " " + m.Rule)
		if got != c.want {
			t.Errorf("Read(%q, last %q) = %s (%q), want %s", c.text, c.last, got, m.Matched, c.want)
		}
		if (m.Intent == None) != (m.Matched == "") {
			t.Errorf("Read(%q): intent %v with matched %q", c.text, m.Intent, m.Matched)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"  Ｔａｃｏ—Tuesday!! ": "taco tuesday",
		"STOOOP":            "stop",
		"s.t.o.p":           "stop",
		"S T O P please":    "stop please",
		"🆂🆃🅾🅿":              "stop",
		"🇸🇹🇴🇵":              "stop",
		"ꜱᴛᴏᴘ":              "stop",
		"СТОР":              "ctop",
		"ЅТОР":              "stop",
		"crème brûlée 🇫🇷":   "creme brulee",
		"st\u200bop":        "stop",
		"s̷t̷o̷p̷":          "stop",
		"coffee & beer":     "coffee beer",
		"don’t":             "dont",
		"n'arrêtez pas":     "n arretez pas",
		"1000 wings":        "1000 wings",
		"\xff\xfeSTOP\x00":  "stop",
		"𝓾𝓷𝓼𝓾𝓫𝓼𝓬𝓻𝓲𝓫𝓮": "unsubscribe",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestReserved(t *testing.T) {
	for _, w := range []string{"STOP", "stop all", "S.T.O.P", "Opt-Out", "ARRÊT", "alto", "help", "INFO", "start", "UNSTOP", "yes", "unsubscribe", "STOPP", "baja", "ayuda", "desabonner"} {
		if !Reserved(w) {
			t.Errorf("Reserved(%q) = false: a guest who texts it would not be heard", w)
		}
	}
	for _, w := range []string{"TACOS", "LUNA", "WINGS21", "BRUNCH", "VIP", "RUSTYS", "", "BEER", "TRIVIA"} {
		if Reserved(w) {
			t.Errorf("Reserved(%q) = true, but it is free", w)
		}
	}
}

// perSe are the words that a text consists of, and that must be certain in
// any disguise.
var perSe = []string{"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe", "stopall", "stop all", "optout", "opt-out", "remove", "arret", "alto", "please opt me out"}

// disguise writes one letter in one of the ways that read the same.
func disguise(t *rapid.T, c byte) string {
	if c < 'a' || c > 'z' {
		return string(c)
	}
	up := string(c - 0x20)
	forms := []string{string(c), up, string(c) + "\u200b", up + "\u00ad", string(rune(c) - 'a' + 'ａ'), string(rune(c) - 'a' + 'ⓐ'),
		string(rune(c) - 'a' + '𝐚'), string(rune(c) - 'a' + '🅰'), string(rune(c) - 'a' + '🄰'), string(c) + "\u0301", up + "\u0336"}
	for _, r := range alphabets[c] {
		forms = append(forms, string(r))
	}
	return rapid.SampledFrom(forms).Draw(t, "letter")
}

// TestDisguise: a word of the law is certain however it is dressed.
func TestDisguise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.SampledFrom(perSe).Draw(t, "word")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", " ", "\n", "“", "*", "please ", "¡", "..."}).Draw(t, "before"))
		for i := range len(w) {
			b.WriteString(disguise(t, w[i]))
		}
		b.WriteString(rapid.SampledFrom([]string{"", ".", "!!!", " please", " thanks 🙏", "”", "\nSent from my iPhone", " now", "\u200d", " 😡😡", " pls thx"}).Draw(t, "after"))
		m := Read(b.String(), Context{})
		if m.Intent != OptOut || m.Certainty != Certain {
			t.Fatalf("Read(%q) = %v %v by %s, want opt_out certain", b.String(), m.Intent, m.Certainty, m.Rule)
		}
	})
}

// TestQuotingIsNotSpeaking: our footer quoted under a text changes nothing.
func TestQuotingIsNotSpeaking(t *testing.T) {
	texts := append(readCorpus(t, "tuning.tsv"), readCorpus(t, "heldback.tsv")...)
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(texts).Draw(t, "text")
		ours := rapid.SampledFrom([]string{"Luna: half price bottles tonight. Reply STOP to end", "Rusty's: wing night! Txt STOP to opt out. HELP for help",
			"Vine & Co: nos vemos hoy. Responda ALTO para cancelar"}).Draw(t, "ours")
		before, after := Read(l.text, Context{}), Read(l.text+"\n> "+ours, Context{LastToThem: ours})
		if len(strings.Fields(Fold(l.text))) == 0 {
			return // a gesture alone, or nothing: the quotation is all there is
		}
		if before.Intent != after.Intent {
			t.Fatalf("%q read as %v alone, and as %v by %s with our text quoted", l.text, before.Intent, after.Intent, after.Rule)
		}
	})
}

// TestLongTexts: time is linear, so 100 kB of anything is read at once.
func TestLongTexts(t *testing.T) {
	for _, s := range []string{"stop the ", "dont ", "a ", "\"", "> \n", "🇸", "no more of ", "take me ", "st", "* ", "\u202e", "Liked “", "e\u0301", "stop ", "how do i stop all the ", "*", "f*", "x. stop. ", "stop, x ", "'", "s t o p ", "so?", "no, stop it, ", "#", "=", "dont the the the the send the the "} {
		text := strings.Repeat(s, 100_000/len(s))
		start := time.Now()
		Read(text, Context{LastToThem: text})
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("100 kB of %q took %v", s, d)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, l := range readCorpus(f, "tuning.tsv")[:200] {
		f.Add(l.text, "Reply STOP to end")
	}
	f.Add("\xff\xf0\x9f", "\x80")
	f.Fuzz(func(t *testing.T, text, last string) {
		m := Read(text, Context{LastToThem: last})
		if m.Intent == None && m != (Meaning{}) {
			t.Errorf("Read(%q) = %+v: none must be the zero meaning", text, m)
		}
		if len(m.Matched) > 2*maxMatched {
			t.Errorf("Read(%q): matched is %d bytes long", text, len(m.Matched))
		}
		if once := Fold(text); len(text) < 200 && Fold(once) != Fold(Fold(once)) {
			t.Errorf("Fold is not settled after two passes on %q", text)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for name, text := range map[string]string{
		"stop":    "STOP",
		"booking": "Hi! can we get a table for 6 at 7:30 on Saturday, ideally on the patio? thanks",
		"plain":   "please take me off this list, I moved away last year",
		"spanish": "por favor ya no me manden más mensajes, gracias",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Read(text, Context{})
			}
		})
	}
}
