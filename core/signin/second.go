package signin

import (
	"context"
	"errors"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/store"
)

// secondFailures is how many wrong codes there may be for a user in a quarter of
// an hour: of a million codes, three count.
const secondFailures = 8

// Asks returns the kinds of second step that a user has set up: none means that
// the password is enough.
func (s *Service) Asks(ctx context.Context, u core.UserID) (app, passkey bool, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		fs, err := tx.Access.Factors(ctx, u)
		app, passkey = len(ofKind(fs, access.TOTP)) > 0, len(ofKind(fs, access.Passkey)) > 0
		return err
	})
	return app, passkey, err
}

// Code takes a code of the user's app, or one of the recovery codes. Each counts
// once. A wrong one is Denied.
func (s *Service) Code(ctx context.Context, id core.UserID, typed string) (account.User, error) {
	const op = "signin.Code"
	s.prepare()
	now, key := s.Clock.Now(), "second\n"+id.String()
	if !s.byDevice.allow(key, secondFailures, now) {
		return account.User{}, core.E(op, core.Denied, "Too many wrong codes. Wait fifteen minutes, then sign in again.")
	}
	var u account.User
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		fs, err := tx.Access.Factors(ctx, id)
		if err != nil {
			return err
		}
		if u, err = tx.Accounts.User(ctx, id); err != nil {
			return err
		}
		return s.spend(ctx, tx, fs, strings.TrimSpace(typed))
	})
	if errors.Is(err, core.Conflict) || errors.Is(err, core.Denied) {
		s.byDevice.failed(key, now)
		return account.User{}, core.Wrap(op, core.Denied, "This code is not right, or it was used already. Take the next one.", err)
	}
	if err == nil {
		s.byDevice.clear(key)
	}
	return u, err
}

func (s *Service) spend(ctx context.Context, tx store.Tx, fs []access.Factor, typed string) error {
	now := s.Clock.Now()
	for _, f := range ofKind(fs, access.TOTP) {
		if step, ok := s.Codes.Step(f.Secret, strings.ReplaceAll(typed, " ", ""), now); ok && step > f.Step {
			was := f
			f.Used, f.Step = now, step
			return tx.Access.Spend(ctx, f, was.Used, was.Step)
		}
	}
	h := access.HashOf(access.FoldRecovery(typed))
	for _, f := range ofKind(fs, access.Recovery) {
		if f.Hash == h && f.Used.IsZero() {
			was := f
			f.Used = now
			if err := tx.Access.Spend(ctx, f, was.Used, was.Step); err != nil {
				return err
			}
			return s.note(ctx, tx, f.User, f.User, access.RecoveryUsed, "")
		}
	}
	return core.E("signin.spend", core.Denied, "no such code")
}

// NewApp returns a secret for an authenticator app, which counts only once
// [Service.AddApp] has seen a code of it.
func (s *Service) NewApp(u account.User) (secret []byte, link, typed string) {
	x := s.Secrets.Secret()
	secret = x[:20] // as long as the hash (RFC 4226, 4)
	link, typed = s.Codes.Enrol(secret, u.Email)
	return secret, link, typed
}

// AddApp takes an authenticator app in the place of the one before, once a code of
// it is right, and returns a new set of recovery codes, which are shown once. A
// wrong code is Invalid.
func (s *Service) AddApp(ctx context.Context, u core.UserID, secret []byte, code string) ([]string, error) {
	now := s.Clock.Now()
	step, ok := s.Codes.Step(secret, strings.ReplaceAll(strings.TrimSpace(code), " ", ""), now)
	if !ok || len(secret) < 20 {
		return nil, core.E("signin.AddApp", core.Invalid, "This code is not right. Take the one that the app shows now; is the phone's clock right?")
	}
	var codes []string
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := dropAll(ctx, tx, u, access.TOTP); err != nil {
			return err
		}
		f := access.Factor{ID: access.FactorID(s.IDs.New()), User: u, Kind: access.TOTP, Secret: secret, Added: now, Used: now, Step: step}
		if err := tx.Access.PutFactor(ctx, f); err != nil {
			return err
		}
		var err error
		if codes, err = s.recovery(ctx, tx, u); err != nil {
			return err
		}
		return s.note(ctx, tx, u, u, access.FactorAdded, "an authenticator app")
	})
	return codes, err
}

// Recover returns a new set of recovery codes; those before count no more.
func (s *Service) Recover(ctx context.Context, u core.UserID) (codes []string, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if codes, err = s.recovery(ctx, tx, u); err != nil {
			return err
		}
		return s.note(ctx, tx, u, u, access.FactorAdded, "new recovery codes")
	})
	return codes, err
}

