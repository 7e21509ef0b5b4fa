package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

func entry(b core.BusinessID, i int, r suppression.Reason, minute int) suppression.Entry {
	return suppression.Entry{ID: newEntryID(), Business: b, Number: guest(i), Reason: r, Source: "reply", Words: "no\x00more \xff", Actor: "somebody", At: at(minute)}
}

func (s *suite) suppress(es ...suppression.Entry) {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Suppression.Add(ctx, es) })
}

// barring returns the ids of what bars the pairs.
func (s *suite) barring(pairs ...core.Pair) map[core.SuppressionID]suppression.Entry {
	s.Helper()
	out := make(map[core.SuppressionID]suppression.Entry)
	s.view(func(ctx context.Context, tx store.Tx) error {
		es, err := tx.Suppression.Barring(ctx, pairs)
		for _, e := range es {
			if _, twice := out[e.ID]; twice {
				s.Error("Barring returned an entry twice")
			}
			out[e.ID] = e
		}
		return err
	})
	return out
}

func testSuppression(s *suite) {
	b, other := newBusiness(), newBusiness()
	mine, carrier, theirs := entry(b, 1, suppression.OptOut, 0), entry(b, 1, suppression.Carrier, 0), entry(other, 1, suppression.OptOut, 0)
	all := entry(core.BusinessID{}, 2, suppression.Complaint, 0)
	s.suppress(mine, carrier, theirs, all)

	s.equal("own entries", s.barring(pairOf(b, 1)), map[core.SuppressionID]suppression.Entry{mine.ID: mine, carrier.ID: carrier})
	s.equal("for all", s.barring(pairOf(b, 2), pairOf(other, 2)), map[core.SuppressionID]suppression.Entry{all.ID: all})
	s.equal("nobody", len(s.barring(pairOf(b, 3))), 0)

	// One entry for each pair and reason in force, one for each id.
	again := entry(b, 1, suppression.OptOut, 5)
	sameID := entry(b, 4, suppression.OptOut, 5)
	sameID.ID = mine.ID
	twice := entry(b, 5, suppression.OptOut, 5)
	s.suppress(again, sameID, twice, twice, entry(b, 5, suppression.OptOut, 6))
	s.equal("after the same again", s.barring(pairOf(b, 1), pairOf(b, 4), pairOf(b, 5)),
		map[core.SuppressionID]suppression.Entry{mine.ID: mine, carrier.ID: carrier, twice.ID: twice})

	// Many add the same at once.
	s.parallel(4, func(int) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Suppression.Add(ctx, []suppression.Entry{entry(b, 6, suppression.OptOut, 0), entry(b, 7, suppression.OptOut, 0)})
		})
	})
	if n := len(s.barring(pairOf(b, 6), pairOf(b, 7))); n != 2 {
		s.Errorf("%d entries in force after four writers added the same two", n)
	}
}

func testLift(s *suite) {
	b, other := newBusiness(), newBusiness()
	out, likely, carrier := entry(b, 1, suppression.OptOut, 0), entry(b, 1, suppression.LikelyOut, 0), entry(b, 1, suppression.Carrier, 0)
	complaint, operator := entry(b, 1, suppression.Complaint, 0), entry(b, 1, suppression.ByOperator, 0)
	theirs, all := entry(other, 1, suppression.OptOut, 0), entry(core.BusinessID{}, 1, suppression.OptOut, 0)
	later := entry(b, 2, suppression.OptOut, 30)
	s.suppress(out, likely, carrier, complaint, operator, theirs, all, later)
	lift := func(i, minute int, reasons ...suppression.Reason) (n int) {
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			n, err = tx.Suppression.Lift(ctx, b, guest(i), at(minute), reasons...)
			return err
		})
		return n
	}
	left := func(want ...suppression.Entry) {
		s.Helper()
		m := map[core.SuppressionID]suppression.Entry{all.ID: all}
		for _, e := range want {
			m[e.ID] = e
		}
		s.equal("left in force", s.barring(pairOf(b, 1)), m)
	}
	s.equal("lifted by reason", lift(1, 10, suppression.OptOut, suppression.LikelyOut), 2)
	left(carrier, complaint, operator)
	s.equal("lifted again", lift(1, 11, suppression.OptOut), 0)
	s.equal("lifted without reasons", lift(1, 12), 1)
	left(complaint, operator)
	s.equal("lifted a complaint by name", lift(1, 13, suppression.Complaint), 1)
	left(operator)
	if len(s.barring(pairOf(other, 1))) != 2 {
		s.Error("lifting one business's entry lifted another's, or the one for all")
	}
	// A word that is older than the opt-out does not undo it.
	s.equal("lifted from before the entry began", lift(2, 20, suppression.OptOut), 0)
	s.equal("lifted at the instant it began", lift(2, 30, suppression.OptOut), 1)

	// Nothing was deleted, and a new opt-out bars anew.
	s.view(func(ctx context.Context, tx store.Tx) error {
		es, err := tx.Suppression.Entries(ctx, b, time.Time{}, 100)
		lifted := map[core.SuppressionID]time.Time{}
		for _, e := range es {
			lifted[e.ID] = e.Lifted
		}
		s.equal("every entry and when it was lifted", lifted, map[core.SuppressionID]time.Time{
			out.ID: at(10), likely.ID: at(10), carrier.ID: at(12), complaint.ID: at(13), operator.ID: {}, later.ID: at(30),
		})
		return err
	})
	anew := entry(b, 1, suppression.OptOut, 40)
	s.suppress(anew, out)
	left(operator, anew)
}

func testSuppressionPages(s *suite) {
	b := newBusiness()
	var es []suppression.Entry
	for i := range 5 {
		es = append(es, entry(b, i, suppression.OptOut, i))
	}
	s.suppress(es...)
	s.suppress(entry(newBusiness(), 1, suppression.OptOut, 3), entry(core.BusinessID{}, 1, suppression.Carrier, 3))
	s.view(func(ctx context.Context, tx store.Tx) error {
		first, err := tx.Suppression.Entries(ctx, b, time.Time{}, 2)
		s.equal("first page", first, []suppression.Entry{es[4], es[3]})
		second, err2 := tx.Suppression.Entries(ctx, b, es[3].At, 2)
		s.equal("second page", second, []suppression.Entry{es[2], es[1]})
		return errors.Join(err, err2)
	})
}

func testSuppressionInForce(s *suite) {
	b := newBusiness()
	first, second, third, out := entry(b, 1, suppression.LikelyOut, 1), entry(b, 2, suppression.LikelyOut, 2), entry(b, 3, suppression.LikelyOut, 3), entry(b, 1, suppression.OptOut, 4)
	s.suppress(first, second, third, out, entry(newBusiness(), 1, suppression.LikelyOut, 5))
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Suppression.Lift(ctx, b, guest(2), at(6), suppression.LikelyOut)
		return err
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Suppression.InForce(ctx, b, suppression.LikelyOut, 10)
		s.equal("in force", all, []suppression.Entry{third, first})
		one, err2 := tx.Suppression.InForce(ctx, b, suppression.LikelyOut, 1)
		s.equal("the newest", one, []suppression.Entry{third})
		return errors.Join(err, err2)
	})
}
