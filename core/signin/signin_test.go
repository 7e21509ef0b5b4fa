package signin_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/signin"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

type counter struct{ n uint64 }

func (c *counter) New() (u core.UUID) {
	c.n++
	binary.BigEndian.PutUint64(u[:8], c.n)
	return u
}

func (c *counter) Secret() (s [32]byte) {
	c.n++
	binary.BigEndian.PutUint64(s[:8], c.n)
	return s
}

// slow stands for a password hash, and counts how often it is asked.
type slow struct{ checks int }

func (*slow) Hash(p string) (string, error)      { return "hash of " + p, nil }
func (s *slow) Check(hash, password string) bool { s.checks++; return hash == "hash of "+password }

type world struct {
	*signin.Service
	clock     *clock
	passwords *slow
	luna      account.User
}

func newWorld(t *testing.T) world {
	t.Helper()
	c, p, ids := &clock{time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)}, &slow{}, &counter{}
	w := world{&signin.Service{Store: memstore.New(), Passwords: p, Clock: c, IDs: ids, Secrets: ids}, c, p, account.User{
		ID: core.UserID(ids.New()), Business: core.BusinessID(ids.New()), Email: "luna@lunas.example", Name: "Luna", Role: account.Owner,
		PasswordHash: "hash of tacos and mezcal", Created: c.now,
	}}
	if err := w.Store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddUser(ctx, w.luna) }); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w world) try(t *testing.T, email, password, device, address string) error {
	t.Helper()
	_, err := w.Password(t.Context(), signin.Attempt{Email: email, Password: password, Device: device, Address: address})
	return err
}

// A wrong password and an address without an account are told apart by nothing:
// not by the words, and not by the work.
func TestThreatAccountsAreNotFoundByTrying(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got, err := w.Password(t.Context(), signin.Attempt{Email: " LUNA@lunas.example ", Password: "tacos and mezcal"})
	if err != nil || got.ID != w.luna.ID {
		t.Fatalf("%v, %v", got.Name, err)
	}
	before := w.passwords.checks
	wrong := w.try(t, "luna@lunas.example", "tacos and tequila", "", "")
	once := w.passwords.checks - before
	nobody := w.try(t, "nobody@lunas.example", "tacos and tequila", "", "")
	if !errors.Is(wrong, core.Denied) || wrong.Error() != nobody.Error() {
		t.Errorf("a wrong password says %q, an unknown address %q", wrong, nobody)
	}
	if twice := w.passwords.checks - before - once; once != 1 || twice != 1 {
		t.Errorf("hashes were checked %d times for an account and %d times for none", once, twice)
	}
	if err := w.try(t, "luna@lunas.example", strings.Repeat("x", 1<<20), "", ""); !errors.Is(err, core.Denied) {
		t.Errorf("an endless password: %v", err)
	}
}

// Who guesses is stopped, without work for us; the owner, at a device that knows
// them, is not.
func TestThreatGuessingIsThrottledAndLocksNobodyOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in, err := w.Enter(t.Context(), w.luna, "", "Firefox")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if err := w.try(t, "luna@lunas.example", "guess", "", fmt.Sprint("address ", i)); !errors.Is(err, core.Denied) {
			t.Fatal(err)
		}
	}
	checks := w.passwords.checks
	if err := w.try(t, "luna@lunas.example", "tacos and mezcal", "", "x"); !errors.Is(err, core.Denied) || !strings.Contains(core.MessageOf(err), "fifteen minutes") {
		t.Errorf("the eleventh try: %v", err)
	}
	if err := w.try(t, "luna@lunas.example", "tacos and mezcal", "an invented device", "x"); !errors.Is(err, core.Denied) {
		t.Errorf("the eleventh try from an invented device: %v", err)
	}
	if w.passwords.checks != checks {
		t.Error("a throttled try still costs a hash")
	}
	if err := w.try(t, "luna@lunas.example", "tacos and mezcal", in.Device, "y"); err != nil {
		t.Errorf("the owner at her own device: %v", err)
	}
	for range 10 {
		_ = w.try(t, "luna@lunas.example", "guess", in.Device, "y")
	}
	if err := w.try(t, "luna@lunas.example", "tacos and mezcal", in.Device, "y"); !errors.Is(err, core.Denied) {
		t.Error("guessing at a stolen device is not throttled")
	}
	w.clock.now = w.clock.now.Add(15 * time.Minute)
	if err := w.try(t, "luna@lunas.example", "tacos and mezcal", "", "x"); err != nil {
		t.Errorf("after fifteen minutes: %v", err)
	}
}

