package site

import (
	"strings"
	"time"

	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/nanp"
	"github.com/jobfluss/nexo/core/pace"
)

// rateOf is how fast a venue's texts leave: as its class is paced, and no faster
// than the carrier takes from an account that arranged nothing else.
func rateOf(b account.Business) pace.Rate {
	return pace.Slower(pace.SenderRate(b.Class, nanp.Lookup(b.Sender).Kind == nanp.TollFree), pace.AccountDefault)
}

// forecast says when a campaign that is not sent yet would have left.
func (v *visit) forecast(r dryrun.Report) string {
	p := pace.Plan{
		Now: r.At, NotAfter: r.Campaign.NotAfter, Parts: r.Campaign.Segments, Rate: rateOf(v.biz), Daily: v.biz.Tier.Daily(),
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
		Now: now, NotAfter: c.NotAfter, Parts: c.Segments, Rate: rateOf(v.biz), Daily: v.biz.Tier.Daily(), Loads: []pace.Load{{At: now, N: ready}},
	}), ready)
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
