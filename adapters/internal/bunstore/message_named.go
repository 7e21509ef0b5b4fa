package bunstore

import (
	"bytes"
	"context"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// Named takes one query, and one more where receipts come without tokens.
func (b box) Named(ctx context.Context, rs []message.Receipt) ([]message.Message, error) {
	const op = "Named"
	out := make([]message.Message, 0, len(rs))
	for batch := range slices.Chunk(rs, chunk) {
		keys, err := b.named(ctx, op, batch)
		if err != nil {
			return nil, err
		}
		found, err := b.identify(ctx, op, keys)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			out = append(out, found[k])
		}
	}
	return out, nil
}

func (b box) identify(ctx context.Context, op string, keys []messageKey) (map[messageKey]message.Message, error) {
	wanted := slices.DeleteFunc(unique(keys), func(k messageKey) bool { return k == messageKey{} })
	if len(wanted) == 0 {
		return nil, nil
	}
	var rows []struct {
		Business uuid  `bun:"business_id"`
		ID       uuid  `bun:"id"`
		Campaign uuid  `bun:"campaign_id"`
		To       int64 `bun:"to_number"`
	}
	err := b.rows(ctx, op, &rows, `WITH v (b, i) AS (?) `+
		b.d.lookup(`business_id, id, campaign_id, to_number`, `messages WHERE business_id = v.b AND id = v.i`, false), tuples(wanted, writeKey))
	if err != nil {
		return nil, err
	}
	out := make(map[messageKey]message.Message, len(rows))
	for _, r := range rows {
		m := message.Message{Business: core.BusinessID(r.Business), ID: core.MessageID(r.ID), Campaign: core.CampaignID(r.Campaign), To: number(r.To)}
		out[messageKey{m.Business, m.ID}] = m
	}
	return out, nil
}

// Got looks for the keys that the campaigns' texts to the guests have: one look
// into an index each.
func (b box) Got(ctx context.Context, business core.BusinessID, campaigns []core.CampaignID, numbers []core.Number) (map[core.Number][]core.CampaignID, error) {
	if len(campaigns) == 0 || len(numbers) == 0 {
		return nil, nil
	}
	keys := make([]message.Key, 0, len(campaigns)*len(numbers))
	for _, c := range unique(campaigns) {
		for _, n := range unique(numbers) {
			keys = append(keys, message.CampaignKey(c, n, 0))
		}
	}
	out := make(map[core.Number][]core.CampaignID)
	for batch := range slices.Chunk(keys, chunk) {
		var rows []struct {
			Campaign uuid  `bun:"campaign_id"`
			To       int64 `bun:"to_number"`
		}
		err := b.rows(ctx, "Got", &rows, `WITH v (b, k) AS (?) `+
			b.d.lookup(`campaign_id, to_number`, `messages WHERE business_id = v.b AND plan_key = v.k AND state IN (2, 3, 4, 5, 8, 11)`, false),
			tuples(batch, func(r *row, k message.Key) {
				r.id(business)
				r.id(k)
			}))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			n := number(r.To)
			out[n] = append(out[n], core.CampaignID(r.Campaign))
		}
	}
	for _, ids := range out {
		slices.SortFunc(ids, func(x, y core.CampaignID) int { return bytes.Compare(x[:], y[:]) })
	}
	return out, nil
}
