// Package charge keeps a venue's payments: it sells plans by the payment
// service's own pages, asks the service how a subscription stands whenever
// something was said about it, and reports what was sent beyond a plan.
//
// A webhook is never believed: it only says whom to ask after. So events may come
// twice, late and in any order.
package charge

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
)

// A Till is the payment service. Implementations are safe for concurrent use.
// Errors are [core.Error]: Unavailable where trying again is safe, which it is
// for every call: each carries a key that makes it happen once.
type Till interface {
	// Customer makes the business known and returns its name there.
	Customer(ctx context.Context, b account.Business, email string) (string, error)
	// Checkout returns the address of a page that sells the plan.
	Checkout(ctx context.Context, o Order) (url string, err error)
	// Portal returns the address of the pages where a customer changes cards and
	// finds invoices.
	Portal(ctx context.Context, customer, back string) (url string, err error)
	// Subscriptions returns what the customer has, the newest first.
	Subscriptions(ctx context.Context, customer string) ([]billing.Subscription, error)
	// Raise changes the plan at once and charges for the rest of the period.
	Raise(ctx context.Context, s billing.Subscription, p billing.Plan) error
	// Lower changes it at the end of the period.
	Lower(ctx context.Context, s billing.Subscription, p billing.Plan) error
	// Keep takes back what Lower, or ending it, has planned.
	Keep(ctx context.Context, s billing.Subscription) error
	// Report says how many parts beyond the plan were sent in the period so far.
	// It is a total, and the last one counts.
	Report(ctx context.Context, s billing.Subscription, parts int) error
	// Invoices returns up to n, the newest first.
	Invoices(ctx context.Context, customer string, n int) ([]billing.Invoice, error)
}

// An Order is what a page of the Till sells.
type Order struct {
	Business core.BusinessID
	Customer string
	Plan     billing.Plan
	Trial    bool
	Back     string // where the buyer comes back to
}

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store store.Store
	Till  Till // nil where none is configured: everything is free then
	Clock core.Clock
	// News reads a webhook of the payment service, and is false for what says
	// nothing about a customer.
	News func(raw []byte, received time.Time) (billing.News, bool)
	// Provider is whose webhooks those are.
	Provider  string
	PublicURL string
}

// On reports whether anything is paid for.
func (s *Service) On() bool { return s != nil && s.Till != nil }

// askEvery is how often a subscription is looked at without a webhook: usage is
// reported then, and a webhook that never came is made up for.
const askEvery = time.Hour

// A View is what a venue sees of its payments.
type View struct {
	Account  billing.Account
	Use      billing.Use
	Invoices []billing.Invoice
	Problem  string // why there are no invoices
}

// Show returns what there is to see.
func (s *Service) Show(ctx context.Context, b core.BusinessID) (View, error) {
	var v View
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		v.Account, v.Use, err = known(ctx, tx, b, s.Clock.Now())
		return err
	})
	if err != nil || !s.On() || v.Account.Customer == "" {
		return v, err
	}
	if v.Invoices, err = s.Till.Invoices(ctx, v.Account.Customer, 12); err != nil {
		v.Problem = core.MessageOf(err)
	}
	return v, nil
}

// known is the account with what it used in its period.
func known(ctx context.Context, tx store.Tx, b core.BusinessID, now time.Time) (billing.Account, billing.Use, error) {
	a, err := tx.Billing.Account(ctx, b)
	if err != nil || a.Sub.Start.IsZero() {
		return a, billing.Use{}, err
	}
	end := a.Sub.End
	if now.Before(end) || end.IsZero() {
		end = now.Add(time.Minute) // clocks of workers differ
	}
	x, err := tx.Messages.Spent(ctx, b, a.Sub.Start, end)
	return a, billing.Use{Sent: x.Parts, Waiting: x.Waiting}, err
}