func (s *Service) recovery(ctx context.Context, tx store.Tx, u core.UserID) ([]string, error) {
	if err := dropAll(ctx, tx, u, access.Recovery); err != nil {
		return nil, err
	}
	var codes []string
	for range access.RecoveryCodes {
		c := access.RecoveryCode(s.Secrets.Secret())
		f := access.Factor{
			ID: access.FactorID(s.IDs.New()), User: u, Kind: access.Recovery, Hash: access.HashOf(access.FoldRecovery(c)), Added: s.Clock.Now(),
		}
		if err := tx.Access.PutFactor(ctx, f); err != nil {
			return nil, err
		}
		codes = append(codes, c)
	}
	return codes, nil
}

// Remove takes a factor away, after the password: with the last app or passkey,
// the recovery codes go too.
func (s *Service) Remove(ctx context.Context, id core.UserID, f access.FactorID, password string) error {
	u, err := s.user(ctx, id)
	if err != nil {
		return err
	}
	if err := s.sure(u, password); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		fs, err := tx.Access.Factors(ctx, id)
		if err != nil {
			return err
		}
		var gone access.Factor
		left := 0
		for _, x := range fs {
			switch {
			case x.ID == f:
				gone = x
			case x.Kind == access.TOTP || x.Kind == access.Passkey:
				left++
			}
		}
		if gone.Kind != access.TOTP && gone.Kind != access.Passkey {
			return core.E("signin.Remove", core.NotFound, "there is no such step")
		}
		if err := tx.Access.DropFactors(ctx, id, f); err != nil {
			return err
		}
		if left == 0 {
			if err := dropAll(ctx, tx, id, access.Recovery); err != nil {
				return err
			}
		}
		what := "an authenticator app"
		if gone.Kind == access.Passkey {
			what = "the passkey " + gone.Name
		}
		return s.note(ctx, tx, id, id, access.FactorRemoved, what)
	})
}

// BeginPasskey begins to add a passkey.
func (s *Service) BeginPasskey(ctx context.Context, u account.User) (ask, state []byte, err error) {
	_, keys, err := s.keys(ctx, u.ID)
	if err != nil {
		return nil, nil, err
	}
	return s.Passkeys.BeginAdd(u, keys)
}

// keys are a user's passkeys, as they are kept.
func (s *Service) keys(ctx context.Context, u core.UserID) (fs []access.Factor, keys [][]byte, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Access.Factors(ctx, u)
		fs, keys = ofKind(all, access.Passkey), nil
		for _, f := range fs {
			keys = append(keys, f.Secret)
		}
		return err
	})
	return fs, keys, err
}

// mostPasskeys a user may have.
const mostPasskeys = 10

// AddPasskey keeps what the browser answered. Name is for people.
func (s *Service) AddPasskey(ctx context.Context, u account.User, name string, state, answer []byte) error {
	key, err := s.Passkeys.FinishAdd(u, state, answer)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		fs, err := tx.Access.Factors(ctx, u.ID)
		if err != nil {
			return err
		}
		if len(ofKind(fs, access.Passkey)) >= mostPasskeys {
			return core.E("signin.AddPasskey", core.Conflict, "There are ten passkeys already. Take one away first.")
		}
		f := access.Factor{ID: access.FactorID(s.IDs.New()), User: u.ID, Kind: access.Passkey, Name: name, Secret: key, Added: s.Clock.Now()}
		if err := tx.Access.PutFactor(ctx, f); err != nil {
			return err
		}
		return s.note(ctx, tx, u.ID, u.ID, access.FactorAdded, "a passkey on "+name)
	})
}

// Passkey returns whose passkey signed. It is both steps at once: the device has
// asked for a finger, a face or a PIN.
func (s *Service) Passkey(ctx context.Context, state, answer []byte) (account.User, error) {
	var u account.User
	var fs []access.Factor
	id, n, key, err := s.Passkeys.FinishUse(state, answer, func(id core.UserID) (_ account.User, keys [][]byte, err error) {
		if u, err = s.user(ctx, id); err != nil {
			return u, nil, err
		}
		fs, keys, err = s.keys(ctx, id)
		return u, keys, err
	})
	if err != nil {
		return account.User{}, err
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if id != u.ID || n >= len(fs) {
			return core.E("signin.Passkey", core.Denied, "This passkey was not taken.")
		}
		f := fs[n]
		was := f.Used
		f.Secret, f.Used = key, s.Clock.Now()
		return tx.Access.Spend(ctx, f, was, f.Step)
	})
	return u, err
}
