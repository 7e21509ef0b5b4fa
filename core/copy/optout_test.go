package copy_test

import (
	"slices"
	"testing"

	"github.com/jobfluss/nexo/core/copy"
)

func TestOptOutThatWorks(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"Reply STOP2STOP",
		"Text STOP to 12345",
		"STOP to Opt-Out",
		"Rply STOP=unsub",
		"Text STOP to end/HELP for help",
		"HELP4help STOP2end",
		"To unsubscribe reply with the word STOP",
		"Reply STOP to no longer receive texts",
		"Reply STOP if you don't want to receive messages",
		"Responde STOP para dejar de recibir mensajes",
		"Manda STOP para darte de baja",
		"Envía ALTO al 55555 para cancelar",
		"Para cancelar responde STOP",
		"Reply STOP, UNSUBSCRIBE, or CANCEL to opt out",
		"STOP/ALTO para cancelar",
		"Reply STOP and we'll remove you",
		"Reply STOP to unsubscribe from Luna's Cantina alerts",
		"STOP to end | HELP for help",
		"Reply “STOP” to opt out",
		"Reply STOP to end\nReply HELP for help",
		"STOP-end HELP-help",
		"2 opt out reply STOP",
		"Reply STOP to be taken off the list",
		"If you want out, text STOP",
		"Opt out? STOP",
		"Reply STOP to turn off",
	} {
		if r := check("Luna's Cantina: tacos. " + words); r.Verdict != copy.Pass {
			t.Errorf("%s: %v", words, codes(r))
		}
	}
}

func TestOptOutThatDoesNotWork(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"Reply 'unsub' to leave",
		"Press 9 to opt out",
		"Don't miss out! Stop by",
		"Reply STOP to confirm your order",
		"Reply START to join",
		"Reply HELP for help",
		"Reply STOP to get 10% off",
		"Ask your server to be removed",
		"To stop texts call us",
		"Reply ST OP to opt out",
		"Reply S-T-O-P to opt out",
		"Non stop party, end of story",
		"The party won't stop till the end",
		"STOP the clock, it is the end",
		"You can't opt out of tacos",
		"Cancel your plans and stop by",
		"Quit your job to end the week",
		"Stop to cancel your diet plan",
		"Text us to end the debate",
		"STOP scrolling, eat tacos",
		"Text TACOS to enter. Stop by!",
		"Unsubscribe with the link below",
		"reply to stop",
	} {
		r := check("Luna's Cantina: tacos. " + words)
		if r.Verdict != copy.Block || !slices.Contains(codes(r), "optout_missing") && !slices.Contains(codes(r), "optout_malformed") {
			t.Errorf("%s: %v %v", words, r.Verdict, codes(r))
		}
	}
}