// May says why a campaign of so many parts must not begin, "" where it may.
func (s *Service) May(ctx context.Context, tx store.Tx, b core.BusinessID, need int, now time.Time) (string, error) {
	if !s.On() {
		return "", nil
	}
	a, u, err := known(ctx, tx, b, now)
	if err != nil {
		return "", err
	}
	return a.May(u, need), nil
}

// Choose moves the business to a plan. It returns where to send the buyer, "" where
// it is done. Errors: Invalid for no such plan, Conflict where it has it.
func (s *Service) Choose(ctx context.Context, biz account.Business, email, plan string) (string, error) {
	const op = "charge.Choose"
	p, ok := billing.PlanOf(plan)
	if !s.On() || !ok {
		return "", core.E(op, core.Invalid, "There is no such plan. Choose one of those on the page.")
	}
	a, err := s.ask(ctx, biz.ID) // as it is now, and not as it was when the page was made
	if err != nil {
		return "", err
	}
	switch a.To(p) {
	case billing.Stay:
		return "", core.E(op, core.Conflict, "This is the plan that you have.")
	case billing.Buy:
		if a, err = s.customer(ctx, a, biz, email); err != nil {
			return "", err
		}
		return s.Till.Checkout(ctx, Order{Business: biz.ID, Customer: a.Customer, Plan: p, Trial: !a.Tried, Back: s.back()})
	case billing.Up:
		if a.Sub.Schedule != "" {
			if err := s.Till.Keep(ctx, a.Sub); err != nil {
				return "", err
			}
		}
		if err = s.Till.Raise(ctx, a.Sub, p); err == nil {
			// What is beyond the larger plan is less: it is reported anew.
			err = s.change(ctx, biz.ID, func(a *billing.Account) { a.Reported, a.NextPlan = 0, "" })
		}
	default:
		if err = s.Till.Lower(ctx, a.Sub, p); err == nil {
			err = s.change(ctx, biz.ID, func(a *billing.Account) { a.NextPlan = p.ID })
		}
	}
	if err == nil {
		_, err = s.ask(ctx, biz.ID)
	}
	return "", err
}

func (s *Service) back() string { return s.PublicURL + "/settings/billing" }

// Keep takes back what was to happen at the end of the period.
func (s *Service) Keep(ctx context.Context, b core.BusinessID) error {
	a, err := s.ask(ctx, b)
	if err != nil {
		return err
	}
	if a.Status().Over() {
		return core.E("charge.Keep", core.Conflict, "There is no plan any more. Choose one.")
	}
	if err := s.Till.Keep(ctx, a.Sub); err != nil {
		return err
	}
	if err := s.change(ctx, b, func(a *billing.Account) { a.NextPlan = "" }); err != nil {
		return err
	}
	_, err = s.ask(ctx, b)
	return err
}

// Portal returns the address of the payment service's own pages. NotFound where
// the business has never bought anything.
func (s *Service) Portal(ctx context.Context, b core.BusinessID) (string, error) {
	var a billing.Account
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		a, err = tx.Billing.Account(ctx, b)
		return err
	})
	if err != nil {
		return "", err
	}
	if !s.On() || a.Customer == "" {
		return "", core.E("charge.Portal", core.NotFound, "There are no payments yet.")
	}
	return s.Till.Portal(ctx, a.Customer, s.back())
}

// customer makes the business known to the Till, once.
func (s *Service) customer(ctx context.Context, a billing.Account, biz account.Business, email string) (billing.Account, error) {
	if a.Customer != "" {
		return a, nil
	}
	id, err := s.Till.Customer(ctx, biz, email)
	if err != nil {
		return a, err
	}
	err = s.change(ctx, biz.ID, func(x *billing.Account) {
		if x.Customer == "" {
			x.Customer = id
		}
		a = *x
	})
	return a, err
}

// change saves an account that others may be saving too.
func (s *Service) change(ctx context.Context, b core.BusinessID, f func(*billing.Account)) error {
	for try := 1; ; try++ {
		err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
			a, err := tx.Billing.Account(ctx, b)
			if err != nil {
				return err
			}
			f(&a)
			return tx.Billing.SaveAccount(ctx, a)
		})
		if !errors.Is(err, core.Conflict) || try == 3 {
			return err
		}
	}
}

