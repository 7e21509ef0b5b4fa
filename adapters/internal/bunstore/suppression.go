package bunstore

import (
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/suppression"
)

// list is the port [suppression.List].
type list struct{ *queries }

type entryRow struct {
	Business uuid   `bun:"business_id"`
	ID       uuid   `bun:"id"`
	Number   int64  `bun:"number"`
	Reason   int    `bun:"reason"`
	Source   string `bun:"source"`
	Words    []byte `bun:"words"`
	Actor    string `bun:"actor"`
	At       stamp  `bun:"at"`
	Lifted   stamp  `bun:"lifted"`
}

const entryColumns = `business_id, id, number, reason, source, words, actor, at, lifted`

// Add leaves it to two unique indexes to pass over what is there: the key, and
// one for each pair and reason in force, which hold also between transactions.
func (l list) Add(ctx context.Context, entries []suppression.Entry) error {
	const op = "Add"
	if l.readOnly {
		return l.denied(op)
	}
	for batch := range slices.Chunk(entries, chunk) {
		_, err := l.exec(ctx, op, `INSERT INTO suppressions (`+entryColumns+`) ? ON CONFLICT DO NOTHING`, tuples(batch, func(r *row, e suppression.Entry) {
			r.id(e.Business)
			r.id(e.ID)
			r.number(e.Number)
			r.int(int64(e.Reason))
			r.text(e.Source)
			r.bytes([]byte(e.Words))
			r.text(e.Actor)
			r.time(e.At)
			r.time(e.Lifted)
		}))
		if err != nil {
			return err
		}
	}
	return nil
}

func (l list) Barring(ctx context.Context, pairs []core.Pair) ([]suppression.Entry, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	all := make([]core.Pair, 0, 2*len(pairs))
	for _, p := range pairs {
		all = append(all, p, core.Pair{Number: p.Number})
	}
	all = unique(all)
	es, err := l.entries(ctx, "Barring", `WITH v (b, n) AS (?) `+
		l.d.lookup(entryColumns, `suppressions WHERE business_id = v.b AND number = v.n AND lifted IS NULL`, false), tuples(all, writePair))
	if err != nil || l.tags == nil {
		return es, err
	}
	hashed, err := l.tagged(ctx, "Barring", all)
	return append(es, hashed...), err
}

// Lift passes over entries that begin after t: a later opt-out is not undone by
// an earlier word.
func (l list) Lift(ctx context.Context, b core.BusinessID, n core.Number, t time.Time, reasons ...suppression.Reason) (int, error) {
	n0, err := l.lift(ctx, `suppressions`, `number`, int64(n.Digits()), b, t, reasons)
	for _, tag := range l.tags.Tags(core.Pair{Business: b, Number: n}) {
		if err != nil {
			return n0, err
		}
		var more int
		more, err = l.lift(ctx, `suppression_tags`, `tag`, uuid(tag), b, t, reasons)
		n0 += more
	}
	return n0, err
}

func (l list) lift(ctx context.Context, table, column rawSQL, key any, b core.BusinessID, t time.Time, reasons []suppression.Reason) (int, error) {
	query := `UPDATE ? SET lifted = ? WHERE business_id = ? AND ? = ? AND lifted IS NULL AND at <= ? AND `
	codes := reasons
	if len(reasons) == 0 {
		query += `reason NOT IN (?)`
		codes = []suppression.Reason{suppression.Complaint, suppression.ByOperator}
	} else {
		query += `reason IN (?)`
	}
	return l.exec(ctx, "Lift", query, table, stamp{t}, uuid(b), column, key, stamp{t},
		tuples(codes, func(r *row, c suppression.Reason) { r.int(int64(c)) }))
}

func (l list) Entries(ctx context.Context, b core.BusinessID, before time.Time, n int) ([]suppression.Entry, error) {
	if n <= 0 {
		return nil, nil
	}
	query := `SELECT ` + entryColumns + ` FROM suppressions WHERE business_id = ?`
	args := []any{uuid(b)}
	if !before.IsZero() {
		query += ` AND at < ?`
		args = append(args, stamp{before})
	}
	return l.entries(ctx, "Entries", query+` ORDER BY at DESC, id DESC LIMIT ?`, append(args, n)...)
}

// InForce reads the partial index of entries in force.
func (l list) InForce(ctx context.Context, b core.BusinessID, r suppression.Reason, n int) ([]suppression.Entry, error) {
	if n <= 0 {
		return nil, nil
	}
	return l.entries(ctx, "InForce", `SELECT `+entryColumns+` FROM suppressions
		WHERE business_id = ? AND reason = ? AND lifted IS NULL ORDER BY at DESC, id DESC LIMIT ?`, uuid(b), int(r), n)
}

func (l list) entries(ctx context.Context, op, query string, args ...any) ([]suppression.Entry, error) {
	var rows []entryRow
	if err := l.rows(ctx, op, &rows, query, args...); err != nil {
		return nil, err
	}
	out := make([]suppression.Entry, len(rows))
	for i, r := range rows {
		out[i] = suppression.Entry{
			ID: core.SuppressionID(r.ID), Business: core.BusinessID(r.Business), Number: number(r.Number),
			Reason: suppression.Reason(r.Reason), Source: r.Source, Words: string(r.Words), Actor: r.Actor, At: r.At.Time, Lifted: r.Lifted.Time,
		}
	}
	return out, nil
}
