package loop

import (
	"context"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/observe"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
)

// levels asks the database how things stand, for whoever scrapes.
func levels(ctx context.Context, w *nexo.Worker) (observe.Levels, error) {
	var l observe.Levels
	err := w.Database.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		now := w.Clock.Now()
		if l.Due, l.Unknown, err = tx.Messages.Backlog(ctx, now); err != nil {
			return err
		}
		if l.Waiting, l.Oldest, err = tx.Inbox.Waiting(ctx); err != nil {
			return err
		}
		spools, err := tx.Inbox.Spools(ctx, now)
		if err != nil {
			return err
		}
		l.Unread = inbox.Unread(spools)
		rs, err := tx.Evidence.Unsealed(ctx, 1)
		for _, r := range rs {
			if l.Unsealed.IsZero() || r.At.Before(l.Unsealed) {
				l.Unsealed = r.At
			}
		}
		return err
	})
	return l, err
}
