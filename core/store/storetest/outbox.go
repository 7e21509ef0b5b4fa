package storetest

import (
	"context"
	"errors"
	"sync"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

func testPlan(s *suite) {
	b, c := newBusiness(), newCampaignID()
	m := planned(b, c, 1)
	m.Media = []string{"https://lunas.example/a.jpg?x=1", "https://lunas.example/b.jpg"}
	m.Body = "Peña 🌮 '?' \\ \"quoted\"\nnew line"
	answer := message.Message{
		ID: newMessageID(), Business: b, To: guest(1), From: guest(9000), Class: message.Confirmation, Body: "You're out", Segments: 1,
		Key: message.AnswerKey("telnyx:1", message.Confirmation), Answers: at(-1), State: message.Planned, Due: t0, Planned: t0, NotAfter: at(5),
	}
	s.plan(m, answer)
	s.equal("the message as it was planned", s.message(b, m.ID), m)
	s.equal("the answer as it was planned", s.message(b, answer.ID), answer)

	// The same key again, with another id and another body, changes nothing.
	again := m
	again.ID, again.Body = newMessageID(), "other words"
	elsewhere := m
	elsewhere.ID, elsewhere.Business = newMessageID(), newBusiness()
	fresh := planned(b, c, 2)
	s.update(func(ctx context.Context, tx store.Tx) error {
		n, err := tx.Messages.Plan(ctx, []message.Message{again, m, fresh, fresh, elsewhere})
		s.equal("added", n, 2)
		return err
	})
	s.equal("the message after it was planned again", s.message(b, m.ID), m)
	s.view(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Message(ctx, b, again.ID)
		s.kind("the second message of one key", err, core.NotFound)
		return nil
	})

	// A thousand writers of one page leave one page.
	s.parallel(4, func(int) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			var page []message.Message
			for i := 10; i < 30; i++ {
				page = append(page, planned(b, c, i))
			}
			_, err := tx.Messages.Plan(ctx, page)
			return err
		})
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		t, err := tx.Messages.Tally(ctx, b, c)
		s.equal("audience", t.Audience(), 22)
		return err
	})
}

func testClaimOrder(s *suite) {
	b, c := newBusiness(), newCampaignID()
	late, early, future := planned(b, c, 1), planned(b, c, 2), planned(b, c, 3)
	late.Due, early.Due, future.Due = at(-1), at(-2), at(1)
	sameA, sameB := planned(b, c, 4), planned(b, c, 5)
	sameA.Due, sameB.Due = at(-1), at(-1)
	answer := planned(b, core.CampaignID{}, 6)
	answer.Class, answer.Key, answer.Due = message.Help, key(6), t0
	futureAnswer := planned(b, core.CampaignID{}, 7)
	futureAnswer.Class, futureAnswer.Key, futureAnswer.Due = message.Welcome, key(7), at(1)
	info := planned(b, core.CampaignID{}, 8)
	info.Class, info.Key, info.Due = message.Informational, key(8), at(-3)
	s.plan(late, early, future, sameB, sameA, answer, futureAnswer, info)

	claim := func(n int) (got []message.Message) {
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			got, err = tx.Messages.Claim(ctx, t0, n)
			return err
		})
		return got
	}
	s.equal("claimed: answers first, then by Due, then by id", claim(100), []message.Message{answer, info, early, late, sameA, sameB})
	s.equal("claimed two", claim(2), []message.Message{answer, info})
	s.equal("claimed none", len(claim(0)), 0)
	s.view(func(ctx context.Context, tx store.Tx) error {
		due, unknown, err := tx.Messages.Backlog(ctx, t0)
		s.equal("Backlog", [2]int{due, unknown}, [2]int{6, 0})
		return err
	})
}

