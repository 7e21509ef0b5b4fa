// Package grant makes tokens of the API, takes them back, and says what a
// request with one may do.
package grant

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
)

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store store.Store
	Clock core.Clock
	IDs   core.IDs
	Salts evidence.Salts
}

// The bounds of what may be asked for.
const (
	MostDays   = 366
	mostName   = 80 // characters
	mostTokens = 50 // live ones of a business
)

// A Draft is what a token should be.
type Draft struct {
	Name   string
	Scopes token.Scopes
	Days   int // how long it lasts
}

// Create makes a token, and returns its secret, which nobody can read again. It
// is for managers: others get Denied.
func (s *Service) Create(ctx context.Context, by account.User, d Draft) (token.Token, string, error) {
	const op = "grant.Create"
	if err := mayManage(op, by); err != nil {
		return token.Token{}, "", err
	}
	if d.Name = strings.TrimSpace(d.Name); d.Name == "" || utf8.RuneCountInString(d.Name) > mostName || !utf8.ValidString(d.Name) {
		return token.Token{}, "", core.E(op, core.Invalid, "Say what the token is for, in at most 80 characters.")
	}
	if d.Scopes == 0 || d.Scopes&^token.All != 0 {
		return token.Token{}, "", core.E(op, core.Invalid, "Choose at least one thing that the token may do.")
	}
	if d.Days < 1 || d.Days > MostDays {
		return token.Token{}, "", core.E(op, core.Invalid, "A token lasts between one day and one year.")
	}
	secret := token.NewSecret(by.Business, s.chance())
	now := s.now()
	t := token.Token{
		ID: token.ID(s.IDs.New()), Business: by.Business, Name: d.Name, Prefix: token.Prefix(secret), Hash: token.HashOf(secret),
		Scopes: d.Scopes, Created: now, By: by.ID, Expires: now.AddDate(0, 0, d.Days),
	}
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := s.room(ctx, tx, op, by.Business, now); err != nil {
			return err
		}
		if err := EnsureKey(ctx, tx, s.Salts, by.Business, now); err != nil {
			return err
		}
		if err := tx.Tokens.Add(ctx, t); err != nil {
			return err
		}
		return s.acted(ctx, tx, by, evidence.TokenCreated, t, now)
	})
	return t, secret, err
}

// EnsureKey puts the key by which a business's guests have names, where there is
// none yet.
func EnsureKey(ctx context.Context, tx store.Tx, salts evidence.Salts, b core.BusinessID, now time.Time) error {
	return tx.Tokens.PutKey(ctx, b, token.Key(salts.Salt()), now)
}

func (s *Service) room(ctx context.Context, tx store.Tx, op string, b core.BusinessID, now time.Time) error {
	all, err := tx.Tokens.Tokens(ctx, b)
	if err != nil {
		return err
	}
	live := 0
	for _, t := range all {
		if t.Live(now) {
			live++
		}
	}
	if live >= mostTokens {
		return core.E(op, core.Conflict, "You have fifty tokens already. Revoke one that is not used any more.")
	}
	return nil
}

// Revoke takes a token back. The next request with it is refused.
func (s *Service) Revoke(ctx context.Context, by account.User, id token.ID) error {
	const op = "grant.Revoke"
	if err := mayManage(op, by); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Tokens.Tokens(ctx, by.Business)
		if err != nil {
			return err
		}
		for _, t := range all {
			if t.ID != id {
				continue
			}
			if !t.Revoked.IsZero() {
				return nil
			}
			now := s.now()
			if err := tx.Tokens.Revoke(ctx, by.Business, id, by.ID, now); err != nil {
				return err
			}
			return s.acted(ctx, tx, by, evidence.TokenRevoked, t, now)
		}
		return core.E(op, core.NotFound, "there is no such token")
	})
}

// List returns the tokens of a business, newest first.
func (s *Service) List(ctx context.Context, b core.BusinessID) (ts []token.Token, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		ts, err = tx.Tokens.Tokens(ctx, b)
		return err
	})
	return ts, err
}

// acted records what was done with a token: its id is the actor of whatever is
// done with it, and this record says whose it is and what it may do.
func (s *Service) acted(ctx context.Context, tx store.Tx, by account.User, what string, t token.Token, now time.Time) error {
	details := map[string]string{
		"token": t.ID.String(), "name": t.Name, "prefix": t.Prefix, "scopes": t.Scopes.String(), "expires": t.Expires.Format(time.RFC3339),
	}
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), by.Business, now, by.ID, what, core.CampaignID{}, details),
	})
}

func mayManage(op string, by account.User) error {
	if by.Role < account.Manager {
		return core.E(op, core.Denied, "Only managers and owners may give programs access. Ask one of them.")
	}
	return nil
}

// chance is more than one salt holds.
func (s *Service) chance() (c [token.SecretSize]byte) {
	a, b := s.Salts.Salt(), s.Salts.Salt()
	copy(c[copy(c[:], a[:]):], b[:])
	return c
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }
