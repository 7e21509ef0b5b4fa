package sim

import (
	"context"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// replayEvery: of so many texts that leave, the decision on one is taken again. It
// takes longer than to send a text.
const replayEvery = 4

// checkEvidence: a text that leaves has a decision on record which says that it
// may, and which comes out the same when it is taken again.
func (w *world) checkEvidence(m message.Message) {
	if w.sends%replayEvery != 0 {
		return
	}
	w.must(w.store.View(calls(), func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfMessage(ctx, m.Business, m.ID)
		if err != nil {
			return err
		}
		ds, err := evidence.Decisions(rs)
		if err != nil {
			return err
		}
		if len(ds) == 0 || ds[len(ds)-1].Verdict != decide.Send.String() {
			w.broken(7, "a text to %v leaves without a decision on record that it may", m.To)
			return nil
		}
		d := ds[len(ds)-1]
		again, err := decide.US().Replay(d.Facts, d.Findings)
		if err != nil || !again.Same {
			w.broken(7, "the decision on the text to %v comes out otherwise when it is taken again (%v)", m.To, err)
		}
		return nil
	}))
}