// Workers claim and record until nothing is due: every message is recorded
// once.
func testClaims(s *suite) {
	b, c := newBusiness(), newCampaignID()
	const total, workers = 120, 4
	var ms []message.Message
	for i := range total {
		ms = append(ms, planned(b, c, i))
	}
	s.plan(ms...)
	if !s.o.NoConcurrentWriters {
		s.overlap()
	}
	var mu sync.Mutex
	times := make(map[core.MessageID]int)
	s.parallel(workers, func(int) error {
		for {
			var written []core.MessageID
			err := s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
				written = nil
				claimed, err := tx.Messages.Claim(ctx, t0, 7)
				if err != nil || len(claimed) == 0 {
					return err
				}
				written, err = tx.Messages.Record(ctx, toSending(t0, claimed))
				return err
			})
			if err != nil || len(written) == 0 {
				return err
			}
			mu.Lock()
			for _, m := range written {
				times[m]++
			}
			mu.Unlock()
		}
	})
	for m, n := range times {
		if n != 1 {
			s.Errorf("message %v went out %d times", m, n)
		}
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		t, err := tx.Messages.Tally(ctx, b, c)
		s.equal("sent by the workers", t.ByState[message.Sending], total)
		return err
	})
}

// overlap claims in two transactions that are open at once.
func (s *suite) overlap() {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) error {
		first, err := tx.Messages.Claim(ctx, t0, 50)
		if err != nil {
			return err
		}
		var second []message.Message
		s.parallel(1, func(int) error {
			return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) (err error) {
				second, err = tx.Messages.Claim(ctx, t0, 50)
				return err
			})
		})
		s.equal("sizes of two claims that are open at once", [2]int{len(first), len(second)}, [2]int{50, 50})
		seen := make(map[core.MessageID]bool)
		for _, m := range append(first, second...) {
			if seen[m.ID] {
				s.Errorf("message %v is in both claims", m.ID)
			}
			seen[m.ID] = true
		}
		return nil
	})
}

// What a claimer holds, Cancel passes over without waiting; the claimer decides
// it afterwards.
func testCancelAndClaim(s *suite) {
	if s.o.NoConcurrentWriters {
		return // Cancel waits for the claimer, and finds nothing planned
	}
	b, c := newBusiness(), newCampaignID()
	held, free := planned(b, c, 1), planned(b, newCampaignID(), 1)
	free.Due = at(1)
	s.plan(held, free)
	s.update(func(ctx context.Context, tx store.Tx) error {
		claimed, err := tx.Messages.Claim(ctx, t0, 10)
		if err != nil {
			return err
		}
		s.equal("claimed", len(claimed), 1)
		s.parallel(1, func(int) error {
			return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
				n, err := tx.Messages.Cancel(ctx, pairOf(b, 1), message.Marketing, "opted_out", t0)
				m, err2 := tx.Messages.CancelCampaign(ctx, b, c, "campaign_cancelled", t0, 10)
				lapsed, err3 := tx.Messages.Lapse(ctx, at(100), 10)
				s.equal("cancelled, cancelled of the campaign, lapsed", [3]int{n, m, len(lapsed)}, [3]int{1, 0, 0})
				return errors.Join(err, err2, err3)
			})
		})
		written, err := tx.Messages.Record(ctx, toSending(t0, claimed))
		s.equal("written by the claimer", len(written), 1)
		return err
	})
	s.equal("state of what was held", s.message(b, held.ID).State, message.Sending)
	s.equal("state of what was free", s.message(b, free.ID).State, message.Cancelled)
}

func testCancel(s *suite) {
	b, other, c := newBusiness(), newBusiness(), newCampaignID()
	mine, out := planned(b, c, 1), planned(b, newCampaignID(), 1)
	answer := planned(b, core.CampaignID{}, 1)
	answer.Class, answer.Key = message.Confirmation, key(1)
	theirs, neighbour := planned(other, c, 1), planned(b, c, 2)
	s.plan(mine, out, answer, theirs, neighbour)
	s.sending(t0, out)
	cancel := func() (n int) {
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			n, err = tx.Messages.Cancel(ctx, pairOf(b, 1), message.Marketing, "opted_out", at(3))
			return err
		})
		return n
	}
	s.equal("cancelled", cancel(), 1)
	s.equal("cancelled again", cancel(), 0)
	got := s.message(b, mine.ID)
	s.equal("state, reason and instant", []any{got.State, got.Reason, got.ReasonAt, got.Settled}, []any{message.Cancelled, "opted_out", at(3), at(3)})
	for _, m := range []message.Message{answer, theirs, neighbour} {
		if got := s.message(m.Business, m.ID).State; got != message.Planned {
			s.Errorf("a message of another class, business or guest became %v", got)
		}
	}
	s.equal("state of what was on its way", s.message(b, out.ID).State, message.Sending)

	for i := 10; i < 15; i++ {
		s.plan(planned(b, c, i))
	}
	var counts []int
	for range 4 {
		s.update(func(ctx context.Context, tx store.Tx) error {
			n, err := tx.Messages.CancelCampaign(ctx, b, c, "campaign_cancelled", at(4), 4)
			counts = append(counts, n)
			return err
		})
	}
	s.equal("cancelled of the campaign, four at a time", counts, []int{4, 2, 0, 0})
	s.equal("another business's message of the same campaign id", s.message(other, theirs.ID).State, message.Planned)
}

