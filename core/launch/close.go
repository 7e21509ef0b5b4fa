package launch

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

// Close ends a business's account, and returns how many campaigns were
// cancelled. It is in force with its first transaction: from then on the engine
// blocks whatever the business would send, and what a worker has decided before is
// decided again within a second. Then every campaign that is not over is
// cancelled; drafts stay drafts.
//
// Nothing is deleted: opt-outs outlive the account, evidence is kept for its
// period, and what guests write is still taken in, so that a STOP is one for
// whoever texts from the number next. Closing twice goes on where the first time
// stopped.
func (s *Service) Close(ctx context.Context, b core.BusinessID) (cancelled int, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		biz, err := tx.Accounts.Business(ctx, b)
		if err != nil || biz.Status == account.Closed {
			return err
		}
		biz.Status = account.Closed
		if err := tx.Accounts.SaveBusiness(ctx, biz); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{
			evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), b, s.Clock.Now(), s.By, evidence.BusinessClosed, core.CampaignID{}, nil),
		})
	})
	if err != nil {
		return 0, err
	}
	var before core.CampaignID
	for {
		var cs []campaign.Campaign
		err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			cs, err = tx.Campaigns.List(ctx, b, before, 100)
			return err
		})
		if err != nil || len(cs) == 0 {
			return cancelled, err
		}
		before = cs[len(cs)-1].ID
		for _, c := range cs {
			if !c.Status.May(campaign.Cancelled) || c.Status == campaign.Draft {
				continue
			}
			switch err := s.Cancel(ctx, b, c.ID); {
			case err == nil:
				cancelled++
			case !errors.Is(err, core.Conflict): // over in the meantime
				return cancelled, err
			}
		}
	}
}
