package signin

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

// A Profile is what a person typed about themselves. Phone is optional.
type Profile struct {
	Name, Email, Phone string
	Password           string // the one in use; needed to change the address
}

// The fields of a [Profile] and of changing a password, as [onboard.Problems]
// names them.
const (
	FieldName        = "name"
	FieldEmail       = "email"
	FieldPhone       = "phone"
	FieldPassword    = "password"
	FieldNewPassword = "new_password"
)

// errWrong stands beside the field of the password in use.
const errWrong = "This is not your password. Type it once more."

// ChangeProfile changes a user's name, address and phone. Whoever changes the
// address must know the password, since letters open the door; the old mailbox is
// told, and the new one is asked to confirm. The letters are to be sent.
func (s *Service) ChangeProfile(ctx context.Context, id core.UserID, p Profile) ([]seal.Letter, error) {
	old, err := s.user(ctx, id)
	if err != nil {
		return nil, err
	}
	bad := onboard.Problems{}
	p.Name, p.Email = strings.Join(strings.Fields(p.Name), " "), Fold(p.Email)
	if p.Name == "" || utf8.RuneCountInString(p.Name) > 100 {
		bad[FieldName] = "Write your name."
	}
	if !onboard.IsEmail(p.Email) {
		bad[FieldEmail] = "Write your e-mail address, like luna@example.com. You sign in with it."
	}
	var phone core.Number
	if strings.TrimSpace(p.Phone) != "" {
		if phone, err = onboard.Number(p.Phone); err != nil {
			bad[FieldPhone] = "Write the ten digits of your number, like (512) 555-0100, or leave it empty."
		}
	}
	moved := p.Email != old.Email
	if moved && len(bad) == 0 {
		if err := s.sure(old, p.Password); err != nil {
			bad[FieldPassword] = core.MessageOf(err)
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	var out []seal.Letter
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		out = nil
		u, err := tx.Accounts.User(ctx, id)
		if err != nil {
			return err
		}
		u.Name, u.Phone = p.Name, phone
		if moved {
			u.Email, u.Confirmed = p.Email, time.Time{}
		}
		if err := tx.Accounts.SaveUser(ctx, u); err != nil || !moved {
			return err
		}
		if err := tx.Access.DropTokens(ctx, id, access.Reset); err != nil {
			return err // they went to the old mailbox
		}
		out, err = s.moved(ctx, tx, old, u)
		return err
	})
	if errors.Is(err, core.Conflict) {
		return nil, onboard.Problems{FieldEmail: "There is an account with this e-mail address already."}
	}
	return out, err
}

// moved tells the old mailbox and asks the new one.
func (s *Service) moved(ctx context.Context, tx store.Tx, old, u account.User) ([]seal.Letter, error) {
	n := access.Notice{ID: access.NoticeID(s.IDs.New()), User: u.ID, By: u.ID, Kind: access.EmailChanged, At: s.Clock.Now(), Detail: u.Email, Told: true}
	if err := tx.Access.Note(ctx, n); err != nil {
		return nil, err
	}
	letters, err := s.confirming(ctx, tx, u.ID)
	return append(letters, s.letter(old.Email, told[access.EmailChanged][0], told[access.EmailChanged][1],
		"From now on, letters go to the new address. If it was not you, write to whoever runs this service at once.")), err
}

// sure checks the password in use, within the tries that signing in has.
func (s *Service) sure(u account.User, password string) error {
	s.prepare()
	now, key := s.Clock.Now(), "inside\n"+u.Email
	if !s.byDevice.allow(key, deviceFailures, now) {
		return core.E("signin.sure", core.Denied, "Too many tries. Wait fifteen minutes, then try again.")
	}
	if !s.Passwords.Check(u.PasswordHash, password) {
		s.byDevice.failed(key, now)
		return core.E("signin.sure", core.Denied, errWrong)
	}
	s.byDevice.clear(key)
	return nil
}

func (s *Service) user(ctx context.Context, id core.UserID) (u account.User, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		u, err = tx.Accounts.User(ctx, id)
		return err
	})
	return u, err
}

// ChangePassword sets another password, and ends every other sign-in. Mistakes
// come back as [onboard.Problems].
func (s *Service) ChangePassword(ctx context.Context, id core.UserID, keep access.SessionID, old, password string) error {
	u, err := s.user(ctx, id)
	if err != nil {
		return err
	}
	if err := s.sure(u, old); err != nil {
		return onboard.Problems{FieldPassword: core.MessageOf(err)}
	}
	hash, err := s.newHash(password, u.Email, u.Name)
	if errors.Is(err, core.Invalid) {
		return onboard.Problems{FieldNewPassword: core.MessageOf(err)}
	}
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		u, err := tx.Accounts.User(ctx, id)
		if err != nil {
			return err
		}
		u.PasswordHash = hash
		if err := tx.Accounts.SaveUser(ctx, u); err != nil {
			return err
		}
		if err := s.endOthers(ctx, tx, id, keep); err != nil {
			return err
		}
		if err := tx.Access.DropTokens(ctx, id, access.Reset); err != nil {
			return err
		}
		return s.note(ctx, tx, id, id, access.PasswordChanged, "")
	})
}

// acted records what a person did, in the business's log.
func (s *Service) acted(ctx context.Context, tx store.Tx, b core.BusinessID, by core.UserID, action string, what map[string]string) error {
	if b.IsZero() {
		return nil // an operator's own account belongs to no business
	}
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), b, s.Clock.Now(), by, action, core.CampaignID{}, what),
	})
}
