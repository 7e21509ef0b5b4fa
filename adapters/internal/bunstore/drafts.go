package bunstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/draft"
)

// drafts is the port [draft.Ledger].
type drafts struct{ *queries }

func (d drafts) AddUse(ctx context.Context, u draft.Use) error {
	_, err := d.exec(ctx, "AddUse", `INSERT INTO draft_uses (business_id, day, asked, tokens) ?
		ON CONFLICT (business_id, day) DO UPDATE SET asked = draft_uses.asked + excluded.asked, tokens = draft_uses.tokens + excluded.tokens`,
		tuples([]draft.Use{u}, func(r *row, u draft.Use) {
			r.id(u.Business)
			r.text(u.Day)
			r.int(int64(u.Asked))
			r.int(int64(u.Tokens))
		}))
	return err
}

func (d drafts) Uses(ctx context.Context, b core.BusinessID, from string) ([]draft.Use, error) {
	var rows []struct {
		Day    string `bun:"day"`
		Asked  int    `bun:"asked"`
		Tokens int    `bun:"tokens"`
	}
	err := d.rows(ctx, "Uses", &rows, `SELECT day, asked, tokens FROM draft_uses WHERE business_id = ? AND day >= ? ORDER BY day`, uuid(b), text(from))
	if err != nil {
		return nil, err
	}
	var out []draft.Use
	for _, r := range rows {
		out = append(out, draft.Use{Business: b, Day: r.Day, Asked: r.Asked, Tokens: r.Tokens})
	}
	return out, nil
}
