package intake_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/registration"
	"github.com/jobfluss/nexo/core/store"
)

func TestKeyword(t *testing.T) {
	w := venuetest.New(t)
	old := w.Disclosure
	w.Clock.Add(time.Hour)
	b := w.Business
	b.MonthlyTexts = 4
	latest := consent.Disclose(b, "TACOS", w.Clock.Now())
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Consent.PutDisclosure(ctx, latest) })
	garbled := "BBBB"
	for i, tt := range []struct {
		body   string
		want   consent.Version
		method consent.Method
	}{
		{"TACOS", latest.Version, consent.ByKeyword},
		{"tacos", latest.Version, consent.ByKeyword},
		{" “Tácos”! ", latest.Version, consent.ByKeyword},
		{"T A C O S", latest.Version, consent.ByKeyword},
		{"TACOS " + old.Ref, old.Version, consent.ByQR},
		{"Tacos\n" + strings.ToLower(latest.Ref) + ".", latest.Version, consent.ByQR},
		{"TACOS " + garbled, latest.Version, consent.ByKeyword},
		{"tacos were cold tonight", consent.Version{}, consent.Unstated},
		{"TACOS please", consent.Version{}, consent.Unstated},
		{"join TACOS", consent.Version{}, consent.Unstated},
		{old.Ref, consent.Version{}, consent.Unstated},
		{"", consent.Version{}, consent.Unstated},
	} {
		g := venuetest.Guest(10 + i)
		w.Says(g, tt.body)
		w.Hear()
		s := w.Standing(g)
		if s.Disclosure != tt.want || s.Method != tt.method {
			t.Errorf("%q: disclosure %.6s by %v, want %.6s by %v", tt.body, s.Disclosure, s.Method, tt.want, tt.method)
		}
		joined := tt.method != consent.Unstated
		if joined != s.Proven || joined != (len(w.Texts(g, message.Welcome)) == 1) {
			t.Errorf("%q: proven %v, %d welcomes, want joined %v", tt.body, s.Proven, len(w.Texts(g, message.Welcome)), joined)
		}
	}
}

