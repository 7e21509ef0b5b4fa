package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

func testAnchorings(s *suite) {
	first := evidence.Anchoring{Anchor: "file", Size: 300, At: at(1)}
	all := []evidence.Anchoring{
		first, {Anchor: "file", Size: 1200, At: at(2)}, {Anchor: "timestamp", Size: 300, At: at(3), Receipt: []byte{0, 255, '?'}},
		{Anchor: "Mail/1", Size: 300, At: at(4)},
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		var errs []error
		for _, a := range all {
			errs = append(errs, tx.Evidence.PutAnchoring(ctx, a))
		}
		again := first
		again.At, again.Receipt = at(9), []byte("another")
		return errors.Join(append(errs, tx.Evidence.PutAnchoring(ctx, again))...)
	})
	last := ledger(s, func(ctx context.Context, l evidence.Ledger) (map[string]evidence.Anchoring, error) {
		return l.Anchored(ctx, []string{"file", "timestamp", "s3", "file"})
	})
	s.equal("Anchored", last, map[string]evidence.Anchoring{"file": all[1], "timestamp": all[2]})
	of := func(size int64) []evidence.Anchoring {
		return ledger(s, func(ctx context.Context, l evidence.Ledger) ([]evidence.Anchoring, error) {
			return l.Anchorings(ctx, size)
		})
	}
	s.equal("Anchorings", of(300), []evidence.Anchoring{all[3], first, all[2]})
	s.equal("Anchorings of none", len(of(301)), 0)
	s.kind("PutAnchoring in a View", s.View(s.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Evidence.PutAnchoring(ctx, first)
	}), core.Denied)
}

// Owners of active businesses, over pages, and nobody else.
func testOwners(s *suite) {
	var want []account.User
	s.update(func(ctx context.Context, tx store.Tx) error {
		var errs []error
		for i := range 6 {
			b := account.Business{ID: newBusiness(), Name: "Luna's", Status: account.Active, Created: t0}
			if i == 3 {
				b.Status = account.Suspended
			}
			errs = append(errs, tx.Accounts.AddBusiness(ctx, b))
			for j, r := range []account.Role{account.Owner, account.Manager, account.Owner} {
				u := account.User{ID: core.UserID{byte(9 - j), byte(i)}, Business: b.ID, Email: string(rune('a'+i)) + string(rune('a'+j)) + "@example.com", Role: r, Created: t0}
				errs = append(errs, tx.Accounts.AddUser(ctx, u))
				if r == account.Owner && b.Status == account.Active {
					want = append(want, u)
				}
			}
		}
		return errors.Join(errs...)
	})
	var got []account.User
	s.view(func(ctx context.Context, tx store.Tx) error {
		for after := (account.User{}); ; {
			us, err := tx.Accounts.Owners(ctx, after, 3)
			if err != nil || len(us) == 0 {
				return err
			}
			got, after = append(got, us...), us[len(us)-1]
		}
	})
	if len(got) != len(want) {
		s.Fatalf("Owners returned %d, want %d", len(got), len(want))
	}
	found := map[core.UserID]account.User{}
	for _, u := range got {
		found[u.ID] = u
	}
	for _, u := range want {
		s.equal("an owner", found[u.ID], u)
	}
}
