package launch

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/store"
)

// next is a series with its next occurrence after the one at SendAt, and whether
// there is one. A chosen end keeps its distance.
func (s *Service) next(c campaign.Campaign, biz account.Business) (campaign.Campaign, bool, error) {
	if s.Calendar == nil {
		return c, false, core.E("launch.next", core.Internal, "this program has no calendar")
	}
	loc := location(biz.Zone)
	at := shown(c, loc)
	wall, ok, err := s.Calendar.Next(c.Repeat.Rule, c.Repeat.From, at)
	if err != nil || !ok {
		return c, false, err
	}
	lasts, own := c.NotAfter.Sub(c.SendAt), !c.NotAfter.Equal(end(c, biz))
	c.SendAt = wall.In(loc).UTC()
	if !c.Wall.IsZero() {
		c.Wall = wall
	}
	if c.NotAfter = end(c, biz); own {
		c.NotAfter = c.SendAt.Add(lasts)
	}
	return c, true, nil
}

// shown is what the clock shows at the occurrence at SendAt. Where it left that
// time out or showed it twice, the wall that it was meant for is not known from
// the instant; the next occurrence is found all the same, since rules go by days.
func shown(c campaign.Campaign, loc *time.Location) campaign.Wall {
	if !c.Wall.IsZero() {
		return c.Wall
	}
	return campaign.WallOf(c.SendAt.In(loc))
}

// occur makes a campaign of each occurrence of a series whose time has come, and
// moves the series to its next one, in one transaction: twice run, it is made
// once. One that comes while the one before is not over, or that no worker ran
// for in its time, is left out. A series with nothing to come is finished.
func (s *Service) occur(ctx context.Context, tx store.Tx, c *campaign.Campaign, now time.Time) error {
	biz, err := tx.Accounts.Business(ctx, c.Business)
	if err != nil {
		return err
	}
	for range mostMissed {
		if c.SendAt.After(now) {
			return nil
		}
		following, more, err := s.next(*c, biz)
		if err != nil {
			return err
		}
		if err := s.occurrence(ctx, tx, c, following, more, now); err != nil {
			return err
		}
		if !more {
			c.Status, c.Ended = campaign.Finished, now
			return nil
		}
		following.Repeat = c.Repeat
		*c = following
	}
	return nil
}

// mostMissed is how many occurrences are gone through at once; the others come
// with the next step.
const mostMissed = 400

// breath is how long before the next occurrence one ends at the latest, so that it
// is over by then.
const breath = 30 * time.Minute

func (s *Service) occurrence(ctx context.Context, tx store.Tx, c *campaign.Campaign, following campaign.Campaign, more bool, now time.Time) error {
	busy, err := running(ctx, tx, c.Business, c.Repeat.Last)
	if err != nil {
		return err
	}
	ends := c.NotAfter
	if latest := following.SendAt.Add(-breath); more && ends.After(latest) {
		ends = latest
	}
	if busy || !now.Before(ends) {
		c.Repeat.Skipped++
		return nil
	}
	one := *c
	one.ID, one.Series, one.Repeat = campaign.OccurrenceID(c.ID, c.SendAt), c.ID, campaign.Repeat{}
	// Whoever has joined since the series was approved is part of it too.
	one.NotAfter = ends
	one.Approved, one.Created, one.Revision = now, now, 0
	if err := tx.Campaigns.Add(ctx, one); err != nil {
		return err
	}
	c.Repeat.Last = one.ID
	return tx.Campaigns.Note(ctx, campaign.Move{
		Business: c.Business, Campaign: one.ID, Revision: 1, From: campaign.Draft, To: campaign.Scheduled, By: c.By, At: now,
	})
}

// running reports whether the campaign is there and not over.
func running(ctx context.Context, tx store.Tx, b core.BusinessID, id core.CampaignID) (bool, error) {
	if id.IsZero() {
		return false, nil
	}
	c, err := tx.Campaigns.Campaign(ctx, b, id)
	if errors.Is(err, core.NotFound) {
		return false, nil
	}
	return err == nil && !c.Status.Over(), err
}

// repeats says why a campaign cannot repeat as it should, "" if it can.
func (s *Service) repeats(c campaign.Campaign, biz account.Business, now time.Time) string {
	if c.Repeat.IsZero() {
		return ""
	}
	if c.SendAt.IsZero() {
		c.SendAt = now
	}
	if c.Repeat.From.IsZero() {
		c.Repeat.From = shown(c, location(biz.Zone))
	}
	following, more, err := s.next(c, biz)
	switch {
	case err != nil && core.KindOf(err) == core.Invalid:
		return core.MessageOf(err)
	case err != nil:
		return "It cannot repeat just now. Try again, or send it once."
	case !more:
		return "It would not repeat even once. Choose a later end of the repeats, or send it once."
	case !c.NotAfter.IsZero() && c.NotAfter.After(following.SendAt):
		return "It would still go on when the next one begins. Choose an earlier end."
	}
	return ""
}
