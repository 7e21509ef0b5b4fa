package intake_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// gated is a venue that asks for something before a guest counts as joined.
func gated(t *testing.T, age, yes bool) *venuetest.World {
	w := venuetest.New(t)
	w.Business.AgeGate, w.Business.DoubleOptIn = age, yes
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, w.Business) })
	return w
}

// talk has the guest say things, one a minute, and returns our answers.
func talk(w *venuetest.World, lines ...string) (answers []string) {
	for _, l := range lines {
		w.Says(guest, l)
		w.Hear()
		w.Send()
		w.Clock.Add(time.Minute)
	}
	for _, c := range []message.Class{message.Welcome, message.Help, message.Confirmation} {
		for _, m := range slices.Backward(w.Texts(guest, c)) {
			if m.State != message.Sent {
				w.T.Errorf("the answer %q is %v", m.Body, m.State)
			}
			answers = append(answers, m.Body)
		}
	}
	return answers
}

func stands(w *venuetest.World) (s consent.Standing) {
	w.Update(func(ctx context.Context, tx store.Tx) error {
		sub, err := tx.Consent.Subscriber(ctx, w.Pair(guest))
		s = sub.Standing
		return err
	})
	return s
}

// forgotten fails the test if a date of birth is kept anywhere.
func forgotten(t *testing.T, w *venuetest.World, dates ...string) {
	t.Helper()
	var kept []string
	w.Update(func(ctx context.Context, tx store.Tx) error {
		es, err := tx.Inbox.List(ctx, time.Time{}, 100)
		if err != nil {
			return err
		}
		for _, e := range es {
			kept = append(kept, string(e.Raw), e.Note)
		}
		rs, err := tx.Evidence.OfPair(ctx, w.Pair(guest), core.RecordID{}, 100)
		if err != nil {
			return err
		}
		for _, r := range rs {
			kept = append(kept, string(r.Body))
		}
		bars, err := tx.Suppression.Entries(ctx, w.Business.ID, time.Time{}, 100)
		for _, b := range bars {
			kept = append(kept, b.Words)
		}
		return err
	})
	for _, e := range history(w, guest) {
		kept = append(kept, e.Evidence.RawText, e.Evidence.Note)
	}
	for _, k := range kept {
		for _, d := range dates {
			if strings.Contains(k, d) {
				t.Errorf("the date of birth is kept in %s", k)
			}
		}
	}
}

func TestTheAgeGateComesBeforeConsent(t *testing.T) {
	w := gated(t, true, true)
	if a := talk(w, "TACOS "+w.Disclosure.Ref); len(a) != 1 || !strings.Contains(a[0], "date of birth, MM/DD/YYYY") || !strings.Contains(a[0], "STOP to opt out") {
		t.Fatalf("the keyword is answered by %q", a)
	}
	if s := stands(w); s.State != consent.Pending || !s.Joined.IsZero() {
		t.Errorf("before the answer the guest is %v", s.State)
	}
	a := talk(w, "March 4th, 1990")
	if len(a) != 2 || !strings.Contains(a[1], "You're on our list") {
		t.Errorf("the date is answered by %q", a)
	}
	s := stands(w)
	if s.State != consent.Active || !s.Proven || s.AgeGate != consent.Passed || s.Method != consent.ByQR || s.Disclosure != w.Disclosure.Version {
		t.Errorf("after it the guest is %+v", s)
	}
	forgotten(t, w, "1990", "March 4")
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfPair(ctx, w.Pair(guest), core.RecordID{}, 100)
		var passed, granted bool
		for _, r := range rs {
			if b, err := evidence.ParseConsent(r); err == nil {
				passed = passed || b.Age != nil && b.Age.Result == "passed" && b.Said == "[date of birth given, not kept]"
				granted = granted || b.Act == "granted" && b.Said == "TACOS "+w.Disclosure.Ref && b.Disclosure != nil
			}
		}
		if !passed || !granted {
			t.Errorf("the records show the age gate: %v, the opt-in: %v", passed, granted)
		}
		return err
	})
	w.Campaign()
	w.Send()
	if n := len(w.Carrier.Calls(message.Marketing)); n != 1 {
		t.Errorf("%d campaign texts, want 1", n)
	}
	// Whoever has passed is not asked again.
	if talk(w, "STOP", "TACOS", "YES"); stands(w).State != consent.Active {
		t.Errorf("joining again makes the guest %v", stands(w).State)
	}
}

