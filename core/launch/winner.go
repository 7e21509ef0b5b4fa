package launch

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// Choose lets a person choose which of two texts the rest of the audience gets.
// It is a Conflict before the sample is planned, and once a winner is chosen.
func (s *Service) Choose(ctx context.Context, b core.BusinessID, id core.CampaignID, winner message.Arm) error {
	const op = "launch.Choose"
	if winner != message.FirstText && winner != message.SecondText {
		return core.E(op, core.Invalid, "choose the first or the second text")
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		c, err := tx.Campaigns.Campaign(ctx, b, id)
		if err != nil {
			return err
		}
		switch {
		case c.Test.IsZero():
			return core.E(op, core.Conflict, "this campaign has one text only")
		case c.Test.Winner != message.NoArm:
			return core.E(op, core.Conflict, "the winner is chosen already, and the rest of the guests get it")
		case c.Status != campaign.Sending && c.Status != campaign.Paused:
			return core.E(op, core.Conflict, "this campaign is "+c.Status.String()+", so no winner can be chosen")
		case !c.Test.Waits():
			return core.E(op, core.Conflict, "the sample is still being planned; try again in a moment")
		}
		now := s.Clock.Now()
		c.Test.Winner, c.Test.Chosen, c.Test.By = winner, now, s.By
		if err := tx.Campaigns.Save(ctx, c); err != nil || s.By.IsZero() {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{
			evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), b, now, s.By, evidence.WinnerChosen, id, map[string]string{
				"text": c.Text(winner), "text_sha256": evidence.TextHash(c.Text(winner)),
			}),
		})
	})
}

// conclude chooses the winner by the figures when its time has come. A campaign
// whose end comes first is concluded too: the rest is then planned, and accounted
// for as expired.
func conclude(ctx context.Context, tx store.Tx, c *campaign.Campaign, now time.Time) error {
	over := now.After(c.NotAfter)
	due := c.Test.Due()
	if !c.Test.Waits() || !over && (c.Status != campaign.Sending || due.IsZero() || now.Before(due)) {
		return nil
	}
	rs, err := tx.Messages.Results(ctx, c.Business, c.ID)
	if err != nil {
		return err
	}
	c.Test.Winner, c.Test.Chosen = campaign.Better(rs[message.FirstText], rs[message.SecondText]), now
	return nil
}

// supposedChoice is how long a dry run supposes a person to take to choose.
const supposedChoice = time.Hour

// Supposed is a campaign that begins at the instant, as if it were known already
// who wins: the longer text, when that is due, so that what a dry run says of
// the cost is the most that it can be.
func Supposed(c campaign.Campaign, at time.Time) campaign.Campaign {
	after := c.Test.After
	if after == 0 {
		after = supposedChoice
	}
	c.Test.Winner, c.Test.Chosen = message.FirstText, at.Add(after)
	if parts(c, c.Test.Body) > parts(c, c.Body) {
		c.Test.Winner = message.SecondText
	}
	return c
}
