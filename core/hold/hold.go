// Package hold places and lifts legal holds: what a court may ask for is not
// erased, by nobody and for no reason, until the hold is lifted. A hold is a
// record of the evidence, and so is its end.
package hold

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store store.Store
	Clock core.Clock
	IDs   core.IDs
	Salts evidence.Salts
}

// maxWords bounds matter and reason, in characters.
const maxWords = 500

// Place puts a hold in force, and returns it. ID, Placed and what says that it
// was lifted are filled in; By is zero for an operator. From the moment that it
// returns, nothing of what the hold covers is erased.
func (s *Service) Place(ctx context.Context, h retention.Hold) (retention.Hold, error) {
	const op = "hold.Place"
	h.Matter, h.Reason = strings.TrimSpace(h.Matter), strings.TrimSpace(h.Reason)
	switch {
	case h.Business.IsZero():
		return h, core.E(op, core.Invalid, "say which business's data is held")
	case !words(h.Matter):
		return h, core.E(op, core.Invalid, "name the matter, in at most 500 characters, as counsel calls it")
	case !words(h.Reason):
		return h, core.E(op, core.Invalid, "say why it is held, in at most 500 characters")
	case !h.From.IsZero() && !h.To.IsZero() && !h.To.After(h.From):
		return h, core.E(op, core.Invalid, "the hold's time ends before it begins; swap the two days")
	}
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Accounts.Business(ctx, h.Business); err != nil {
			return err
		}
		if !h.Campaign.IsZero() {
			if _, err := tx.Campaigns.Campaign(ctx, h.Business, h.Campaign); err != nil {
				return err
			}
		}
		seed := evidence.NewSeed(s.IDs, s.Salts)
		h.ID, h.Placed, h.Lifted, h.LiftedBy = seed.ID, s.Clock.Now().UTC().Truncate(time.Microsecond), time.Time{}, core.UserID{}
		if err := tx.Holds.Place(ctx, h); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{
			evidence.NewHold(seed, core.Pair{Business: h.Business, Number: h.Number}, h.Placed, h.By, true, Words(h)),
		})
	})
	return h, err
}

func words(s string) bool {
	n := utf8.RuneCountInString(s)
	return n > 0 && n <= maxWords && utf8.ValidString(s)
}

// Words says what a hold is about, without the guest's number.
func Words(h retention.Hold) string {
	w := h.Matter + ": " + h.Reason
	if !h.Campaign.IsZero() {
		w += "; campaign " + h.Campaign.String()
	}
	if !h.From.IsZero() {
		w += "; from " + h.From.UTC().Format(time.DateOnly)
	}
	if !h.To.IsZero() {
		w += "; until " + h.To.UTC().Format(time.DateOnly)
	}
	return w
}

// Lift ends a hold. What it kept longer than its period goes at the next sweep,
// which begins anew for the business. by is zero for an operator.
func (s *Service) Lift(ctx context.Context, b core.BusinessID, id core.RecordID, by core.UserID, why string) (retention.Hold, error) {
	const op = "hold.Lift"
	var h retention.Hold
	why = strings.TrimSpace(why)
	if !words(why) {
		return h, core.E(op, core.Invalid, "say why the hold is lifted, in at most 500 characters")
	}
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		now := s.Clock.Now().UTC().Truncate(time.Microsecond)
		if h, err = tx.Holds.Lift(ctx, b, id, by, now); err != nil {
			return err
		}
		if err := tx.Shelf.ClearMarks(ctx, b); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{
			evidence.NewHold(evidence.NewSeed(s.IDs, s.Salts), core.Pair{Business: b, Number: h.Number}, now, by, false, Words(h)+"; lifted: "+why),
		})
	})
	return h, err
}

// List returns up to n holds of a business, of all for the zero one, newest
// first.
func (s *Service) List(ctx context.Context, b core.BusinessID, n int) (hs retention.Holds, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		hs, err = tx.Holds.All(ctx, b, n)
		return err
	})
	return hs, err
}
