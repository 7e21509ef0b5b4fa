// Package depart ends accounts: nothing is sent from the moment that the owner asks,
// everything can be taken back for thirty days, and then a worker erases it in
// small steps.
package depart

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/closing"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. Its methods are safe for concurrent use, and may be
// cut off anywhere: what was begun goes on the next time.
type Service struct {
	Store  store.Store
	Launch *launch.Service
	Clock  core.Clock
	IDs    core.IDs
	Salts  evidence.Salts
}

// stepRows is how many rows one transaction erases.
const stepRows = 2000

// Ask ends the account of the owner's business: from then on nothing is sent, every
// campaign is cancelled, and after [closing.Grace] it is erased. Asking again goes
// on where the first time stopped, and moves nothing.
func (s *Service) Ask(ctx context.Context, by account.User) (c closing.Closing, err error) {
	if by.Role < account.Owner {
		return c, core.E("depart.Ask", core.Denied, "Only an owner can delete the account.")
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if c, err = tx.Closings.Of(ctx, by.Business); !errors.Is(err, core.NotFound) {
			return err
		}
		b, err := tx.Accounts.Business(ctx, by.Business)
		if err != nil {
			return err
		}
		now := s.now()
		c = closing.Closing{Business: b.ID, Asked: now, By: by.ID, EraseAt: now.Add(closing.Grace), Was: b.Status}
		if err := tx.Closings.Put(ctx, c); err != nil {
			return err
		}
		b.Status = account.Closed
		if err := tx.Accounts.SaveBusiness(ctx, b); err != nil {
			return err
		}
		return s.acted(ctx, tx, by, evidence.DeletionAsked, map[string]string{"erase_at": c.EraseAt.Format(time.RFC3339)})
	})
	if err == nil {
		_, err = s.Launch.As(by.ID).Close(ctx, by.Business)
	}
	return c, err
}

// Withdraw takes it back: the account is what it was. Campaigns that were cancelled
// stay so. It is a Conflict once erasing has begun, and nothing where nobody asked.
func (s *Service) Withdraw(ctx context.Context, by account.User) error {
	if by.Role < account.Owner {
		return core.E("depart.Withdraw", core.Denied, "Only an owner can keep the account.")
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		c, err := tx.Closings.Of(ctx, by.Business)
		if errors.Is(err, core.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !s.now().Before(c.EraseAt) {
			return core.E("depart.Withdraw", core.Conflict, "The thirty days are over, and the account is being erased.")
		}
		b, err := tx.Accounts.Business(ctx, by.Business)
		if err != nil {
			return err
		}
		b.Status = c.Was
		if err := tx.Accounts.SaveBusiness(ctx, b); err != nil {
			return err
		}
		if err := tx.Closings.Remove(ctx, by.Business); err != nil {
			return err
		}
		return s.acted(ctx, tx, by, evidence.DeletionWithdrawn, nil)
	})
}

// Of returns the end of an account; NotFound where nobody asked for one.
func (s *Service) Of(ctx context.Context, b core.BusinessID) (c closing.Closing, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		c, err = tx.Closings.Of(ctx, b)
		return err
	})
	return c, err
}

// A Report says what a Step did.
type Report struct {
	Erased int // accounts of which nothing is left
	Rows   int
	Held   int // accounts that a legal hold keeps
}

// Step erases the accounts that are due. Where it fails, what was done stays done, and the next
// one goes on. An error of kind Denied means that the clock is not to be believed.
func (s *Service) Step(ctx context.Context) (r Report, err error) {
	var due []closing.Closing
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		if due, err = tx.Closings.Due(ctx, s.now(), 100); err != nil || len(due) == 0 {
			return err
		}
		newest, clock, err := tx.Shelf.Newest(ctx)
		if err != nil {
			return err
		}
		return retention.Believe(s.now(), newest, clock)
	})
	if err != nil {
		return r, err
	}
	for _, c := range due {
		if err := s.erase(ctx, c, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// erase erases one account, step by step. A hold that is placed meanwhile is
// kept from the next step on.
func (s *Service) erase(ctx context.Context, c closing.Closing, r *Report) error {
	// Nothing may be on its way any more, also where the one who asked was cut off.
	if _, err := s.Launch.Close(ctx, c.Business); err != nil {
		return err
	}
	rows := 0
	for done := false; !done; {
		if ctx.Err() != nil {
			return core.Wrap("depart.Step", core.Unavailable, "the run was stopped; the next one goes on where it was", ctx.Err())
		}
		n, held := 0, false
		err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
			holds, err := tx.Holds.InForce(ctx, core.BusinessID{})
			if err != nil {
				return err
			}
			if held = keeps(holds, c.Business); held {
				return nil
			}
			if n, err = tx.Closings.Forget(ctx, c.Business, stepRows); err != nil || n > 0 {
				return err
			}
			c.Erased = s.now()
			if err := tx.Closings.Put(ctx, closing.Closing{Business: c.Business, Asked: c.Asked, EraseAt: c.EraseAt, Was: c.Was, Erased: c.Erased}); err != nil {
				return err
			}
			why := fmt.Sprintf("the account was deleted %s; %d rows of it in the last run", c.Asked.Format(time.RFC3339), rows)
			return tx.Evidence.Append(ctx, []evidence.Record{evidence.NewErasure(evidence.NewSeed(s.IDs, s.Salts), c.Business, c.Erased, c.By, why, nil)})
		})
		if err != nil {
			return err
		}
		if held {
			r.Held++
			return nil
		}
		rows, done = rows+n, n == 0
	}
	r.Erased, r.Rows = r.Erased+1, r.Rows+rows
	return nil
}

// keeps reports whether a hold needs anything of the business.
func keeps(holds retention.Holds, b core.BusinessID) bool {
	for _, h := range holds {
		if h.Business == b {
			return true
		}
	}
	return false
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) acted(ctx context.Context, tx store.Tx, by account.User, action string, details map[string]string) error {
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), by.Business, s.now(), by.ID, action, core.CampaignID{}, details),
	})
}
