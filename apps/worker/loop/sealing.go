package loop

import (
	"context"
	"errors"
	"log/slog"

	"github.com/jobfluss/nexo/adapters/observe"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/seal"
)

// ring says that there is something to do. A bell that nobody has heard yet is
// not rung twice.
func ring(bell chan<- struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// sealing takes in new evidence whenever it is told to, and goes on until there
// is none left, until ctx ends.
//
// The queue's leader tells it, so that of many workers one seals. Nothing hangs
// on that: a step holds the store's lock and a tree grows only from the size that
// the step has seen, so two leaders for a while are slow and not wrong.
func sealing(ctx context.Context, s *seal.Service, bell <-chan struct{}, metrics *observe.Metrics, log *slog.Logger) {
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
		}
		sealed, size, err := drain(ctx, s)
		metrics.Sealed(sealed)
		if sealed > 0 {
			log.InfoContext(ctx, "sealed", "records", sealed, "size", size)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !errors.Is(err, core.Conflict): // with another sealer
			metrics.Failed("seal", err)
			if !failing {
				log.ErrorContext(ctx, "sealing failed; trying again every second", "kind", core.KindOf(err).String(), "err", err)
			}
			failing = true
		case err == nil && failing:
			log.InfoContext(ctx, "sealing works again")
			failing = false
		}
	}
}

// drain seals bundle after bundle until nothing is left.
func drain(ctx context.Context, s *seal.Service) (sealed int, size int64, err error) {
	for {
		r, err := s.Step(ctx)
		if err != nil {
			return sealed, size, err
		}
		if r.Sealed > 0 {
			sealed, size = sealed+r.Sealed, r.Size
		}
		if !r.More {
			return sealed, size, nil
		}
	}
}
