package intake_test

import (
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/suppression"
)

// A guest comes back and leaves again within a minute, and the machine that
// takes the STOP in has a clock that lags behind: the carrier's clock says which
// word was the last.
func TestOptOutTakenInByALaggingClock(t *testing.T) {
	w, g := venuetest.New(t), venuetest.Guest(0)
	w.Join(g)
	w.Clock.Add(time.Hour)
	w.Says(g, "STOP")
	w.Hear()
	w.Clock.Add(time.Hour)
	start := w.Clock.Now()
	w.Says(g, "START") // kept, and not acted on before the next one comes
	w.Clock.Add(-time.Minute)
	w.Accept(venuetest.Wire{From: g.E164(), To: w.Business.Sender.E164(), Body: "STOP", At: start.Add(10 * time.Second)})
	if s := w.Standing(g); s.State != consent.OptedOut {
		t.Errorf("the guest stands as %v when the STOP is acknowledged", s.State)
	}
	w.Clock.Add(2 * time.Minute)
	w.Hear()
	if s := w.Standing(g); s.State != consent.OptedOut || len(w.Barred(g)) == 0 {
		t.Errorf("the guest stands as %v, barred by %v; the last word was STOP", s.State, w.Barred(g))
	}
}

// A carrier's clock that is far off is not believed: nobody is to be held to a
// word from next year.
func TestTextFromTheFuture(t *testing.T) {
	w, g := venuetest.New(t), venuetest.Guest(0)
	w.Accept(venuetest.Wire{From: g.E164(), To: w.Business.Sender.E164(), Body: "TACOS", At: w.Clock.Now().AddDate(1, 0, 0)})
	w.Hear()
	if s := w.Standing(g); s.State != consent.Active || s.Since.After(w.Clock.Now()) {
		t.Errorf("the guest stands as %v since %v, and it is %v", s.State, s.Since, w.Clock.Now())
	}
}

// The carrier refuses a guest, and the machine that hears so has a clock that
// lags: it dates the block before the word by which the guest joined. The guest
// is blocked all the same, and must not show as one who may be texted.
func TestCarriersBlockHeardByALaggingClock(t *testing.T) {
	w, g := venuetest.New(t), venuetest.Guest(0)
	w.Join(g)
	w.Clock.Add(time.Hour)
	joined := w.Clock.Now()
	w.Says(g, "STOP")
	w.Hear()
	w.Clock.Add(time.Minute)
	w.Says(g, "TACOS")
	w.Hear()
	w.Campaign()
	m := w.Texts(g, message.Marketing)[0]
	w.Clock.Add(-time.Hour)
	w.Accept(venuetest.Wire{Kind: "receipt", Token: m.Token(), State: message.Undelivered, Code: "40300", OptedOut: true, At: w.Clock.Now()})
	w.Hear()
	if s := w.Standing(g); s.State != consent.OptedOut || s.Since.Before(joined) || !w.Barred(g)[suppression.Carrier] {
		t.Errorf("the guest stands as %v since %v, barred by %v; the carrier blocks", s.State, s.Since, w.Barred(g))
	}
}
