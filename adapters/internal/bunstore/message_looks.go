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
	return b.messages(ctx, "Unsettled", `WHERE state IN (3, 8) AND COALESCE(looked, decided) < ? ORDER BY COALESCE(looked, decided) LIMIT ?`,
		stamp{before}, n)
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
	if business.IsZero() {
		return b.messages(ctx, "Unknown", `WHERE state = 8 AND id > ? ORDER BY id LIMIT ?`, uuid(after), n)
	}
	return b.messages(ctx, "Unknown", `WHERE state = 8 AND business_id = ? AND id > ? ORDER BY id LIMIT ?`, uuid(business), uuid(after), n)
}
