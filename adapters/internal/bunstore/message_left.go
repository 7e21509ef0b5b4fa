package bunstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
)

// Left looks into the queue for what waits and, where nothing does, among the few
// that are on their way. Without MATERIALIZED the planner might look for those
// among all of the campaign's texts.
func (b box) Left(ctx context.Context, business core.BusinessID, c core.CampaignID) (bool, error) {
	var rows []struct {
		Left bool `bun:"left_over"`
	}
	sending, waiting := `SELECT business_id, campaign_id FROM messages WHERE state = 2`, `messages WHERE state = 1 AND`
	if b.d.LocksRows {
		sending, waiting = b.through(`business_id, campaign_id`, `SELECT business_id, id FROM messages_flying WHERE business_id = ?2`), `messages_waiting WHERE`
	}
	err := b.rows(ctx, "Left", &rows, `WITH sending AS MATERIALIZED (`+sending+`)
		SELECT EXISTS (SELECT 1 FROM `+waiting+` priority IN (?0, ?1) AND business_id = ?2 AND lane = ?3)
			OR EXISTS (SELECT 1 FROM sending WHERE business_id = ?2 AND campaign_id = ?3) AS left_over`,
		priorityRest, priorityAnswer, uuid(business), uuid(c))
	return len(rows) == 1 && rows[0].Left, err
}
