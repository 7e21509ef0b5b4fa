package enroll

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/registration"
	"github.com/jobfluss/nexo/core/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Step does what there is to do about a line, and asks the carrier how it
// stands. Nothing happens where somebody else is at it. Errors are the
// carrier's or the store's; what was learnt before is kept.
func (s *Service) Step(ctx context.Context, b core.BusinessID) error { return s.step(ctx, b, "") }

// step is Step. fresh is the reference of an order that was just written down:
// only whoever did that gives it to the carrier.
func (s *Service) step(ctx context.Context, b core.BusinessID, fresh string) error {
	if !s.Works() {
		return nil
	}
	w, err := s.take(ctx, b)
	if err != nil || w == nil {
		return err
	}
	w.fresh = fresh
	err = w.all(ctx)
	w.line.Trouble = ""
	if err != nil {
		w.line.Trouble = core.MessageOf(err)
	}
	// What was learnt is kept also where whoever asked has gone.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, w.finish(end, err))
}

// A work is one step under its lease.
type work struct {
	*Service
	biz   account.Business
	words []account.Keyword
	line  registration.Line
	fresh string
}

// take leases a line; nil where somebody has it.
func (s *Service) take(ctx context.Context, b core.BusinessID) (w *work, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		w = nil
		l, err := tx.Registration.Lock(ctx, b)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		if l.Leased.After(now) {
			return nil
		}
		biz, err := tx.Accounts.Business(ctx, b)
		if errors.Is(err, core.NotFound) || err == nil && biz.Status == account.Closed {
			l.Due = time.Time{} // nobody is there to ask for
			return tx.Registration.Save(ctx, l)
		}
		if err != nil {
			return err
		}
		l.Leased = now.Add(lease)
		words, err := tx.Accounts.Keywords(ctx, b)
		if err != nil {
			return err
		}
		w = &work{Service: s, biz: biz, words: words, line: l}
		return tx.Registration.Save(ctx, l)
	})
	return w, err
}

// all goes on where one part fails, as far as the others do not need it.
func (w *work) all(ctx context.Context) error {
	if err := w.profile(ctx); err != nil {
		return err
	}
	orderErr := w.order(ctx)
	settingsErr := w.settings(ctx)
	filingErr := w.filing(ctx)
	return errors.Join(orderErr, settingsErr, filingErr)
}

// keep writes what this step knows, and leaves what somebody else has begun in
// the meantime. also runs in the same transaction.
func (w *work) keep(ctx context.Context, also func(context.Context, store.Tx) error) error {
	return w.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		l, err := tx.Registration.Lock(ctx, w.line.Business)
		if err != nil {
			return err
		}
		mine := w.line
		mine.Due, mine.Keyword, mine.Code = l.Due, l.Keyword, l.Code
		if l.Order.Reference != mine.Order.Reference {
			mine.Order = l.Order
		}
		if l.Filing.Attempt != mine.Filing.Attempt {
			mine.Filing = l.Filing
		}
		mine.Filing.Particulars = l.Filing.Particulars
		if err := tx.Registration.Save(ctx, mine); err != nil {
			return err
		}
		if also == nil {
			return nil
		}
		return also(ctx, tx)
	})
}

// finish gives the lease back and says when to come again.
func (w *work) finish(ctx context.Context, failed error) error {
	now := w.Clock.Now()
	w.line.Leased = time.Time{}
	return w.keep(ctx, func(ctx context.Context, tx store.Tx) error {
		l, err := tx.Registration.Lock(ctx, w.line.Business)
		if err != nil {
			return err
		}
		switch {
		case l.Filing.Attempt != w.line.Filing.Attempt || l.Order.Reference != w.line.Order.Reference:
			l.Due = now // begun while we were at it
		case failed != nil:
			l.Due = now.Add(trouble)
		case l.Order.Open():
			l.Due = now.Add(again(now.Sub(l.Order.Asked)))
		case l.Filing.State.Open():
			l.Due = now.Add(again(now.Sub(l.Filing.Submitted)))
		default:
			l.Due = now.Add(calm)
		}
		return tx.Registration.Save(ctx, l)
	})
}

func again(age time.Duration) time.Duration { return min(max(soonest, age/10), calm) }

// profile sees to it that the business has a messaging profile. One that the
// number is on already is taken as it is, unless it is another business's: what
// somebody set up by hand is compared, not changed.
func (w *work) profile(ctx context.Context) error {
	if w.biz.ProfileID != "" {
		return nil
	}
	if !w.biz.Sender.IsZero() {
		id, found, err := w.Carrier.ProfileOf(ctx, w.biz.Sender)
		if err != nil {
			return err
		}
		if found && id != "" {
			if taken, err := w.others(ctx, id); err != nil || !taken {
				return errors.Join(err, w.adopt(ctx, id))
			}
		}
	}
	id, err := w.newProfile(ctx, w.biz)
	if err != nil {
		return err
	}
	if err := w.adopt(ctx, id); err != nil || w.biz.Sender.IsZero() {
		return err
	}
	if on, found, err := w.Carrier.ProfileOf(ctx, w.biz.Sender); err != nil || !found || on != "" {
		return err // a number that is elsewhere is drift: it is moved by hand only
	}
	return w.Carrier.Attach(ctx, w.biz.Sender, id)
}

