package site

import (
	"context"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/nanp"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/store"
)

// rateOf is how fast a venue's texts leave: as its class is paced, and no faster
// than the carrier takes from an account that arranged nothing else.
func rateOf(b account.Business) pace.Rate {
	return pace.Slower(pace.SenderRate(b.Class, nanp.Lookup(b.Sender).Kind == nanp.TollFree), pace.AccountDefault)
}

// partsOf is what each text of a campaign takes of the rate.
func partsOf(c campaign.Campaign, b account.Business) int {
	return rateOf(b).Parts(c.Segments, len(c.Media) > 0)
}

// forecast says when a campaign that is not sent yet would have left.
func (v *visit) forecast(r dryrun.Report) string {
	p := pace.Plan{
		Now: r.At, NotAfter: r.Campaign.NotAfter, Parts: partsOf(r.Campaign, v.biz), Rate: rateOf(v.biz), Daily: v.biz.Tier.Daily(), Used: v.usedToday(r.At),
		Loads: []pace.Load{{At: r.At, N: r.Now()}},
	}
	for _, w := range r.Waits {
		p.Loads = append(p.Loads, pace.Load{At: w.At, N: w.N})
	}
	return v.finish(pace.Forecast(p), r.Now()+r.Later())
}

// goingOn is the forecast for a campaign that is being sent: for those who wait
// for nothing but their turn.
func (v *visit) goingOn(c campaign.Campaign, t message.Tally) string {
	if c.Status != campaign.Sending {
		return ""
	}
	ready := t.ByState[message.Planned]
	for why, n := range t.ByReason {
		if why.State == message.Planned && !strings.HasPrefix(why.Code, "carrier_") && why.Code != "" && why.Code != "campaign_paused" {
			ready -= n // for an hour or a cap
		}
	}
	now := v.s.Clock.Now()
	return v.finish(pace.Forecast(pace.Plan{
		Now: now, NotAfter: c.NotAfter, Parts: partsOf(c, v.biz), Rate: rateOf(v.biz), Daily: v.biz.Tier.Daily(), Used: v.usedToday(now), Loads: []pace.Load{{At: now, N: ready}},
	}), ready)
}

// usedToday estimates how many parts T-Mobile has taken on the day of at from the
// campaigns that began on it: by its share of all phones, since which carrier a
// guest has is not known. It is 0 where nothing is known, or on a day to come.
func (v *visit) usedToday(at time.Time) int {
	if v.biz.Tier.Daily() == 0 || !pace.Midnight(at).Equal(pace.Midnight(v.s.Clock.Now())) {
		return 0
	}
	const newest = 50 // nobody begins more in a day
	begin := pace.Midnight(at.Add(-24 * time.Hour))
	parts := 0
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		list, err := tx.Campaigns.List(ctx, v.biz.ID, core.CampaignID{}, newest)
		if err != nil {
			return err
		}
		for _, c := range list {
			if !begun(c) || c.SendAt.Before(begin) {
				continue
			}
			t, err := tx.Messages.Tally(ctx, v.biz.ID, c.ID)
			if err != nil {
				return err
			}
			for state, n := range t.ByState {
				if state.Submitted() {
					parts += n * max(c.Segments, 1)
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0 // the forecast is one of a day without texts, as it was before
	}
	return int(float64(parts)*pace.TMobileShare + 0.5)
}

// finish puts a forecast of so many texts into words, "" where there are none.
func (v *visit) finish(f pace.Finish, of int) string {
	if of <= 0 {
		return ""
	}
	var parts []string
	if !f.At.IsZero() {
		parts = append(parts, v.say("forecast.at", "when", v.when(f.At.Add(time.Minute-1).Truncate(time.Minute))))
	}
	if f.Late > 0 {
		parts = append(parts, v.say("forecast.late", "n", f.Late))
	}
	if f.Over > 0 {
		parts = append(parts, v.say("forecast.over", "percent", max(1, 100*f.Over/of)))
	}
	return strings.Join(parts, " ")
}
