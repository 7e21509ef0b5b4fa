package storetest

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// onItsWay plans a message and records it as Sending, attempt 1.
func (s *suite) onItsWay(b core.BusinessID, i int) message.Message {
	s.Helper()
	m := planned(b, newCampaignID(), i)
	s.plan(m)
	s.sending(t0, m)
	return m
}

func testFinish(s *suite) {
	b := newBusiness()
	sent, failed, lost, back, fenced := s.onItsWay(b, 1), s.onItsWay(b, 2), s.onItsWay(b, 3), s.onItsWay(b, 4), s.onItsWay(b, 5)

	s.equal("Sent", len(s.finish(sent, message.Outcome{State: message.Sent, CarrierID: "c-1", At: at(1)})), 1)
	got := s.message(b, sent.ID)
	s.equal("Sent", []any{got.State, got.CarrierID, got.Submitted, got.Attempt}, []any{message.Sent, "c-1", at(1), 1})

	s.equal("Failed", len(s.finish(failed, message.Outcome{State: message.Failed, Code: "40310", Reason: "not_a_number", At: at(1)})), 1)
	got = s.message(b, failed.ID)
	s.equal("Failed", []any{got.State, got.Code, got.Reason, got.Settled}, []any{message.Failed, "40310", "not_a_number", at(1)})

	s.equal("Unknown", len(s.finish(lost, message.Outcome{State: message.Unknown, Reason: "no_answer", At: at(1)})), 1)
	s.equal("Unknown", s.message(b, lost.ID).State, message.Unknown)
	s.equal("learned later", len(s.finish(lost, message.Outcome{State: message.Sent, CarrierID: "c-3", At: at(2)})), 1)
	s.equal("learned later", s.message(b, lost.ID).State, message.Sent)

	s.equal("put back", len(s.finish(back, message.Outcome{State: message.Planned, Due: at(9), At: at(1)})), 1)
	got = s.message(b, back.ID)
	s.equal("put back", []any{got.State, got.Due, got.Attempt}, []any{message.Planned, at(9), 1})

	s.equal("of another attempt", len(s.finish(fenced, message.Outcome{Attempt: 2, State: message.Sent, CarrierID: "c-9", At: at(1)})), 0)
	got = s.message(b, fenced.ID)
	s.equal("of another attempt", []any{got.State, got.CarrierID}, []any{message.Sending, ""})

	// What is not on its way has no outcome.
	waiting := planned(b, newCampaignID(), 6)
	s.plan(waiting)
	s.finish(waiting, message.Outcome{Attempt: 0, State: message.Sent, CarrierID: "c-6", At: at(1)})
	s.equal("a planned message", s.message(b, waiting.ID), waiting)
	s.finish(failed, message.Outcome{State: message.Sent, At: at(3)})
	s.equal("a failed message", s.message(b, failed.ID).State, message.Failed)
}

// A worker that was given up must not bring its message back: Lapse makes it
// Unknown, and only a receipt or the carrier's word settles that.
func testLapse(s *suite) {
	b := newBusiness()
	a, c, fresh := s.onItsWay(b, 1), s.onItsWay(b, 2), planned(b, newCampaignID(), 3)
	s.plan(fresh)
	s.sending(at(5), fresh) // its lease is at(6)
	lapse := func(minute, n int) (lapsed []message.Message) {
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			lapsed, err = tx.Messages.Lapse(ctx, at(minute), n)
			return err
		})
		return lapsed
	}
	s.equal("at the instant of the lease", len(lapse(1, 10)), 0)
	one, other := lapse(2, 1), lapse(2, 10)
	if len(one) != 1 || len(other) != 1 {
		s.Fatalf("%d and %d lapsed, want one each", len(one), len(other))
	}
	if one[0].ID == c.ID {
		one, other = other, one
	}
	named := func(m message.Message) message.Message {
		return message.Message{Business: m.Business, ID: m.ID, Campaign: m.Campaign, To: m.To, Attempt: 1}
	}
	s.equal("what lapsed", []message.Message{one[0], other[0]}, []message.Message{named(a), named(c)})
	s.equal("no more", len(lapse(2, 10)), 0)
	s.equal("states", []message.State{s.message(b, a.ID).State, s.message(b, c.ID).State, s.message(b, fresh.ID).State},
		[]message.State{message.Unknown, message.Unknown, message.Sending})
	s.update(func(ctx context.Context, tx store.Tx) error {
		claimed, err := tx.Messages.Claim(ctx, at(1000), 10)
		s.equal("claimed", len(claimed), 0)
		return err
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		due, unknown, err := tx.Messages.Backlog(ctx, at(1000))
		s.equal("Backlog", [2]int{due, unknown}, [2]int{0, 2})
		return err
	})
	// The worker awakes.
	s.finish(a, message.Outcome{State: message.Planned, Due: at(3), At: at(3)})
	s.equal("put back by a worker that was given up", s.message(b, a.ID).State, message.Unknown)
	s.update(func(ctx context.Context, tx store.Tx) error {
		written, err := tx.Messages.Record(ctx, []message.Verdict{{Business: b, Message: a.ID, Attempt: 1, State: message.Planned, Due: at(3), At: at(3)}})
		s.equal("recorded on an unknown one", len(written), 0)
		return err
	})
	s.equal("learned by it", len(s.finish(c, message.Outcome{State: message.Sent, CarrierID: "c-2", At: at(3)})), 1)
	s.equal("learned by it", s.message(b, c.ID).State, message.Sent)
}

