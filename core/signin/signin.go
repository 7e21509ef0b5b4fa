// Package signin lets people in: by password, in as many tries as guessing
// cannot use, and by a second factor; and it keeps what is theirs, their
// sign-ins, devices and factors, in their hands.
package signin

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store     store.Store
	Passwords account.Passwords
	Clock     core.Clock
	IDs       core.IDs
	Secrets   access.Secrets

	// Not ports: whoever wires a Service leaves them alone.
	once      sync.Once `wire:"-"`
	decoy     string    `wire:"-"`
	byAccount throttle  `wire:"-"`
	byDevice  throttle  `wire:"-"`
	byAddress throttle  `wire:"-"`
}

// How many failures there may be in a quarter of an hour: for an account, for an
// account from a device of its owner, and from an address, behind which a whole
// venue may be.
const (
	accountFailures = 10
	deviceFailures  = 10
	addressFailures = 50
)

// An Attempt is somebody at the door.
type Attempt struct {
	Email, Password string
	Device          string // the secret that the browser was given when it last came in; "" for none
	Address         string // the network that it comes from
}

// Password returns the user with the e-mail address and password. A wrong one of
// either gives the same Denied error after the same work, so that nobody learns
// which addresses have accounts.
//
// After ten failures for an account within fifteen minutes, further tries are
// refused unseen until the time is over, and after fifty from one address. Tries
// from a device that the owner has used before are counted apart: whoever
// guesses does not lock the owner out. A passkey and a letter to the mailbox open
// all the same. The counts are kept per process.
func (s *Service) Password(ctx context.Context, a Attempt) (account.User, error) {
	const op = "signin.Password"
	s.prepare()
	now, email := s.Clock.Now(), Fold(a.Email)
	if !s.byAddress.allow(a.Address, addressFailures, now) {
		return account.User{}, core.E(op, core.Denied, "Too many tries from this network. Wait fifteen minutes, then try again.")
	}
	user, known, ours, err := s.find(ctx, email, a.Device)
	if err != nil {
		return account.User{}, err
	}
	tries, key, most := &s.byAccount, email, accountFailures
	if ours {
		tries, key, most = &s.byDevice, email+"\n"+a.Device, deviceFailures
	}
	if !tries.allow(key, most, now) {
		return account.User{}, core.E(op, core.Denied, "Too many tries with this e-mail address. Wait fifteen minutes, or ask for a link by e-mail.")
	}
	hash := s.decoy
	if known {
		hash = user.PasswordHash
	}
	if len(a.Password) > access.MaxPassword {
		a.Password = a.Password[:access.MaxPassword+1] // longer than any that was ever accepted
	}
	if !s.Passwords.Check(hash, a.Password) || !known {
		tries.failed(key, now)
		s.byAddress.failed(a.Address, now)
		return account.User{}, core.E(op, core.Denied, "The e-mail address or the password is not right. Check both and try again.")
	}
	tries.clear(key)
	return user, nil
}

// prepare makes the hash that is checked where there is no user: a refusal that
// comes back sooner would tell.
func (s *Service) prepare() {
	s.once.Do(func() {
		s.decoy, _ = s.Passwords.Hash("no account has this password")
		for _, t := range []*throttle{&s.byAccount, &s.byDevice, &s.byAddress} {
			t.salt = s.Secrets.Secret()
		}
	})
}

// Fold is how an e-mail address is kept and looked for.
func Fold(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// find looks for the user, and whether the device is known as theirs.
func (s *Service) find(ctx context.Context, email, device string) (u account.User, known, ours bool, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		var err error
		if u, err = tx.Accounts.UserByEmail(ctx, email); err != nil {
			return err
		}
		fs, err := tx.Access.Factors(ctx, u.ID)
		_, ours = deviceOf(fs, device)
		return err
	})
	if errors.Is(err, core.NotFound) {
		return u, false, false, nil
	}
	return u, err == nil, ours, err
}

// deviceOf finds the device that has the secret.
func deviceOf(fs []access.Factor, secret string) (access.Factor, bool) {
	if secret == "" {
		return access.Factor{}, false
	}
	h := access.HashOf(secret)
	for _, f := range fs {
		if f.Kind == access.Device && f.Hash == h {
			return f, true
		}
	}
	return access.Factor{}, false
}

// text is a secret as it stands in a cookie or an address.
func (s *Service) text() string {
	x := s.Secrets.Secret()
	return base64.RawURLEncoding.EncodeToString(x[:])
}

// An Entry is what begins when somebody is let in.
type Entry struct {
	Session access.Session
	// Device is the secret that the browser keeps: the one that it came with, or a
	// new one.
	Device string
	New    bool // the device was not known
}

// mostDevices are remembered of a user; the one that was used least recently
// makes room.
const mostDevices = 20

