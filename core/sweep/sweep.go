// Package sweep erases what is kept no longer: it walks over old rows in small
// steps, each a transaction of its own with the record of what it erased. It may
// be killed at any step, and the next run goes on where that one stopped.
//
// It erases nothing that a legal hold covers, nothing that is still needed, and
// nothing at all where the clock is not to be believed.
package sweep

import (
	"context"
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. Its methods are safe for concurrent use: two runs
// at a time do the same work twice, and no harm.
type Service struct {
	Store   store.Store
	Clock   core.Clock
	IDs     core.IDs
	Salts   evidence.Salts
	Periods retention.Periods
	// Step is how many rows one transaction looks at; 0 for 5,000.
	Step int
}

// A Line is what is due of one pile, or what became of it.
type Line struct {
	Pile   retention.Pile
	Period retention.Period
	Before time.Time // what is older is due
	Rows   int       // that are due at most, before a run
	Erased int
	Held   int // due, and kept by a hold
	Open   int // old enough by its name, and still needed
}

// A Plan is what is due at an instant.
type Plan struct {
	At    time.Time
	Lines []Line
	Holds int // in force
	// Doubt is why nothing would be erased: the clock is not to be believed.
	Doubt error
}

// Rows is how many rows are due at most.
func (p Plan) Rows() (n int) {
	for _, l := range p.Lines {
		n += l.Rows
	}
	return n
}

// Plan counts what is due now, and changes nothing. The counts are at most what
// a run erases: what is held or still needed is among them.
func (s *Service) Plan(ctx context.Context) (Plan, error) {
	p := Plan{At: s.Clock.Now()}
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		p.Lines, p.Doubt = nil, nil
		newest, clock, err := tx.Shelf.Newest(ctx)
		if err != nil {
			return err
		}
		p.Doubt = retention.Believe(p.At, newest, clock)
		hs, err := tx.Holds.InForce(ctx, core.BusinessID{})
		if err != nil {
			return err
		}
		p.Holds = len(hs)
		for _, l := range s.lines(p.At) {
			if l.Rows, err = tx.Shelf.Count(ctx, l.Pile, l.Before); err != nil {
				return err
			}
			p.Lines = append(p.Lines, l)
		}
		return nil
	})
	return p, err
}

// lines are the piles of which anything can be due.
func (s *Service) lines(now time.Time) (out []Line) {
	for _, p := range retention.Piles() {
		if before, ok := s.Periods.Before(p.Class(), now); ok {
			out = append(out, Line{Pile: p, Period: s.Periods.Of(p.Class()), Before: before})
		}
	}
	return out
}

// Options are how to run.
type Options struct {
	// ClockIsRight: somebody has looked, and the clock says what it should
	// although nothing has happened for long. It does not outweigh the database's
	// own clock.
	ClockIsRight bool
	// DryRun looks at every row that is due, and erases nothing.
	DryRun bool
	// Progress is told after each step; nil for nobody.
	Progress func(Line)
}

// A Report is what a run did.
type Report struct {
	Began, Ended time.Time
	Lines        []Line
}

// Erased is how many rows are gone.
func (r Report) Erased() (n int) {
	for _, l := range r.Lines {
		n += l.Erased
	}
	return n
}

// Run erases what is due. Where it fails, what was done stays done, and the
// report says how much it was. An error of kind Denied means that the clock is
// not to be believed.
func (s *Service) Run(ctx context.Context, o Options) (Report, error) {
	r := Report{Began: s.Clock.Now()}
	if err := s.believe(ctx, r.Began, o.ClockIsRight); err != nil {
		return r, err
	}
	for _, l := range s.lines(r.Began) {
		w := walk{Service: s, Line: l, o: o, now: r.Began}
		err := w.all(ctx)
		r.Lines = append(r.Lines, w.Line)
		if err != nil {
			return r, err
		}
	}
	if !o.DryRun {
		// A quiet store is one in which the clock was believed yesterday.
		err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
			return tx.Shelf.SetMark(ctx, core.BusinessID{}, retention.NoPile, retention.Mark{At: r.Began})
		})
		if err != nil {
			return r, err
		}
	}
	r.Ended = s.Clock.Now()
	return r, nil
}

func (s *Service) believe(ctx context.Context, now time.Time, sure bool) error {
	return s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		newest, clock, err := tx.Shelf.Newest(ctx)
		if err != nil {
			return err
		}
		if sure && now.After(newest) {
			newest = time.Time{}
		}
		return retention.Believe(now, newest, clock)
	})
}

// Last returns when the last whole run began; the zero time where there was none.
func (s *Service) Last(ctx context.Context) (t time.Time, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		m, err := tx.Shelf.Mark(ctx, core.BusinessID{}, retention.NoPile)
		t = m.At
		return err
	})
	return t, err
}

// businesses is how many are read at a time.
const businesses = 500

// all walks over the pile of each business.
func (w *walk) all(ctx context.Context) error {
	if w.Pile.Shared() {
		return w.business(ctx, core.BusinessID{})
	}
	for last := (core.BusinessID{}); ; {
		var ids []core.BusinessID
		err := w.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
			bs, err := tx.Accounts.After(ctx, last, businesses)
			ids = nil
			for _, b := range bs {
				ids = append(ids, b.ID)
			}
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, b := range ids {
			if err := w.business(ctx, b); err != nil {
				return err
			}
		}
		last = ids[len(ids)-1]
	}
}

// why is what the record of an erasure says.
func (w *walk) why(n int) string {
	return fmt.Sprintf("retention: %s are kept %s; %d of before %s", w.Pile, w.Period, n, w.Before.UTC().Format(time.RFC3339))
}