// One address cannot try one password for each of many accounts, and inventing
// names does not wash its count away.
func TestThreatOneAddressTriesManyAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 50 {
		_ = w.try(t, fmt.Sprintf("guest%d@lunas.example", i), "tacos and mezcal", "", "203.0.113.7")
	}
	for i := range 20_000 {
		_ = w.try(t, fmt.Sprintf("flood%d@lunas.example", i), "x", "", "203.0.113.7")
	}
	if err := w.try(t, "luna@lunas.example", "tacos and mezcal", "", "203.0.113.7"); !errors.Is(err, core.Denied) || !strings.Contains(core.MessageOf(err), "network") {
		t.Errorf("after fifty failures from one address: %v", err)
	}
	if err := w.try(t, "luna@lunas.example", "tacos and mezcal", "", "203.0.113.8"); err != nil {
		t.Errorf("from another: %v", err)
	}
}

func TestDevicesAreKnownAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, err := w.Enter(t.Context(), w.luna, "", "iPhone Safari")
	if err != nil || !first.New {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := w.Enter(t.Context(), w.luna, first.Device, "iPhone Safari")
	if err != nil || again.New || again.Device != first.Device {
		t.Errorf("the same device again: %+v, %v", again, err)
	}
	other, err := w.Enter(t.Context(), w.luna, "another's cookie", "Windows Chrome")
	if err != nil || !other.New || other.Device == "another's cookie" {
		t.Errorf("a device with a secret that we did not give: %+v, %v", other, err)
	}
	safety, err := w.Safety(t.Context(), w.luna.ID)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []access.NoticeKind
	for _, n := range safety.Notices {
		kinds = append(kinds, n.Kind)
	}
	if fmt.Sprint(kinds) != "[new_device signed_in signed_in]" || len(safety.Sessions) != 3 || len(safety.Factors) != 0 {
		t.Errorf("notices %v, %d sign-ins, %d factors", kinds, len(safety.Sessions), len(safety.Factors))
	}
	for range 25 {
		if _, err := w.Enter(t.Context(), w.luna, "", "x"); err != nil {
			t.Fatal(err)
		}
		w.clock.now = w.clock.now.Add(time.Minute)
	}
	var devices int
	_ = w.Store.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		fs, err := tx.Access.Factors(ctx, w.luna.ID)
		devices = len(fs)
		return err
	})
	if devices != 20 {
		t.Errorf("%d devices are remembered, want 20 at most", devices)
	}
}

// A sign-in is over when it is ended, idle, or too old, and is nobody else's.
func TestThreatASignInIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here := func(id access.SessionID, u core.UserID) error {
		return w.Store.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
			x, err := w.Here(ctx, tx, id, u)
			if err == nil && x.User != u {
				t.Error("another's sign-in lets in")
			}
			return err
		})
	}
	enter := func() access.Session {
		in, err := w.Enter(t.Context(), w.luna, "", "")
		if err != nil {
			t.Fatal(err)
		}
		return in.Session
	}
	one, two, three := enter(), enter(), enter()
	if err := here(one.ID, w.luna.ID); err != nil {
		t.Error(err)
	}
	if err := here(one.ID, core.UserID{9}); !errors.Is(err, core.NotFound) {
		t.Errorf("for another user: %v", err)
	}
	if err := w.End(t.Context(), core.UserID{9}, access.SessionID{}, one.ID); err != nil || here(one.ID, w.luna.ID) != nil {
		t.Error("another user ended it")
	}
	if err := w.End(t.Context(), w.luna.ID, one.ID, two.ID); err != nil || here(two.ID, w.luna.ID) == nil || here(three.ID, w.luna.ID) != nil {
		t.Error("ending one ended another, or none")
	}
	if err := w.End(t.Context(), w.luna.ID, one.ID); err != nil || here(three.ID, w.luna.ID) == nil || here(one.ID, w.luna.ID) != nil {
		t.Error("ending all others left one, or ended this")
	}
	w.clock.now = w.clock.now.Add(access.Idle - time.Hour)
	if err := w.Seen(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	w.clock.now = w.clock.now.Add(2 * time.Hour)
	if err := here(one.ID, w.luna.ID); err != nil {
		t.Errorf("in use, and over: %v", err)
	}
	w.clock.now = w.clock.now.Add(access.Idle)
	if err := here(one.ID, w.luna.ID); !errors.Is(err, core.NotFound) {
		t.Errorf("idle: %v", err)
	}
	w.clock.now = w.clock.now.Add(signin.Kept)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all, err := w.Safety(t.Context(), w.luna.ID); err != nil || len(all.Notices) != 0 {
		t.Errorf("after the sweep, %d notices are left, %v", len(all.Notices), err)
	}
}