// Enter begins a sign-in of a user who has shown who they are. A device that was
// never seen is remembered, and the user is told, except of the first one: that is
// where the account was made.
func (s *Service) Enter(ctx context.Context, u account.User, device, agent string) (Entry, error) {
	var out Entry
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		now := s.Clock.Now()
		out = Entry{Device: device, Session: access.Session{
			ID: access.SessionID(s.IDs.New()), User: u.ID, Role: u.Role, Begun: now, Seen: now, Device: access.DeviceName(agent),
		}}
		fs, err := tx.Access.Factors(ctx, u.ID)
		if err != nil {
			return err
		}
		f, known := deviceOf(fs, device)
		if !known {
			out.New, out.Device = true, s.text()
			f = access.Factor{ID: access.FactorID(s.IDs.New()), User: u.ID, Kind: access.Device, Hash: access.HashOf(out.Device), Added: now}
		}
		f.Name, f.Used = out.Session.Device, now
		if err := tx.Access.PutFactor(ctx, f); err != nil {
			return err
		}
		devices := ofKind(fs, access.Device)
		if err := tx.Access.DropFactors(ctx, u.ID, crowd(devices)...); err != nil {
			return err
		}
		kind := access.SignedIn
		if out.New && len(devices) > 0 {
			kind = access.NewDevice
		}
		if err := s.note(ctx, tx, u.ID, u.ID, kind, out.Session.Device); err != nil {
			return err
		}
		return tx.Access.Begin(ctx, out.Session)
	})
	return out, err
}

func ofKind(fs []access.Factor, k access.FactorKind) (out []access.Factor) {
	for _, f := range fs {
		if f.Kind == k {
			out = append(out, f)
		}
	}
	return out
}

// crowd are the devices that make room for one more.
func crowd(devices []access.Factor) []access.FactorID {
	if len(devices) < mostDevices {
		return nil
	}
	oldest := devices[0]
	for _, f := range devices {
		if f.Used.Before(oldest.Used) {
			oldest = f
		}
	}
	return []access.FactorID{oldest.ID}
}

// note writes down what happened to a user's account, to be told by e-mail where
// its kind is.
func (s *Service) note(ctx context.Context, tx store.Tx, u, by core.UserID, k access.NoticeKind, detail string) error {
	return tx.Access.Note(ctx, access.Notice{
		ID: access.NoticeID(s.IDs.New()), User: u, By: by, Kind: k, At: s.Clock.Now(), Detail: detail, Told: !k.Mailed(),
	})
}

// Here returns the sign-in, NotFound where it was ended or has run out. It is
// for a transaction that reads the rest of the page too.
func (s *Service) Here(ctx context.Context, tx store.Tx, id access.SessionID, u core.UserID) (access.Session, error) {
	x, err := tx.Access.Session(ctx, id)
	if err != nil {
		return x, err
	}
	if x.User != u || x.Over(s.Clock.Now()) {
		return x, core.E("signin.Here", core.NotFound, "this sign-in is over")
	}
	return x, nil
}

// Seen writes down that a sign-in is in use, once a minute.
func (s *Service) Seen(ctx context.Context, x access.Session) error {
	now := s.Clock.Now()
	if now.Sub(x.Seen) < access.SeenEvery {
		return nil
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Access.Seen(ctx, x.ID, now) })
}

// End ends sign-ins of a user: the ones of the ids, or all but keep. Who ends more
// than their own is noted.
func (s *Service) End(ctx context.Context, u core.UserID, keep access.SessionID, ids ...access.SessionID) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if len(ids) > 0 {
			return tx.Access.End(ctx, u, ids...)
		}
		if err := s.endOthers(ctx, tx, u, keep); err != nil {
			return err
		}
		return s.note(ctx, tx, u, u, access.SessionsEnded, "")
	})
}

func (s *Service) endOthers(ctx context.Context, tx store.Tx, u core.UserID, keep access.SessionID) error {
	all, err := tx.Access.Sessions(ctx, u)
	if err != nil {
		return err
	}
	var ids []access.SessionID
	for _, x := range all {
		if x.ID != keep {
			ids = append(ids, x.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return tx.Access.End(ctx, u, ids...)
}

// A Safety is what a user sees of the safety of their account.
type Safety struct {
	Sessions []access.Session // that are not over, the newest first
	Factors  []access.Factor  // but for devices
	Notices  []access.Notice
}

// shown is how many notices a page shows.
const shown = 30

// Safety reads it.
func (s *Service) Safety(ctx context.Context, u core.UserID) (out Safety, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		out = Safety{}
		now := s.Clock.Now()
		all, err := tx.Access.Sessions(ctx, u)
		if err != nil {
			return err
		}
		for i := len(all) - 1; i >= 0; i-- {
			if !all[i].Over(now) {
				out.Sessions = append(out.Sessions, all[i])
			}
		}
		fs, err := tx.Access.Factors(ctx, u)
		if err != nil {
			return err
		}
		for _, f := range fs {
			if f.Kind != access.Device {
				out.Factors = append(out.Factors, f)
			}
		}
		out.Notices, err = tx.Access.Notices(ctx, u, shown)
		return err
	})
	return out, err
}

// Kept is how long ended sign-ins, used links and notices stay.
const Kept = 30 * 24 * time.Hour

// Sweep takes away what is older.
func (s *Service) Sweep(ctx context.Context) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Access.Sweep(ctx, s.Clock.Now().Add(-Kept))
	})
}
