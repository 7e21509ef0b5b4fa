// Package collect fetches what guests sent with their texts from the carrier, and
// deletes it when the text is gone, and what the venue chose for a text that was never written. The ingester never does: it answers the
// carrier and nothing else.
package collect

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. Several workers may run it on one store.
type Service struct {
	Store   store.Store
	Blobs   media.Store
	Fetcher media.Fetcher
	Clock   core.Clock
}

// A Report says what a Step did.
type Report struct {
	Kept, Refused, Deleted int
	Later                  int // that could not be had, or deleted, yet
}

// Did is how many media a Step dealt with.
func (r Report) Did() int { return r.Kept + r.Refused + r.Deleted + r.Later }

const (
	// leaseFor keeps a medium from other workers while one fetches it.
	leaseFor = 2 * time.Minute
	// attempts is how often the carrier is asked: over some three days, since
	// links live for thirty.
	attempts = 12
)

// Step deals with up to n media. An error means that the store failed: what was
// fetched by then is fetched again.
func (s *Service) Step(ctx context.Context, n int) (Report, error) {
	var r Report
	due, err := s.claim(ctx, n)
	if err != nil {
		return r, err
	}
	for _, m := range due {
		if ctx.Err() != nil {
			return r, nil // its lease runs out, and another goes on
		}
		if m.State == media.Doomed {
			err = s.delete(ctx, m, &r)
		} else {
			err = s.fetch(ctx, m, &r)
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// claim takes media, counting the attempt: a worker that dies with one does not
// try it for ever.
func (s *Service) claim(ctx context.Context, n int) (due []media.Medium, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		now := s.Clock.Now()
		if due, err = tx.Media.Due(ctx, now, n); err != nil || len(due) == 0 {
			return err
		}
		for i := range due {
			due[i].Attempts++
			due[i].Due = now.Add(leaseFor)
			if due[i].State == media.Loose {
				due[i].State = media.Doomed // from here on no text can take it
			}
		}
		return tx.Media.Save(ctx, due)
	})
	return due, err
}

// fetch brings one home. What it is, its bytes say.
func (s *Service) fetch(ctx context.Context, m media.Medium, r *Report) error {
	b, err := s.Fetcher.Fetch(ctx, m.URL, media.MaxSize)
	if err == nil {
		m.Kind, m.Size = media.KindOf(b), len(b)
		if m.Kind == media.NoKind {
			err = core.E("collect.Step", core.Invalid, "of a kind that is not taken")
		} else {
			err = s.Blobs.Put(ctx, m.Key(), b)
		}
	}
	switch {
	case err == nil:
		m.State, m.URL = media.Kept, ""
		r.Kept++
	case errors.Is(err, core.Invalid), m.Attempts >= attempts:
		m.State, m.URL = media.Refused, ""
		r.Refused++
	default:
		m.Due = s.Clock.Now().Add(later(m.Attempts))
		r.Later++
	}
	return s.save(ctx, m)
}

// later is half a minute, doubled with each attempt, at most twelve hours.
func later(n int) time.Duration { return min(12*time.Hour, 15*time.Second<<min(n, 16)) }

// save keeps what became of a medium, and tells pages that are open. One that was
// doomed meanwhile stays so: its bytes are deleted next.
func (s *Service) save(ctx context.Context, m media.Medium) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Media.Save(ctx, []media.Medium{m}); err != nil {
			return err
		}
		if m.State == media.Waiting {
			return nil
		}
		return tx.Threads.Touch(ctx, []core.BusinessID{m.Business})
	})
}

// delete removes the bytes, and then what is known of them: the other way round,
// a crash in between would leave bytes that nobody knows of.
func (s *Service) delete(ctx context.Context, m media.Medium, r *Report) error {
	if err := s.Blobs.Delete(ctx, m.Key()); err != nil {
		r.Later++
		m.Due = s.Clock.Now().Add(later(m.Attempts))
		return s.save(ctx, m)
	}
	r.Deleted++
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Media.Remove(ctx, m.Business, []core.MediumID{m.ID})
	})
}
