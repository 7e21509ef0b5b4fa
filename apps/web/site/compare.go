package site

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// A compareRow is one campaign beside others.
type compareRow struct {
	URL, Name, When     string
	Sent                int
	Delivered, OptedOut string // rates; "" where nothing was sent
	This                bool
}

// A campaign is compared with so many before it, by who left in the days after.
const (
	compared   = 5
	leaveAfter = 72 * time.Hour
)

// compare sets a campaign beside the last ones. Who left is counted by the hour
// that a text began in, for three days; where the next text came earlier, those
// hours count for both.
func (v *visit) compare(ctx context.Context, tx store.Tx, c campaign.Campaign) ([]compareRow, error) {
	if !begun(c) {
		return nil, nil
	}
	list, err := tx.Campaigns.List(ctx, v.biz.ID, c.ID, 3*compared)
	if err != nil {
		return nil, err
	}
	cs := []campaign.Campaign{c}
	for _, x := range list {
		if begun(x) && !x.Launched.IsZero() && len(cs) <= compared {
			cs = append(cs, x)
		}
	}
	ids, from := make([]core.CampaignID, len(cs)), v.s.Clock.Now()
	for i, x := range cs {
		ids[i] = x.ID
		if !x.Launched.IsZero() && x.Launched.Before(from) {
			from = x.Launched
		}
	}
	tallies, err := tx.Messages.Tallies(ctx, v.biz.ID, ids)
	if err != nil {
		return nil, err
	}
	flow, err := tx.Consent.Flow(ctx, v.biz.ID, from)
	if err != nil {
		return nil, err
	}
	var out []compareRow
	for _, x := range cs {
		out = append(out, v.compareRow(x, tallies[x.ID], flow, x.ID == c.ID))
	}
	return out, nil
}

func (v *visit) compareRow(c campaign.Campaign, t message.Tally, flow []consent.Hour, this bool) compareRow {
	row := v.row(c, t)
	r := compareRow{URL: row.URL, Name: row.Name, When: row.When, This: this}
	r.Sent = t.Of(message.Sent, message.Delivered, message.Undelivered, message.Unconfirmed)
	if r.Sent > 0 {
		r.Delivered = percent(t.Of(message.Delivered), r.Sent)
		r.OptedOut = percent(leftAfter(flow, c.Launched), r.Sent)
	}
	return r
}

// leftAfter is how many guests got out in the days after an instant.
func leftAfter(flow []consent.Hour, from time.Time) (n int) {
	start := from.Truncate(time.Hour)
	for _, h := range flow {
		if !from.IsZero() && !h.At.Before(start) && h.At.Before(start.Add(leaveAfter)) {
			n += h.Left
		}
	}
	return n
}
