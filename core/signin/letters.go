package signin

import (
	"context"
	"errors"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

// A Site is the address of the pages that letters lead to, without a slash at
// the end.
type Site string

// A Letter is an e-mail in plain text, and a Post sends it.
type (
	Letter = seal.Letter
	Post   = seal.Post
)

// How many letters may be asked for in a quarter of an hour: for a mailbox, so
// that nobody fills another's, and from an address.
const (
	mailboxLetters = 3
	addressLetters = 20
)

// token makes a token and returns the secret of it. What a user has of the kind
// is worth nothing from then on.
func (s *Service) token(ctx context.Context, tx store.Tx, t access.Token) (string, error) {
	if t.Kind != access.Invitation {
		if err := tx.Access.DropTokens(ctx, t.User, t.Kind); err != nil {
			return "", err
		}
	}
	secret := s.text()
	t.Hash, t.Made = access.HashOf(secret), s.Clock.Now()
	t.Until = t.Made.Add(t.Kind.Life())
	return secret, tx.Access.PutToken(ctx, t)
}

func (s *Service) letter(to, subject string, lines ...string) seal.Letter {
	return seal.Letter{ID: s.IDs.New().String(), To: to, Subject: subject, Body: strings.Join(lines, "\n\n") + "\n"}
}

// Confirming makes the letter by which a user shows that the address is theirs.
// There is none where it is known.
func (s *Service) Confirming(ctx context.Context, u core.UserID) ([]seal.Letter, error) {
	var out []seal.Letter
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		out, err = s.confirming(ctx, tx, u)
		return err
	})
	return out, err
}

func (s *Service) confirming(ctx context.Context, tx store.Tx, id core.UserID) ([]seal.Letter, error) {
	u, err := tx.Accounts.User(ctx, id)
	if err != nil || !u.Confirmed.IsZero() {
		return nil, err
	}
	secret, err := s.token(ctx, tx, access.Token{Kind: access.Confirm, User: u.ID, Email: u.Email})
	if err != nil {
		return nil, err
	}
	return []seal.Letter{s.letter(u.Email, "Confirm your e-mail address",
		"Somebody, we think you, gave this address for an account with NexoAlerts. Confirm that it is yours:",
		string(s.Site)+"/confirm/"+secret,
		"The link works once, within three days. If it was not you, do nothing.")}, nil
}

// read returns a token of the kind that can still be used.
func (s *Service) read(ctx context.Context, tx store.Tx, k access.TokenKind, secret string) (access.Token, error) {
	gone := core.E("signin.token", core.NotFound, "This link was used already, or it is too old. Ask for another one.")
	if len(secret) > 100 {
		return access.Token{}, gone
	}
	t, err := tx.Access.Token(ctx, access.HashOf(secret))
	switch {
	case errors.Is(err, core.NotFound):
		return t, gone
	case err != nil:
		return t, err
	case t.Kind != k || !t.Good(s.Clock.Now()):
		return t, gone
	}
	return t, nil
}

// Confirm takes note that the address is the user's. A link that was used, or is
// too old, or was for an address that is another now, is NotFound.
func (s *Service) Confirm(ctx context.Context, secret string) (account.User, error) {
	var u account.User
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		t, err := s.read(ctx, tx, access.Confirm, secret)
		if err != nil {
			return err
		}
		if u, err = tx.Accounts.User(ctx, t.User); err != nil {
			return err
		}
		if u.Email != t.Email {
			return core.E("signin.Confirm", core.NotFound, "This link is for another address than the account has now.")
		}
		if err := tx.Access.UseToken(ctx, t.Hash, s.Clock.Now()); err != nil {
			return err
		}
		u.Confirmed = s.Clock.Now()
		if err := tx.Accounts.SaveUser(ctx, u); err != nil {
			return err
		}
		return s.note(ctx, tx, u.ID, u.ID, access.EmailConfirmed, u.Email)
	})
	return u, err
}

// Forgot makes the letter by which another password can be chosen: none where
// nobody has the address. Who asks must be answered the same in both cases, and
// before this returns: the work differs.
func (s *Service) Forgot(ctx context.Context, email, address string) ([]seal.Letter, error) {
	s.prepare()
	email, now := Fold(email), s.Clock.Now()
	if !s.mailboxes.allow(email, mailboxLetters, now) || !s.mailings.allow(address, addressLetters, now) {
		return nil, core.E("signin.Forgot", core.Denied, "Too many letters were asked for. Wait fifteen minutes, then try again.")
	}
	s.mailboxes.failed(email, now)
	s.mailings.failed(address, now)
	var out []seal.Letter
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		out = nil
		u, err := tx.Accounts.UserByEmail(ctx, email)
		if errors.Is(err, core.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		secret, err := s.token(ctx, tx, access.Token{Kind: access.Reset, User: u.ID, Email: u.Email})
		if err != nil {
			return err
		}
		out = []seal.Letter{s.letter(u.Email, "Choose another password",
			"Somebody, we think you, asked for another password for your account with NexoAlerts. Choose it here:",
			string(s.Site)+"/reset/"+secret,
			"The link works once, within an hour. If it was not you, do nothing: your password stays as it is.")}
		return nil
	})
	return out, err
}