// ask reads from the Till how the business's subscription stands, and stores it.
func (s *Service) ask(ctx context.Context, b core.BusinessID) (billing.Account, error) {
	var a billing.Account
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		a, err = tx.Billing.Account(ctx, b)
		return err
	})
	if err != nil || a.Customer == "" {
		return a, err
	}
	asked := s.Clock.Now() // before the question: what is said meanwhile asks again
	subs, err := s.Till.Subscriptions(ctx, a.Customer)
	if err != nil {
		return a, err
	}
	err = s.change(ctx, b, func(x *billing.Account) {
		for _, sub := range standing(subs) {
			*x = x.With(sub, asked)
		}
		x.Due = time.Time{}
		if !x.Status().Over() {
			x.Due = s.Clock.Now().Add(askEvery)
		}
		a = *x
	})
	return a, err
}

// standing is the one of several that counts: one that is not over, else the newest.
func standing(subs []billing.Subscription) []billing.Subscription {
	for _, x := range subs {
		if !billing.Status(x.Status).Over() {
			return []billing.Subscription{x}
		}
	}
	return subs[:min(1, len(subs))]
}

// Heard notes that the Till has news. It is [intake.Other].
func (s *Service) Heard(ctx context.Context, tx store.Tx, st inbox.Stored, now time.Time) (string, error) {
	if s == nil || s.News == nil || st.Provider != s.Provider {
		return "kept, nothing acts on events of this provider", nil
	}
	n, ok := s.News(st.Raw, st.Received)
	if !ok || n.Customer == "" {
		return "kept, nothing to act on", nil
	}
	a, err := tx.Billing.ByCustomer(ctx, n.Customer)
	if errors.Is(err, core.NotFound) && !n.Business.IsZero() {
		if _, err := tx.Accounts.Business(ctx, n.Business); errors.Is(err, core.NotFound) {
			return "about a business that is not known", nil
		} else if err != nil {
			return "", err
		}
		if a, err = tx.Billing.Account(ctx, n.Business); err != nil {
			return "", err
		}
		if a.Customer != "" {
			return "about another customer than the business has", nil
		}
		a.Customer = n.Customer
	} else if errors.Is(err, core.NotFound) {
		return "about a customer that is not known", nil
	} else if err != nil {
		return "", err
	}
	a.Due = now
	return "the payment service is asked how it stands", tx.Billing.SaveAccount(ctx, a)
}

// Go asks after every account whose time has come, up to a hundred, and reports
// what was sent beyond plans. One that fails is tried again in five minutes.
func (s *Service) Go(ctx context.Context) (asked int, err error) {
	if !s.On() {
		return 0, nil
	}
	var due []billing.Account
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		due, err = tx.Billing.DueAccounts(ctx, s.Clock.Now(), 100)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, a := range due {
		e := s.one(ctx, a.Business)
		if e != nil && ctx.Err() == nil {
			err = errors.Join(err, e, s.change(ctx, a.Business, func(x *billing.Account) { x.Due = s.Clock.Now().Add(5 * time.Minute) }))
			continue
		}
		asked++
	}
	return asked, err
}

func (s *Service) one(ctx context.Context, b core.BusinessID) error {
	a, err := s.ask(ctx, b)
	if err != nil || !a.Extra() {
		return err
	}
	var u billing.Use
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		a, u, err = known(ctx, tx, b, s.Clock.Now())
		return err
	})
	n := a.Billable(u)
	same := a.ReportedFor.Equal(a.Sub.Start)
	if err != nil || same && n == a.Reported || !same && n == 0 {
		return err
	}
	// A total under the period's own instant: reporting it twice is reporting it once.
	if err := s.Till.Report(ctx, a.Sub, n); err != nil {
		return err
	}
	return s.change(ctx, b, func(x *billing.Account) { x.Reported, x.ReportedFor = n, a.Sub.Start })
}
