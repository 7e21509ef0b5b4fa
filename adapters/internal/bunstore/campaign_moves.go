package bunstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
)

type moveRow struct {
	Revision int64 `bun:"revision"`
	From     int   `bun:"from_status"`
	To       int   `bun:"to_status"`
	By       uuid  `bun:"moved_by"`
	At       stamp `bun:"moved_at"`
}

func (b book) Note(ctx context.Context, m campaign.Move) error {
	_, err := b.exec(ctx, "Note", `INSERT INTO campaign_moves (business_id, campaign_id, revision, from_status, to_status, moved_by, moved_at) ?`,
		tuples([]campaign.Move{m}, func(r *row, m campaign.Move) {
			r.id(m.Business)
			r.id(m.Campaign)
			r.int(m.Revision)
			r.int(int64(m.From))
			r.int(int64(m.To))
			r.idOrNull(m.By)
			r.time(m.At)
		}))
	return err
}

func (b book) Moves(ctx context.Context, business core.BusinessID, id core.CampaignID) ([]campaign.Move, error) {
	var rows []moveRow
	err := b.rows(ctx, "Moves", &rows, `SELECT revision, from_status, to_status, moved_by, moved_at FROM campaign_moves
		WHERE business_id = ? AND campaign_id = ? ORDER BY revision`, uuid(business), uuid(id))
	if err != nil {
		return nil, err
	}
	var out []campaign.Move
	for _, r := range rows {
		out = append(out, campaign.Move{
			Business: business, Campaign: id, Revision: r.Revision,
			From: campaign.Status(r.From), To: campaign.Status(r.To), By: core.UserID(r.By), At: r.At.Time,
		})
	}
	return out, nil
}
