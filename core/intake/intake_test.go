package intake_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

var guest = venuetest.Guest(0)

func TestForgedIsDeniedAndNotKept(t *testing.T) {
	w := venuetest.New(t)
	forged := venuetest.Wire{ID: "f", From: guest.E164(), To: w.Business.Sender.E164(), Body: "STOP"}
	_, err := w.Intake.Accept(t.Context(), func(string) string { return "bad" }, forged.Encode())
	if !errors.Is(err, core.Denied) {
		t.Errorf("Accept of a forged webhook: %v, want Denied", err)
	}
	if n := w.Notes(); len(n) != 0 {
		t.Errorf("%d events are kept, want none", len(n))
	}
	if b := w.Barred(guest); len(b) != 0 {
		t.Errorf("a forged STOP bars: %v", b)
	}
}

func TestWhatCannotBeReadIsKept(t *testing.T) {
	w := venuetest.New(t)
	for _, body := range []string{"{", `{"ID":"u1","Kind":"unknown"}`, `{"ID":"u2","From":"","To":"` + w.Business.Sender.E164() + `","Body":"STOP"}`} {
		if _, err := w.Intake.Accept(t.Context(), venuetest.Signed, []byte(body)); err != nil {
			t.Errorf("Accept(%s): %v", body, err)
		}
	}
	w.Hear()
	notes := w.Notes()
	if len(notes) != 3 {
		t.Errorf("%d events are kept, want 3", len(notes))
	}
	for id, n := range notes {
		if n == "" {
			t.Errorf("event %s has no note of what became of it", id)
		}
	}
	if b := w.Barred(core.Number{}); len(b) != 0 {
		t.Error("a text from nobody bars nobody's number")
	}
}

// Promise 13: one delivered twice acts once.
func TestPromise13DuplicateActsOnce(t *testing.T) {
	w := venuetest.New(t)
	x := venuetest.Wire{ID: "twice", From: guest.E164(), To: w.Business.Sender.E164(), Body: "TACOS", At: w.Clock.Now()}
	for i := range 3 {
		a, err := w.Intake.Accept(t.Context(), venuetest.Signed, x.Encode())
		if err != nil || a.Fresh != (i == 0) {
			t.Errorf("delivery %d: fresh %v, err %v", i, a.Fresh, err)
		}
		w.Hear()
	}
	if n := len(w.Texts(guest, message.Welcome)); n != 1 {
		t.Errorf("%d welcomes, want 1", n)
	}
	if n := len(history(w, guest)); n != 1 {
		t.Errorf("%d consent events, want 1", n)
	}
}

func TestStopBarsBeforeTheWorker(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Says(guest, "please stop texting me")
	if !w.Barred(guest)[suppression.OptOut] {
		t.Error("after Accept and before Step the guest is not barred")
	}
	if s := w.Standing(guest).State; s != consent.OptedOut {
		t.Errorf("standing after Accept is %v, want opted out", s)
	}
	w.Hear()
	es := history(w, guest)
	if len(es) != 2 {
		t.Fatalf("%d consent events, want the opt-in and one opt-out", len(es))
	}
	if e := es[1]; e.Kind != consent.Revoked || e.Evidence.RawText != "please stop texting me" || e.Evidence.Rule == "" || e.Evidence.InboxID == "" {
		t.Errorf("the opt-out lacks evidence: %+v", e)
	}
}

func TestCertainAndLikely(t *testing.T) {
	for _, tt := range []struct {
		body string
		want consent.State
		bars suppression.Reason
	}{
		{"STOP", consent.OptedOut, suppression.OptOut},
		{"Stop.", consent.OptedOut, suppression.OptOut},
		{"unsubscribe", consent.OptedOut, suppression.OptOut},
		{"✋", consent.Uncertain, suppression.LikelyOut},
		{"see you at 8", consent.Active, suppression.Unstated},
	} {
		w := venuetest.New(t)
		w.Join(guest)
		w.Says(guest, tt.body)
		w.Hear()
		if got := w.Standing(guest).State; got != tt.want {
			t.Errorf("%q: standing %v, want %v", tt.body, got, tt.want)
		}
		if got := w.Barred(guest); tt.bars != suppression.Unstated && !got[tt.bars] || len(got) > 1 || tt.bars == suppression.Unstated && len(got) > 0 {
			t.Errorf("%q: barred by %v, want %v", tt.body, got, tt.bars)
		}
		if n := len(w.Texts(guest, message.Confirmation)); n > 0 != (tt.want == consent.OptedOut) {
			t.Errorf("%q: %d confirmations", tt.body, n)
		}
	}
}

