package bunstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// box is the port [message.Box].
//
// States are written into the SQL as numbers, as in the predicates of the
// indexes: 1 Planned, 2 Sending, 3 Sent, 4 Delivered, 5 Undelivered, 6 Failed,
// 7 Blocked, 8 Unknown, 9 Cancelled, 10 Expired, 11 Unconfirmed. A test holds
// them against the constants.
type box struct{ *queries }

// Plan writes the messages in the order of their keys, so that two that plan
// the same page do not wait for each other crosswise.
func (b box) Plan(ctx context.Context, ms []message.Message) (int, error) {
	const op = "Plan"
	if b.readOnly {
		return 0, b.denied(op)
	}
	ordered := slices.Clone(ms)
	slices.SortStableFunc(ordered, func(x, y message.Message) int {
		return cmp.Or(bytes.Compare(x.Business[:], y.Business[:]), bytes.Compare(x.Key[:], y.Key[:]))
	})
	added := 0
	for batch := range slices.Chunk(ordered, chunk) {
		n, err := b.exec(ctx, op, `INSERT INTO messages (`+plannedColumns+`) ? ON CONFLICT (business_id, plan_key) DO NOTHING`,
			tuples(batch, writePlanned))
		if err != nil {
			return 0, err
		}
		added += n
	}
	return added, nil
}

// Claim asks twice, for answers and for the rest.
func (b box) Claim(ctx context.Context, now time.Time, n int) ([]message.Message, error) {
	const op = "Claim"
	if b.readOnly {
		return nil, b.denied(op)
	}
	var out []message.Message
	for _, priority := range []int{priorityAnswer, priorityRest} {
		if len(out) >= n {
			break
		}
		ms, err := b.claim(ctx, op, priority, now, n-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, ms...)
	}
	return out, nil
}

// Record names the columns of its batch by one letter, so that none is taken
// for a column of the table.
func (b box) Record(ctx context.Context, vs []message.Verdict) ([]core.MessageID, error) {
	const op = "Record"
	if b.readOnly {
		return nil, b.denied(op)
	}
	var written []core.MessageID
	for batch := range slices.Chunk(vs, chunk) {
		for _, v := range batch {
			switch v.State {
			case message.Sending, message.Planned, message.Blocked, message.Cancelled, message.Expired:
			default:
				return nil, core.E(b.d.Name+"."+op, core.Invalid, "a verdict cannot make a message "+v.State.String())
			}
		}
		var ids []uuid
		err := b.take(ctx, op, &ids, `WITH v (b, i, n, s, d, l, r, ra, t) AS (?)`+b.d.change(`messages`, `attempt = v.n AND state IN (1, 2)`,
			`state = v.s,
				attempt = attempt + CASE WHEN v.s = 2 THEN 1 ELSE 0 END,
				due = COALESCE(v.d, due), lease = v.l, reason = v.r, reason_at = v.ra, decided = v.t,
				settled = CASE WHEN v.s IN (7, 9, 10) THEN v.t END`)+`
			RETURNING id`, tuples(batch, writeVerdict))
		if err != nil {
			return nil, err
		}
		written = appendIDs(written, ids)
	}
	return written, nil
}

func writeVerdict(r *row, v message.Verdict) {
	r.id(v.Business)
	r.id(v.Message)
	r.int(int64(v.Attempt))
	r.int(int64(v.State))
	r.time(only(v.State == message.Planned, v.Due))
	r.time(only(v.State == message.Sending, v.Lease))
	r.text(v.Reason)
	r.time(v.ReasonAt)
	r.time(v.At)
}

func only(ok bool, t time.Time) time.Time {
	if ok {
		return t
	}
	return time.Time{}
}

func (b box) Finish(ctx context.Context, os []message.Outcome) ([]core.MessageID, error) {
	const op = "Finish"
	if b.readOnly {
		return nil, b.denied(op)
	}
	var written []core.MessageID
	for batch := range slices.Chunk(os, chunk) {
		for _, o := range batch {
			switch o.State {
			case message.Sent, message.Failed, message.Unknown, message.Planned:
			default:
				return nil, core.E(b.d.Name+"."+op, core.Invalid, "an outcome cannot make a message "+o.State.String())
			}
		}
		ids, err := b.finish(ctx, op, batch)
		if err != nil {
			return nil, err
		}
		written = append(written, ids...)
	}
	return written, nil
}

