package bunstore

import (
	"context"
	"strconv"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/suppression"
)

func (s shelf) ForgetGuest(ctx context.Context, p core.Pair, but []core.Number) (retention.Forgotten, error) {
	const op = "ForgetGuest"
	var f retention.Forgotten
	b, n := uuid(p.Business), int64(p.Number.Digits())
	var err error
	if f.Texts, err = s.exec(ctx, op, `UPDATE messages SET body = '', media = ''
		WHERE business_id = ? AND to_number = ? AND state NOT IN (1, 2) AND (body <> '' OR media <> '')`, b, n); err != nil {
		return f, err
	}
	if f.Events, err = s.exec(ctx, op, `DELETE FROM consent_events WHERE business_id = ? AND number = ?`, b, n); err != nil {
		return f, err
	}
	// Links are found by their texts: those that nobody opened are not indexed by guest.
	if _, err := s.exec(ctx, op, `DELETE FROM links WHERE business_id = ? AND number = ?
		AND message_id IN (SELECT id FROM messages WHERE business_id = ? AND to_number = ?)`, b, n, b, n); err != nil {
		return f, err
	}
	if _, err := s.exec(ctx, op, `DELETE FROM links WHERE business_id = ? AND number = ? AND opened IS NOT NULL`, b, n); err != nil {
		return f, err
	}
	for _, table := range []rawSQL{"subscribers", "guest_notes", "guest_tags", "carrier_optouts"} {
		if _, err := s.exec(ctx, op, `DELETE FROM ? WHERE business_id = ? AND number = ?`, table, b, n); err != nil {
			return f, err
		}
	}
	f.Webhooks, err = s.forgetWebhooks(ctx, op, p, but)
	return f, err
}

// forgetWebhooks reads the whole inbox, which is 90 days long: a webhook is
// indexed by nothing that it says. The ids stay, so that one that comes again is
// known.
func (s shelf) forgetWebhooks(ctx context.Context, op string, p core.Pair, but []core.Number) (int, error) {
	var rows []struct {
		N int64 `bun:"n"`
	}
	err := s.rows(ctx, op, &rows, `SELECT sender AS n FROM businesses WHERE id = ? AND sender <> 0 UNION SELECT number FROM keywords WHERE business_id = ?`, uuid(p.Business), uuid(p.Business))
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	within := `position(? IN raw) > 0`
	if !s.d.LocksRows {
		within = `instr(raw, ?) > 0`
	}
	query, args := `UPDATE inbox SET raw = ?, note = 'erased' WHERE handled IS NOT NULL AND `+within+` AND (false`, []any{[]byte("{}"), lastTen(int64(p.Number.Digits()))}
	for _, r := range rows {
		query += ` OR ` + within
		args = append(args, lastTen(r.N))
	}
	query += `)`
	for _, n := range but {
		query += ` AND NOT ` + within
		args = append(args, lastTen(int64(n.Digits())))
	}
	return s.exec(ctx, op, query, args...)
}

// lastTen are the digits of a number that every form of it has.
func lastTen(digits int64) []byte {
	d := strconv.FormatInt(digits, 10)
	return []byte(d[max(0, len(d)-10):])
}

// UseTagKeys sets the keys by which guests are barred whose number is not kept.
// It is for who opens the Store, before anybody uses it.
func (s *Store) UseTagKeys(k *suppression.Keys) { s.tags = k }

// CheckTagKeys is Invalid where a guest is barred under a key that the Store has
// not: it would be texted.
func (s *Store) CheckTagKeys(ctx context.Context) error {
	const op = "CheckTagKeys"
	q := &queries{db: s.read, d: s.dialect, readOnly: true}
	var rows []struct {
		Name int64 `bun:"key_name"`
	}
	if err := q.rows(ctx, op, &rows, `SELECT DISTINCT key_name FROM suppression_tags`); err != nil {
		return err
	}
	known := make(map[int64]bool)
	for _, n := range s.tags.Names() {
		known[n] = true
	}
	for _, r := range rows {
		if !known[r.Name] {
			return core.E(s.dialect.Name+"."+op, core.Invalid, "guests are barred under a key that NEXO_ERASURE_KEY does not have; put it back, behind the newer ones with a comma between. Without it they would be texted")
		}
	}
	return nil
}

type tagRow struct {
	Business uuid   `bun:"business_id"`
	ID       uuid   `bun:"id"`
	Number   int64  `bun:"number"`
	Reason   int    `bun:"reason"`
	Source   string `bun:"source"`
	At       stamp  `bun:"at"`
}

type tagged struct {
	pair core.Pair
	tag  suppression.Tag
}

// tagged are the entries in force of guests whose number is not kept.
func (l list) tagged(ctx context.Context, op string, pairs []core.Pair) ([]suppression.Entry, error) {
	var all []tagged
	for _, p := range pairs {
		for _, t := range l.tags.Tags(p) {
			all = append(all, tagged{p, t})
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	var rows []tagRow
	err := l.rows(ctx, op, &rows, `WITH v (b, t, n) AS (?) `+
		l.d.lookup(`business_id, id, v.n AS number, reason, source, at`, `suppression_tags WHERE business_id = v.b AND tag = v.t AND lifted IS NULL`, false),
		tuples(all, func(r *row, x tagged) {
			r.id(x.pair.Business)
			r.id(x.tag)
			r.number(x.pair.Number)
		}))
	if err != nil {
		return nil, err
	}
	out := make([]suppression.Entry, len(rows))
	for i, r := range rows {
		out[i] = suppression.Entry{
			ID: core.SuppressionID(r.ID), Business: core.BusinessID(r.Business), Number: number(r.Number),
			Reason: suppression.Reason(r.Reason), Source: r.Source, At: r.At.Time,
		}
	}
	return out, nil
}

// Forget puts tags in the place of the numbers.
func (l list) Forget(ctx context.Context, b core.BusinessID, n core.Number) (bool, error) {
	const op = "Forget"
	if l.readOnly {
		return false, l.denied(op)
	}
	args := []any{uuid(b), int64(n.Digits())}
	tags := l.tags.Tags(core.Pair{Business: b, Number: n})
	if len(tags) == 0 {
		if _, err := l.exec(ctx, op, `DELETE FROM suppressions WHERE business_id = ? AND number = ? AND lifted IS NOT NULL`, args...); err != nil {
			return false, err
		}
		_, err := l.exec(ctx, op, `UPDATE suppressions SET words = NULL WHERE business_id = ? AND number = ?`, args...)
		return false, err
	}
	_, err := l.exec(ctx, op, `INSERT INTO suppression_tags (business_id, tag, id, key_name, reason, source, at)
		SELECT business_id, ?, id, ?, reason, source, at FROM suppressions WHERE business_id = ? AND number = ? AND lifted IS NULL
		ON CONFLICT DO NOTHING`, append([]any{uuid(tags[0]), l.tags.Names()[0]}, args...)...)
	if err != nil {
		return false, err
	}
	_, err = l.exec(ctx, op, `DELETE FROM suppressions WHERE business_id = ? AND number = ?`, args...)
	return err == nil, err
}
