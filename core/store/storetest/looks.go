package storetest

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

func (s *suite) unsettled(before time.Time, n int) (ids []core.MessageID) {
	s.Helper()
	s.view(func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.Unsettled(ctx, before, n)
		for _, m := range ms {
			ids = append(ids, m.ID)
		}
		return err
	})
	return ids
}

func testUnsettled(s *suite) {
	b, other, c := newBusiness(), newBusiness(), newCampaignID()
	ms := []message.Message{planned(b, c, 0), planned(b, c, 1), planned(b, c, 2), planned(other, c, 3), planned(b, c, 4), planned(b, c, 5)}
	s.plan(ms...)
	for i, when := range []time.Time{at(3), at(2), at(1), at(4), at(0)} {
		s.sending(when, ms[i])
	}
	s.finish(ms[0], message.Outcome{State: message.Sent, CarrierID: "c-0", At: at(9)})
	s.finish(ms[1], message.Outcome{State: message.Unknown, At: at(9)})
	s.finish(ms[2], message.Outcome{State: message.Failed, Code: "x", At: at(9)})
	s.finish(ms[3], message.Outcome{State: message.Unknown, At: at(9)})
	// 4 is still on its way, 5 waits.
	s.equal("the oldest decision first", s.unsettled(at(60), 9), []core.MessageID{ms[1].ID, ms[0].ID, ms[3].ID})
	s.equal("only two", s.unsettled(at(60), 2), []core.MessageID{ms[1].ID, ms[0].ID})
	s.equal("before", s.unsettled(at(4), 9), []core.MessageID{ms[1].ID, ms[0].ID})

	look := func(m message.Message, when time.Time) {
		s.update(func(ctx context.Context, tx store.Tx) error {
			return tx.Messages.Looked(ctx, []message.Look{{Business: m.Business, Message: m.ID, At: when}})
		})
	}
	look(ms[1], at(50))
	s.equal("after a look", s.unsettled(at(50), 9), []core.MessageID{ms[0].ID, ms[3].ID})
	s.equal("when its time has come", s.unsettled(at(60), 9), []core.MessageID{ms[0].ID, ms[3].ID, ms[1].ID})
	s.settle(message.Receipt{Token: ms[0].Token(), State: message.Delivered, At: at(55)})
	s.equal("settled", s.unsettled(at(60), 9), []core.MessageID{ms[3].ID, ms[1].ID})
	s.kind("Looked in a View", s.Store.View(s.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Messages.Looked(ctx, []message.Look{{Business: b, Message: ms[1].ID, At: at(1)}})
	}), core.Denied)

	unknown := func(b core.BusinessID, after core.MessageID, n int) (ids []core.MessageID) {
		s.view(func(ctx context.Context, tx store.Tx) error {
			ms, err := tx.Messages.Unknown(ctx, b, after, n)
			for _, m := range ms {
				ids = append(ids, m.ID)
			}
			return err
		})
		return ids
	}
	s.equal("all unknown", unknown(core.BusinessID{}, core.MessageID{}, 9), []core.MessageID{ms[1].ID, ms[3].ID})
	s.equal("after the first", unknown(core.BusinessID{}, ms[1].ID, 9), []core.MessageID{ms[3].ID})
	s.equal("one business's", unknown(b, core.MessageID{}, 9), []core.MessageID{ms[1].ID})
	s.equal("one", unknown(core.BusinessID{}, core.MessageID{}, 1), []core.MessageID{ms[1].ID})
}
