package intake_test

import (
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/suppression"
)

func TestReceiptsInAnyOrder(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Campaign()
	w.Send()
	m := w.Texts(guest, message.Marketing)[0]
	for _, s := range []message.State{message.Delivered, message.Sent, message.Delivered} {
		w.Accept(venuetest.Wire{Kind: "receipt", Token: m.Token(), State: s, At: w.Clock.Now()})
	}
	if r := w.Hear(); r.Receipts == 0 {
		t.Errorf("no receipts: %+v", r)
	}
	if n := w.Tally(c.ID).ByState[message.Delivered]; n != 1 {
		t.Errorf("delivered %d, want 1: a late receipt for sent undoes nothing", n)
	}
}

func TestUnmatchedReceiptWaits(t *testing.T) {
	w := venuetest.New(t)
	receipt := venuetest.Wire{Kind: "receipt", CarrierID: "out-1", State: message.Delivered, At: w.Clock.Now()}
	// The same words in two webhooks: both wait, neither is taken for the other.
	a, b := w.Accept(receipt), w.Accept(receipt)
	if r := w.Hear(); r.Postponed != 2 || r.Handled != 0 {
		t.Errorf("a receipt before its message: %+v, want both put off", r)
	}
	w.Says(guest, "HELP")
	w.Hear()
	w.Send() // out-1
	w.Clock.Add(5 * time.Second)
	w.Hear()
	if s := w.Texts(guest, message.Help)[0].State; s != message.Delivered {
		t.Errorf("the answer is %v, want delivered", s)
	}
	for _, id := range []string{a, b} {
		if n := w.Notes()[id]; n != "receipt: delivered" {
			t.Errorf("note %q", n)
		}
	}
	lost := w.Accept(venuetest.Wire{Kind: "receipt", CarrierID: "nobody's", State: message.Delivered, At: w.Clock.Now()})
	for range 12 {
		w.Hear()
		w.Clock.Add(10 * time.Minute)
	}
	if n := w.Notes()[lost]; n != "receipt of no message of ours" {
		t.Errorf("note %q", n)
	}
}

func TestReceiptOfACarriersBlock(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Campaign()
	w.Send()
	next := w.Campaign()
	m := w.Texts(guest, message.Marketing)[1]
	w.Accept(venuetest.Wire{Kind: "receipt", Token: m.Token(), State: message.Undelivered, Code: "40300", OptedOut: true, At: w.Clock.Now()})
	w.Hear()
	if !w.Barred(guest)[suppression.Carrier] || w.Standing(guest).State != consent.OptedOut {
		t.Errorf("barred %v, standing %v", w.Barred(guest), w.Standing(guest).State)
	}
	if n := w.Tally(next.ID).ByState[message.Cancelled]; n != 1 {
		t.Errorf("%d planned texts are cancelled, want 1", n)
	}
}

// A receipt may come without our token, by the profile's address: the carrier's
// own id says whose it is.
func TestReceiptOfACarriersBlockWithoutToken(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Campaign()
	w.Send()
	m := w.Texts(guest, message.Marketing)[0]
	w.Accept(venuetest.Wire{Kind: "receipt", CarrierID: m.CarrierID, State: message.Undelivered, Code: "40300", OptedOut: true, At: w.Clock.Now()})
	w.Hear()
	if !w.Barred(guest)[suppression.Carrier] || w.Standing(guest).State != consent.OptedOut {
		t.Errorf("barred %v, standing %v", w.Barred(guest), w.Standing(guest).State)
	}
}
