package venuetest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// Whatever guests, staff and the carrier do: each fact in the stores has its
// record, with what the fact says, and each record has its fact.
func TestEveryFactHasItsRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := venuetest.New(t)
		w.Dispatch.Settings.Concurrency = 1 // what the carrier says is drawn in the order of its calls
		h := &history{w: w, receipts: map[core.MessageID]int{}}
		for i := range 5 {
			h.guests = append(h.guests, venuetest.Guest(i*99+1))
		}
		w.Carrier.Answer = h.carrier(t)
		for _, g := range h.guests[:3] {
			w.Says(g, "TACOS "+w.Disclosure.Ref)
		}
		w.Hear()
		for range rapid.IntRange(1, 25).Draw(t, "acts") {
			h.act(t)
		}
		w.Carrier.Answer = nil
		h.check(t)
	})
}

type history struct {
	w        *venuetest.World
	guests   []core.Number
	moves    int  // by staff
	died     bool // the worker, in its last step
	receipts map[core.MessageID]int
}

var words = []string{"STOP", "stop texting me", "TACOS", "START", "HELP", "please no more of this", "see you at 8", "\xff\xfe STOP", "STOP"}

// carrier takes most texts, and fails in every way that it knows.
func (h *history) carrier(t *rapid.T) func(message.Message, int) error {
	answers := rapid.SliceOfN(rapid.IntRange(0, 9), 8, 8).Draw(t, "carrier")
	return func(_ message.Message, nth int) error {
		switch answers[nth%len(answers)] {
		case 0:
			return core.E("carrier", core.Ambiguous, "cut off")
		case 1:
			return core.E("carrier", core.Unavailable, "busy")
		case 2:
			return core.E("carrier", core.Invalid, "no such number")
		case 3:
			return &core.Error{Op: "carrier", Kind: core.Invalid, Code: "40300", Msg: "blocked"}
		case 4: // the worker dies with the answer in its hands
			h.died = true
			h.w.Store.Fail(func() error { return core.E("store", core.Internal, "dead") }, nil)
		}
		return nil
	}
}

func (h *history) act(t *rapid.T) {
	w, guest := h.w, rapid.SampledFrom(h.guests).Draw(t, "guest")
	staff := w.Launch.As(core.UserID{1})
	switch rapid.IntRange(0, 7).Draw(t, "act") {
	case 0, 1:
		w.Says(guest, rapid.SampledFrom(words).Draw(t, "words"))
	case 2:
		w.Hear()
	case 3:
		c := w.Approve()
		h.moves++
		w.Plan(c.ID)
		move := rapid.SampledFrom([]func(context.Context, core.BusinessID, core.CampaignID) error{staff.Pause, staff.Cancel, nil, nil}).Draw(t, "move")
		if move != nil && move(context.Background(), w.Business.ID, c.ID) == nil {
			h.moves++
		}
	case 4, 5:
		_, err := w.Dispatch.Step(context.Background())
		if err != nil && !h.died {
			t.Fatal(err)
		}
		h.died = false
		w.Store.Fail(nil, nil)
	case 6:
		if ms := w.Texts(guest, message.NoClass); len(ms) > 0 && ms[0].Attempt > 0 {
			w.Accept(venuetest.Wire{Kind: "receipt", Token: ms[0].Token(), State: message.Delivered, At: w.Clock.Now()})
			h.receipts[ms[0].ID]++
		}
	case 7:
		w.Clock.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "hours")) * time.Hour)
		if _, err := w.Dispatch.Lapse(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Add(time.Second)
}

func (h *history) check(t *rapid.T) {
	h.w.Hear()
	for _, g := range h.guests {
		h.consent(t, g)
		for _, m := range h.w.Texts(g, message.NoClass) {
			h.text(t, m)
		}
	}
	h.w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.Unsealed(ctx, 10000)
		known := map[core.RecordID]bool{}
		for _, g := range h.guests {
			of, err := tx.Evidence.OfPair(ctx, h.w.Pair(g), core.RecordID{}, 10000)
			if err != nil {
				return err
			}
			for _, r := range of {
				known[r.ID] = true
			}
		}
		if rest := len(rs) - len(known); rest != h.moves {
			t.Fatalf("%d records are of no guest, and staff did %d things", rest, h.moves)
		}
		return err
	})
}

