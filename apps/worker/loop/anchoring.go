package loop

import (
	"context"
	"log/slog"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/seal"
)

// anchoring puts the log's head outside of the database whenever it is told to,
// until ctx ends. It has a goroutine of its own: a bucket that hangs keeps no
// record from being sealed.
func anchoring(ctx context.Context, s *seal.Anchors, bell <-chan struct{}, log *slog.Logger) {
	failing := make(map[string]bool) // by the anchor's name
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
		}
		outcomes, err := s.Step(ctx)
		if ctx.Err() != nil {
			return
		}
		for _, o := range append(outcomes, seal.Outcome{Anchor: "database", Err: err}) {
			report(ctx, o, failing, log)
		}
	}
}

// report logs what an operator has to know, once for each outage. Letters are
// counted as one anchor: a mail server that is away fails them all.
func report(ctx context.Context, o seal.Outcome, failing map[string]bool, log *slog.Logger) {
	name, _, _ := strings.Cut(o.Anchor, "/")
	switch {
	case o.Err != nil:
		if !failing[name] {
			log.ErrorContext(ctx, "anchoring failed; trying again", "anchor", o.Anchor, "size", o.Size, "kind", core.KindOf(o.Err).String(), "err", o.Err)
		}
		failing[name] = true
	case failing[name]:
		log.InfoContext(ctx, "anchoring works again", "anchor", o.Anchor)
		failing[name] = false
	}
	if o.Err == nil && o.Size > 0 {
		log.InfoContext(ctx, "anchored", "anchor", o.Anchor, "size", o.Size)
	}
}
