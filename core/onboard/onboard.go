// Package onboard signs a business up: the venue, its owner, its keyword and
// the disclosure that guests are shown. It is also how the venue's details are
// changed, since most of them are words of the disclosure.
package onboard

import (
	"context"
	"encoding/base32"
	"errors"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/registration"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store     store.Store
	Passwords account.Passwords
	Clock     core.Clock
	IDs       core.IDs
	Salts     evidence.Salts
}

// New returns a Service over its ports.
func New(s store.Store, p account.Passwords, c core.Clock, ids core.IDs, salts evidence.Salts) *Service {
	return &Service{Store: s, Passwords: p, Clock: c, IDs: ids, Salts: salts}
}

// SignUp stores a business with its owner, its keyword and the disclosure for
// it, all or nothing. What is wrong with the form comes back as [Problems], one
// sentence a field.
func (s *Service) SignUp(ctx context.Context, f Form) (account.User, account.Business, error) {
	const op = "onboard.SignUp"
	biz, bad := s.business(f)
	user := s.owner(f, bad)
	word := Fold(f.Keyword)
	checkKeyword(word, bad)
	if len(bad) > 0 {
		return account.User{}, account.Business{}, bad
	}
	var err error
	if user.PasswordHash, err = s.Passwords.Hash(f.Password); err != nil {
		return account.User{}, account.Business{}, core.Wrap(op, core.KindOf(err), "", err)
	}
	biz.ID = core.BusinessID(s.IDs.New())
	biz.Status = account.Active
	biz.Created = s.Clock.Now()
	user.ID, user.Business, user.Created = core.UserID(s.IDs.New()), biz.ID, biz.Created
	key := account.Keyword{Word: word, Business: biz.ID, Number: biz.Sender, Code: code(s.IDs.New()), Created: biz.Created}
	hosted(&biz, f.PublicURL, key.Code)

	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if bad, err := taken(ctx, tx, user, key); err != nil || len(bad) > 0 {
			return errors.Join(err, bad.orNil())
		}
		if err := tx.Accounts.AddBusiness(ctx, biz); err != nil {
			return err
		}
		if err := tx.Accounts.AddUser(ctx, user); err != nil {
			return emailTaken(err)
		}
		line := registration.Line{Business: biz.ID, Keyword: key.Word, Code: key.Code, Due: biz.Created}
		if err := tx.Registration.Save(ctx, line); err != nil {
			return err
		}
		var ds []consent.Disclosure
		if !biz.Sender.IsZero() {
			if err := tx.Accounts.AddKeyword(ctx, key); err != nil {
				return keywordTaken(err, key.Word)
			}
			ds = append(ds, consent.Disclose(biz, key.Word, biz.Created))
			if err := tx.Consent.PutDisclosure(ctx, ds[0]); err != nil {
				return err
			}
		}
		return s.acted(ctx, tx, biz.ID, user.ID, biz.Created, evidence.SignedUp, details(account.Business{}, biz, ds))
	})
	if err != nil {
		return account.User{}, account.Business{}, err
	}
	return user, biz, nil
}

// UpdateBusiness changes the venue's details, and writes the disclosure anew
// for each of its keywords: another wording is another version, and guests who
// join from now on are shown that one. Number, keyword and owner in f are
// ignored: they are on posters already. Mistakes come back as [Problems]. What
// changed is recorded under the name of by, in the same transaction.
func (s *Service) UpdateBusiness(ctx context.Context, id core.BusinessID, by core.UserID, f Form) (account.Business, error) {
	edited, bad := s.business(f)
	delete(bad, FieldSender)
	if len(bad) > 0 {
		return account.Business{}, bad
	}
	var out account.Business
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		old, err := tx.Accounts.Business(ctx, id)
		if err != nil {
			return err
		}
		biz := edited
		biz.ID, biz.Sender, biz.ProfileID, biz.Status, biz.Created = old.ID, old.Sender, old.ProfileID, old.Status, old.Created
		if f.FromCarrier {
			biz.Registered = old.Registered
		}
		words, err := tx.Accounts.Keywords(ctx, id)
		if err != nil {
			return err
		}
		if len(words) > 0 {
			hosted(&biz, f.PublicURL, words[0].Code)
		} else if line, err := tx.Registration.Line(ctx, id); err != nil {
			return err
		} else if line.Code != "" {
			hosted(&biz, f.PublicURL, line.Code)
		}
		if err := tx.Accounts.SaveBusiness(ctx, biz); err != nil {
			return err
		}
		now := s.Clock.Now()
		var ds []consent.Disclosure
		for _, k := range words {
			d := consent.Disclose(biz, k.Word, now)
			if ds = append(ds, d); d.Version == consent.Disclose(old, k.Word, now).Version {
				ds = ds[:len(ds)-1]
			}
			if err := tx.Consent.PutDisclosure(ctx, d); err != nil {
				return err
			}
		}
		out = biz
		changed := details(old, biz, ds)
		if len(changed) == 0 {
			return nil
		}
		return s.acted(ctx, tx, id, by, now, evidence.SettingsChanged, changed)
	})
	return out, err
}

// taken looks for what another business has already, so that the form can say
// it beside the field; the store's unique keys are what really keeps it so.
func taken(ctx context.Context, tx store.Tx, u account.User, k account.Keyword) (Problems, error) {
	bad := Problems{}
	switch _, err := tx.Accounts.UserByEmail(ctx, u.Email); {
	case err == nil:
		bad[FieldEmail] = msgEmailTaken
	case !errors.Is(err, core.NotFound):
		return nil, err
	}
	// Carriers keep one block list a number: on a shared one, an opt-out from one
	// venue would silence the other, and HELP could not say who is texting.
	others, err := tx.Accounts.BySender(ctx, k.Number)
	if err != nil {
		return nil, err
	}
	if len(others) > 0 {
		bad[FieldSender] = "Another business already texts from this number. Use a number of your own."
	}
	return bad, nil
}

func emailTaken(err error) error {
	if errors.Is(err, core.Conflict) {
		return Problems{FieldEmail: msgEmailTaken}
	}
	return err
}

func keywordTaken(err error, word string) error {
	if errors.Is(err, core.Conflict) {
		return Problems{FieldKeyword: word + " is taken on this number. Try " + suggestions(word) + "."}
	}
	return err
}

// hosted fills in the addresses of the terms and the privacy policy that we
// serve for a venue that has none of its own, so that the links in the
// disclosure always lead somewhere.
func hosted(b *account.Business, publicURL, code string) {
	base := strings.TrimSuffix(publicURL, "/")
	if b.TermsURL == "" {
		b.TermsURL = base + "/t/" + code
	}
	if b.PrivacyURL == "" {
		b.PrivacyURL = base + "/p/" + code
	}
}

// codes is without i, l, o and u, which are read for other signs.
var codes = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// code makes the eight signs of an opt-in page's address from the random end of
// an id. It names, it does not guard: the page is public.
func code(id core.UUID) string { return codes.EncodeToString(id[len(id)-5:]) }
