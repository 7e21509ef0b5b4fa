// Package reconcile compares what we know with what the carrier knows, and
// settles what only the carrier can tell: who is on its opt-out list, and what
// became of texts whose receipts never came.
//
// It heals towards silence only. Whom the carrier bars and we do not, is barred
// with us too; whom we bar and the carrier does not, stays barred, and is
// counted. No text is sent again because of anything that is found here.
package reconcile

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A Carrier is asked what it knows. Asking is harmless and may be repeated.
// Implementations are safe for concurrent use. Errors are [core.Error]: of kind
// Unavailable where it may be asked again later (RetryAfter says when, if known),
// and else Denied or Invalid.
type Carrier interface {
	// OptOuts returns a page of the carrier's opt-out list, the first being 1: of a
	// messaging profile, or of the whole account where profile is "".
	OptOuts(ctx context.Context, profile string, page int) (Page, error)
	// OptOutCode is the code by which it refuses a text to somebody on that list.
	OptOutCode() string
}

// A Page is a part of the carrier's opt-out list.
type Page struct {
	Rows []OptOut
	Last bool
}

// An OptOut is a person whom the carrier bars.
type OptOut struct {
	Person  core.Number // zero where the carrier names none that we can read
	Sender  core.Number // the number that the person texted; zero where it is none
	Profile string      // the block holds for all numbers of the profile
	At      time.Time   // by the carrier's clock; zero where it does not say
}

// A Service is the use case. Its methods are safe for concurrent use; several
// processes may run them on one store, and then do some of the work twice.
type Service struct {
	Store   store.Store
	Carrier Carrier
	Clock   core.Clock
	IDs     core.IDs
	Salts   evidence.Salts
	// Wait waits, or returns early with the error of ctx. Nil waits by the
	// system's timer.
	Wait func(ctx context.Context, d time.Duration) error
}

const (
	// between is how long the carrier is left alone between two questions.
	between = 200 * time.Millisecond
	// patience is the longest wait that the carrier may ask for before the rest
	// is left for the next time.
	patience = time.Minute
	// stale is when a pass that was left half-way is begun anew.
	stale = time.Hour
	// often is how often opt-outs are compared.
	often = 50 * time.Minute
	// examples is how many guests a report names, by the last digits.
	examples = 50
)

// A Scope is what is compared.
type Scope struct {
	Business core.BusinessID // zero for all
	// DryRun bars nobody. Only the copy of the carrier's list is brought up to
	// date.
	DryRun bool
}

// A Report is a pass with examples of what was found in it.
type Report struct {
	suppression.Pass
	Found []Found
	// Skipped: the last pass is less than an hour old, and nothing was done.
	Skipped bool
}

// Found is a guest whom the carrier barred and we did not.
type Found struct {
	Pair core.Pair
	At   time.Time // since when
	Text bool      // found by a text that the carrier refused, not on its list
}

// Hourly is OptOuts for everybody, unless that was done in the last hour.
func (s *Service) Hourly(ctx context.Context) (Report, error) {
	var last suppression.Pass
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		last, err = tx.Mirror.Pass(ctx, core.BusinessID{})
		return err
	})
	if err != nil {
		return Report{}, err
	}
	if !last.Ended.IsZero() && s.Clock.Now().Sub(last.Ended) < often {
		return Report{Pass: last, Skipped: true}, nil
	}
	return s.OptOuts(ctx, Scope{})
}

// OptOuts reads the carrier's list from the first page to the last, or goes on
// where somebody stopped less than an hour ago, and bars whom only the carrier
// bars.
func (s *Service) OptOuts(ctx context.Context, sc Scope) (Report, error) {
	rep, profile, err := s.begin(ctx, sc)
	for err == nil && rep.Ended.IsZero() {
		if err = s.step(ctx, sc, profile, &rep); err != nil {
			err = s.wait(ctx, err)
		} else if rep.Ended.IsZero() {
			err = s.pause(ctx, between)
		}
	}
	return rep, err
}

// begin returns the pass to go on with, and the profile to ask for.
func (s *Service) begin(ctx context.Context, sc Scope) (rep Report, profile string, err error) {
	now := s.Clock.Now()
	rep.Pass = suppression.Pass{Business: sc.Business, N: now.UnixMicro(), Page: 1, Started: now}
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		if !sc.Business.IsZero() {
			b, err := tx.Accounts.Business(ctx, sc.Business)
			if err != nil {
				return err
			}
			profile = b.ProfileID
		}
		last, err := tx.Mirror.Pass(ctx, sc.Business)
		if err == nil && !sc.DryRun && last.N != 0 && last.Ended.IsZero() && now.Sub(last.Started) < stale {
			rep.Pass = last
		}
		return err
	})
	return rep, profile, err
}

// step reads a page, compares it, and saves how far the pass has come.
func (s *Service) step(ctx context.Context, sc Scope, profile string, rep *Report) error {
	asked := s.Clock.Now()
	page, err := s.Carrier.OptOuts(ctx, profile, rep.Page)
	if err != nil {
		return err
	}
	var after Report
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		after = *rep // f may run twice
		c := comparison{s: s, tx: tx, scope: sc, rep: &after, asked: asked, now: s.Clock.Now()}
		if err := c.list(ctx, page.Rows); err != nil {
			return err
		}
		after.Page++
		if page.Last {
			if err := c.end(ctx); err != nil {
				return err
			}
		}
		if sc.DryRun {
			return nil
		}
		return tx.Mirror.SavePass(ctx, after.Pass)
	})
	if err == nil {
		*rep = after
	}
	return err
}

// wait waits where the carrier asks for a while, and returns the error where the
// rest is for another time.
func (s *Service) wait(ctx context.Context, err error) error {
	var e *core.Error
	if !errors.As(err, &e) || e.Kind != core.Unavailable || e.RetryAfter == 0 || e.RetryAfter > patience {
		return err
	}
	return s.pause(ctx, e.RetryAfter)
}

func (s *Service) pause(ctx context.Context, d time.Duration) error {
	if s.Wait != nil {
		return s.Wait(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return core.Wrap("reconcile", core.Unavailable, "the call was given up", ctx.Err())
	}
}
