package launch

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// settle ends a campaign that has nothing left waiting. Only then it is counted:
// this is asked every second.
func settle(ctx context.Context, tx store.Tx, c *campaign.Campaign, now time.Time) error {
	if left, err := tx.Messages.Left(ctx, c.Business, c.ID); err != nil || left {
		return err
	}
	t, err := tx.Messages.Tally(ctx, c.Business, c.ID)
	if err != nil {
		return err
	}
	c.Ended = now
	c.Status = campaign.Finished
	if n := t.Of(message.Expired); n > 0 && n == t.Audience() {
		c.Status = campaign.Expired
	}
	return nil
}
