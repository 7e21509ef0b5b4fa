package bunstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// Results joins the texts that were handed over with where their guests stand
// now: the states 2 and 3 are opted out, and may have.
func (b box) Results(ctx context.Context, business core.BusinessID, c core.CampaignID) (map[message.Arm]message.Result, error) {
	var rows []struct {
		Arm      int `bun:"arm"`
		Sent     int `bun:"sent"`
		OptedOut int `bun:"opted_out"`
		Replied  int `bun:"replied"`
	}
	err := b.rows(ctx, "Results", &rows, `SELECT m.arm, count(*) AS sent,
			count(CASE WHEN s.state IN (2, 3) AND s.since >= COALESCE(m.submitted, m.decided) THEN 1 END) AS opted_out,
			count(CASE WHEN g.wrote >= COALESCE(m.submitted, m.decided) THEN 1 END) AS replied
		FROM messages AS m
		LEFT JOIN subscribers AS s ON s.business_id = m.business_id AND s.number = m.to_number
		LEFT JOIN guest_notes AS g ON g.business_id = m.business_id AND g.number = m.to_number
		WHERE m.business_id = ? AND m.campaign_id = ? AND m.state IN (2, 3, 4, 5, 8, 11) GROUP BY m.arm`, uuid(business), uuid(c))
	if err != nil {
		return nil, err
	}
	out := make(map[message.Arm]message.Result, len(rows))
	for _, r := range rows {
		out[message.Arm(r.Arm)] = message.Result{Sent: r.Sent, OptedOut: r.OptedOut, Replied: r.Replied}
	}
	return out, nil
}
