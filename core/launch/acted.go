package launch

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

// acted records what a person did with a campaign, as it is now and was before.
// What no person did is no record.
func (s *Service) acted(ctx context.Context, tx store.Tx, c campaign.Campaign, from campaign.Status, by core.UserID, now time.Time) error {
	if by.IsZero() {
		return nil
	}
	action, details := action(c, from)
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), c.Business, now, by, action, c.ID, details),
	})
}

// action names it. An approval fixes what a campaign says and when, so those are
// part of its record.
func action(c campaign.Campaign, from campaign.Status) (string, map[string]string) {
	switch {
	case c.Status == campaign.Scheduled:
		details := map[string]string{
			"name": c.Name, "text": c.Body, "text_sha256": evidence.TextHash(c.Body), "media": strings.Join(c.Media, " "),
			"send_at": c.SendAt.UTC().Format(time.RFC3339), "not_after": c.NotAfter.UTC().Format(time.RFC3339),
		}
		if !c.Wall.IsZero() {
			details["by_guests_clocks"] = c.Wall.String()
		}
		if !c.Repeat.IsZero() {
			details["repeats"] = c.Repeat.Rule
		}
		if !c.Test.IsZero() {
			details["second_text"], details["second_text_sha256"] = c.Test.Body, evidence.TextHash(c.Test.Body)
			details["sample_percent"], details["winner_after"] = strconv.Itoa(c.Test.Percent), c.Test.After.String()
		}
		if !c.Audience.IsZero() {
			details["audience"] = c.Audience.Encode()
		}
		return evidence.CampaignApproved, details
	case c.Status == campaign.Draft:
		return evidence.CampaignUnscheduled, nil
	case c.Status == campaign.Paused:
		return evidence.CampaignPaused, nil
	case c.Status == campaign.Sending && from == campaign.Paused:
		return evidence.CampaignResumed, nil
	}
	return evidence.CampaignCancelled, nil
}
