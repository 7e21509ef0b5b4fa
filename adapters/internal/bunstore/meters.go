package bunstore

import (
	"bytes"
	"context"
	"math"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/pace"
)

// meters is the port [pace.Ledger].
type meters struct{ *queries }

type meterRow struct {
	Business uuid    `bun:"business_id"`
	Free     stamp   `bun:"free_at"`
	Until    stamp   `bun:"until_at"`
	Slow     float64 `bun:"slow"`
	SlowAt   stamp   `bun:"slow_at"`
}

func (m meters) Meters(ctx context.Context, bs []core.BusinessID) (map[core.BusinessID]pace.Meter, error) {
	if len(bs) == 0 {
		return nil, nil
	}
	lock := rawSQL("")
	if m.d.LocksRows {
		lock = " FOR UPDATE"
	}
	var rows []meterRow
	err := m.take(ctx, "Meters", &rows, `SELECT business_id, free_at, until_at, slow, slow_at FROM meters
		WHERE business_id IN (?) ORDER BY business_id ?`,
		tuples(unique(bs), func(r *row, id core.BusinessID) { r.id(id) }), lock)
	if err != nil {
		return nil, err
	}
	out := make(map[core.BusinessID]pace.Meter, len(rows))
	for _, r := range rows {
		out[core.BusinessID(r.Business)] = pace.Meter{Free: r.Free.Time, Until: r.Until.Time, Slow: r.Slow, SlowAt: r.SlowAt.Time}
	}
	return out, nil
}

func (m meters) SaveMeters(ctx context.Context, ms map[core.BusinessID]pace.Meter) error {
	const op = "SaveMeters"
	if m.readOnly {
		return m.denied(op)
	}
	if len(ms) == 0 {
		return nil
	}
	ids := make([]core.BusinessID, 0, len(ms))
	for id := range ms {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b core.BusinessID) int { return bytes.Compare(a[:], b[:]) })
	var gone []core.BusinessID
	ids = slices.DeleteFunc(ids, func(id core.BusinessID) bool {
		zero := ms[id] == pace.Meter{}
		if zero {
			gone = append(gone, id)
		}
		return zero
	})
	if len(gone) > 0 {
		_, err := m.exec(ctx, op, `DELETE FROM meters WHERE business_id IN (?)`, tuples(gone, func(r *row, id core.BusinessID) { r.id(id) }))
		if err != nil || len(ids) == 0 {
			return err
		}
	}
	_, err := m.exec(ctx, op, `WITH v (b, nb, f, u, s, sa) AS (?)
		INSERT INTO meters (business_id, not_before, free_at, until_at, slow, slow_at)
		SELECT b, nb, f, u, s / 1000.0, sa FROM v WHERE true
		ON CONFLICT (business_id) DO UPDATE SET not_before = excluded.not_before, free_at = excluded.free_at,
			until_at = excluded.until_at, slow = excluded.slow, slow_at = excluded.slow_at`,
		tuples(ids, func(r *row, id core.BusinessID) {
			x := ms[id]
			r.id(id)
			r.time(x.NotBefore())
			r.time(x.Free)
			r.time(x.Until)
			r.int(int64(math.Round(x.Slow * 1000))) // lists hold whole numbers
			r.time(x.SlowAt)
		}))
	return err
}
