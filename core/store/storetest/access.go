package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/store"
)

func newUser() core.UserID { return core.UserID(id[any]()) }

func testSessions(s *suite) {
	ana, ben := newUser(), newUser()
	one := access.Session{ID: access.SessionID(id[any]()), User: ana, Role: account.Owner, Begun: t0, Seen: t0, Device: "Safari on iPhone"}
	two := access.Session{ID: access.SessionID(id[any]()), User: ana, Begun: at(1), Seen: at(1)}
	theirs := access.Session{ID: access.SessionID(id[any]()), User: ben, Begun: at(2), Seen: at(2)}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Access.Begin(ctx, two), tx.Access.Begin(ctx, one), tx.Access.Begin(ctx, theirs))
	})
	s.kind("Begin twice", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Access.Begin(ctx, one) }), core.Conflict)
	one.Seen = at(5)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Access.Seen(ctx, one.ID, at(5)), tx.Access.Seen(ctx, one.ID, at(3)), tx.Access.Seen(ctx, access.SessionID(id[any]()), at(3)))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Access.Session(ctx, one.ID)
		s.equal("Session", got, one)
		all, err2 := tx.Access.Sessions(ctx, ana)
		s.equal("Sessions", all, []access.Session{one, two})
		_, none := tx.Access.Session(ctx, access.SessionID(id[any]()))
		s.kind("Session of none", none, core.NotFound)
		return errors.Join(err, err2)
	})
	left := func(u core.UserID) (n int) {
		s.view(func(ctx context.Context, tx store.Tx) error {
			all, err := tx.Access.Sessions(ctx, u)
			n = len(all)
			return err
		})
		return n
	}
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Access.End(ctx, ana, two.ID, theirs.ID) })
	s.equal("sessions of the two after one, and another's, was ended", [2]int{left(ana), left(ben)}, [2]int{1, 1})
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Access.End(ctx, ana) })
	s.equal("sessions after all were ended", [2]int{left(ana), left(ben)}, [2]int{0, 1})
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Access.Sweep(ctx, at(3)) })
	s.equal("sessions after a sweep", left(ben), 0)
}

func testFactors(s *suite) {
	ana, ben := newUser(), newUser()
	app := access.Factor{ID: access.FactorID(id[any]()), User: ana, Kind: access.TOTP, Name: "Phone \"1\"", Secret: []byte{0, 1, 255}, Added: t0}
	code := access.Factor{ID: access.FactorID(id[any]()), User: ana, Kind: access.Recovery, Hash: access.HashOf("x"), Added: t0}
	theirs := access.Factor{ID: access.FactorID(id[any]()), User: ben, Kind: access.Device, Added: t0}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Access.PutFactor(ctx, code), tx.Access.PutFactor(ctx, app), tx.Access.PutFactor(ctx, theirs))
	})
	app.Name = "Phone"
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Access.PutFactor(ctx, app) })
	spend := func(f access.Factor, used time.Time, step int64) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Access.Spend(ctx, f, used, step) })
	}
	was := app
	app.Used, app.Step = at(1), 7
	if err := spend(app, was.Used, was.Step); err != nil {
		s.Errorf("Spend: %v", err)
	}
	s.kind("the same once more", spend(app, was.Used, was.Step), core.Conflict)
	was = app
	app.Used, app.Step = at(2), 8
	s.kind("of another step", spend(app, was.Used, 6), core.Conflict)
	if err := spend(app, was.Used, was.Step); err != nil {
		s.Errorf("Spend again: %v", err)
	}
	foreign := code
	foreign.User = ben
	s.kind("another's", spend(foreign, time.Time{}, 0), core.Conflict)
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Access.Factors(ctx, ana)
		s.equal("Factors", got, []access.Factor{app, code})
		return err
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Access.DropFactors(ctx, ana, app.ID, theirs.ID), tx.Access.DropFactors(ctx, ana))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Access.Factors(ctx, ana)
		s.equal("what is left", got, []access.Factor{code})
		other, err2 := tx.Access.Factors(ctx, ben)
		s.equal("another's", other, []access.Factor{theirs})
		return errors.Join(err, err2)
	})
}

