package depart_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/closing"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/depart"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
)

type world struct {
	*venuetest.World
	s            *depart.Service
	owner, staff account.User
}

func newWorld(t *testing.T) *world {
	w := &world{World: venuetest.New(t)}
	w.s = &depart.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Salts: w.IDs, Launch: &launch.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Salts: w.IDs}}
	for _, u := range []*account.User{&w.owner, &w.staff} {
		*u = account.User{ID: core.UserID(w.IDs.New()), Business: w.Business.ID, Role: account.Staff, Created: w.Clock.Now()}
		u.Email = u.ID.String() + "@lunas.example"
	}
	w.owner.Role = account.Owner
	w.Update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Accounts.AddUser(ctx, w.owner), tx.Accounts.AddUser(ctx, w.staff))
	})
	return w
}

func (w *world) status() (s account.Status) {
	w.Update(func(ctx context.Context, tx store.Tx) error {
		b, err := tx.Accounts.Business(ctx, w.Business.ID)
		s = b.Status
		return err
	})
	return s
}

func (w *world) step(t *testing.T) depart.Report {
	t.Helper()
	r, err := w.s.Step(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var guests = []core.Number{venuetest.Guest(0), venuetest.Guest(1), venuetest.Guest(2)}

// From the moment that the owner asks nothing is sent, also of a campaign that is on
// its way; and for thirty days all of it can be taken back.
func TestAnAccountThatIsKeptAfterAll(t *testing.T) {
	w := newWorld(t)
	w.Join(guests...)
	c := w.Campaign()
	if _, err := w.s.Ask(t.Context(), w.staff); !errors.Is(err, core.Denied) {
		t.Errorf("staff delete the account: %v", err)
	}
	x, err := w.s.Ask(t.Context(), w.owner)
	if err != nil || !x.EraseAt.Equal(x.Asked.Add(closing.Grace)) {
		t.Fatalf("%+v, %v", x, err)
	}
	w.Clock.Add(time.Hour)
	if again, err := w.s.Ask(t.Context(), w.owner); err != nil || !again.EraseAt.Equal(x.EraseAt) {
		t.Errorf("asking twice moves the end: %+v, %v", again, err)
	}
	w.Send()
	if n := len(w.Carrier.Calls(message.Marketing)); n != 0 {
		t.Errorf("%d texts of %v go out though the account ends", n, c)
	}
	w.Clock.Add(closing.Grace - 2*time.Hour)
	if r := w.step(t); r.Erased != 0 || r.Rows != 0 {
		t.Errorf("an hour too early: %+v", r)
	}
	if err := w.s.Withdraw(t.Context(), w.staff); !errors.Is(err, core.Denied) {
		t.Errorf("staff keep the account: %v", err)
	}
	for range 2 {
		if err := w.s.Withdraw(t.Context(), w.owner); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Add(100 * 24 * time.Hour)
	if r := w.step(t); r.Erased != 0 || w.status() != account.Active {
		t.Errorf("an account that was kept: %+v, %v", r, w.status())
	}
}

func TestADeletedAccountIsErasedEverywhere(t *testing.T) {
	w := newWorld(t)
	w.Join(guests...)
	w.Campaign()
	w.Send()
	w.Says(guests[1], "STOP")
	w.Hear()
	w.Send()
	if _, err := w.s.Ask(t.Context(), w.owner); err != nil {
		t.Fatal(err)
	}
	w.Clock.Add(closing.Grace)
	if err := w.s.Withdraw(t.Context(), w.owner); !errors.Is(err, core.Conflict) {
		t.Errorf("it is taken back after its end: %v", err)
	}
	// A hold keeps everything, and is looked at anew each time.
	hold := retention.Hold{ID: core.RecordID(w.IDs.New()), Business: w.Business.ID, Matter: "1:26-cv-1", Placed: w.Clock.Now()}
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Holds.Place(ctx, hold) })
	if r := w.step(t); r.Held != 1 || r.Rows != 0 {
		t.Errorf("under a hold: %+v", r)
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Holds.Lift(ctx, w.Business.ID, hold.ID, core.UserID{}, w.Clock.Now())
		return err
	})
	if r := w.step(t); r.Erased != 1 || r.Rows < 8 {
		t.Errorf("erased: %+v", r)
	}
	if r := w.step(t); r.Erased != 0 {
		t.Errorf("a second time: %+v", r)
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		b, err := tx.Accounts.Business(ctx, w.Business.ID)
		if b.Name != "" || !b.Sender.IsZero() || b.Status != account.Closed {
			t.Errorf("the business is %+v", b)
		}
		if us, _ := tx.Accounts.Users(ctx, b.ID); len(us) != 0 {
			t.Error("its people are there")
		}
		if subs, _ := tx.Consent.Subscribers(ctx, b.ID, consent.Query{}, 10); len(subs) != 0 {
			t.Error("its guests are there")
		}
		for _, g := range guests {
			ms, _ := tx.Messages.ForPair(ctx, w.Pair(g), 100)
			for _, m := range ms {
				if m.Body != "" {
					t.Error("the words of a text are there")
				}
			}
			rs, err := tx.Evidence.OfPair(ctx, w.Pair(g), core.RecordID{}, 100)
			if err != nil || len(rs) == 0 {
				t.Errorf("the proofs are gone: %d, %v", len(rs), err)
			}
		}
		// Promise 9: who opted out stays so.
		bars, err2 := tx.Suppression.Barring(ctx, []core.Pair{w.Pair(guests[1])})
		if len(bars) == 0 {
			t.Error("who has opted out may be texted")
		}
		return errors.Join(err, err2)
	})
}

// A clock that is wrong by a year erases nothing.
func TestAWrongClockErasesNoAccount(t *testing.T) {
	w := newWorld(t)
	if _, err := w.s.Ask(t.Context(), w.owner); err != nil {
		t.Fatal(err)
	}
	w.Clock.Add(366 * 24 * time.Hour)
	if r, err := w.s.Step(t.Context()); err == nil && r.Erased > 0 {
		t.Errorf("erased: %+v", r)
	}
}
