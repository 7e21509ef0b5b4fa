package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/token"
)

// tokens is the port [token.Book].
type tokens struct{ *tx }

type tokenKey struct {
	business core.BusinessID
	id       token.ID
}

type answerKey struct {
	tokenKey
	name string
}

func (s tokens) Add(ctx context.Context, t token.Token) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, x := range s.d.apiTokens.m {
		if x.Business == t.Business && (x.ID == t.ID || x.Hash == t.Hash) {
			return core.E("memstore.Add", core.Conflict, "there is a token of this id or secret already")
		}
	}
	s.d.apiTokens.set(s.tx, tokenKey{t.Business, t.ID}, t)
	return nil
}

func (s tokens) ByHash(ctx context.Context, b core.BusinessID, h token.Hash) (token.Token, token.Key, error) {
	for _, t := range s.d.apiTokens.m {
		if t.Business == b && t.Hash == h {
			k, _ := s.d.keys.get(b)
			return t, k, alive(ctx)
		}
	}
	return token.Token{}, token.Key{}, notFound("ByHash", "token")
}

func (s tokens) Tokens(ctx context.Context, b core.BusinessID) ([]token.Token, error) {
	var out []token.Token
	for _, t := range s.d.apiTokens.m {
		if t.Business == b {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(x, y token.Token) int {
		return -cmp.Or(x.Created.Compare(y.Created), bytes.Compare(x.ID[:], y.ID[:]))
	})
	return out, alive(ctx)
}

func (s tokens) Revoke(ctx context.Context, b core.BusinessID, id token.ID, by core.UserID, at time.Time) error {
	return s.change(ctx, "Revoke", b, id, func(t *token.Token) {
		if t.Revoked.IsZero() {
			t.Revoked, t.RevokedBy = at, by
		}
	})
}

func (s tokens) Used(ctx context.Context, b core.BusinessID, id token.ID, at time.Time) error {
	err := s.change(ctx, "Used", b, id, func(t *token.Token) {
		if at.After(t.Used) {
			t.Used = at
		}
	})
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	return err
}

func (s tokens) change(ctx context.Context, op string, b core.BusinessID, id token.ID, f func(*token.Token)) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	k := tokenKey{b, id}
	t, ok := s.d.apiTokens.get(k)
	if !ok {
		return notFound(op, "token")
	}
	f(&t)
	s.d.apiTokens.set(s.tx, k, t)
	return nil
}

func (s tokens) Key(ctx context.Context, b core.BusinessID) (token.Key, error) {
	k, _ := s.d.keys.get(b)
	return k, alive(ctx)
}

func (s tokens) PutKey(ctx context.Context, b core.BusinessID, k token.Key, _ time.Time) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	if _, ok := s.d.keys.get(b); !ok {
		s.d.keys.set(s.tx, b, k)
	}
	return nil
}

func keyOf(a token.Answer) answerKey { return answerKey{tokenKey{a.Business, a.Token}, a.Key} }

func (s tokens) Begin(ctx context.Context, a token.Answer) (token.Answer, bool, error) {
	if err := s.write(ctx); err != nil {
		return token.Answer{}, false, err
	}
	if kept, ok := s.d.answers.get(keyOf(a)); ok && kept.Expires.After(a.Begun) {
		return kept, false, nil
	}
	a.Status, a.Body = 0, nil
	s.d.answers.set(s.tx, keyOf(a), a)
	return a, true, nil
}

func (s tokens) Finish(ctx context.Context, a token.Answer) error {
	return s.begun(ctx, a, func(kept token.Answer) {
		kept.Status, kept.Body, kept.Expires = a.Status, bytes.Clone(a.Body), a.Expires
		s.d.answers.set(s.tx, keyOf(a), kept)
	})
}

func (s tokens) Forget(ctx context.Context, a token.Answer) error {
	return s.begun(ctx, a, func(token.Answer) { s.d.answers.remove(s.tx, keyOf(a)) })
}

func (s tokens) begun(ctx context.Context, a token.Answer, f func(token.Answer)) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	if kept, ok := s.d.answers.get(keyOf(a)); ok && kept.Begun.Equal(a.Begun) {
		f(kept)
	}
	return nil
}

func (s tokens) Purge(ctx context.Context, t time.Time, n int) (int, error) {
	if err := s.write(ctx); err != nil {
		return 0, err
	}
	var old []token.Answer
	for _, a := range s.d.answers.m {
		if a.Expires.Before(t) {
			old = append(old, a)
		}
	}
	slices.SortFunc(old, func(x, y token.Answer) int { return x.Expires.Compare(y.Expires) })
	old = firstN(old, n)
	for _, a := range old {
		s.d.answers.remove(s.tx, keyOf(a))
	}
	return len(old), nil
}
