package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
)

// testBilling: one account a business, which two cannot save at once.
func testBilling(s *suite) {
	b, other := newBusiness(), newBusiness()
	a := billing.Account{Business: b, Customer: "cus_" + b.String(), Due: at(1), Read: t0.Truncate(time.Second), Tried: true,
		Sub: billing.Subscription{ID: "sub_1", Status: "active", Plan: "growth", Start: at(0).Truncate(time.Second)}}
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Billing.Account(ctx, b)
		s.equal("an account that is not there", got, billing.Account{Business: b})
		_, err2 := tx.Billing.ByCustomer(ctx, a.Customer)
		s.kind("a customer who is not there", err2, core.NotFound)
		s.kind("SaveAccount in a view", tx.Billing.SaveAccount(ctx, a), core.Denied)
		return err
	})
	save := func(a billing.Account) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Billing.SaveAccount(ctx, a) })
	}
	later := a
	later.Revision = 3
	s.kind("the fourth save before the first", save(later), core.Conflict)
	if err := save(a); err != nil {
		s.Fatal(err)
	}
	s.kind("the first save again", save(a), core.Conflict)
	a.Revision, a.NextPlan = 1, "starter"
	if err := save(a); err != nil {
		s.Fatal(err)
	}
	a.Revision = 2
	s.kind("another's customer", save(billing.Account{Business: other, Customer: a.Customer}), core.Conflict)
	if err := save(billing.Account{Business: other, Due: at(0)}); err != nil {
		s.Fatal(err)
	}
	if err := save(billing.Account{Business: newBusiness()}); err != nil { // two without a customer
		s.Fatal(err)
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Billing.Account(ctx, b)
		s.equal("Account", got, a)
		got, err2 := tx.Billing.ByCustomer(ctx, a.Customer)
		s.equal("ByCustomer", got, a)
		none, err3 := tx.Billing.DueAccounts(ctx, at(-1), 9)
		s.equal("none is due", len(none), 0)
		one, err4 := tx.Billing.DueAccounts(ctx, at(1), 1)
		s.equal("the earliest", []core.BusinessID{one[0].Business}, []core.BusinessID{other})
		two, err5 := tx.Billing.DueAccounts(ctx, at(1), 9)
		s.equal("all that are due", len(two), 2)
		return errors.Join(err, err2, err3, err4, err5)
	})
}

// idAt is an id that was made at an instant.
func idAt(when time.Time, i int) core.MessageID {
	u := retention.Bound(when)
	n := newMessageID()
	copy(u[8:], n[8:])
	u[6], u[7] = 0x70, byte(i)
	return core.MessageID(u)
}

// testSpent: what is counted is what was handed over in the period, and not what
// the law has us answer.
func testSpent(s *suite) {
	b, c := newBusiness(), newCampaignID()
	var ms []message.Message
	for i := range 6 {
		m := planned(b, c, i)
		m.ID, m.Segments = idAt(t0, i), i+1
		ms = append(ms, m)
	}
	ms[5].Class, ms[5].Campaign = message.Confirmation, core.CampaignID{}
	theirs := planned(newBusiness(), c, 1)
	theirs.ID = idAt(t0, 9)
	s.plan(append(ms, theirs)...)
	s.sending(t0, ms[0], ms[1], ms[2], ms[3], ms[5])
	for i, o := range map[int]message.State{0: message.Sent, 1: message.Failed, 2: message.Unknown, 3: message.Sent, 5: message.Sent} {
		when := at(1)
		if i == 3 {
			when = at(60)
		}
		s.finish(ms[i], message.Outcome{State: o, At: when, CarrierID: "c-" + ms[i].ID.String()})
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		early, err := tx.Messages.Spent(ctx, b, t0, at(60))
		s.equal("of the first hour", early, message.Spent{Parts: 1, Waiting: 3 + 5})
		all, err2 := tx.Messages.Spent(ctx, b, t0, at(61))
		s.equal("of a minute more", all, message.Spent{Parts: 1 + 4, Waiting: 3 + 5})
		none, err3 := tx.Messages.Spent(ctx, newBusiness(), t0, at(61))
		s.equal("another's", none, message.Spent{})
		return errors.Join(err, err2, err3)
	})
}
