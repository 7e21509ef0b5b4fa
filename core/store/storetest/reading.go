package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

func (s *suite) recent(since time.Time, pairs ...core.Pair) (got map[core.Pair][]time.Time) {
	s.Helper()
	s.view(func(ctx context.Context, tx store.Tx) (err error) {
		got, err = tx.Messages.Recent(ctx, pairs, since)
		return err
	})
	return got
}

func testRecent(s *suite) {
	b, other := newBusiness(), newBusiness()
	send := func(b core.BusinessID, i, minute int, o *message.Outcome, class message.Class) message.Message {
		m := planned(b, newCampaignID(), i)
		m.Class, m.Due = class, at(minute)
		s.plan(m)
		s.sending(at(minute), m)
		if o != nil {
			o.At = at(minute + 1)
			s.finish(m, *o)
		}
		return m
	}
	send(b, 1, 0, nil, message.Marketing)                                                     // on its way: counts from its decision
	send(b, 1, 10, &message.Outcome{State: message.Sent}, message.Marketing)                  // from when it went out: 11
	send(b, 1, 20, &message.Outcome{State: message.Unknown}, message.Marketing)               // may have gone out: 21
	send(b, 1, 30, &message.Outcome{State: message.Failed}, message.Marketing)                // did not
	send(b, 1, 40, &message.Outcome{State: message.Planned, Due: at(500)}, message.Marketing) // did not
	send(b, 1, 50, &message.Outcome{State: message.Sent}, message.Confirmation)               // no marketing
	delivered := send(b, 1, 60, &message.Outcome{State: message.Sent, CarrierID: "c"}, message.Marketing)
	s.settle(message.Receipt{Token: delivered.Token(), State: message.Undelivered, At: at(70)}) // 61
	s.plan(planned(b, newCampaignID(), 1))                                                      // waits
	send(other, 1, 0, nil, message.Marketing)
	send(b, 2, 5, nil, message.Marketing)

	// When an unknown text counts from, its decision or its outcome, is the store's choice.
	got := s.recent(t0, pairOf(b, 1), pairOf(b, 1), pairOf(b, 2), pairOf(b, 3))
	s.equal("guest 1, newest first", got[pairOf(b, 1)], []time.Time{at(61), at(21), at(11), at(0)})
	s.equal("guest 2", got[pairOf(b, 2)], []time.Time{at(5)})
	s.equal("guest 3", len(got[pairOf(b, 3)]), 0)
	s.equal("at or after since", s.recent(at(11), pairOf(b, 1))[pairOf(b, 1)], []time.Time{at(61), at(21), at(11)})
	s.equal("after since", len(s.recent(at(62), pairOf(b, 1))[pairOf(b, 1)]), 0)

	lapsed := send(b, 4, 0, nil, message.Marketing)
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Lapse(ctx, at(30), 100)
		return err
	})
	s.equal("lapsed", len(s.recent(t0, lapsed.Pair())[lapsed.Pair()]), 1)
}

// Many campaigns want a guest's last slots at once. Counting under the lock,
// no more than the cap get one.
func testCaps(s *suite) {
	b := newBusiness()
	s.append(granted(b, 1, -100))
	const writers, limit = 8, 2
	for _, p := range []core.Pair{pairOf(b, 1), pairOf(b, 2)} { // a subscriber, and one who is not there
		ms := make([]message.Message, writers)
		for w := range ms {
			ms[w] = planned(b, newCampaignID(), 1)
			ms[w].To = p.Number
		}
		s.plan(ms...)
		s.parallel(writers, func(w int) error {
			return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
				if _, err := tx.Consent.Lock(ctx, []core.Pair{p}); err != nil {
					return err
				}
				recent, err := tx.Messages.Recent(ctx, []core.Pair{p}, at(-1000))
				if err != nil || len(recent[p]) >= limit {
					return err
				}
				_, err = tx.Messages.Record(ctx, toSending(t0, ms[w:w+1]))
				return err
			})
		})
		if n := len(s.recent(at(-1000), p)[p]); n != limit {
			s.Errorf("%d texts under a cap of %d", n, limit)
		}
	}
}

