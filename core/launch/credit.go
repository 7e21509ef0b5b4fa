package launch

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/store"
)

// A Credit knows what a business may still send. Implementations are safe for
// concurrent use, and may be nil pointers, to which everything is allowed.
type Credit interface {
	// May says why a campaign of so many parts must not begin, "" where it may.
	May(ctx context.Context, tx store.Tx, b core.BusinessID, need int, now time.Time) (why string, err error)
}

// Short says why an approved campaign whose time has come does not begin, "" where
// nothing keeps it.
func (s *Service) Short(ctx context.Context, b core.BusinessID, id core.CampaignID) (string, error) {
	var why string
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		c, err := tx.Campaigns.Campaign(ctx, b, id)
		if err == nil {
			why, err = s.short(ctx, tx, c, s.Clock.Now())
		}
		return err
	})
	return why, err
}

// short is asked of a whole campaign, before its first text and never again: what
// has begun is sent to its end.
func (s *Service) short(ctx context.Context, tx store.Tx, c campaign.Campaign, now time.Time) (string, error) {
	if s.Credit == nil || c.Status != campaign.Scheduled || c.SendAt.After(now) {
		return "", nil
	}
	// Whoever has nothing left is told so without counting: this is asked every second.
	if why, err := s.Credit.May(ctx, tx, c.Business, 0, now); err != nil || why != "" {
		return why, err
	}
	many, err := reachOf(ctx, tx, c, now, mostCounted)
	if err != nil {
		return "", err
	}
	return s.Credit.May(ctx, tx, c.Business, many.Active*c.Segments, now)
}

// credit is a problem where there is nothing left at all.
func (s *Service) credit(ctx context.Context, tx store.Tx, r *Review, now time.Time) error {
	if s.Credit == nil {
		return nil
	}
	why, err := s.Credit.May(ctx, tx, r.Campaign.Business, 0, now)
	if why != "" {
		r.Problems = append(r.Problems, why)
	}
	return err
}
