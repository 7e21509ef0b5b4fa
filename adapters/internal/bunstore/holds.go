package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/retention"
)

// holds is the port [retention.Book].
type holds struct{ *queries }

type holdRow struct {
	Business uuid   `bun:"business_id"`
	ID       uuid   `bun:"id"`
	Number   int64  `bun:"number"`
	Campaign uuid   `bun:"campaign_id"`
	From     stamp  `bun:"from_at"`
	To       stamp  `bun:"to_at"`
	Matter   string `bun:"matter"`
	Reason   string `bun:"reason"`
	By       uuid   `bun:"placed_by"`
	Placed   stamp  `bun:"placed"`
	Lifted   stamp  `bun:"lifted"`
	LiftedBy uuid   `bun:"lifted_by"`
}

const holdColumns = `business_id, id, number, campaign_id, from_at, to_at, matter, reason, placed_by, placed, lifted, lifted_by`

func (r holdRow) hold() retention.Hold {
	return retention.Hold{
		ID: core.RecordID(r.ID), Business: core.BusinessID(r.Business), Number: number(r.Number), Campaign: core.CampaignID(r.Campaign),
		From: r.From.Time, To: r.To.Time, Matter: r.Matter, Reason: r.Reason, By: core.UserID(r.By), Placed: r.Placed.Time,
		Lifted: r.Lifted.Time, LiftedBy: core.UserID(r.LiftedBy),
	}
}

// gate waits for everybody who erases, or places a hold. It is a row of its own:
// there may be no hold yet to lock.
func (h holds) gate(ctx context.Context, op string) error {
	if !h.d.LocksRows || h.readOnly {
		return nil
	}
	var rows []struct {
		N int `bun:"n"`
	}
	return h.take(ctx, op, &rows, `SELECT n FROM hold_gate FOR UPDATE`)
}

func (h holds) InForce(ctx context.Context, b core.BusinessID) (retention.Holds, error) {
	const op = "InForce"
	if err := h.gate(ctx, op); err != nil {
		return nil, err
	}
	where, args := `lifted IS NULL`, []any(nil)
	if !b.IsZero() {
		where, args = `business_id = ? AND lifted IS NULL`, []any{uuid(b)}
	}
	return h.holds(ctx, op, where+` ORDER BY placed, id`, args...)
}

func (h holds) All(ctx context.Context, b core.BusinessID, n int) (retention.Holds, error) {
	if n <= 0 {
		return nil, nil
	}
	where, args := `true`, []any(nil)
	if !b.IsZero() {
		where, args = `business_id = ?`, []any{uuid(b)}
	}
	return h.holds(ctx, "All", where+` ORDER BY placed DESC, id DESC LIMIT ?`, append(args, n)...)
}

func (h holds) holds(ctx context.Context, op, where string, args ...any) (retention.Holds, error) {
	var rows []holdRow
	if err := h.rows(ctx, op, &rows, `SELECT `+holdColumns+` FROM holds WHERE `+where, args...); err != nil {
		return nil, err
	}
	var out retention.Holds
	for _, r := range rows {
		out = append(out, r.hold())
	}
	return out, nil
}

func (h holds) Place(ctx context.Context, x retention.Hold) error {
	const op = "Place"
	if h.readOnly {
		return h.denied(op)
	}
	if err := h.gate(ctx, op); err != nil {
		return err
	}
	_, err := h.exec(ctx, op, `INSERT INTO holds (`+holdColumns+`) ?`, tuples([]retention.Hold{x}, func(r *row, x retention.Hold) {
		r.id(x.Business)
		r.id(x.ID)
		r.number(x.Number)
		r.idOrNull(x.Campaign)
		r.time(x.From)
		r.time(x.To)
		r.text(x.Matter)
		r.text(x.Reason)
		r.idOrNull(x.By)
		r.time(x.Placed)
		r.time(x.Lifted)
		r.idOrNull(x.LiftedBy)
	}))
	return err
}

func (h holds) Lift(ctx context.Context, b core.BusinessID, id core.RecordID, by core.UserID, at time.Time) (retention.Hold, error) {
	const op = "Lift"
	if h.readOnly {
		return retention.Hold{}, h.denied(op)
	}
	if err := h.gate(ctx, op); err != nil {
		return retention.Hold{}, err
	}
	hs, err := h.holds(ctx, op, `business_id = ? AND id = ?`, uuid(b), uuid(id))
	switch {
	case err != nil:
		return retention.Hold{}, err
	case len(hs) == 0:
		return retention.Hold{}, h.notFound(op, "hold")
	case !hs[0].Lifted.IsZero():
		return retention.Hold{}, core.E(h.d.Name+"."+op, core.Conflict, "this hold was lifted already")
	}
	hs[0].Lifted, hs[0].LiftedBy = at, by
	_, err = h.exec(ctx, op, `UPDATE holds SET lifted = ?, lifted_by = ? WHERE business_id = ? AND id = ? AND lifted IS NULL`,
		stamp{at}, orNil(by), uuid(b), uuid(id))
	return hs[0], err
}

// orNil is NULL for the zero id.
func orNil[T ~[16]byte](id T) any {
	if id == (T{}) {
		return nil
	}
	return uuid(id)
}