func of(t *rapid.T, w *venuetest.World, g core.Number) (rs []evidence.Record, es []consent.Event) {
	w.Update(func(ctx context.Context, tx store.Tx) error {
		var err, err2 error
		rs, err = tx.Evidence.OfPair(ctx, w.Pair(g), core.RecordID{}, 10000)
		es, err2 = tx.Consent.History(ctx, w.Pair(g))
		return errors.Join(err, err2)
	})
	for _, r := range rs {
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
	}
	return rs, es
}

// consent compares events and their records, and who is barred with why.
func (h *history) consent(t *rapid.T, g core.Number) {
	rs, es := of(t, h.w, g)
	byID := map[core.RecordID]evidence.Record{}
	records := 0
	for _, r := range rs {
		byID[r.ID] = r
		b, err := evidence.ParseRevocation(r)
		if r.Kind == evidence.KindConsent || err == nil && b.Act == "revoked" {
			records++
		}
	}
	if records != len(es) {
		t.Fatalf("%d consent events of %v have %d records", len(es), g, records)
	}
	out := false
	for _, e := range es {
		r, ok := byID[core.RecordID(e.ID)]
		if !ok {
			t.Fatalf("the %v of %v has no record", e.Kind, g)
		}
		out = out || e.Kind == consent.Revoked || e.Kind == consent.Doubted
		if e.Kind == consent.Revoked {
			b, err := evidence.ParseRevocation(r)
			if err != nil || b.Said != e.Evidence.RawText || b.Rule != e.Evidence.Rule || !b.Received.Equal(e.At) || !b.Effective.Equal(e.Recorded) || b.CarrierID != e.Evidence.CarrierID {
				t.Fatalf("the opt-out %+v is on record as %+v, %v", e, b, err)
			}
			continue
		}
		b, err := evidence.ParseConsent(r)
		if err != nil || b.Said != e.Evidence.RawText || b.To != e.Evidence.To.E164() || b.CarrierID != e.Evidence.CarrierID || !b.Received.Equal(e.At) {
			t.Fatalf("the %v %+v is on record as %+v, %v", e.Kind, e, b, err)
		}
		if e.Kind == consent.Granted && (b.Disclosure == nil || b.Disclosure.Text == "" || b.Disclosure.Version != e.Evidence.Disclosure.String()) {
			t.Fatalf("the opt-in of %v is on record without the words shown: %+v", g, b.Disclosure)
		}
	}
	if len(h.w.Barred(g)) > 0 && !out {
		t.Fatalf("%v is barred, and nothing on record says why", g)
	}
}

// text compares a text's story with its records.
func (h *history) text(t *rapid.T, m message.Message) {
	var decisions, sends, outcomes, receipts int
	handed := map[int]bool{}
	rs, _ := of(t, h.w, m.To)
	for _, r := range rs {
		if r.Message != m.ID {
			continue
		}
		switch r.Kind {
		case evidence.KindDecision:
			d, err := evidence.ParseDecision(r)
			if err != nil || d.TextSHA256 != evidence.TextHash(m.Body) || r.Campaign != m.Campaign {
				t.Fatalf("a decision on record: %+v, %v", d, err)
			}
			if decisions++; d.Verdict == "send" {
				sends++
			}
		case evidence.KindSubmission:
			s, err := evidence.ParseSubmission(r)
			if err != nil {
				t.Fatal(err)
			}
			outcomes++
			handed[s.Attempt] = true
		case evidence.KindReceipt:
			receipts++
		}
	}
	if m.State == message.Blocked && decisions == 0 {
		t.Fatalf("a text was refused, and no decision is on record: %+v", m)
	}
	if m.Attempt > sends {
		t.Fatalf("a text was handed over %d times on %d decisions that it may", m.Attempt, sends)
	}
	for n := 1; n <= m.Attempt; n++ {
		// Of the last attempt a receipt may be the first word.
		if last := n == m.Attempt; !handed[n] && !(last && (m.State == message.Sending || receipts > 0)) {
			t.Fatalf("what became of attempt %d of %d is on no record; the text is %v", n, m.Attempt, m.State)
		}
	}
	if receipts != h.receipts[m.ID] {
		t.Fatalf("%d receipts came, %d are on record", h.receipts[m.ID], receipts)
	}
}
