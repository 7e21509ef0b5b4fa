package sim

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/store"
)

// atRest reports whether nothing waits any more: no campaign, no text, no
// webhook. What waits for a person, like a paused campaign, waits for its time
// to run out.
func (w *world) atRest() bool {
	rest := true
	var open []campaign.Campaign
	w.must(w.store.View(calls(), func(ctx context.Context, tx store.Tx) error {
		n, _, err := tx.Inbox.Waiting(ctx)
		if err != nil {
			return err
		}
		due, _, err := tx.Messages.Backlog(ctx, w.now.Add(60*24*time.Hour))
		rest = n == 0 && due == 0
		if err != nil {
			return err
		}
		open, err = tx.Campaigns.Open(ctx, w.now, 1000)
		return err
	}))
	for _, c := range open {
		w.meets(c)
	}
	for _, cl := range w.campaigns {
		if w.read(cl); cl.Status != campaign.Draft && !cl.Status.Over() {
			rest = false
		}
	}
	return rest
}

// finalChecks looks at everything once more when all is done.
func (w *world) finalChecks() {
	for _, cl := range w.campaigns {
		w.read(cl)
		w.checkTally(cl)
		w.checkMoves(cl)
		w.checkStrangers(cl)
		w.checkAudience(cl)
		w.checkSeries(cl)
	}
	for _, h := range w.net.hooks {
		if h.tries > 0 && !h.acked && h.pair != nil {
			h.pair.doubtful = true // it may be kept, though nobody was told so
		}
	}
	for _, v := range w.venues {
		for _, p := range v.pairs {
			w.checkStanding(p)
		}
	}
	w.must(w.store.View(calls(), func(ctx context.Context, tx store.Tx) error {
		es, err := tx.Inbox.List(ctx, time.Time{}, len(w.net.hooks)+1)
		kept := make(map[string]bool, len(es))
		for _, e := range es {
			kept[e.ID] = true
			w.noNumber("an inbox note", e.Note)
			if e.Handled.IsZero() {
				w.broken(13, "webhook %s was never acted on", e.ID)
			}
		}
		for _, h := range w.net.hooks {
			if h.acked && !kept[h.id] {
				w.broken(13, "webhook %s was acknowledged, and is lost", h.id)
			}
		}
		return err
	}))
}

// checkStanding: where a guest stands is what their acknowledged words say,
// whatever the order in which they came in, and however often.
func (w *world) checkStanding(p *pairLog) {
	if len(p.words) == 0 {
		return
	}
	want := map[standing]consent.State{never: consent.Never, active: consent.Active, optedOut: consent.OptedOut, uncertain: consent.Uncertain}[p.stands()]
	w.must(w.store.View(calls(), func(ctx context.Context, tx store.Tx) error {
		sub, err := tx.Consent.Subscriber(ctx, p.id())
		if err != nil && !errors.Is(err, core.NotFound) {
			return err
		}
		// The carrier's block is dated by the machine that hears of it, and may be
		// written down just before that machine dies. That errs on the side of
		// silence, as long as the number is barred.
		es, err := tx.Suppression.Barring(ctx, []core.Pair{p.id()})
		silent := p.refused && (sub.Standing.State == consent.OptedOut || len(es) > 0) || sub.Standing.State != consent.Active && p.doubtful
		if got := sub.Standing.State; got != want && !silent {
			w.broken(13, "%v stands as %v with %s, and said %v", p.guest.number, got, p.venue.Name, p.words)
		}
		return err
	}))
}

// checkStrangers: no other business sees a campaign or its texts.
func (w *world) checkStrangers(cl *campaignLog) {
	for _, v := range w.venues {
		if v == cl.venue {
			continue
		}
		w.must(w.store.View(calls(), func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Campaigns.Campaign(ctx, v.ID, cl.ID)
			if !errors.Is(err, core.NotFound) {
				w.broken(10, "%s sees a campaign of %s", v.Name, cl.venue.Name)
			}
			t, err := tx.Messages.Tally(ctx, v.ID, cl.ID)
			if t.Audience() > 0 {
				w.broken(10, "%s sees texts of %s", v.Name, cl.venue.Name)
			}
			return err
		}))
	}
}
