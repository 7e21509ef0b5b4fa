package loop

import (
	"context"
	"log/slog"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
)

const (
	deliveries = 50 // a claim
	purged     = 5000
)

// deliver tells programs outside what happened.
func deliver(ctx context.Context, w *nexo.Worker, log *slog.Logger) (bool, error) {
	r, err := w.Deliver.Step(ctx, deliveries)
	if r.Claimed > 0 {
		log.InfoContext(ctx, "events sent", "arrived", r.Arrived, "failed", r.Failed, "given_up", r.GivenUp)
	}
	if r.SwitchedOff > 0 {
		log.WarnContext(ctx, "endpoints were switched off: nothing has arrived there for days", "endpoints", r.SwitchedOff)
	}
	return r.Claimed > 0, err
}

// forgetCalls drops what the API keeps for a while: answers and the log of events.
func forgetCalls(ctx context.Context, w *nexo.Worker, log *slog.Logger) error {
	for _, purge := range []func(context.Context, int) (int, error){w.Grants.Purge, w.Deliver.Purge} {
		for {
			n, err := purge(ctx, purged)
			if err != nil {
				log.ErrorContext(ctx, "what the API kept could not be dropped; trying again in an hour", "kind", core.KindOf(err).String(), "err", err)
			}
			if err != nil || n < purged {
				break
			}
		}
	}
	return nil
}
