package storetest

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// A campaign has something left while a text of its own waits or is on its way,
// and nothing when each has ended, however it did.
func testLeft(s *suite) {
	b, other, c := newBusiness(), newBusiness(), newCampaignID()
	left := func(b core.BusinessID, c core.CampaignID) (yes bool) {
		s.view(func(ctx context.Context, tx store.Tx) (err error) {
			yes, err = tx.Messages.Left(ctx, b, c)
			return err
		})
		return yes
	}
	s.equal("nothing planned", left(b, c), false)
	sent, blocked, unknown := planned(b, c, 0), planned(b, c, 1), planned(b, c, 2)
	blocked.Due = at(100) // not due yet, and left all the same
	answer := planned(b, core.CampaignID{}, 3)
	s.plan(sent, blocked, unknown, planned(b, newCampaignID(), 4), planned(other, newCampaignID(), 5), answer)
	s.sending(t0, answer)
	s.equal("planned", left(b, c), true)
	s.equal("of another business", left(other, c), false)
	s.sending(t0, sent, unknown)
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Record(ctx, []message.Verdict{{Business: b, Message: blocked.ID, State: message.Blocked, Reason: "opted_out", At: t0}})
		return err
	})
	s.equal("on their way", left(b, c), true)
	s.finish(sent, message.Outcome{State: message.Sent, CarrierID: "c-0", At: at(1)})
	s.equal("one on its way", left(b, c), true)
	s.finish(unknown, message.Outcome{State: message.Unknown, At: at(1)})
	s.equal("all ended", left(b, c), false)
}