// Words with doubled letters are not drawn-out ones, and a reference may have
// doubled letters too.
func TestKeywordWithDoubledLetters(t *testing.T) {
	for _, word := range []string{"WELL", "BUZZ", "COFFEE", "MOON22", "JJJJAZZ"} {
		w := venuetest.New(t)
		b, d := w.Open("The Well", word, core.MustNumber("+15125550199"))
		for i, body := range []string{word, word + " " + d.Ref} {
			g := venuetest.Guest(20 + i)
			w.Accept(venuetest.Wire{From: g.E164(), To: b.Sender.E164(), Body: body, At: w.Clock.Now()})
			if r := w.Hear(); r.OptedIn != 1 {
				t.Errorf("%q joined %d, want 1", body, r.OptedIn)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		b := account.Business{Name: rapid.String().Draw(t, "name")}
		if d := consent.Disclose(b, "X", time.Time{}); !consent.IsRef(d.Ref) {
			t.Fatalf("%q is not the shape of a reference", d.Ref)
		}
	})
}

func TestUnknownNumber(t *testing.T) {
	w := venuetest.New(t)
	id := w.Accept(venuetest.Wire{From: guest.E164(), To: "+15125550142", Body: "STOP", At: w.Clock.Now()})
	w.Hear()
	if n := w.Notes()[id]; !strings.Contains(n, "no business") {
		t.Errorf("note %q", n)
	}
}

func TestSharedNumber(t *testing.T) {
	w := venuetest.New(t)
	other, _ := w.Open("Sol Bar", "SOLBAR", w.Business.Sender)
	w.Join(guest)
	w.Says(guest, "SOLBAR")
	w.Hear()
	theirs := core.Pair{Business: other.ID, Number: guest}
	if s := standing(w, theirs); s.State != consent.Active {
		t.Fatalf("the other business's keyword joined it: %v", s.State)
	}
	if n := len(history(w, guest)); n != 1 {
		t.Errorf("the other business's keyword wrote %d events for ours, want the one from before", n)
	}
	w.Clock.Add(time.Minute)
	id := w.Says(guest, "STOP")
	w.Hear()
	if a, b := w.Standing(guest).State, standing(w, theirs).State; a != consent.OptedOut || b != consent.OptedOut {
		t.Errorf("STOP on a shared number: %v and %v, want both opted out", a, b)
	}
	w.NoWholeNumber("a note", w.Notes()[id], guest)
}

func TestAnotherNumbersKeywordIsNone(t *testing.T) {
	w := venuetest.New(t)
	w.Open("Sol Bar", "SOLBAR", core.MustNumber("+15125550199"))
	w.Says(guest, "SOLBAR")
	w.Hear()
	if s := w.Standing(guest); s.State != consent.Never {
		t.Errorf("standing %v", s.State)
	}
}

// A keyword that was taken down joins nobody, and whoever texts it is told which
// word does. It is no opt-out either, whatever it spells.
func TestRetiredKeyword(t *testing.T) {
	w := venuetest.New(t)
	now := w.Clock.Now()
	w.Update(func(ctx context.Context, tx store.Tx) error {
		k := account.Keyword{Word: "PATIO", Business: w.Business.ID, Number: w.Business.Sender, Code: "patio234", Created: now}
		return errors.Join(tx.Accounts.AddKeyword(ctx, k), tx.Consent.PutDisclosure(ctx, consent.Disclose(w.Business, "PATIO", now)),
			tx.Accounts.RetireKeyword(ctx, w.Business.ID, w.Business.Sender, "TACOS", now))
	})
	for i, body := range []string{"tacos", "TACOS " + w.Disclosure.Ref} {
		g := venuetest.Guest(10 + i)
		w.Says(g, body)
		w.Hear()
		ms := w.Texts(g, message.Welcome)
		if s := w.Standing(g); s.Proven || len(ms) != 1 || !strings.Contains(ms[0].Body, "TACOS is not in use any more. To join our texts, reply PATIO.") {
			t.Errorf("%q: proven %v, answered by %v", body, s.Proven, ms)
		}
		w.Says(g, "Patio")
		w.Hear()
		if s := w.Standing(g); !s.Proven {
			t.Errorf("%q: the word that is in use does not join", body)
		}
	}
	// START goes by the words that are in use.
	g := venuetest.Guest(10)
	w.Says(g, "stop")
	w.Hear()
	w.Clock.Add(time.Minute)
	w.Says(g, "start")
	w.Hear()
	if s := w.Standing(g); s.Disclosure != consent.Disclose(w.Business, "PATIO", now).Version {
		t.Errorf("START brought back the words of a retired keyword")
	}
}

// News of a registration has the carrier asked about it at once, and news of
// somebody else's do nothing.
func TestNewsOfARegistration(t *testing.T) {
	w := venuetest.New(t)
	line := registration.Line{Business: w.Business.ID, Due: w.Clock.Now().Add(time.Hour), Filing: registration.Filing{CampaignID: "campaign-1"}}
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Registration.Save(ctx, line) })
	due := func() (at time.Time) {
		w.Update(func(ctx context.Context, tx store.Tx) error {
			l, err := tx.Registration.Line(ctx, w.Business.ID)
			at = l.Due
			return err
		})
		return at
	}
	w.Accept(venuetest.Wire{Kind: "registry", CarrierID: "another's"})
	w.Hear()
	if !due().Equal(line.Due) {
		t.Error("somebody else's news")
	}
	w.Accept(venuetest.Wire{Kind: "registry", CarrierID: "campaign-1"})
	w.Hear()
	if !due().Equal(w.Clock.Now()) {
		t.Errorf("asked at %v", due())
	}
}
