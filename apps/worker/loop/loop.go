// Package loop is what the worker does all day: act on what came in, begin
// campaigns, send what is due, seal what was recorded, and leave the periodic rest
// to the job queue.
package loop

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/observe"
	"github.com/jobfluss/nexo/adapters/river"
	"github.com/jobfluss/nexo/core"
)

// Options are the numbers of a worker. The zero value of each means its
// default.
type Options struct {
	// Senders is how many batches are on their way at once; 4 on Postgres, 1 on
	// SQLite, where there is one writer anyway.
	Senders int
	// Drain is how long jobs may run on after ctx ends; 30 s.
	Drain time.Duration
}

const (
	idleSend    = 200 * time.Millisecond // between looks at an empty outbox
	idleIntake  = 50 * time.Millisecond  // an opt-out should not wait
	idleCollect = time.Second            // a picture may come a little after its text
	idleDeliver = time.Second
	pictures    = 10 // a transaction
	afterError  = time.Second
	lapseEvery  = 10 * time.Second
	sealEvery   = time.Second
	// How often is looked for anchors whose time has come; each has its own.
	anchorEvery = 10 * time.Second
	enrollEvery = 5 * time.Second
	events      = 200 // inbox events a transaction
)

// Run works until ctx ends, lets what is under way end, and returns.
func Run(ctx context.Context, w *nexo.Worker, o Options, log *slog.Logger) error {
	if o.Senders == 0 {
		o.Senders = 1
		if w.Database.Postgres {
			o.Senders = 4
		}
	}
	if o.Drain == 0 {
		o.Drain = 30 * time.Second
	}
	if len(w.Seal.Signers) == 0 {
		return core.E("worker", core.Invalid, "there is no key to sign the evidence log with; make one with nexo keys new and name it in NEXO_EVIDENCE_KEY_FILE")
	}
	w.Metrics.Watch(func(ctx context.Context) (observe.Levels, error) { return levels(ctx, w) }, w.Clock.Now)
	toSeal, toAnchor, toLaunch, toEnroll := make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	jobs, err := river.New(river.Config{
		DB: w.Database.SQL, Postgres: w.Database.Postgres, Log: log,
		Tasks: tasks(w, log),
		Beats: []river.Beat{
			{Name: "launch", Every: launchEvery, Heard: func() { ring(toLaunch) }},
			{Name: "seal", Every: sealEvery, Heard: func() { ring(toSeal) }},
			{Name: "anchor", Every: anchorEvery, Heard: func() { ring(toAnchor) }},
			{Name: "enroll", Every: enrollEvery, Heard: func() { ring(toEnroll) }},
		},
	})
	if err != nil {
		return err
	}
	// The queue gets a context of its own: its jobs are stopped after the loops,
	// not cut off by the signal.
	if err := jobs.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	var wg sync.WaitGroup
	var unread atomic.Bool
	for range o.Senders {
		wg.Go(func() {
			repeat(ctx, w, log, "dispatch", idleSend, func(ctx context.Context) (bool, error) { return send(ctx, w, &unread, log) })
		})
	}
	wg.Go(func() {
		repeat(ctx, w, log, "intake", idleIntake, func(ctx context.Context) (bool, error) { return intake(ctx, w, log) })
	})
	if w.Collect.Blobs != nil {
		wg.Go(func() {
			repeat(ctx, w, log, "collect", idleCollect, func(ctx context.Context) (bool, error) { return collect(ctx, w, log) })
		})
	}
	wg.Go(func() {
		repeat(ctx, w, log, "deliver", idleDeliver, func(ctx context.Context) (bool, error) { return deliver(ctx, w, log) })
	})
	wg.Go(func() { launching(ctx, w.Launch, o.Senders, toLaunch, log) })
	wg.Go(func() { sealing(ctx, w.Seal, toSeal, w.Metrics, log) })
	wg.Go(func() { enrolling(ctx, w.Enroll, toEnroll, log) })
	wg.Go(func() { anchoring(ctx, w.Anchors, toAnchor, log) })
	wg.Wait()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.Drain)
	defer cancel()
	return jobs.Stop(end)
}

// repeat calls step again at once while there is work, after idle when there is
// none, and after a second when it failed: a database that is away comes back.
func repeat(ctx context.Context, w *nexo.Worker, log *slog.Logger, name string, idle time.Duration, step func(context.Context) (bool, error)) {
	failing := false
	for ctx.Err() == nil {
		worked, err := step(ctx)
		wait := idle
		switch {
		case err != nil && ctx.Err() == nil:
			w.Metrics.Failed(name, err)
			if !failing {
				log.ErrorContext(ctx, name+" failed; trying again every second", "kind", core.KindOf(err).String(), "err", err)
			}
			failing, wait = true, afterError
		case err == nil:
			if failing {
				log.InfoContext(ctx, name+" works again")
			}
			failing = false
			if worked {
				continue
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

func send(ctx context.Context, w *nexo.Worker, unread *atomic.Bool, log *slog.Logger) (bool, error) {
	r, err := w.Dispatch.Step(ctx)
	w.Metrics.Dispatched(r)
	if err == nil && r.Unread != unread.Load() && unread.CompareAndSwap(!r.Unread, r.Unread) {
		if r.Unread {
			log.WarnContext(ctx, "marketing waits: webhooks wait in the spool of an ingester, or one is not heard of")
		} else {
			log.InfoContext(ctx, "marketing goes on")
		}
	}
	if r.Claimed > 0 {
		log.InfoContext(ctx, "dispatched", "claimed", r.Claimed, "sent", r.Sent, "waiting", r.Waiting, "blocked", r.Blocked,
			"failed", r.Failed, "unknown", r.Unknown, "deferred", r.Deferred, "expired", r.Expired, "cancelled", r.Cancelled)
	}
	if r.Halted {
		log.ErrorContext(ctx, "the carrier says that this account may not send: look at its keys, funds and status")
		return false, err // a pause, not a busy loop
	}
	return r.Claimed > 0, err
}

func intake(ctx context.Context, w *nexo.Worker, log *slog.Logger) (bool, error) {
	r, err := w.Intake.Step(ctx, events)
	w.Metrics.TakenIn(r)
	if r.Handled+r.Postponed > 0 {
		log.InfoContext(ctx, "taken in", "events", r.Handled, "postponed", r.Postponed,
			"opted_in", r.OptedIn, "opted_out", r.OptedOut, "receipts", r.Receipts)
	}
	return r.Handled > 0, err
}

// collect fetches pictures that guests sent, and deletes those whose texts are
// gone.
func collect(ctx context.Context, w *nexo.Worker, log *slog.Logger) (bool, error) {
	r, err := w.Collect.Step(ctx, pictures)
	if r.Did() > 0 {
		log.InfoContext(ctx, "pictures", "kept", r.Kept, "refused", r.Refused, "deleted", r.Deleted, "later", r.Later)
	}
	return r.Did() > 0, err
}