// What the carrier took for STOP is one, whatever we read.
func TestCarriersStopCounts(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Accept(venuetest.Wire{From: guest.E164(), To: w.Business.Sender.E164(), Body: "basta ya", At: w.Clock.Now(), Answered: "STOP"})
	if !w.Barred(guest)[suppression.OptOut] {
		t.Error("not barred")
	}
	w.Hear()
	if n := len(w.Texts(guest, message.Confirmation)); n != 0 {
		t.Errorf("%d confirmations after the carrier's own", n)
	}
}

func TestStartAfterStop(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Says(guest, "STOP")
	w.Hear()
	bar(w, suppression.Carrier, suppression.Complaint)
	b := w.Business
	b.MonthlyTexts = 2
	fresh := consent.Disclose(b, "TACOS", w.Clock.Now())
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Consent.PutDisclosure(ctx, fresh) })

	w.Clock.Add(time.Hour)
	w.Says(guest, "START")
	w.Hear()
	s := w.Standing(guest)
	if s.State != consent.Active || s.Method != consent.ByReply || s.Disclosure != fresh.Version || !s.Proven {
		t.Errorf("after START: %v by %v, disclosure %.6s, proven %v", s.State, s.Method, s.Disclosure, s.Proven)
	}
	got := w.Barred(guest)
	if got[suppression.OptOut] || !got[suppression.Carrier] || !got[suppression.Complaint] {
		t.Errorf("START lifts only the guest's own words; in force: %v", got)
	}

	w.Clock.Add(time.Hour)
	w.Accept(venuetest.Wire{From: guest.E164(), To: w.Business.Sender.E164(), Body: "START", At: w.Clock.Now(), Answered: "START"})
	w.Hear()
	if got := w.Barred(guest); got[suppression.Carrier] || !got[suppression.Complaint] {
		t.Errorf("the carrier has taken START; in force: %v, want only the complaint", got)
	}
}

// What was barred after the START was written is not what the START is about.
func TestStartLiftsOnlyWhatIsOlder(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Says(guest, "START")
	w.Clock.Add(time.Minute)
	bar(w, suppression.OptOut) // the guest told staff at the door
	w.Hear()
	if !w.Barred(guest)[suppression.OptOut] {
		t.Error("an older START lifted a newer opt-out")
	}
}

func TestStartOfAStrangerJoinsNobody(t *testing.T) {
	w := venuetest.New(t)
	for _, body := range []string{"START", "YES", "join", "sign me up"} {
		w.Says(guest, body)
		w.Hear()
	}
	if s := w.Standing(guest); s.State != consent.Never {
		t.Errorf("standing %v, want never: no disclosure was shown", s.State)
	}
}

// A text that only may ask for more is not consent.
func TestLikelyOptInLiftsNothing(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Says(guest, "STOP")
	w.Hear()
	w.Clock.Add(time.Hour)
	w.Says(guest, "restart")
	w.Hear()
	if s := w.Standing(guest); s.State != consent.OptedOut || !w.Barred(guest)[suppression.OptOut] {
		t.Errorf("standing %v, barred %v", s.State, w.Barred(guest))
	}
}

func TestHelp(t *testing.T) {
	w := venuetest.New(t)
	w.Says(guest, "HELP")
	w.Hear()
	ms := w.Texts(guest, message.Help)
	if len(ms) != 1 || !strings.Contains(ms[0].Body, w.Business.Name) || !strings.Contains(ms[0].Body, w.Business.HelpContact) {
		t.Fatalf("a stranger's HELP is answered with %d texts: %v", len(ms), ms)
	}
	if r := w.Send(); r.Sent != 1 {
		t.Errorf("the answer was not sent: %+v", r)
	}
	w.Accept(venuetest.Wire{From: guest.E164(), To: w.Business.Sender.E164(), Body: "HELP", At: w.Clock.Now(), Answered: "HELP"})
	w.Hear()
	if n := len(w.Texts(guest, message.Help)); n != 1 {
		t.Errorf("%d answers, want none after the carrier's own", n)
	}
}

