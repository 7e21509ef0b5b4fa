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
	var rows []recordRow
	err := l.rows(ctx, "Aged", &rows, `SELECT business_id, id, n, kind, at, coalesce(number, 0) AS number, message_id, campaign_id, salt, commitment
		FROM evidence_records
		WHERE business_id = ? AND id > ? AND id < ? AND at < ? AND body IS NOT NULL AND kind IN (?)
		ORDER BY id LIMIT ?`,
		uuid(b), uuid(after), uuid(retention.Bound(before)), stamp{before},
		tuples(kinds, func(r *row, k evidence.Kind) { r.int(int64(k)) }), n)
	if err != nil {
		return nil, err
	}
	out := make([]evidence.Record, len(rows))
	for i, r := range rows {
		out[i] = r.record()
	}
	return out, nil
}