func testTokens(s *suite) {
	ana, b := newUser(), newBusiness()
	reset := access.Token{Hash: access.HashOf("reset"), Kind: access.Reset, User: ana, Email: "ana@lunas.example", Made: t0, Until: at(60)}
	invite := access.Token{Hash: access.HashOf("invite"), Kind: access.Invitation, User: ana, Business: b, Role: account.Manager, Email: "ben@lunas.example", Made: at(1), Until: at(600)}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Access.PutToken(ctx, reset), tx.Access.PutToken(ctx, invite))
	})
	s.kind("PutToken twice", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Access.PutToken(ctx, reset) }), core.Conflict)
	use := func() error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Access.UseToken(ctx, reset.Hash, at(2)) })
	}
	if err := use(); err != nil {
		s.Errorf("UseToken: %v", err)
	}
	s.kind("UseToken twice", use(), core.Conflict)
	reset.Used = at(2)
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Access.Token(ctx, reset.Hash)
		s.equal("Token", got, reset)
		ts, err2 := tx.Access.Invitations(ctx, b)
		s.equal("Invitations", ts, []access.Token{invite})
		none, err3 := tx.Access.Invitations(ctx, newBusiness())
		s.equal("another's", len(none), 0)
		_, missing := tx.Access.Token(ctx, access.HashOf("?"))
		s.kind("Token of none", missing, core.NotFound)
		return errors.Join(err, err2, err3)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Access.DropTokens(ctx, ana, access.Reset), tx.Access.DropInvitation(ctx, newBusiness(), invite.Hash))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		_, gone := tx.Access.Token(ctx, reset.Hash)
		s.kind("one that was dropped", gone, core.NotFound)
		_, err := tx.Access.Token(ctx, invite.Hash)
		return err
	})
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Access.DropInvitation(ctx, b, invite.Hash) })
	s.kind("a dropped one", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Access.UseToken(ctx, invite.Hash, at(3)) }), core.Conflict)
}

func testMembers(s *suite) {
	home, other := newBusiness(), newBusiness()
	u := account.User{ID: newUser(), Business: home, Email: "mem@lunas.example", Name: "Mem", Role: account.Owner, Created: t0, Phone: guest(77), Confirmed: at(1)}
	m := access.Membership{Business: other, User: u.ID, Role: account.Staff, Added: at(1)}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Accounts.AddUser(ctx, u), tx.Access.PutMembership(ctx, m))
	})
	m.Role = account.Manager
	u.Name, u.Role = "Memo", account.Manager
	s.update(func(ctx context.Context, tx store.Tx) error {
		again := m
		again.Added = at(9)
		return errors.Join(tx.Access.PutMembership(ctx, again), tx.Accounts.SaveUser(ctx, u))
	})
	s.kind("SaveUser of none", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.SaveUser(ctx, account.User{ID: newUser(), Email: "none@lunas.example"})
	}), core.NotFound)
	s.view(func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Access.Memberships(ctx, u.ID)
		s.equal("Memberships", ms, []access.Membership{m})
		there, err2 := tx.Accounts.Users(ctx, other)
		as := u
		as.Business, as.Role = other, account.Manager
		s.equal("Users of the other business", there, []account.User{as})
		here, err3 := tx.Accounts.Users(ctx, home)
		s.equal("Users at home", here, []account.User{u})
		return errors.Join(err, err2, err3)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Access.DropMembership(ctx, other, u.ID), tx.Access.Forget(ctx, u.ID), tx.Accounts.DropUser(ctx, u.ID))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		there, err := tx.Accounts.Users(ctx, other)
		s.equal("Users after leaving", len(there), 0)
		_, gone := tx.Accounts.User(ctx, u.ID)
		s.kind("a user who is gone", gone, core.NotFound)
		return err
	})
}

func testNotices(s *suite) {
	ana := newUser()
	one := access.Notice{ID: access.NoticeID(id[any]()), User: ana, Kind: access.NewDevice, At: t0, Detail: "Safari on iPhone"}
	two := access.Notice{ID: access.NoticeID(id[any]()), User: ana, By: newUser(), Kind: access.RoleChanged, At: at(1), Detail: "manager"}
	told := access.Notice{ID: access.NoticeID(id[any]()), User: ana, Kind: access.SignedIn, At: at(2), Told: true}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Access.Note(ctx, one), tx.Access.Note(ctx, two), tx.Access.Note(ctx, told))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Access.Notices(ctx, ana, 2)
		s.equal("Notices", all, []access.Notice{told, two})
		due, err2 := tx.Access.Untold(ctx, 10)
		s.equal("Untold", due, []access.Notice{one, two})
		return errors.Join(err, err2)
	})
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Access.Tell(ctx, one.ID) })
	s.view(func(ctx context.Context, tx store.Tx) error {
		due, err := tx.Access.Untold(ctx, 10)
		s.equal("Untold after one was told", due, []access.Notice{two})
		return err
	})
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Access.Forget(ctx, ana) })
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Access.Notices(ctx, ana, 9)
		s.equal("Notices of who is forgotten", len(all), 0)
		return err
	})
}