func testReports(s *suite) {
	b, c := newBusiness(), newCampaignID()
	ms := make([]message.Message, 8)
	for i := range ms {
		ms[i] = planned(b, c, i)
	}
	s.plan(ms...)
	elsewhere := planned(b, newCampaignID(), 1)
	s.plan(elsewhere)
	s.sending(t0, ms[0], ms[1])
	s.finish(ms[0], message.Outcome{State: message.Sent, CarrierID: "c-0", At: at(1)})
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Record(ctx, []message.Verdict{
			{Business: b, Message: ms[2].ID, State: message.Blocked, Reason: "opted_out", At: t0},
			{Business: b, Message: ms[3].ID, State: message.Blocked, Reason: "opted_out", At: t0},
			{Business: b, Message: ms[4].ID, State: message.Blocked, Reason: "no_consent", At: t0},
		})
		return err
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		t, err := tx.Messages.Tally(ctx, b, c)
		s.equal("ByState", t.ByState, map[message.State]int{message.Sent: 1, message.Sending: 1, message.Blocked: 3, message.Planned: 3})
		s.equal("opted out", t.ByReason[message.Reason{State: message.Blocked, Code: "opted_out"}], 2)
		s.equal("no consent", t.ByReason[message.Reason{State: message.Blocked, Code: "no_consent"}], 1)
		s.equal("Audience", t.Audience(), 8)
		all, err4 := tx.Messages.Tallies(ctx, b, []core.CampaignID{c, elsewhere.Campaign, newCampaignID()})
		s.equal("Tallies", []int{len(all), all[c].Audience(), all[elsewhere.Campaign].Audience()}, []int{2, 8, 1})
		if err4 != nil {
			return err4
		}

		people := func(q message.PeopleQuery, n int) (got []int) {
			list, err := tx.Messages.People(ctx, b, c, q, n)
			if err != nil {
				s.Fatalf("People: %v", err)
			}
			for _, m := range list {
				got = append(got, int(m.To.Digits()-guest(0).Digits()))
			}
			return got
		}
		s.equal("everybody", people(message.PeopleQuery{}, 100), []int{0, 1, 2, 3, 4, 5, 6, 7})
		s.equal("first page", people(message.PeopleQuery{}, 3), []int{0, 1, 2})
		s.equal("next page", people(message.PeopleQuery{After: ms[2].ID}, 3), []int{3, 4, 5})
		s.equal("by state", people(message.PeopleQuery{States: []message.State{message.Sent, message.Blocked}}, 100), []int{0, 2, 3, 4})
		s.equal("by reason", people(message.PeopleQuery{Reason: "opted_out"}, 100), []int{2, 3})
		s.equal("who stands apart", people(message.PeopleQuery{States: []message.State{message.Blocked, message.Failed}}, 2), []int{2, 3})
		s.equal("who stands apart, next page", people(message.PeopleQuery{States: []message.State{message.Blocked, message.Failed}, After: ms[3].ID}, 2), []int{4})
		s.equal("by a reason that nobody has", people(message.PeopleQuery{Reason: "no_such"}, 100), []int(nil))

		thread, err2 := tx.Messages.ForPair(ctx, pairOf(b, 1), 10)
		s.equal("ForPair, newest first", idsOf(thread), []core.MessageID{elsewhere.ID, ms[1].ID})
		last, err3 := tx.Messages.ForPair(ctx, pairOf(b, 1), 1)
		s.equal("ForPair, the last", idsOf(last), []core.MessageID{elsewhere.ID})
		return errors.Join(err, err2, err3)
	})
}

func idsOf(ms []message.Message) []core.MessageID {
	out := make([]core.MessageID, len(ms))
	for i, m := range ms {
		out[i] = m.ID
	}
	return out
}
