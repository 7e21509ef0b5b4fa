package bunstore

import (
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

func (b box) Unsettled(ctx context.Context, before time.Time, n int) ([]message.Message, error) {
	if n <= 0 {
		return nil, nil
	}
	if b.d.LocksRows {
		var rows []messageRow
		err := b.rows(ctx, "Unsettled", &rows, b.through(messageColumns, `SELECT business_id, id FROM messages_unsettled WHERE at < ? ORDER BY at LIMIT ?`), stamp{before}, n)
		return messagesOf(rows), err
	}
	return b.messages(ctx, "Unsettled", `WHERE state IN (3, 8) AND COALESCE(looked, decided) < ? ORDER BY COALESCE(looked, decided) LIMIT ?`,
		stamp{before}, n)
}

// through reads texts by the keys that a question about one of the tables beside
// messages finds, in its order: Postgres keeps there what changes with their state.
func (b box) through(columns, keys string) string {
	return `SELECT found.* FROM (` + keys + `) AS v (b, i) CROSS JOIN LATERAL (
		SELECT ` + columns + ` FROM messages WHERE business_id = v.b AND id = v.i OFFSET 0) AS found`
}

func (b box) Looked(ctx context.Context, ls []message.Look) error {
	const op = "Looked"
	if b.readOnly {
		return b.denied(op)
	}
	for batch := range slices.Chunk(ls, chunk) {
		_, err := b.exec(ctx, op, `WITH v (b, i, t) AS (?)`+b.d.change(`messages`, ``, `looked = v.t`),
			tuples(batch, func(r *row, l message.Look) {
				r.id(l.Business)
				r.id(l.Message)
				r.time(l.At)
			}))
		if err != nil {
			return err
		}
	}
	return nil
}

func (b box) Unknown(ctx context.Context, business core.BusinessID, after core.MessageID, n int) ([]message.Message, error) {
	if n <= 0 {
		return nil, nil
	}
	if b.d.LocksRows {
		where, args := `id > ? ORDER BY id LIMIT ?`, []any{uuid(after), n}
		if !business.IsZero() {
			where, args = `business_id = ? AND `+where, append([]any{uuid(business)}, args...)
		}
		var rows []messageRow
		err := b.rows(ctx, "Unknown", &rows, b.through(messageColumns, `SELECT business_id, id FROM messages_unknown WHERE `+where), args...)
		return messagesOf(rows), err
	}
	if business.IsZero() {
		return b.messages(ctx, "Unknown", `WHERE state = 8 AND id > ? ORDER BY id LIMIT ?`, uuid(after), n)
	}
	return b.messages(ctx, "Unknown", `WHERE state = 8 AND business_id = ? AND id > ? ORDER BY id LIMIT ?`, uuid(business), uuid(after), n)
}
