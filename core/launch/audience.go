package launch

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/store"
)

// mostCounted is how many guests a Reach looks at: a page that shows a figure
// must not read a million rows for it.
const mostCounted = 200_000

// A Reach is how many guests an audience has.
type Reach struct {
	Guests int
	Active int  // of them, those whose consent is in force
	Whole  bool // false: a business has more guests than were counted
}

// Reach counts an audience as it is now, page by page. id is the campaign's that
// it is for, zero for one that is not stored yet; the random share differs from
// one to the next. A bad audience is Invalid.
func (s *Service) Reach(ctx context.Context, b core.BusinessID, id core.CampaignID, a campaign.Audience) (Reach, error) {
	var out Reach
	if err := a.Valid(); err != nil {
		return out, err
	}
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		var err error
		out, err = reachOf(ctx, tx, campaign.Campaign{ID: id, Business: b, Audience: a}, s.Clock.Now(), mostCounted)
		return err
	})
	return out, err
}

// reachOf is the reach of a draft as if it were approved at now.
func reachOf(ctx context.Context, tx store.Tx, c campaign.Campaign, now time.Time, most int) (Reach, error) {
	c.Approved = now
	return reach(ctx, tx, c, most)
}

// reach counts until most guests were looked at, or, where most is 1, until
// there is one.
func reach(ctx context.Context, tx store.Tx, c campaign.Campaign, most int) (Reach, error) {
	if c.Audience.IsZero() {
		counts, err := tx.Consent.Count(ctx, c.Business)
		active := counts[consent.Active]
		return Reach{Guests: active + counts[consent.OptedOut] + counts[consent.Uncertain], Active: active, Whole: true}, err
	}
	var r Reach
	var after core.Number
	for looked := 0; looked < mostCounted; {
		subs, err := tx.Consent.Subscribers(ctx, c.Business, consent.Query{After: after, JoinedBefore: c.Approved}, pageSize)
		if err != nil {
			return r, err
		}
		ours, err := members(ctx, tx, &c, subs)
		if err != nil {
			return r, err
		}
		for _, sub := range ours {
			r.Guests++
			if sub.Standing.State == consent.Active {
				r.Active++
			}
		}
		looked += len(subs)
		if len(subs) < pageSize {
			r.Whole = true
			break
		}
		if r.Guests >= most {
			break
		}
		after = subs[len(subs)-1].Number
	}
	return r, nil
}

// members returns those of subs who are part of the campaign's audience. It
// reads what it needs to know about them in at most three queries.
func members(ctx context.Context, tx store.Tx, c *campaign.Campaign, subs []consent.Subscriber) ([]consent.Subscriber, error) {
	a := c.Audience
	numbers := make([]core.Number, len(subs))
	for i, sub := range subs {
		numbers[i] = sub.Number
	}
	var notes map[core.Number]guest.Note
	var got map[core.Number][]core.CampaignID
	var err error
	if len(a.Tags)+len(a.NoTags)+a.WroteWithin+a.SilentFor > 0 {
		if notes, err = tx.Guests.Of(ctx, c.Business, numbers); err != nil {
			return nil, err
		}
	}
	if len(a.NotGot) > 0 {
		if got, err = tx.Messages.Got(ctx, c.Business, a.NotGot, numbers); err != nil {
			return nil, err
		}
	}
	out := make([]consent.Subscriber, 0, len(subs))
	for _, sub := range subs {
		g := campaign.Guest{Number: sub.Number, Joined: sub.Standing.Joined, Keyword: sub.Standing.Keyword, Note: notes[sub.Number], Got: got[sub.Number]}
		if a.Matches(g, c.ID, c.Approved) {
			out = append(out, sub)
		}
	}
	return out, nil
}
