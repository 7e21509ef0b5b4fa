package memstore

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
)

type campaigns struct{ *tx }

func (b campaigns) Add(ctx context.Context, c campaign.Campaign) error {
	if err := b.write(ctx); err != nil {
		return err
	}
	k := campaignKey{c.Business, c.ID}
	if _, ok := b.d.campaigns.get(k); ok {
		return core.E("memstore.Add", core.Conflict, "this campaign is there already")
	}
	c.Revision = 1
	b.d.campaigns.set(b.tx, k, c)
	return nil
}

func (b campaigns) Save(ctx context.Context, c campaign.Campaign) error {
	if err := b.write(ctx); err != nil {
		return err
	}
	k := campaignKey{c.Business, c.ID}
	old, ok := b.d.campaigns.get(k)
	if !ok {
		return notFound("Save", "campaign")
	}
	if old.Revision != c.Revision {
		return core.E("memstore.Save", core.Conflict, "somebody else changed this campaign in the meantime; look at it again")
	}
	c.Revision++
	b.d.campaigns.set(b.tx, k, c)
	return nil
}

func (b campaigns) Note(ctx context.Context, m campaign.Move) error {
	if err := b.write(ctx); err != nil {
		return err
	}
	appendTo(b.tx, &b.d.moves, campaignKey{m.Business, m.Campaign}, m)
	return nil
}

func (b campaigns) Moves(ctx context.Context, biz core.BusinessID, id core.CampaignID) ([]campaign.Move, error) {
	ms, _ := b.d.moves.get(campaignKey{biz, id})
	return slices.Clone(ms), alive(ctx)
}

func (b campaigns) Campaign(ctx context.Context, biz core.BusinessID, id core.CampaignID) (campaign.Campaign, error) {
	c, ok := b.d.campaigns.get(campaignKey{biz, id})
	if !ok {
		return c, notFound("Campaign", "campaign")
	}
	return c, alive(ctx)
}

func (b campaigns) Campaigns(ctx context.Context, ids []core.CampaignID) ([]campaign.Campaign, error) {
	return b.where(ctx, func(c campaign.Campaign) bool { return slices.Contains(ids, c.ID) }, len(ids), true)
}

func (b campaigns) List(ctx context.Context, biz core.BusinessID, before core.CampaignID, n int) ([]campaign.Campaign, error) {
	return b.where(ctx, func(c campaign.Campaign) bool {
		return c.Business == biz && (before.IsZero() || bytes.Compare(c.ID[:], before[:]) < 0)
	}, n, false)
}

func (b campaigns) Open(ctx context.Context, now time.Time, n int) ([]campaign.Campaign, error) {
	return b.where(ctx, func(c campaign.Campaign) bool {
		return c.Status == campaign.Scheduled && !c.SendAt.After(now) || c.Status == campaign.Sending || c.Status == campaign.Paused
	}, n, true)
}

func (b campaigns) where(ctx context.Context, which func(campaign.Campaign) bool, n int, rising bool) ([]campaign.Campaign, error) {
	var out []campaign.Campaign
	for _, c := range b.d.campaigns.m {
		if which(c) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(x, y campaign.Campaign) int {
		if rising {
			return bytes.Compare(x.ID[:], y.ID[:])
		}
		return bytes.Compare(y.ID[:], x.ID[:])
	})
	return out[:min(n, len(out))], alive(ctx)
}
