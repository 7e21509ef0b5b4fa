package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/retention"
)

// Aged walks the key. What is old enough was sealed years ago.
func (l *ledger) Aged(ctx context.Context, b core.BusinessID, kinds []evidence.Kind, before time.Time, after core.RecordID, n int) ([]evidence.Record, error) {
	if n <= 0 || len(kinds) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID       uuid  `bun:"id"`
		Kind     int   `bun:"kind"`
		At       stamp `bun:"at"`
		Number   int64 `bun:"number"`
		Message  uuid  `bun:"message_id"`
		Campaign uuid  `bun:"campaign_id"`
	}
	err := l.rows(ctx, "Aged", &rows, `SELECT r.id, r.kind, r.at, coalesce(r.number, 0) AS number, r.message_id,
			(SELECT x.campaign_id FROM evidence_bundles AS x WHERE x.business_id = r.business_id AND x.n = r.n - r.n % ?) AS campaign_id
		FROM evidence_records AS r
		WHERE r.business_id = ? AND r.id > ? AND r.id < ? AND r.at < ? AND NOT r.erased AND r.kind IN (?)
		ORDER BY r.id LIMIT ?`,
		bundleSize, uuid(b), uuid(after), uuid(retention.Bound(before)), stamp{before},
		tuples(kinds, func(r *row, k evidence.Kind) { r.int(int64(k)) }), n)
	if err != nil {
		return nil, err
	}
	out := make([]evidence.Record, len(rows))
	for i, r := range rows {
		out[i] = evidence.Record{
			ID: core.RecordID(r.ID), Business: b, Kind: evidence.Kind(r.Kind), At: r.At.Time,
			Number: number(r.Number), Message: core.MessageID(r.Message), Campaign: core.CampaignID(r.Campaign),
		}
	}
	return out, nil
}