func testSettle(s *suite) {
	b := newBusiness()
	byToken, byCarrier := s.onItsWay(b, 1), s.onItsWay(b, 2)
	s.finish(byToken, message.Outcome{State: message.Sent, CarrierID: "c-1", At: at(1)})
	s.finish(byCarrier, message.Outcome{State: message.Sent, CarrierID: "c-2", At: at(1)})
	stranger := planned(newBusiness(), newCampaignID(), 1)
	unmatched := []message.Receipt{
		{CarrierID: "c-404", State: message.Delivered, At: at(2)},
		{Token: stranger.Token(), State: message.Delivered, At: at(2)},
		{Token: "not a token", State: message.Delivered, At: at(2)},
	}
	got := s.settle(append(unmatched,
		message.Receipt{Token: byToken.Token(), State: message.Delivered, At: at(2)},
		message.Receipt{CarrierID: "c-2", State: message.Undelivered, Code: "40001", At: at(3)})...)
	s.equal("unmatched", got, unmatched)
	m := s.message(b, byToken.ID)
	s.equal("Delivered", []any{m.State, m.Settled, m.CarrierID}, []any{message.Delivered, at(2), "c-1"})
	m = s.message(b, byCarrier.ID)
	s.equal("Undelivered", []any{m.State, m.Settled, m.Code}, []any{message.Undelivered, at(3), "40001"})

	// Twice, and late: nothing changes and nothing is unmatched.
	got = s.settle(message.Receipt{Token: byToken.Token(), State: message.Delivered, At: at(9)}, message.Receipt{CarrierID: "c-2", State: message.Sent, At: at(9)})
	s.equal("unmatched the second time", len(got), 0)
	s.equal("settled the second time", s.message(b, byToken.ID).Settled, at(2))
	s.equal("after an old receipt", s.message(b, byCarrier.ID).State, message.Undelivered)

	// Several about one message in one batch, in the wrong order.
	mixed := s.onItsWay(b, 3)
	s.settle(
		message.Receipt{Token: mixed.Token(), State: message.Sent, At: at(1)},
		message.Receipt{Token: mixed.Token(), State: message.Unconfirmed, At: at(2)},
		message.Receipt{Token: mixed.Token(), State: message.Delivered, At: at(3)},
		message.Receipt{Token: mixed.Token(), State: message.Sent, At: at(1)},
	)
	m = s.message(b, mixed.ID)
	s.equal("after four receipts", []any{m.State, m.Settled}, []any{message.Delivered, at(3)})
}

// For every state and receipt: the message moves where State.Settles allows it,
// and stays otherwise.
func testSettleMay(s *suite) {
	b := newBusiness()
	i := 0
	to := []message.State{message.Sent, message.Delivered, message.Undelivered, message.Unconfirmed}
	s.property(func(d *dice) {
		i++
		m := planned(b, newCampaignID(), i%5000)
		s.plan(m)
		state, attempt := message.Planned, 0
		if d.yes() {
			s.sending(t0, m)
			state, attempt = message.Sending, 1
			if d.yes() {
				s.finish(m, message.Outcome{State: message.Planned, Due: at(9), At: t0})
				state = message.Planned
			}
		}
		if d.yes() && state == message.Planned {
			s.update(func(ctx context.Context, tx store.Tx) error {
				_, err := tx.Messages.CancelCampaign(ctx, b, m.Campaign, "test", t0, 1)
				return err
			})
			state = message.Cancelled
		}
		var rs []message.Receipt
		for range d.n(1, 4) {
			r := message.Receipt{Token: m.Token(), State: pick(d, to), At: at(1)}
			if state.Settles(attempt, r.State) {
				state = r.State
			}
			rs = append(rs, r)
		}
		if un := s.settle(rs...); len(un) > 0 {
			s.Fatalf("%d receipts of a known message unmatched", len(un))
		}
		if got := s.message(b, m.ID).State; got != state {
			s.Fatalf("state %v, want %v", got, state)
		}
	})
}

// A receipt may overtake the answer to the send.
func testSettleBeforeFinish(s *suite) {
	b := newBusiness()
	m := s.onItsWay(b, 1)
	s.equal("unmatched", len(s.settle(message.Receipt{Token: m.Token(), State: message.Delivered, At: at(1)})), 0)
	s.finish(m, message.Outcome{State: message.Sent, CarrierID: "c-1", At: at(2)})
	got := s.message(b, m.ID)
	s.equal("state and carrier's id", []any{got.State, got.CarrierID}, []any{message.Delivered, "c-1"})

	// The carrier's id is filled in where it is missing, and only there.
	s.finish(m, message.Outcome{State: message.Unknown, CarrierID: "c-2", At: at(3)})
	got = s.message(b, m.ID)
	s.equal("after another outcome", []any{got.State, got.CarrierID}, []any{message.Delivered, "c-1"})
	s.equal("unmatched by carrier's id", len(s.settle(message.Receipt{CarrierID: "c-1", State: message.Delivered, At: at(4)})), 0)

	// The answer is lost for good: the lease runs out, and the receipt settles it.
	lost := s.onItsWay(b, 2)
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Lapse(ctx, at(5), 10)
		return err
	})
	s.settle(message.Receipt{Token: lost.Token(), CarrierID: "c-3", State: message.Delivered, At: at(6)})
	s.equal("a lost one", s.message(b, lost.ID).State, message.Delivered)
}
