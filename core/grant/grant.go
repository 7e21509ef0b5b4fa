package grant

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
)

// A Grant is what a request comes in with.
type Grant struct {
	Token    token.Token
	Business account.Business
	Key      token.Key // names the business's guests
}

// usedEvery is how exact the last use of a token is: a write for each request
// would be the dearest part of most.
const usedEvery = time.Minute

// Open finds what a secret grants. What grants nothing is Denied, and the message
// says why only to whom the secret was given: of one that was made up it says no
// more than that it is none.
func (s *Service) Open(ctx context.Context, secret string) (Grant, error) {
	const op = "grant.Open"
	b, ok := token.BusinessOf(secret)
	if !ok {
		return Grant{}, core.E(op, core.Denied, "this is no token; make one under Settings, API, and send it as a bearer token")
	}
	var g Grant
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if g.Token, g.Key, err = tx.Tokens.ByHash(ctx, b, token.HashOf(secret)); err != nil {
			return err
		}
		g.Business, err = tx.Accounts.Business(ctx, b)
		return err
	})
	now := s.now()
	switch {
	case errors.Is(err, core.NotFound):
		return Grant{}, core.E(op, core.Denied, "this is no token; make one under Settings, API, and send it as a bearer token")
	case err != nil:
		return Grant{}, err
	case !g.Token.Revoked.IsZero():
		return Grant{}, core.E(op, core.Denied, "this token was revoked; make another one under Settings, API")
	case !g.Token.Live(now):
		return Grant{}, core.E(op, core.Denied, "this token has expired; make another one under Settings, API")
	case g.Business.Status == account.Closed:
		return Grant{}, core.E(op, core.Denied, "this account is closed")
	}
	return g, s.used(ctx, g.Token, now)
}

func (s *Service) used(ctx context.Context, t token.Token, now time.Time) error {
	if now.Sub(t.Used) < usedEvery {
		return nil
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Tokens.Used(ctx, t.Business, t.ID, now.Truncate(usedEvery))
	})
}

// Allow is nil where the token may do what is asked, and otherwise Denied.
func (g Grant) Allow(x token.Scopes) error {
	if g.Token.Scopes.Has(x) {
		return nil
	}
	return core.E("grant.Allow", core.Denied, "this token may not do that: it lacks the scope "+x.String()+"; make one that has it under Settings, API")
}

// User is the token as who acts: verbs ask it for its role, and records name it.
// A token that may change something has a manager's role, within its scopes,
// which [Grant.Allow] looks after.
func (g Grant) User() account.User {
	u := account.User{ID: core.UserID(g.Token.ID), Business: g.Business.ID, Name: g.Token.Name, Role: account.ReadOnly}
	if g.Token.Scopes.Writes() || g.Token.Scopes.Has(token.ReadProofs) {
		u.Role = account.Manager
	}
	return u
}

// How long an answer is kept for whoever makes the request again, and how long a
// request that is being carried out bars its twin: longer than any takes.
const (
	AnswerKept = 24 * time.Hour
	carriedOut = 2 * time.Minute
	mostKey    = 128
)

// Begin notes a request under the caller's key. It returns the answer of the
// same request that was made before, with Status, or one to be finished, with
// Status 0. The same key with another request is Invalid; a request that is
// being carried out is a Conflict.
func (s *Service) Begin(ctx context.Context, g Grant, key string, request token.Hash) (a token.Answer, err error) {
	const op = "grant.Begin"
	if !plain(key) {
		return a, core.E(op, core.Invalid, "an idempotency key has 1 to 128 printable ASCII characters; a UUID is a good one")
	}
	now := s.now()
	a = token.Answer{Business: g.Business.ID, Token: g.Token.ID, Key: key, Request: request, Begun: now, Expires: now.Add(carriedOut)}
	var kept token.Answer
	var fresh bool
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		kept, fresh, err = tx.Tokens.Begin(ctx, a)
		return err
	})
	switch {
	case err != nil || fresh:
		return a, err
	case kept.Request != request:
		return a, core.E(op, core.Invalid, "this idempotency key was used for another request; make a new key for each request that is to be carried out")
	case kept.Status == 0:
		return a, core.E(op, core.Conflict, "a request with this idempotency key is being carried out; ask again in a moment")
	}
	return kept, nil
}

func plain(key string) bool {
	for _, c := range []byte(key) {
		if c < 0x21 || c > 0x7e {
			return false
		}
	}
	return key != "" && len(key) <= mostKey
}

// Finish keeps the answer to a request that was begun. What failed for a reason of
// ours is forgotten, so that it may be tried again.
func (s *Service) Finish(ctx context.Context, a token.Answer, status int, body []byte) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if status >= 500 || status == 429 {
			return tx.Tokens.Forget(ctx, a)
		}
		a.Status, a.Body, a.Expires = status, body, a.Begun.Add(AnswerKept)
		return tx.Tokens.Finish(ctx, a)
	})
}

// Purge drops answers that nobody will ask for again, up to n.
func (s *Service) Purge(ctx context.Context, n int) (dropped int, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		dropped, err = tx.Tokens.Purge(ctx, s.now(), n)
		return err
	})
	return dropped, err
}
