package bunstore

import (
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