// Resetting reports whether a link of Forgot can be used: NotFound where not.
func (s *Service) Resetting(ctx context.Context, secret string) error {
	return s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := s.read(ctx, tx, access.Reset, secret)
		return err
	})
}

// Reset sets another password by a link of Forgot, ends every sign-in, and
// forgets the devices that were known. Who reads the mailbox has shown that the
// address is theirs. A second factor stays: the link does not take its place. A
// password that cannot be used is Invalid, and the link is still good.
func (s *Service) Reset(ctx context.Context, secret, password string) (account.User, error) {
	var u account.User
	hash, err := "", error(nil)
	if err = s.Resetting(ctx, secret); err != nil {
		return u, err
	}
	if hash, err = s.hash(ctx, secret, password); err != nil {
		return u, err
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		t, err := s.read(ctx, tx, access.Reset, secret)
		if err != nil {
			return err
		}
		if u, err = tx.Accounts.User(ctx, t.User); err != nil {
			return err
		}
		if err := tx.Access.UseToken(ctx, t.Hash, s.Clock.Now()); err != nil {
			return err
		}
		u.PasswordHash = hash
		if u.Confirmed.IsZero() && u.Email == t.Email {
			u.Confirmed = s.Clock.Now()
		}
		if err := tx.Accounts.SaveUser(ctx, u); err != nil {
			return err
		}
		if err := tx.Access.End(ctx, u.ID); err != nil {
			return err
		}
		if err := dropAll(ctx, tx, u.ID, access.Device); err != nil {
			return err
		}
		return s.note(ctx, tx, u.ID, u.ID, access.PasswordReset, "")
	})
	if err == nil {
		s.byAccount.clear(u.Email)
	}
	return u, err
}

// hash checks a password against the owner of a link, and hashes it: outside of
// the transaction that writes, since it takes a quarter of a second.
func (s *Service) hash(ctx context.Context, secret, password string) (string, error) {
	var own []string
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		t, err := s.read(ctx, tx, access.Reset, secret)
		if err != nil {
			return err
		}
		u, err := tx.Accounts.User(ctx, t.User)
		own = []string{u.Email, u.Name}
		return err
	})
	if err != nil {
		return "", err
	}
	return s.newHash(password, own...)
}

func (s *Service) newHash(password string, own ...string) (string, error) {
	if p := access.CheckPassword(password, own...); p != "" {
		return "", core.E("signin.password", core.Invalid, p)
	}
	return s.Passwords.Hash(password)
}

func dropAll(ctx context.Context, tx store.Tx, u core.UserID, k access.FactorKind) error {
	fs, err := tx.Access.Factors(ctx, u)
	if err != nil {
		return err
	}
	var ids []access.FactorID
	for _, f := range ofKind(fs, k) {
		ids = append(ids, f.ID)
	}
	return tx.Access.DropFactors(ctx, u, ids...)
}

// What is told by e-mail, by kind; {} is the detail.
var told = map[access.NoticeKind][2]string{
	access.NewDevice:       {"A new device signed in to your account", "Somebody signed in to your account on a device that we had not seen: {}."},
	access.PasswordChanged: {"Your password was changed", "The password of your account was changed."},
	access.PasswordReset:   {"Your password was set anew", "The password of your account was set anew by a link that was sent to this mailbox. Every device was signed out."},
	access.EmailChanged:    {"Your e-mail address was changed", "The e-mail address of your account was changed."},
	access.RoleChanged:     {"What you may do has changed", "Your role is now: {}."},
	access.FactorAdded:     {"A second step was added to your account", "A second step for signing in was added to your account: {}."},
	access.FactorRemoved:   {"A second step was taken off your account", "A second step for signing in was taken off your account: {}."},
	access.RecoveryUsed:    {"A recovery code was used", "Somebody signed in to your account with one of its recovery codes."},
	access.SessionsEnded:   {"Other devices were signed out", "Every device but one was signed out of your account."},
}

// A Telling is a letter about a notice.
type Telling struct {
	Notice access.NoticeID
	Letter seal.Letter
}

// Tellings returns up to n letters about what happened that nobody was told of.
// Whoever sends one says so with [Service.Told]; two processes may send it twice.
func (s *Service) Tellings(ctx context.Context, n int) ([]Telling, error) {
	var out []Telling
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		out = nil
		ns, err := tx.Access.Untold(ctx, n)
		if err != nil {
			return err
		}
		for _, x := range ns {
			u, err := tx.Accounts.User(ctx, x.User)
			if errors.Is(err, core.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			l := s.letter(u.Email, told[x.Kind][0], strings.ReplaceAll(told[x.Kind][1], "{}", x.Detail),
				"Was it you? Then there is nothing to do. If not, choose another password at once and look at what is signed in:",
				string(s.Site)+"/settings/security")
			l.ID = x.ID.String()
			out = append(out, Telling{x.ID, l})
		}
		return nil
	})
	return out, err
}

// Told takes note that somebody was told.
func (s *Service) Told(ctx context.Context, ids ...access.NoticeID) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Access.Tell(ctx, ids...) })
}
