package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/message"
)

type bills struct{ *tx }

func (x bills) Account(ctx context.Context, b core.BusinessID) (billing.Account, error) {
	a, ok := x.d.bills.get(b)
	if !ok {
		a.Business = b
	}
	return a, alive(ctx)
}

func (x bills) SaveAccount(ctx context.Context, a billing.Account) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	old, _ := x.d.bills.get(a.Business)
	other, err := x.ByCustomer(ctx, a.Customer)
	if old.Revision != a.Revision || err == nil && other.Business != a.Business {
		return core.E("memstore.SaveAccount", core.Conflict, "the payments have changed in the meantime; load the page again")
	}
	a.Revision++
	x.d.bills.set(x.tx, a.Business, a)
	return nil
}

func (x bills) ByCustomer(ctx context.Context, customer string) (billing.Account, error) {
	for _, a := range x.d.bills.m {
		if a.Customer == customer && customer != "" {
			return a, alive(ctx)
		}
	}
	return billing.Account{}, notFound("ByCustomer", "customer")
}

func (x bills) DueAccounts(ctx context.Context, now time.Time, n int) ([]billing.Account, error) {
	var out []billing.Account
	for _, a := range x.d.bills.m {
		if !a.Due.IsZero() && !a.Due.After(now) {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b billing.Account) int {
		return cmp.Or(a.Due.Compare(b.Due), bytes.Compare(a.Business[:], b.Business[:]))
	})
	return out[:min(max(n, 0), len(out))], alive(ctx)
}

func (b messages) Spent(ctx context.Context, biz core.BusinessID, from, to time.Time) (message.Spent, error) {
	var s message.Spent
	for k, m := range b.d.messages.m {
		if k.business != biz || m.Class != message.Marketing && m.Class != message.Reply && m.Class != message.Informational {
			continue
		}
		switch m.State {
		case message.Sent, message.Delivered, message.Undelivered, message.Unconfirmed:
			if !m.Submitted.Before(from) && m.Submitted.Before(to) {
				s.Parts += m.Segments
			}
		case message.Planned, message.Sending, message.Unknown:
			s.Waiting += m.Segments
		}
	}
	return s, alive(ctx)
}