func TestConfirmationOnce(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	for range 3 {
		w.Says(guest, "STOP")
		w.Clock.Add(time.Second)
	}
	w.Hear()
	w.Says(guest, "STOP!!")
	w.Hear()
	if n := len(w.Texts(guest, message.Confirmation)); n != 1 {
		t.Errorf("%d confirmations of one opt-out, want 1", n)
	}
	w.Send()
	w.Clock.Add(time.Hour)
	w.Says(guest, "START")
	w.Hear()
	w.Clock.Add(time.Hour)
	w.Says(guest, "STOP")
	w.Hear()
	if n := len(w.Texts(guest, message.Confirmation)); n != 2 {
		t.Errorf("%d confirmations of two opt-outs, want 2", n)
	}
	if w.Send(); len(w.Carrier.Calls(message.Confirmation)) != 2 {
		t.Errorf("%d confirmations were sent, want 2", len(w.Carrier.Calls(message.Confirmation)))
	}
}

// Of two opt-outs the later was faster, and its confirmation has left: the
// earlier gets none.
func TestLateStopIsNotConfirmedAgain(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	early := w.Clock.Now()
	w.Clock.Add(time.Minute)
	w.Says(guest, "STOP")
	w.Hear()
	w.Send()
	w.Accept(venuetest.Wire{From: guest.E164(), To: w.Business.Sender.E164(), Body: "STOP", At: early})
	w.Hear()
	if n := len(w.Texts(guest, message.Confirmation)); n != 1 {
		t.Errorf("%d confirmations, want 1", n)
	}
}

func TestStopCancelsWhatIsPlanned(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Campaign()
	w.Says(guest, "STOP")
	w.Hear()
	if n := w.Tally(c.ID).ByReason[message.Reason{State: message.Cancelled, Code: "opted_out"}]; n != 1 {
		t.Errorf("%d texts are cancelled for the opt-out, want 1", n)
	}
	w.Send()
	if n := len(w.Carrier.Calls(message.Marketing)); n != 0 {
		t.Errorf("%d marketing texts after STOP", n)
	}
}

// Promise 13: order does not matter. The keyword overtaken by a STOP must not
// lift what the STOP began, also where the guest was barred before.
func TestPromise13LateOptInLiftsNothing(t *testing.T) {
	for _, barredBefore := range []bool{false, true} {
		w := venuetest.New(t)
		if barredBefore {
			w.Join(guest)
			w.Says(guest, "STOP")
			w.Hear()
			w.Clock.Add(time.Hour)
		}
		to := w.Business.Sender.E164()
		start := venuetest.Wire{ID: "start", From: guest.E164(), To: to, Body: "TACOS", At: w.Clock.Now()}
		w.Clock.Add(time.Minute)
		stop := venuetest.Wire{ID: "stop", From: guest.E164(), To: to, Body: "STOP", At: w.Clock.Now()}
		// The opt-in waits in the inbox when the STOP comes, and is acted on alone.
		w.Accept(start)
		w.Accept(stop)
		if _, err := w.Intake.Step(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if s := w.Standing(guest).State; s != consent.OptedOut || !w.Barred(guest)[suppression.OptOut] {
			t.Errorf("barred before %v: between the two events: standing %v, barred %v", barredBefore, s, w.Barred(guest))
		}
		w.Hear()
		if s := w.Standing(guest).State; s != consent.OptedOut || !w.Barred(guest)[suppression.OptOut] {
			t.Errorf("barred before %v: at the end: standing %v, barred %v", barredBefore, s, w.Barred(guest))
		}
		w.Send()
		if n := len(w.Carrier.Calls(message.Welcome)); n > 1 || n == 1 && !barredBefore {
			t.Errorf("barred before %v: %d welcomes", barredBefore, n)
		}
	}
}

// Whatever order webhooks come in and whenever the worker runs, a guest whose
// last word is STOP is opted out and barred, and one whose last word is the
// keyword and was heard last is not.
func TestPromise13AnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := venuetest.New(t)
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"STOP", "TACOS", "START", "see you", "HELP"}), 1, 7).Draw(t, "words")
		var xs []venuetest.Wire
		lastStop, lastJoin := -1, -1
		for i, body := range words {
			w.Clock.Add(time.Minute)
			xs = append(xs, venuetest.Wire{ID: fmt.Sprint(i), From: guest.E164(), To: w.Business.Sender.E164(), Body: body, At: w.Clock.Now()})
			switch body {
			case "STOP":
				lastStop = i
			case "TACOS":
				lastJoin = i
			}
		}
		stops := 0
		for _, x := range rapid.Permutation(xs).Draw(t, "order") {
			w.Accept(x)
			if x.Body == "STOP" {
				stops++
				if lastStop == len(words)-1 && x.ID == fmt.Sprint(lastStop) && !w.Barred(guest)[suppression.OptOut] {
					t.Fatalf("not barred as soon as STOP is kept")
				}
			}
			if rapid.Bool().Draw(t, "worker runs") {
				if _, err := w.Intake.Step(context.Background(), rapid.IntRange(1, 3).Draw(t, "n")); err != nil {
					t.Fatalf("Step: %v", err)
				}
			}
		}
		w.Hear()
		s := w.Standing(guest)
		if lastStop >= 0 && lastStop == len(words)-1 && (s.State != consent.OptedOut || !w.Barred(guest)[suppression.OptOut]) {
			t.Fatalf("the last word was STOP: standing %v, barred %v", s.State, w.Barred(guest))
		}
		if lastJoin > lastStop && s.State != consent.Active {
			t.Fatalf("the last word was TACOS: standing %v", s.State)
		}
		if n := len(w.Texts(guest, message.Confirmation)); n > stops {
			t.Fatalf("%d confirmations of %d opt-outs", n, stops)
		}
	})
}