func TestWhoIsUnderAgeIsTurnedAwayAndNotAskedAgain(t *testing.T) {
	w := gated(t, true, false)
	a := talk(w, "TACOS", "3/4/2010")
	if len(a) != 2 || !strings.Contains(a[1], "21 and older") {
		t.Fatalf("a guest of sixteen is answered by %q", a)
	}
	if s := stands(w); s.State != consent.Never || s.AgeGate != consent.Failed {
		t.Errorf("the guest is %v, %v", s.State, s.AgeGate)
	}
	// Another date the same day does not help, nor the keyword.
	if a = talk(w, "i mean 3/4/1990", "TACOS"); len(a) != 3 || strings.Contains(a[2], "Reply with") {
		t.Errorf("trying again is answered by %q", a)
	}
	if s := stands(w); s.State == consent.Active || s.AgeGate != consent.Failed {
		t.Errorf("the guest is %v, %v", s.State, s.AgeGate)
	}
	forgotten(t, w, "2010", "1990")
	w.Clock.Add(31 * 24 * time.Hour)
	if a = talk(w, "TACOS"); !strings.Contains(a[len(a)-1], "Reply with your full date of birth") {
		t.Errorf("a month later the keyword is answered by %q", a[len(a)-1])
	}
}

func TestAnUnclearDateIsAskedForOnceMore(t *testing.T) {
	w := gated(t, true, false)
	a := talk(w, "TACOS", "12/11/2005", "who cares", "1985", "whatever")
	if len(a) != 3 || !strings.Contains(a[1], "could not read that") || !strings.Contains(a[2], "still could not read") {
		t.Fatalf("the answers are %q", a)
	}
	if s := stands(w); s.State != consent.Pending {
		t.Errorf("the guest is %v", s.State)
	}
	forgotten(t, w, "12/11/2005", "1985")
	// A clear one is still taken.
	if talk(w, "12/31/1985"); stands(w).State != consent.Active {
		t.Errorf("after a clear date the guest is %v", stands(w).State)
	}
	forgotten(t, w, "12/31/1985")
}

func TestStopInTheMidstOfTheQuestion(t *testing.T) {
	for _, said := range []string{"STOP", "stop asking for that and take me off your list", "STOP 3/4/1990"} {
		w := gated(t, true, false)
		talk(w, "TACOS", said)
		if s := stands(w); s.State == consent.Pending || s.State == consent.Active {
			t.Errorf("after %q the guest is %v", said, s.State)
		}
		if len(w.Barred(guest)) == 0 {
			t.Errorf("after %q nothing bars the guest", said)
		}
		forgotten(t, w, "1990")
		if talk(w, "March 4 1990"); stands(w).State == consent.Active {
			t.Errorf("a late answer makes the guest %v", stands(w).State)
		}
		forgotten(t, w, "1990")
	}
	w := gated(t, true, false)
	if talk(w, "TACOS", "Stop friend"); stands(w).State == consent.Pending {
		t.Error("what may be an opt-out leaves the question open")
	}
}

func TestHelpInTheMidstOfTheQuestion(t *testing.T) {
	w := gated(t, true, false)
	if a := talk(w, "TACOS", "HELP"); !strings.Contains(strings.Join(a, "|"), "help@luna.example") {
		t.Errorf("the answers are %q", a)
	}
	if talk(w, "4 march 1990"); stands(w).State != consent.Active {
		t.Errorf("after HELP and a date the guest is %v", stands(w).State)
	}
}

// A guest who joined before there was a gate stays in; texts about alcohol wait
// until they have passed it.
func TestWhoHadJoinedIsAskedByTheKeyword(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Business.AgeGate = true
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, w.Business) })
	w.Clock.Add(time.Minute)
	if talk(w, "TACOS"); stands(w).State != consent.Active {
		t.Errorf("asking makes the guest %v", stands(w).State)
	}
	if a := talk(w, "3/4/90"); !strings.Contains(a[len(a)-1], "you're all set") || stands(w).AgeGate != consent.Passed {
		t.Errorf("the answers are %q, the gate %v", a, stands(w).AgeGate)
	}
	forgotten(t, w, "3/4/90")
}

func TestADoubleOptInWaitsForYes(t *testing.T) {
	w := gated(t, false, true)
	a := talk(w, "TACOS "+w.Disclosure.Ref, "what time do you open")
	if len(a) != 1 || !strings.Contains(a[0], "Reply YES to join") || stands(w).State != consent.Pending {
		t.Fatalf("before the YES: %q, %v", a, stands(w).State)
	}
	if a = talk(w, "Yes please!"); len(a) != 2 || !strings.Contains(a[1], "You're on our list") {
		t.Errorf("after the YES: %q", a)
	}
	s := stands(w)
	if s.State != consent.Active || !s.Proven || s.Method != consent.ByQR || s.Disclosure != w.Disclosure.Version {
		t.Errorf("after the YES the guest is %+v", s)
	}
	// START after STOP is the guest's own word: it needs no second one, and brings the terms.
	if a = talk(w, "STOP", "START"); stands(w).State != consent.Active || !strings.Contains(a[2], "Terms: https://luna.example/terms") {
		t.Errorf("after START: %v, %q", stands(w).State, a)
	}
	// After STOP a YES to an old question joins nobody.
	w = gated(t, false, true)
	if talk(w, "TACOS", "STOP", "YES"); stands(w).State != consent.OptedOut {
		t.Errorf("a YES after STOP makes the guest %v", stands(w).State)
	}
}
