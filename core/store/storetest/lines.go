package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/registration"
	"github.com/jobfluss/nexo/core/store"
)

func testLines(s *suite) {
	a, b, c := newBusiness(), newBusiness(), newBusiness()
	full := registration.Line{
		Business: a, Keyword: "LUNA", Code: "abcd2345", Due: at(5), Leased: at(6), Checked: at(4), Trouble: "the carrier is away",
		Order: registration.Order{Reference: "ref", Number: guest(1), ID: "order-1", State: registration.Pending, Asked: at(1), By: core.UserID{3}, Note: "why"},
		Drift: []registration.Drift{{Code: registration.DriftWebhook, Is: "a\u00e9\"", Want: "b"}},
		Filing: registration.Filing{
			State: registration.Rejected, Attempt: 2, BrandID: "brand-1", CampaignID: "campaign-1", RequestID: "request-1", Reason: "805",
			Particulars: registration.Particulars{Entity: registration.Company, EIN: "123456789", First: "Lu", Phone: "+15125550101", PrivacySays: true},
			Pack:        &registration.Pack{Kind: registration.Local, Samples: []string{"one", "two"}}, Submitted: at(2), Changed: at(3), Asked: at(2),
		},
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Registration.Save(ctx, registration.Line{Business: a}), tx.Registration.Save(ctx, full),
			tx.Registration.Save(ctx, registration.Line{Business: b, Due: at(3)}), tx.Registration.Save(ctx, registration.Line{Business: c}))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Registration.Line(ctx, a)
		if got.Filing.Pack == nil {
			return errors.Join(err, errors.New("the pack is not kept"))
		}
		s.equal("Line.Filing.Pack", *got.Filing.Pack, *full.Filing.Pack)
		got.Filing.Pack = full.Filing.Pack // pointers are compared as such
		s.equal("Line", got, full)
		none := newBusiness()
		empty, err2 := tx.Registration.Line(ctx, none)
		s.equal("a line that is not there", empty, registration.Line{Business: none})
		_, err3 := tx.Registration.Lock(ctx, a)
		s.kind("Lock in a view", err3, core.Denied)
		s.kind("Save in a view", tx.Registration.Save(ctx, full), core.Denied)
		for _, id := range full.Ids() {
			named, err := tx.Registration.Named(ctx, id)
			s.equal("Named "+id, named, []core.BusinessID{a})
			err2 = errors.Join(err2, err)
		}
		nobody, err4 := tx.Registration.Named(ctx, "")
		s.equal("Named nothing", len(nobody), 0)
		return errors.Join(err, err2, err4)
	})
	due := func(minutes, n int, want ...core.BusinessID) {
		s.Helper()
		s.view(func(ctx context.Context, tx store.Tx) error {
			got, err := tx.Registration.Due(ctx, at(minutes), n)
			s.equal("Due", got, want)
			return err
		})
	}
	due(2, 9)
	due(5, 9, b)    // a is due, and leased
	due(6, 9, b, a) // the longest due first
	due(6, 1, b)
	due(6, 0)
}

// testLineLock: of several who add to a line under its lock, none undoes
// another's work, whether the line was there or not.
func testLineLock(s *suite) {
	for _, b := range []core.BusinessID{newBusiness(), newBusiness()} {
		s.parallel(4, func(int) error {
			return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
				l, err := tx.Registration.Lock(ctx, b)
				if err != nil {
					return err
				}
				l.Filing.Attempt++
				return tx.Registration.Save(ctx, l)
			})
		})
		s.view(func(ctx context.Context, tx store.Tx) error {
			l, err := tx.Registration.Line(ctx, b)
			s.equal("four who added one each", l.Filing.Attempt, 4)
			return err
		})
	}
}
