package reconcile

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// AskPeople is how old a text that may have gone out is when pages ask people
// about it: by then its receipt has come, or the carrier was asked.
const AskPeople = 30 * time.Minute

// A Desk is where people say what became of texts that may have gone out, when
// the carrier cannot tell. Its methods are safe for concurrent use.
type Desk struct {
	Store store.Store
	Clock core.Clock
	IDs   core.IDs
	Salts evidence.Salts
}

// Unknown returns up to n texts that may have gone out, by rising id after the
// given one: of a business, or of all for the zero one.
func (d *Desk) Unknown(ctx context.Context, b core.BusinessID, after core.MessageID, n int) (ms []message.Message, err error) {
	err = d.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		ms, err = tx.Messages.Unknown(ctx, b, after, n)
		return err
	})
	return ms, err
}

// Settle writes down what a person says of a text that may have gone out: that
// it arrived, or that it did not. It is not sent again either way. by is zero for
// whoever has the command line. Conflict means that the text is not unknown, or
// not any more.
func (d *Desk) Settle(ctx context.Context, by core.UserID, b core.BusinessID, id core.MessageID, arrived bool) error {
	const op = "reconcile.Settle"
	state := message.Undelivered
	if arrived {
		state = message.Delivered
	}
	return d.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		m, err := tx.Messages.Message(ctx, b, id)
		if err != nil {
			return err
		}
		if m.State != message.Unknown {
			return core.E(op, core.Conflict, "this text is not unknown any more: it is "+m.State.String()+" now")
		}
		// The text counts against caps from when it was decided on, not from when
		// somebody looked.
		r := message.Receipt{Token: m.Token(), State: state, At: d.Clock.Now()}
		if m.Submitted.IsZero() {
			r.At = m.Decided
		}
		if _, err := tx.Messages.Settle(ctx, []message.Receipt{r}); err != nil {
			return err
		}
		// Whoever came between has the last word: its record would be false.
		if now, err := tx.Messages.Message(ctx, b, id); err != nil || now.State != state {
			if err == nil {
				err = core.E(op, core.Conflict, "this text was settled just now: it is "+now.State.String())
			}
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{
			evidence.NewStaffAction(evidence.NewSeed(d.IDs, d.Salts), b, d.Clock.Now(), by, evidence.UnknownSettled, m.Campaign,
				map[string]string{"message": id.String(), "state": state.String()}),
		})
	})
}
