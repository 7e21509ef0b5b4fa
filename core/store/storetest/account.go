package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
)

func testBusinesses(s *suite) {
	b := account.Business{
		ID: newBusiness(), Name: "Luna's Cantina", LegalName: "Luna's Cantina LLC", Street: "1 O'Hara St, \"Unit\" 2; ?", City: "Austin",
		State: place.MustState("TX"), ZIP: "78701", Zone: place.MustZone("America/Chicago"),
		Website: "lunas.example", TermsURL: "lunas.example/terms?x=1", PrivacyURL: "lunas.example/privacy", HelpContact: "hola@lunas.example",
		MonthlyTexts: 4, Rhythm: account.Rhythm{Texts: 2, Hours: 36}, Class: pace.ClassT, Tier: pace.TierMid, ServesAlcohol: true, AgeGate: true, DoubleOptIn: true, Sender: guest(9000), ProfileID: "profile-1",
		Status: account.Active, Registered: true, Created: t0,
	}
	other := account.Business{ID: newBusiness(), Name: "Peña 🌮", Sender: guest(9000), Created: at(1)}
	stranger := account.Business{ID: newBusiness(), Name: "No number yet"}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Accounts.AddBusiness(ctx, b), tx.Accounts.AddBusiness(ctx, other), tx.Accounts.AddBusiness(ctx, stranger))
	})
	s.kind("AddBusiness twice", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddBusiness(ctx, b) }), core.Conflict)

	b.Name, b.Status, b.Registered, b.ServesAlcohol = "Luna's", account.Suspended, false, false
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, b) })
	s.kind("SaveBusiness of none", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.SaveBusiness(ctx, account.Business{ID: newBusiness()})
	}), core.NotFound)
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Accounts.Business(ctx, b.ID)
		s.equal("Business", got, b)
		got2, err2 := tx.Accounts.Business(ctx, other.ID)
		s.equal("Business", got2, other)
		bs, err3 := tx.Accounts.Businesses(ctx, []core.BusinessID{b.ID, newBusiness(), other.ID, b.ID})
		if len(bs) != 2 {
			s.Errorf("Businesses returned %d, want the 2 that exist", len(bs))
		}
		shared, err4 := tx.Accounts.BySender(ctx, guest(9000))
		if len(shared) != 2 {
			s.Errorf("BySender returned %d, want both", len(shared))
		}
		none, err5 := tx.Accounts.BySender(ctx, guest(1))
		zero, err6 := tx.Accounts.BySender(ctx, core.Number{})
		if len(none)+len(zero) != 0 {
			s.Errorf("BySender of a stranger's number and of none returned %d and %d businesses", len(none), len(zero))
		}
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
	var walked []string // other suites may have businesses in the same store
	s.view(func(ctx context.Context, tx store.Tx) error {
		var after core.BusinessID
		for {
			page, err := tx.Accounts.After(ctx, after, 2)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, x := range page {
				if after = x.ID; slices.Contains([]core.BusinessID{b.ID, other.ID, stranger.ID}, x.ID) {
					walked = append(walked, x.Name)
				}
			}
		}
	})
	s.equal("the pages of After", walked, []string{"Luna's", "Peña 🌮", "No number yet"})
}

func testUsersAndKeywords(s *suite) {
	b, other := newBusiness(), newBusiness()
	u := account.User{ID: core.UserID(id[any]()), Business: b, Email: "ana@lunas.example", Name: "Ana", PasswordHash: "$2a$12$?", Role: account.Owner, Created: t0}
	k := account.Keyword{Word: "LUNA", Business: b, Number: guest(9000), Code: "abc123", Created: t0}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Accounts.AddUser(ctx, u), tx.Accounts.AddKeyword(ctx, k))
	})
	taken := map[string]func(context.Context, store.Tx) error{
		"AddUser with an address that is taken, in another business": func(ctx context.Context, tx store.Tx) error {
			return tx.Accounts.AddUser(ctx, account.User{ID: core.UserID(id[any]()), Business: other, Email: u.Email})
		},
		"AddKeyword with a word that is taken on the number": func(ctx context.Context, tx store.Tx) error {
			return tx.Accounts.AddKeyword(ctx, account.Keyword{Word: "LUNA", Business: other, Number: k.Number, Code: "new"})
		},
		"AddKeyword with a code that is taken": func(ctx context.Context, tx store.Tx) error {
			return tx.Accounts.AddKeyword(ctx, account.Keyword{Word: "SOL", Business: other, Number: k.Number, Code: k.Code})
		},
	}
	for what, f := range taken {
		s.kind(what, s.Update(s.Context(), f), core.Conflict)
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.AddKeyword(ctx, account.Keyword{Word: "LUNA", Business: other, Number: guest(9001), Code: "def456", Created: at(1)})
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		byID, err := tx.Accounts.User(ctx, u.ID)
		s.equal("User", byID, u)
		byEmail, err2 := tx.Accounts.UserByEmail(ctx, u.Email)
		s.equal("UserByEmail", byEmail, u)
		ks, err3 := tx.Accounts.Keywords(ctx, b)
		s.equal("Keywords", ks, []account.Keyword{k})
		word, err4 := tx.Accounts.Keyword(ctx, k.Number, "LUNA")
		s.equal("Keyword", word, k)
		code, err5 := tx.Accounts.KeywordByCode(ctx, "abc123")
		s.equal("KeywordByCode", code, k)
		elsewhere, err6 := tx.Accounts.Keyword(ctx, guest(9001), "LUNA")
		if elsewhere.Business != other {
			s.Error("the same word on another number is not the other business's")
		}
		_, none := tx.Accounts.Keyword(ctx, k.Number, "SOL")
		s.kind("Keyword of none", none, core.NotFound)
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
}

func testRetiredKeywords(s *suite) {
	b, n := newBusiness(), guest(9000)
	k := account.Keyword{Word: "LUNA", Business: b, Number: n, Code: "abc123", Place: "Patio", Created: t0}
	s.update(func(ctx context.Context, tx store.Tx) error {
		if err := tx.Accounts.AddKeyword(ctx, k); err != nil {
			return err
		}
		s.kind("another's keyword", tx.Accounts.RetireKeyword(ctx, newBusiness(), n, "LUNA", at(1)), core.NotFound)
		s.kind("a word that is none", tx.Accounts.RetireKeyword(ctx, b, n, "SOL", at(1)), core.NotFound)
		return tx.Accounts.RetireKeyword(ctx, b, n, "LUNA", at(2))
	})
	check := func() {
		s.Helper()
		s.view(func(ctx context.Context, tx store.Tx) error {
			all, err := tx.Accounts.Keywords(ctx, b)
			s.equal("Keywords", all, []account.Keyword{k})
			one, err2 := tx.Accounts.Keyword(ctx, n, "LUNA")
			s.equal("Keyword", one, k)
			return errors.Join(err, err2)
		})
	}
	k.RetiredAt = at(2)
	check()
	s.update(func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.RetireKeyword(ctx, b, n, "LUNA", time.Time{})
	})
	k.RetiredAt = time.Time{}
	check()
}