// newProfile finds or makes the business's own profile, as it should be.
func (s *Service) newProfile(ctx context.Context, b account.Business) (string, error) {
	want := registration.Expect(b, s.Site.WebhookURL)
	id, found, err := s.Carrier.FindProfile(ctx, want.Name)
	// Its old one, which it shall not have any more, may bear the name too.
	if err == nil && (!found || id == b.ProfileID) {
		id, err = s.Carrier.MakeProfile(ctx, want)
	}
	if err != nil {
		return "", err
	}
	return id, s.Carrier.SaveSettings(ctx, id, want)
}

// renewProfile gives a business a profile in the place of one that is gone or is
// another's too.
func (s *Service) renewProfile(ctx context.Context, b account.Business) error {
	id, err := s.newProfile(ctx, b)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		biz, err := tx.Accounts.Business(ctx, b.ID)
		if err != nil {
			return err
		}
		biz.ProfileID = id
		return tx.Accounts.SaveBusiness(ctx, biz)
	})
}

// others reports whether another business has the profile.
func (w *work) others(ctx context.Context, profile string) (taken bool, err error) {
	err = w.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		bs, err := tx.Accounts.ByProfile(ctx, profile)
		for _, b := range bs {
			taken = taken || b.ID != w.biz.ID
		}
		return err
	})
	return taken, err
}

func (w *work) adopt(ctx context.Context, profile string) error {
	return w.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		biz, err := tx.Accounts.Business(ctx, w.biz.ID)
		if err != nil {
			return err
		}
		if biz.ProfileID == "" {
			biz.ProfileID = profile
		}
		w.biz = biz
		return tx.Accounts.SaveBusiness(ctx, biz)
	})
}

// order gives the order that was just written down to the carrier, and looks for
// any other.
func (w *work) order(ctx context.Context) error {
	o := &w.line.Order
	if !o.Open() {
		return nil
	}
	var got Ordered
	var err error
	found := true
	if o.Reference == w.fresh && o.State == registration.Asked {
		got, err = w.Carrier.MakeOrder(ctx, o.Reference, o.Number, w.biz.ProfileID)
	} else {
		got, found, err = w.Carrier.FindOrder(ctx, o.Reference)
	}
	switch {
	case errors.Is(err, core.Invalid), errors.Is(err, core.Unavailable) && o.Reference == w.fresh:
		o.State, o.Note = registration.Failed, core.MessageOf(err)
		return w.keep(ctx, nil)
	case err != nil:
		return err
	case !found && w.Clock.Now().Sub(o.Asked) < registration.Forgotten:
		return nil
	case !found:
		o.State, o.Note = registration.Failed, "the carrier knows nothing of the order"
		return w.keep(ctx, nil)
	}
	o.ID, o.State = got.ID, got.State
	switch got.State {
	case registration.Failed:
		o.Note = "the carrier could not deliver the number"
	case registration.Ready:
		return w.arrived(ctx)
	}
	return w.keep(ctx, nil)
}

// arrived gives the business its number, and the keyword that waited for it.
func (w *work) arrived(ctx context.Context) error {
	o := w.line.Order
	return w.keep(ctx, func(ctx context.Context, tx store.Tx) error {
		biz, err := tx.Accounts.Business(ctx, w.biz.ID)
		if err != nil || !biz.Sender.IsZero() {
			return err
		}
		if others, err := tx.Accounts.BySender(ctx, o.Number); err != nil || len(others) > 0 {
			return errors.Join(err, core.E("enroll.Order", core.Conflict, "the number that came is another business's"))
		}
		biz.Sender = o.Number
		if err := tx.Accounts.SaveBusiness(ctx, biz); err != nil {
			return err
		}
		w.biz = biz
		now := w.Clock.Now()
		what := map[string]string{"sender": o.Number.E164(), "reference": o.Reference}
		if w.line.Keyword != "" && len(w.words) == 0 {
			k := account.Keyword{Word: w.line.Keyword, Business: biz.ID, Number: biz.Sender, Code: w.line.Code, Created: now}
			d := consent.Disclose(biz, k.Word, now)
			if err := errors.Join(tx.Accounts.AddKeyword(ctx, k), tx.Consent.PutDisclosure(ctx, d)); err != nil {
				return err
			}
			w.words = []account.Keyword{k}
			what["disclosure_"+k.Word] = d.Version.String()
		}
		return w.acted(ctx, tx, biz.ID, o.By, evidence.NumberOrdered, what)
	})
}

// settings compares the profile with what we expect of it.
func (w *work) settings(ctx context.Context) error {
	is, found, err := w.Carrier.Settings(ctx, w.biz.ProfileID)
	if err != nil {
		return err
	}
	var drift []registration.Drift
	if found {
		drift = registration.Compare(is, registration.Expect(w.biz, w.Site.WebhookURL))
	} else {
		drift = append(drift, registration.Drift{Code: registration.DriftNoProfile})
	}
	shared, err := w.others(ctx, w.biz.ProfileID)
	if err != nil {
		return err
	}
	if shared {
		drift = append(drift, registration.Drift{Code: registration.DriftShared})
	}
	if !w.biz.Sender.IsZero() {
		switch on, found, err := w.Carrier.ProfileOf(ctx, w.biz.Sender); {
		case err != nil:
			return err
		case !found:
			drift = append(drift, registration.Drift{Code: registration.DriftUnknown})
		case on != w.biz.ProfileID:
			drift = append(drift, registration.Drift{Code: registration.DriftNumber})
		}
	}
	w.line.Drift, w.line.Checked = drift, w.Clock.Now()
	return w.keep(ctx, nil)
}
