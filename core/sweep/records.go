package sweep

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
)

// kinds are the records of each pile.
var kinds = map[retention.Pile][]evidence.Kind{
	retention.DecisionsPile:   {evidence.KindDecision, evidence.KindSubmission, evidence.KindReceipt},
	retention.ConsentPile:     {evidence.KindConsent},
	retention.RevocationsPile: {evidence.KindRevocation},
}

// records is a step over records of the evidence. Erased is the body and whom it
// is about; commitment and place in the tree stay, so that every proof stays true.
func (w *walk) records(ctx context.Context, tx store.Tx, b core.BusinessID, holds retention.Holds, st *stride) error {
	rs, err := tx.Evidence.Aged(ctx, b, kinds[w.Pile], w.Before, core.RecordID(w.at.ID), w.rowsAStep())
	if err != nil || len(rs) == 0 {
		return err
	}
	needed, err := w.needed(ctx, tx, b, rs)
	if err != nil {
		return err
	}
	var due []core.RecordID
	done := w.at.ID
	for _, r := range rs {
		switch {
		case needed(r):
			st.open++
			st.stalled = true
		case holds.Held(retention.Thing{Business: b, Number: r.Number, Campaign: r.Campaign, At: r.At}):
			st.held++
		default:
			due = append(due, r.ID)
		}
		if !st.stalled {
			done = core.UUID(r.ID)
		}
	}
	st.seen, st.last.ID = len(rs), core.UUID(rs[len(rs)-1].ID)
	st.erased = len(due)
	if w.o.DryRun || len(due) == 0 {
		if !w.o.DryRun {
			return w.mark(ctx, tx, b, done)
		}
		return nil
	}
	if err := tx.Evidence.Erase(ctx, b, due); err != nil {
		return err
	}
	if w.Pile != retention.DecisionsPile {
		// The record of an event has the event's id.
		events := make([]core.EventID, len(due))
		for i, id := range due {
			events[i] = core.EventID(id)
		}
		if err := tx.Shelf.Forget(ctx, b, events); err != nil {
			return err
		}
	}
	if err := w.mark(ctx, tx, b, done); err != nil {
		return err
	}
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewErasure(evidence.NewSeed(w.IDs, w.Salts), b, w.now, core.UserID{}, w.why(len(due)), due),
	})
}

// needed tells records of consent under which texts are still sent, or were
// lately: the period runs from the last text under it.
func (w *walk) needed(ctx context.Context, tx store.Tx, b core.BusinessID, rs []evidence.Record) (func(evidence.Record) bool, error) {
	if w.Pile != retention.ConsentPile {
		return func(evidence.Record) bool { return false }, nil
	}
	var numbers []core.Number
	for _, r := range rs {
		if !r.Number.IsZero() {
			numbers = append(numbers, r.Number)
		}
	}
	guests, err := tx.Shelf.LastTexts(ctx, b, numbers)
	return func(r evidence.Record) bool {
		g := guests[r.Number]
		return g.Subscribed || !g.LastText.Before(w.Before)
	}, err
}