func testRecord(s *suite) {
	b, c := newBusiness(), newCampaignID()
	ms := make([]message.Message, 6)
	for i := range ms {
		ms[i] = planned(b, c, i)
	}
	s.plan(ms...)
	record := func(vs ...message.Verdict) (written []core.MessageID) {
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			for i := range vs {
				vs[i].Business = b
			}
			written, err = tx.Messages.Record(ctx, vs)
			return err
		})
		return written
	}
	written := record(
		message.Verdict{Message: ms[0].ID, State: message.Sending, Lease: at(2), At: at(1)},
		message.Verdict{Message: ms[1].ID, State: message.Planned, Due: at(60), Reason: "quiet_hours", ReasonAt: at(60), At: at(1)},
		message.Verdict{Message: ms[2].ID, State: message.Blocked, Reason: "opted_out", ReasonAt: at(-9), At: at(1)},
		message.Verdict{Message: ms[3].ID, State: message.Expired, Reason: "too_late", At: at(1)},
		message.Verdict{Message: ms[4].ID, State: message.Cancelled, Reason: "campaign_cancelled", At: at(1)},
		message.Verdict{Message: ms[5].ID, Attempt: 1, State: message.Blocked, At: at(1)}, // never had this attempt
		message.Verdict{Message: newMessageID(), State: message.Blocked, At: at(1)},       // is not there
	)
	s.equal("written", len(written), 5)

	sent := s.message(b, ms[0].ID)
	s.equal("Sending", []any{sent.State, sent.Attempt, sent.Lease, sent.Decided}, []any{message.Sending, 1, at(2), at(1)})
	waits := s.message(b, ms[1].ID)
	s.equal("Planned", []any{waits.State, waits.Attempt, waits.Due, waits.Reason, waits.ReasonAt, waits.Decided},
		[]any{message.Planned, 0, at(60), "quiet_hours", at(60), at(1)})
	blocked := s.message(b, ms[2].ID)
	s.equal("Blocked", []any{blocked.State, blocked.Attempt, blocked.Reason, blocked.ReasonAt, blocked.Settled, blocked.Due},
		[]any{message.Blocked, 0, "opted_out", at(-9), at(1), t0})
	s.equal("Expired", s.message(b, ms[3].ID).State, message.Expired)
	s.equal("Cancelled", s.message(b, ms[4].ID).State, message.Cancelled)
	s.equal("of another attempt", s.message(b, ms[5].ID), ms[5])

	// Decided again while on its way: the old attempt no longer counts.
	s.equal("again", len(record(message.Verdict{Message: ms[0].ID, Attempt: 1, State: message.Sending, Lease: at(4), At: at(3)})), 1)
	s.equal("by the old attempt", len(record(message.Verdict{Message: ms[0].ID, Attempt: 1, State: message.Blocked, At: at(3)})), 0)
	s.equal("attempt", s.message(b, ms[0].ID).Attempt, 2)
	// What has come to an end stays there.
	s.equal("on a blocked one", len(record(message.Verdict{Message: ms[2].ID, State: message.Sending, At: at(3)})), 0)
	s.equal("on a cancelled one", len(record(message.Verdict{Message: ms[4].ID, State: message.Planned, Due: t0, At: at(3)})), 0)
	s.equal("on one put back", len(record(message.Verdict{Message: ms[1].ID, State: message.Sending, Lease: at(61), At: at(60)})), 1)
}