// One event that breaks its transaction waits alone.
func TestPoisonHoldsUpNobody(t *testing.T) {
	w := venuetest.New(t)
	b, _ := w.Open("No Words", "NOWORDS", core.MustNumber("+15125550199"))
	w.Update(func(ctx context.Context, tx store.Tx) error { // a keyword without a disclosure cannot join
		return tx.Accounts.AddKeyword(ctx, account.Keyword{Word: "BROKEN", Business: b.ID, Number: b.Sender, Code: "broken"})
	})
	w.Says(venuetest.Guest(1), "TACOS")
	bad := w.Accept(venuetest.Wire{From: guest.E164(), To: b.Sender.E164(), Body: "BROKEN", At: w.Clock.Now()})
	w.Says(venuetest.Guest(2), "TACOS")
	r, err := w.Intake.Step(t.Context(), 100)
	if err != nil || r.OptedIn != 2 || r.Handled != 2 || r.Postponed != 1 {
		t.Errorf("Step: %+v, %v; want two joined, one put off", r, err)
	}
	if n := w.Notes()[bad]; !strings.Contains(n, "internal") || strings.Contains(n, "BROKEN") {
		t.Errorf("note %q", n)
	}
	var waiting []inbox.Stored
	w.Clock.Add(3 * time.Second)
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var err error
		waiting, err = tx.Inbox.Next(ctx, w.Clock.Now(), 10)
		return err
	})
	if len(waiting) != 1 || waiting[0].ID != bad || waiting[0].Attempts != 1 {
		t.Errorf("%v waits, want the bad event after one attempt", waiting)
	}
}

func TestStoreAwayIsNotPoison(t *testing.T) {
	for _, k := range []core.Kind{core.Unavailable, core.Ambiguous} {
		w := venuetest.New(t)
		w.Says(guest, "TACOS")
		w.Store.Fail(func() error { return core.E("store", k, "away") }, nil)
		if _, err := w.Intake.Step(t.Context(), 10); !errors.Is(err, k) {
			t.Errorf("Step: %v, want %v", err, k)
		}
		w.Store.Fail(nil, nil)
		if r := w.Hear(); r.OptedIn != 1 {
			t.Errorf("after the store is back: %+v", r)
		}
	}
}

func history(w *venuetest.World, n core.Number) []consent.Event {
	var es []consent.Event
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var err error
		es, err = tx.Consent.History(ctx, w.Pair(n))
		return err
	})
	return es
}

func standing(w *venuetest.World, p core.Pair) consent.Standing {
	var s consent.Subscriber
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var err error
		s, err = tx.Consent.Subscriber(ctx, p)
		return err
	})
	return s.Standing
}

// bar adds entries against the guest.
func bar(w *venuetest.World, rs ...suppression.Reason) {
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var es []suppression.Entry
		for _, r := range rs {
			es = append(es, suppression.Entry{ID: core.SuppressionID(w.IDs.New()), Business: w.Business.ID, Number: guest, Reason: r, Source: "test", At: w.Clock.Now()})
		}
		return tx.Suppression.Add(ctx, es)
	})
}
