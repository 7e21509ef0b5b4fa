package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/registration"
)

// lines is the port [registration.Book].
type lines struct{ *queries }

type lineRow struct {
	Due    stamp  `bun:"due"`
	Leased stamp  `bun:"leased"`
	Body   string `bun:"body"`
}

func (x lines) Line(ctx context.Context, b core.BusinessID) (registration.Line, error) {
	return x.line(ctx, "Line", b, "")
}

func (x lines) line(ctx context.Context, op string, b core.BusinessID, lock rawSQL) (registration.Line, error) {
	var rows []lineRow
	if err := x.rows(ctx, op, &rows, `SELECT due, leased, body FROM lines WHERE business_id = ? ?`, uuid(b), lock); err != nil {
		return registration.Line{}, err
	}
	if len(rows) == 0 {
		return registration.Line{Business: b}, nil
	}
	l, err := registration.UnmarshalLine([]byte(rows[0].Body))
	l.Business, l.Due, l.Leased = b, rows[0].Due.Time, rows[0].Leased.Time
	return l, err
}

// Lock makes the row that it locks where there is none.
func (x lines) Lock(ctx context.Context, b core.BusinessID) (registration.Line, error) {
	const op = "Lock"
	_, err := x.exec(ctx, op, `INSERT INTO lines (business_id, brand_id, campaign_id, request_id, order_id, body) VALUES (?, '', '', '', '', '{}')
		ON CONFLICT (business_id) DO NOTHING`, uuid(b))
	if err != nil {
		return registration.Line{}, err
	}
	lock := rawSQL("")
	if x.d.LocksRows {
		lock = "FOR UPDATE"
	}
	return x.line(ctx, op, b, lock)
}

func (x lines) Save(ctx context.Context, l registration.Line) error {
	_, err := x.exec(ctx, "Save", `INSERT INTO lines (business_id, due, leased, brand_id, campaign_id, request_id, order_id, body) ?
		ON CONFLICT (business_id) DO UPDATE SET due = excluded.due, leased = excluded.leased, brand_id = excluded.brand_id,
			campaign_id = excluded.campaign_id, request_id = excluded.request_id, order_id = excluded.order_id, body = excluded.body`,
		tuples([]registration.Line{l}, func(r *row, l registration.Line) {
			r.id(l.Business)
			r.time(l.Due)
			r.time(l.Leased)
			r.text(l.Filing.BrandID)
			r.text(l.Filing.CampaignID)
			r.text(l.Filing.RequestID)
			r.text(l.Order.ID)
			r.text(string(registration.MarshalLine(l)))
		}))
	return err
}

type businessIDRow struct {
	ID uuid `bun:"business_id"`
}

func (x lines) Named(ctx context.Context, id string) ([]core.BusinessID, error) {
	if id == "" {
		return nil, nil
	}
	return x.ids(ctx, "Named", `SELECT business_id FROM lines WHERE brand_id = ? OR campaign_id = ? OR request_id = ? OR order_id = ? ORDER BY business_id`,
		text(id), text(id), text(id), text(id))
}

func (x lines) Due(ctx context.Context, now time.Time, n int) ([]core.BusinessID, error) {
	if n <= 0 {
		return nil, nil
	}
	return x.ids(ctx, "Due", `SELECT business_id FROM lines WHERE due <= ? AND (leased IS NULL OR leased <= ?) ORDER BY due, business_id LIMIT ?`,
		stamp{now}, stamp{now}, n)
}

func (x lines) ids(ctx context.Context, op, query string, args ...any) ([]core.BusinessID, error) {
	var rows []businessIDRow
	if err := x.rows(ctx, op, &rows, query, args...); err != nil {
		return nil, err
	}
	var out []core.BusinessID
	for _, r := range rows {
		out = append(out, core.BusinessID(r.ID))
	}
	return out, nil
}
