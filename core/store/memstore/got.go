package memstore

import (
	"bytes"
	"context"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

func (b messages) Got(ctx context.Context, biz core.BusinessID, campaigns []core.CampaignID, numbers []core.Number) (map[core.Number][]core.CampaignID, error) {
	campaigns = unique(campaigns)
	slices.SortFunc(campaigns, func(x, y core.CampaignID) int { return bytes.Compare(x[:], y[:]) })
	out := make(map[core.Number][]core.CampaignID)
	for _, n := range unique(numbers) {
		for _, c := range campaigns {
			k, ok := b.d.byKey.get(planKey{biz, message.CampaignKey(c, n, 0)})
			if m, _ := b.message(k); ok && m.State.Submitted() {
				out[n] = append(out[n], c)
			}
		}
	}
	return out, alive(ctx)
}
