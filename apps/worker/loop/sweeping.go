package loop

import (
	"context"
	"log/slog"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/sweep"
)

// The night in which old data is erased, in UTC: no marketing leaves anywhere in
// the US then. A run that was cut off is gone on with an hour later.
const (
	nightBegins = 7
	nightEnds   = 12
	onceIn      = 20 * time.Hour
)

// tonight erases what is kept no longer, and writes to owners about what they agree to, once a night. Its failures are not the
// queue's: the next hour tries again.
func tonight(ctx context.Context, w *nexo.Worker, log *slog.Logger) error {
	now := w.Clock.Now().UTC()
	if now.Hour() < nightBegins || now.Hour() >= nightEnds {
		return nil
	}
	last, err := w.Sweep.Last(ctx)
	if err == nil && now.Sub(last) < onceIn {
		return nil
	}
	if err == nil {
		err = sweepGently(ctx, w, log)
	}
	if err == nil {
		err = deleteAccounts(ctx, w, log)
	}
	if err == nil && w.Anchors.Letters != nil {
		_, err = w.Agree.Tell(ctx, w.Anchors.Letters.Post, w.Enroll.Site.PublicURL)
	}
	if err != nil {
		log.ErrorContext(ctx, "old data could not be erased; trying again in an hour", "kind", core.KindOf(err).String(), "err", err)
	}
	return nil
}

// deleteAccounts erases the accounts whose thirty days are over.
func deleteAccounts(ctx context.Context, w *nexo.Worker, log *slog.Logger) error {
	r, err := w.Depart.Step(ctx)
	if r.Erased+r.Held > 0 {
		log.InfoContext(ctx, "deleted accounts erased", "accounts", r.Erased, "rows", r.Rows, "held", r.Held)
	}
	return err
}

// sweepGently rests after each step as long as the step took, so that texts and
// webhooks hardly notice.
func sweepGently(ctx context.Context, w *nexo.Worker, log *slog.Logger) error {
	began := time.Now()
	r, err := w.Sweep.Run(ctx, sweep.Options{Progress: func(sweep.Line) {
		t := time.NewTimer(time.Since(began))
		defer t.Stop()
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		began = time.Now()
	}})
	for _, l := range r.Lines {
		if l.Erased+l.Held > 0 {
			log.InfoContext(ctx, "old data erased", "class", l.Pile.String(), "period", l.Period.String(), "rows", l.Erased, "held", l.Held)
		}
	}
	return err
}
