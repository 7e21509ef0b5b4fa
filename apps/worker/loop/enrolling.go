package loop

import (
	"context"
	"log/slog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/enroll"
)

// enrolling asks the carrier about numbers, profiles and registrations whose time
// has come, whenever it is told to, until ctx ends.
func enrolling(ctx context.Context, s *enroll.Service, bell <-chan struct{}, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
		}
		r, err := s.Go(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.WarnContext(ctx, "the carrier could not be asked about numbers and registrations; trying again in two minutes",
				"kind", core.KindOf(err).String(), "err", err, "failed", r.Failed)
		case r.Drifted > 0:
			log.InfoContext(ctx, "messaging profiles are not as they should be; see Number and registration in the settings", "profiles", r.Drifted)
		}
	}
}
