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

// messageKey names a message.
type messageKey struct {
	Business core.BusinessID
	ID       core.MessageID
}

func writeKey(r *row, k messageKey) {
	r.id(k.Business)
	r.id(k.ID)
}

// settleRow is what a receipt may change of a message.
type settleRow struct {
	Business  uuid   `bun:"business_id"`
	ID        uuid   `bun:"id"`
	State     int    `bun:"state"`
	Attempt   int    `bun:"attempt"`
	CarrierID string `bun:"carrier_id"`
	Code      string `bun:"code"`
	Submitted stamp  `bun:"submitted"`
	Settled   stamp  `bun:"settled"`
	changed   bool
}

// Settle reads the messages, lets one receipt after the other move them, and
// writes what came of it: several receipts of one batch may be about one
// message, in any order.
func (b box) Settle(ctx context.Context, rs []message.Receipt) ([]message.Receipt, error) {
	const op = "Settle"
	if b.readOnly {
		return nil, b.denied(op)
	}
	var unmatched []message.Receipt
	for batch := range slices.Chunk(rs, chunk) {
		un, err := b.settle(ctx, op, batch)
		if err != nil {
			return nil, err
		}
		unmatched = append(unmatched, un...)
	}
	return unmatched, nil
}

func (b box) settle(ctx context.Context, op string, rs []message.Receipt) (unmatched []message.Receipt, err error) {
	keys, err := b.named(ctx, op, rs)
	if err != nil {
		return nil, err
	}
	rows, err := b.settleRows(ctx, op, keys)
	if err != nil {
		return nil, err
	}
	for i, r := range rs {
		m := rows[keys[i]]
		if m == nil {
			unmatched = append(unmatched, r)
			continue
		}
		m.apply(r)
	}
	var changed []*settleRow
	for _, m := range rows {
		if m.changed {
			changed = append(changed, m)
		}
	}
	if len(changed) == 0 {
		return unmatched, nil
	}
	_, err = b.exec(ctx, op, `WITH v (b, i, s, k, c, u, t) AS (?)`+b.d.change(`messages`, ``,
		`state = v.s, carrier_id = v.k, code = v.c, submitted = v.u, settled = v.t, lease = NULL`), tuples(changed, func(r *row, m *settleRow) {
		r.id(m.Business)
		r.id(m.ID)
		r.int(int64(m.State))
		r.text(m.CarrierID)
		r.text(m.Code)
		r.time(m.Submitted.Time)
		r.time(m.Settled.Time)
	}))
	return unmatched, err
}

// apply moves the message where it may go. A message that went out while we
// did not learn its carrier's id learns it from the receipt.
func (m *settleRow) apply(r message.Receipt) {
	if message.State(m.State).Settles(m.Attempt, r.State) {
		m.State, m.Code, m.changed = int(r.State), r.Code, true
		if r.State != message.Sent {
			m.Settled.Time = r.At
		}
		// Whoever lost the answer to the send learns here that it went out.
		if m.Submitted.IsZero() {
			m.Submitted.Time = r.At
		}
	}
	if m.CarrierID == "" && r.CarrierID != "" && message.State(m.State).Submitted() {
		m.CarrierID, m.changed = r.CarrierID, true
	}
}

// named returns for each receipt which message it names, the zero key for none.
func (b box) named(ctx context.Context, op string, rs []message.Receipt) ([]messageKey, error) {
	keys := make([]messageKey, len(rs))
	byCarrier := make(map[string][]int)
	for i, r := range rs {
		if business, id, err := r.Token.Parse(); err == nil {
			keys[i] = messageKey{business, id}
		} else if r.Token == "" && r.CarrierID != "" {
			byCarrier[clean(r.CarrierID)] = append(byCarrier[clean(r.CarrierID)], i)
		}
	}
	if len(byCarrier) == 0 {
		return keys, nil
	}
	ids := make([]string, 0, len(byCarrier))
	for id := range byCarrier {
		ids = append(ids, id)
	}
	carried := `messages`
	if b.d.LocksRows {
		carried = `messages_carried`
	}
	var rows []settleRow
	err := b.rows(ctx, op, &rows, `WITH v (k) AS (?) `+
		b.d.lookup(`business_id, id, carrier_id`, carried+` WHERE carrier_id = v.k AND carrier_id <> ''`, false), tuples(ids, (*row).text))
	if err != nil {
		return nil, err
	}
	for _, m := range rows {
		for _, i := range byCarrier[m.CarrierID] {
			keys[i] = messageKey{core.BusinessID(m.Business), core.MessageID(m.ID)}
		}
	}
	return keys, nil
}

// settleRows reads and locks the messages, in the order of their keys.
func (b box) settleRows(ctx context.Context, op string, keys []messageKey) (map[messageKey]*settleRow, error) {
	wanted := slices.DeleteFunc(unique(keys), func(k messageKey) bool { return k == messageKey{} })
	if len(wanted) == 0 {
		return nil, nil
	}
	var rows []settleRow
	slices.SortFunc(wanted, func(x, y messageKey) int {
		return cmp.Or(bytes.Compare(x.Business[:], y.Business[:]), bytes.Compare(x.ID[:], y.ID[:]))
	})
	err := b.rows(ctx, op, &rows, `WITH v (b, i) AS (?) `+
		b.d.lookup(`business_id, id, state, attempt, carrier_id, code, submitted, settled`, `messages WHERE business_id = v.b AND id = v.i`, true),
		tuples(wanted, writeKey))
	if err != nil {
		return nil, err
	}
	out := make(map[messageKey]*settleRow, len(rows))
	for i := range rows {
		out[messageKey{core.BusinessID(rows[i].Business), core.MessageID(rows[i].ID)}] = &rows[i]
	}
	return out, nil
}

// Recent counts a text from when it went out, or, where that is not known, from
// when it was decided: the later of the two, which keeps the cap longer.
func (b box) Recent(ctx context.Context, pairs []core.Pair, since time.Time) (map[core.Pair][]time.Time, error) {
	out := make(map[core.Pair][]time.Time)
	if len(pairs) == 0 {
		return out, nil
	}
	var rows []struct {
		Business uuid  `bun:"business_id"`
		Number   int64 `bun:"to_number"`
		At       stamp `bun:"at"`
	}
	err := b.rows(ctx, "Recent", &rows, `WITH v (b, n) AS (?) `+
		b.d.lookup(`business_id, to_number, COALESCE(submitted, decided) AS at`,
			`messages WHERE business_id = v.b AND to_number = v.n
				AND class = ? AND state IN (2, 3, 4, 5, 8, 11) AND COALESCE(submitted, decided) >= ?`, false),
		tuples(unique(pairs), writePair), int(message.Marketing), stamp{since})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		p := core.Pair{Business: core.BusinessID(r.Business), Number: number(r.Number)}
		out[p] = append(out[p], r.At.Time)
	}
	for _, times := range out {
		slices.SortFunc(times, func(x, y time.Time) int { return y.Compare(x) })
	}
	return out, nil
}
