package loop

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/launch"
)

const (
	launchEvery = time.Second // how late a campaign may begin
	// A worker that has heard nothing for so long looks by itself: where the leader
	// was killed, the next one is chosen only a quarter of a minute later.
	launchAlone = 5 * time.Second
	// A step that takes longer is given up; the next look takes it again.
	launchWithin = 20 * time.Second
)

// A launcher moves campaigns on: it begins those whose time has come, plans their
// texts, and ends those that have nothing left. A step is safe in any number of
// processes, and is lost where another has done the same, so one does it as a rule:
// the one that the queue's leader tells to.
type launcher struct {
	launch *launch.Service
	many   int // steps at once
	log    *slog.Logger

	mu      sync.Mutex
	failing map[core.CampaignID]bool // the zero id: looking for them
}

// launching looks for campaigns at once, then whenever it is told to or was not
// for a while, until ctx ends.
func launching(ctx context.Context, s *launch.Service, many int, bell <-chan struct{}, log *slog.Logger) {
	l := &launcher{launch: s, many: many, log: log, failing: make(map[core.CampaignID]bool)}
	for ctx.Err() == nil {
		for l.sweep(ctx) {
		}
		select {
		case <-ctx.Done():
		case <-bell:
		case <-time.After(launchAlone):
		}
	}
}

// sweep makes one step of every campaign that is open, and reports whether one of
// them has more to plan. A long one and a hundred short ones so take turns.
func (l *launcher) sweep(ctx context.Context) (more bool) {
	open, err := l.launch.Open(ctx)
	l.report(ctx, campaign.Campaign{}, err)
	var again atomic.Bool
	todo := make(chan campaign.Campaign)
	var wg sync.WaitGroup
	for range min(l.many, len(open)) {
		wg.Go(func() {
			for c := range todo {
				if l.step(ctx, c) {
					again.Store(true)
				}
			}
		})
	}
	for _, c := range open {
		if ctx.Err() != nil {
			break
		}
		todo <- c
	}
	close(todo)
	wg.Wait()
	return again.Load() && ctx.Err() == nil
}

// step makes one step, and reports whether there is another.
func (l *launcher) step(ctx context.Context, c campaign.Campaign) bool {
	within, cancel := context.WithTimeout(ctx, launchWithin)
	defer cancel()
	r, err := l.launch.Step(within, c.Business, c.ID)
	if errors.Is(err, core.Conflict) {
		return false // somebody else has moved it on
	}
	l.report(ctx, c, err)
	if r.Planned > 0 && err == nil {
		l.log.InfoContext(ctx, "planned", "business", c.Business, "campaign", c.ID, "messages", r.Planned)
	}
	return err == nil && r.More && r.Status == campaign.Sending
}

// report logs what an operator has to know, once for each outage of each campaign.
func (l *launcher) report(ctx context.Context, c campaign.Campaign, err error) {
	if ctx.Err() != nil {
		return
	}
	l.mu.Lock()
	was := l.failing[c.ID]
	if err == nil {
		delete(l.failing, c.ID)
	} else {
		l.failing[c.ID] = true
	}
	l.mu.Unlock()
	log := l.log
	if !c.ID.IsZero() {
		log = log.With("business", c.Business, "campaign", c.ID)
	}
	switch {
	case err != nil && !was:
		log.ErrorContext(ctx, "moving campaigns on failed; trying again every second", "kind", core.KindOf(err).String(), "err", err)
	case err == nil && was:
		log.InfoContext(ctx, "moving campaigns on works again")
	}
}
