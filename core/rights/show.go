package rights

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

// Show puts on record that a person at the business looks at a guest's number in
// full. Whoever shows it calls this first, and shows nothing where it fails. It
// is NotFound where the business knows no such guest.
func (s *Service) Show(ctx context.Context, by core.UserID, p core.Pair) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Consent.Subscriber(ctx, p); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{
			evidence.NewGuestAction(evidence.NewSeed(s.IDs, s.Salts), p, s.now(), by, evidence.NumberShown),
		})
	})
}