// finish writes what the carrier answered. A text whose lease ran out is not
// planned again, whatever its worker still has to say (State.May).
func (b box) finish(ctx context.Context, op string, batch []message.Outcome) ([]core.MessageID, error) {
	const with = `WITH v (b, i, n, s, k, c, r, d, t) AS (?)`
	var ids []uuid
	err := b.take(ctx, op, &ids, with+b.d.change(`messages`, `attempt = v.n AND (state = 2 OR state = 8 AND v.s <> 1)`,
		`state = v.s,
			carrier_id = CASE WHEN v.k <> '' THEN v.k ELSE carrier_id END,
			code = v.c, reason = v.r, due = COALESCE(v.d, due), lease = NULL,
			submitted = CASE WHEN v.s IN (3, 8) THEN v.t ELSE submitted END,
			settled = CASE WHEN v.s = 6 THEN v.t END`)+`
		RETURNING id`, tuples(batch, writeOutcome))
	if err != nil || len(ids) == len(batch) {
		return appendIDs(nil, ids), err
	}
	// A receipt was faster, perhaps: it knew the token, we know the carrier's id.
	_, err = b.exec(ctx, op, with+b.d.change(`messages`, `attempt = v.n AND carrier_id = '' AND v.k <> '' AND state IN (3, 4, 5, 11)`,
		`carrier_id = v.k`), tuples(batch, writeOutcome))
	return appendIDs(nil, ids), err
}

func writeOutcome(r *row, o message.Outcome) {
	r.id(o.Business)
	r.id(o.Message)
	r.int(int64(o.Attempt))
	r.int(int64(o.State))
	r.text(o.CarrierID)
	r.text(o.Code)
	r.text(o.Reason)
	r.time(only(o.State == message.Planned, o.Due))
	r.time(o.At)
}

func (b box) Lapse(ctx context.Context, now time.Time, n int) ([]message.Message, error) {
	if n <= 0 {
		return nil, nil
	}
	var rows []struct {
		Business uuid  `bun:"business_id"`
		ID       uuid  `bun:"id"`
		Campaign uuid  `bun:"campaign_id"`
		To       int64 `bun:"to_number"`
		Attempt  int   `bun:"attempt"`
	}
	expired := `SELECT business_id AS b, id AS i FROM messages WHERE state = 2 AND lease < ?0 ORDER BY lease LIMIT ?1`
	if b.d.LocksRows {
		expired = `SELECT found.b, found.i FROM (SELECT business_id, id FROM messages_flying WHERE lease < ?0 ORDER BY lease LIMIT ?1) AS f
			CROSS JOIN LATERAL (SELECT business_id AS b, id AS i FROM messages
				WHERE business_id = f.business_id AND id = f.id AND state = 2 AND lease < ?0 OFFSET 0 FOR UPDATE SKIP LOCKED) AS found`
	}
	err := b.take(ctx, "Lapse", &rows, `WITH v AS (`+expired+`)`+b.d.change(`messages`, ``, `state = 8, lease = NULL, reason = 'lease_lapsed'`)+`
		RETURNING business_id, id, campaign_id, to_number, attempt`, stamp{now}, n)
	if err != nil {
		return nil, err
	}
	lapsed := make([]message.Message, len(rows))
	for i, r := range rows {
		lapsed[i] = message.Message{Business: core.BusinessID(r.Business), ID: core.MessageID(r.ID), Campaign: core.CampaignID(r.Campaign), To: number(r.To), Attempt: r.Attempt}
	}
	return lapsed, nil
}

const cancelPicked = `
	UPDATE messages SET state = 9, reason = ?, reason_at = ?, settled = ?
	FROM v WHERE business_id = v.b AND id = v.i`

func (b box) Cancel(ctx context.Context, p core.Pair, c message.Class, reason string, at time.Time) (int, error) {
	return b.exec(ctx, "Cancel", `WITH v AS (
			SELECT business_id AS b, id AS i FROM messages
			WHERE business_id = ? AND to_number = ? AND state = 1 AND class = ? ORDER BY id ?
		)`+cancelPicked,
		uuid(p.Business), int64(p.Number.Digits()), int(c), b.d.skipLocked("messages"), text(reason), stamp{at}, stamp{at})
}

func (b box) CancelCampaign(ctx context.Context, business core.BusinessID, c core.CampaignID, reason string, at time.Time, n int) (int, error) {
	if n <= 0 {
		return 0, nil
	}
	return b.exec(ctx, "CancelCampaign", `WITH v AS (
			SELECT business_id AS b, id AS i FROM messages
			WHERE business_id = ? AND campaign_id = ? AND state = 1 ORDER BY id LIMIT ? ?
		)`+cancelPicked,
		uuid(business), uuid(c), n, b.d.skipLocked("messages"), text(reason), stamp{at}, stamp{at})
}

func appendIDs(out []core.MessageID, ids []uuid) []core.MessageID {
	out = slices.Grow(out, len(ids))
	for _, id := range ids {
		out = append(out, core.MessageID(id))
	}
	return out
}
