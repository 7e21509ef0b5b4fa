package loop

import (
	"context"
	"log/slog"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/river"
	"github.com/jobfluss/nexo/core"
)

// How often the tasks of one process at a time are due. The comparison with the
// carrier's list sees to it by itself that it is done once an hour; whoever comes
// more often goes on with one that was cut off.
const (
	compareEvery = 5 * time.Minute
	compareMost  = 50 * time.Minute
	lookUpEvery  = time.Minute
	lookUpMost   = 50 * time.Minute
	payEvery     = 10 * time.Second // looked at; each account has its own time
	sweepEvery   = time.Hour        // looked at; done once a night
	sweepMost    = 5 * time.Hour
)

// tasks are what one of all workers does from time to time.
func tasks(w *nexo.Worker, log *slog.Logger) []river.Task {
	return []river.Task{
		{Name: "lapse", Every: lapseEvery, Run: func(ctx context.Context) error {
			n, err := w.Dispatch.Lapse(ctx)
			if n > 0 {
				log.WarnContext(ctx, "messages became unknown: a worker did not come back for them", "messages", n)
			}
			return err
		}},
		{Name: "reconcile", Every: compareEvery, Most: compareMost, Run: func(ctx context.Context) error { return compare(ctx, w, log) }},
		{Name: "look_up", Every: lookUpEvery, Most: lookUpMost, Run: func(ctx context.Context) error { return lookUp(ctx, w, log) }},
		{Name: "forget_calls", Every: time.Hour, Run: func(ctx context.Context) error { return forgetCalls(ctx, w, log) }},
		{Name: "payments", Every: payEvery, Run: func(ctx context.Context) error { return pay(ctx, w, log) }},
		{Name: "retention", Every: sweepEvery, Most: sweepMost, Run: func(ctx context.Context) error { return tonight(ctx, w, log) }},
	}
}

// pay asks the payment service about accounts whose time has come.
func pay(ctx context.Context, w *nexo.Worker, log *slog.Logger) error {
	n, err := w.Charge.Go(ctx)
	switch {
	case err != nil:
		log.ErrorContext(ctx, "the payment service could not be asked; going on in five minutes", "kind", core.KindOf(err).String(), "err", err, "asked", n)
	case n > 0:
		log.InfoContext(ctx, "payments looked at", "accounts", n)
	}
	return nil
}

// compare compares opt-outs with the carrier's list. Its failures are not the
// queue's: it would try again within seconds, and the next run goes on anyway.
func compare(ctx context.Context, w *nexo.Worker, log *slog.Logger) error {
	r, err := w.Reconcile.Hourly(ctx)
	c := r.Counts
	switch {
	case err != nil:
		w.Metrics.Failed("reconcile", err)
		log.ErrorContext(ctx, "opt-outs could not be compared with the carrier's list; going on in some minutes",
			"kind", core.KindOf(err).String(), "err", err, "rows", c.Rows)
	case r.Skipped:
	case c.Drift() > 0:
		w.Metrics.Compared(c.Drift(), w.Clock.Now())
		log.WarnContext(ctx, "the carrier barred guests whom we did not; they are barred now",
			"drift", c.Drift(), "rows", c.Rows, "refused_texts", c.Refused)
	default:
		w.Metrics.Compared(0, w.Clock.Now())
		log.InfoContext(ctx, "opt-outs compared with the carrier's list", "drift", 0, "rows", c.Rows,
			"agreed", c.Agreed, "only_ours", c.OnlyOurs, "lifted", c.Lifted, "refused_texts", c.Refused)
	}
	return nil
}

// lookUp asks the carrier about texts whose receipts never came.
func lookUp(ctx context.Context, w *nexo.Worker, log *slog.Logger) error {
	l, err := w.Reconcile.LookUp(ctx)
	switch {
	case err != nil:
		w.Metrics.Failed("look_up", err)
		log.ErrorContext(ctx, "the carrier could not be asked about texts without receipts; going on in a minute",
			"kind", core.KindOf(err).String(), "err", err, "asked", l.Asked, "settled", l.Settled)
	case l.Asked > 0:
		log.InfoContext(ctx, "texts without receipts looked up", "asked", l.Asked, "settled", l.Settled, "silent", l.Silent, "failed", l.Failed)
	}
	return nil
}
