package sim

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/store"
)

// deskLives lets owners say what became of texts that may have gone out: what
// they think, which need not be so, and sometimes before the receipt comes.
func (w *world) deskLives() {
	w.after(w.dice.between(2*time.Hour, 8*time.Hour), func() {
		if w.calm {
			return
		}
		w.settleUnknown(pick(&w.dice, w.venues))
		w.deskLives()
	})
}

func (w *world) settleUnknown(v *venue) {
	desk := w.office.desk
	ms, err := desk.Unknown(calls(), v.ID, core.MessageID{}, 10)
	w.office.stepped("reconcile.Unknown", err)
	for _, m := range ms {
		if w.dice.hits(400) {
			continue
		}
		arrived := w.dice.hits(500)
		err := desk.Settle(calls(), somebody, v.ID, m.ID, arrived)
		w.note("%s says of a text to %v that it arrived: %v, %v", v.Name, m.To, arrived, err)
		if errors.Is(err, core.Conflict) {
			err = nil // its receipt came first
		}
		// Where nobody learns of the commit, it may be written down all the same.
		w.personSaid[m.ID] = true
		w.office.stepped("reconcile.Settle", err)
	}
}

// tags lets an owner put a tag on some guests and take it off others.
func (w *world) tags(v *venue) {
	for range w.dice.below(12) {
		p := w.pair(v, pick(&w.dice, w.guests))
		on := w.dice.hits(700)
		w.must(w.store.Update(calls(), func(ctx context.Context, tx store.Tx) error {
			if on {
				return tx.Guests.Tag(ctx, p.id(), regular)
			}
			return tx.Guests.Untag(ctx, p.id(), regular)
		}))
		w.seq++
		p.tagged = append(p.tagged, tagging{regular, on, w.seq})
	}
	if w.dice.hits(300) { // while something is being planned, too
		w.after(w.dice.between(0, 4*time.Hour), func() {
			if !w.calm {
				w.tags(v)
			}
		})
	}
}
