package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
)

func newAPIToken(b core.BusinessID, n byte) token.Token {
	return token.Token{
		ID: token.ID(id[any]()), Business: b, Name: "till \u00e9\"", Prefix: "nexo_abcdefgh", Hash: token.Hash{n, 1}, Scopes: token.All,
		Created: at(int(n)), By: core.UserID{9}, Expires: at(600),
	}
}

func testAPITokens(s *suite) {
	a, b := newBusiness(), newBusiness()
	old, fresh, theirs := newAPIToken(a, 1), newAPIToken(a, 2), newAPIToken(b, 1)
	fresh.Revoked, fresh.RevokedBy, fresh.Used = at(5), core.UserID{8}, at(4)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Tokens.Add(ctx, old), tx.Tokens.Add(ctx, fresh), tx.Tokens.Add(ctx, theirs),
			tx.Tokens.PutKey(ctx, a, token.Key{1}, at(1)), tx.Tokens.PutKey(ctx, a, token.Key{2}, at(2)))
	})
	twin := newAPIToken(a, 1)
	s.kind("the same secret twice", s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Tokens.Add(ctx, twin) }), core.Conflict)
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err1 := tx.Tokens.Tokens(ctx, a)
		s.equal("Tokens, newest first", all, []token.Token{fresh, old})
		got, k, err2 := tx.Tokens.ByHash(ctx, a, fresh.Hash)
		s.equal("ByHash", got, fresh)
		s.equal("the key, of two the first", k, token.Key{1})
		_, k, err3 := tx.Tokens.ByHash(ctx, b, theirs.Hash)
		s.equal("the key of a business without one", k, token.Key{})
		_, _, err := tx.Tokens.ByHash(ctx, b, fresh.Hash)
		s.kind("another business's", err, core.NotFound)
		_, _, err = tx.Tokens.ByHash(ctx, a, token.Hash{7})
		s.kind("nobody's", err, core.NotFound)
		k, err4 := tx.Tokens.Key(ctx, a)
		none, err5 := tx.Tokens.Key(ctx, b)
		s.equal("Key", []token.Key{k, none}, []token.Key{{1}, {}})
		s.kind("Add in a view", tx.Tokens.Add(ctx, newAPIToken(a, 3)), core.Denied)
		return errors.Join(err1, err2, err3, err4, err5)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		s.kind("revoking another business's", tx.Tokens.Revoke(ctx, b, old.ID, core.UserID{5}, at(7)), core.NotFound)
		return errors.Join(tx.Tokens.Revoke(ctx, a, old.ID, core.UserID{5}, at(7)), tx.Tokens.Revoke(ctx, a, old.ID, core.UserID{6}, at(8)),
			tx.Tokens.Used(ctx, a, old.ID, at(6)), tx.Tokens.Used(ctx, a, old.ID, at(3)), tx.Tokens.Used(ctx, b, old.ID, at(9)))
	})
	old.Revoked, old.RevokedBy, old.Used = at(7), core.UserID{5}, at(6)
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, _, err := tx.Tokens.ByHash(ctx, a, old.Hash)
		s.equal("revoked once, used last", got, old)
		return err
	})
}

func testAnswers(s *suite) {
	a := token.Answer{Business: newBusiness(), Token: token.ID{1}, Key: "k-1", Request: token.Hash{3}, Begun: at(0), Expires: at(2)}
	other := a
	other.Token = token.ID{2}
	begin := func(what string, a token.Answer, wantFresh bool, want token.Answer) {
		s.Helper()
		s.update(func(ctx context.Context, tx store.Tx) error {
			kept, fresh, err := tx.Tokens.Begin(ctx, a)
			s.equal(what+": fresh", fresh, wantFresh)
			s.equal(what, kept, want)
			return err
		})
	}
	do := func(f func(context.Context, token.Book) error) {
		s.Helper()
		s.update(func(ctx context.Context, tx store.Tx) error { return f(ctx, tx.Tokens) })
	}
	begin("the first", a, true, a)
	twin := a
	twin.Begun, twin.Expires, twin.Request = at(1), at(3), token.Hash{4}
	begin("its twin", twin, false, a)
	begin("another token's", other, true, other)

	done := a
	done.Status, done.Body, done.Expires = 201, []byte("{\"x\":\"\u00e9\"}"), at(60)
	stale := done
	stale.Begun = at(-1)
	do(func(ctx context.Context, b token.Book) error {
		return errors.Join(b.Finish(ctx, stale), b.Forget(ctx, stale))
	})
	begin("what another began is not ended", twin, false, a)
	do(func(ctx context.Context, b token.Book) error { return b.Finish(ctx, done) })
	begin("ended", twin, false, done)

	late := twin
	late.Begun, late.Expires = at(61), at(63)
	begin("after its time", late, true, late)
	do(func(ctx context.Context, b token.Book) error { return b.Forget(ctx, late) })
	begin("forgotten", twin, true, twin)

	purge := func(minutes, n, want int) {
		s.Helper()
		do(func(ctx context.Context, b token.Book) error {
			got, err := b.Purge(ctx, at(minutes), n)
			s.equal("purged", got, want)
			return err
		})
	}
	purge(2, 9, 0)
	purge(9, 0, 0)
	purge(9, 1, 1)
	purge(9, 9, 1)
	// Of many who begin at once, one does.
	b := a
	b.Key = "k-2"
	won := make(chan bool, 4)
	s.parallel(4, func(int) error {
		var fresh bool
		err := s.Update(s.Context(), func(ctx context.Context, tx store.Tx) (err error) {
			_, fresh, err = tx.Tokens.Begin(ctx, b)
			return err
		})
		won <- fresh
		return err
	})
	n := 0
	for range 4 {
		if <-won {
			n++
		}
	}
	s.equal("of four at once, who began", n, 1)
}
