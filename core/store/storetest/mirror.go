package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

func (s *suite) see(pass int64, pairs ...core.Pair) {
	s.Helper()
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Mirror.See(ctx, pass, pairs) })
}

func (s *suite) unlisted(b core.BusinessID, pass int64) (out map[suppression.Reason]int) {
	s.Helper()
	s.view(func(ctx context.Context, tx store.Tx) (err error) {
		out, err = tx.Mirror.Unlisted(ctx, b, pass)
		return err
	})
	return out
}

func testMirror(s *suite) {
	b, other := newBusiness(), newBusiness()
	lifted := entry(b, 6, suppression.OptOut, 0)
	s.suppress(
		entry(b, 1, suppression.OptOut, 0), entry(b, 2, suppression.OptOut, 0), entry(b, 2, suppression.Carrier, 0),
		entry(b, 3, suppression.Carrier, 0), entry(b, 4, suppression.LikelyOut, 0), entry(b, 5, suppression.Complaint, 0),
		entry(core.BusinessID{}, 1, suppression.OptOut, 0), entry(other, 1, suppression.OptOut, 0), lifted)
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Suppression.Lift(ctx, b, lifted.Number, at(5), suppression.OptOut)
		return err
	})
	s.equal("nothing was seen", s.unlisted(b, 1), map[suppression.Reason]int{suppression.OptOut: 2, suppression.Carrier: 2})
	s.equal("of all businesses", s.unlisted(core.BusinessID{}, 1), map[suppression.Reason]int{suppression.OptOut: 3, suppression.Carrier: 2})

	s.see(7, pairOf(b, 2), pairOf(b, 2), pairOf(other, 1))
	s.see(5, pairOf(b, 2)) // an older pass that ends later takes nothing back
	s.see(6, pairOf(b, 3))
	s.equal("after pass 7", s.unlisted(b, 7), map[suppression.Reason]int{suppression.OptOut: 1, suppression.Carrier: 1})
	s.equal("after pass 6", s.unlisted(b, 6), map[suppression.Reason]int{suppression.OptOut: 1})
	s.equal("the other's", s.unlisted(other, 7), map[suppression.Reason]int{})

	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Mirror.Forget(ctx, b, 7) })
	s.equal("what pass 6 saw is forgotten", s.unlisted(b, 1), map[suppression.Reason]int{suppression.OptOut: 1, suppression.Carrier: 1})
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Mirror.Forget(ctx, b, 99) })
	s.equal("the other's is kept", s.unlisted(other, 7), map[suppression.Reason]int{})
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Mirror.Forget(ctx, core.BusinessID{}, 99) })
	s.equal("nobody's is kept", s.unlisted(other, 7), map[suppression.Reason]int{suppression.OptOut: 1})
	s.parallel(4, func(int) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Mirror.See(ctx, 100, []core.Pair{pairOf(other, 3), pairOf(b, 1), pairOf(b, 2)})
		})
	})
}

func testPasses(s *suite) {
	b := newBusiness()
	read := func(b core.BusinessID) (p suppression.Pass) {
		s.view(func(ctx context.Context, tx store.Tx) (err error) {
			p, err = tx.Mirror.Pass(ctx, b)
			return err
		})
		return p
	}
	s.equal("before the first", read(b), suppression.Pass{})
	for _, p := range []suppression.Pass{
		{Business: b, N: 1 << 52, Page: 3, Started: at(1), Counts: suppression.Counts{Rows: 12, Healed: 1, Refused: 2}},
		{Business: b, N: 1<<52 + 1, Page: 9, Started: at(2), Ended: at(3), Counts: suppression.Counts{OnlyOurs: 5, Lifted: 6}},
		{N: 4, Page: 1, Started: at(4)},
	} {
		s.update(func(ctx context.Context, tx store.Tx) error { return tx.Mirror.SavePass(ctx, p) })
		s.equal("saved", read(p.Business), p)
	}
	s.kind("SavePass in a View", s.Store.View(s.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Mirror.SavePass(ctx, suppression.Pass{})
	}), core.Denied)

	luna := account.Business{ID: b, Name: "Luna's", Sender: guest(9000), ProfileID: "p-1"}
	second := account.Business{ID: newBusiness(), Name: "Luna's Too", ProfileID: "p-1"}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Accounts.AddBusiness(ctx, luna), tx.Accounts.AddBusiness(ctx, second),
			tx.Accounts.AddBusiness(ctx, account.Business{ID: newBusiness(), Name: "without one"}))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Accounts.ByProfile(ctx, "p-1")
		s.equal("by profile", got, []account.Business{luna, second})
		none, err2 := tx.Accounts.ByProfile(ctx, "")
		s.equal("of none", len(none), 0)
		return errors.Join(err, err2)
	})
}

func testCoded(s *suite) {
	b, c := newBusiness(), newCampaignID()
	ms := make([]message.Message, 6)
	for i := range ms {
		ms[i] = planned(b, c, i)
	}
	s.plan(ms...)
	s.sending(t0, ms...)
	for i, o := range []message.Outcome{
		{State: message.Failed, Code: "40300", At: at(3)},
		{State: message.Failed, Code: "40300", At: at(2)},
		{State: message.Failed, Code: "40001", At: at(2)},
		{State: message.Sent, At: at(1)},
		{State: message.Failed, Code: "40300", At: at(2)},
	} {
		s.finish(ms[i], o)
	}
	s.settle(message.Receipt{Token: ms[3].Token(), State: message.Undelivered, Code: "40300", At: at(4)})
	var got []core.MessageID
	since, after := at(1), core.MessageID{}
	for {
		var page []message.Message
		s.view(func(ctx context.Context, tx store.Tx) (err error) {
			page, err = tx.Messages.Coded(ctx, "40300", since, after, 2)
			return err
		})
		if len(page) == 0 {
			break
		}
		for _, m := range page {
			got = append(got, m.ID)
		}
		since, after = page[len(page)-1].Settled, page[len(page)-1].ID
	}
	s.equal("in the order of their end", got, []core.MessageID{ms[1].ID, ms[4].ID, ms[0].ID, ms[3].ID})
}
