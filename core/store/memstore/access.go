package memstore

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
)

// doors is the port [access.Book].
type doors struct{ *tx }

type membershipKey struct {
	business core.BusinessID
	user     core.UserID
}

// chosen returns what a table has of the kind that is asked for, in order.
func chosen[K comparable, V any](tb *table[K, V], ok func(V) bool, order func(x, y V) int) []V {
	var out []V
	for _, v := range tb.m {
		if ok(v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, order)
	return out
}

// drop removes what a table has of the kind that is asked for.
func drop[K comparable, V any](t *tx, tb *table[K, V], ok func(V) bool) {
	for k, v := range tb.m {
		if ok(v) {
			tb.remove(t, k)
		}
	}
}

func (a doors) Begin(ctx context.Context, s access.Session) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	if _, ok := a.d.sessions.get(s.ID); ok {
		return core.E("memstore.Begin", core.Conflict, "there is a sign-in of this id already")
	}
	a.d.sessions.set(a.tx, s.ID, s)
	return nil
}

func (a doors) Session(ctx context.Context, id access.SessionID) (access.Session, error) {
	s, ok := a.d.sessions.get(id)
	if !ok {
		return s, notFound("Session", "sign-in")
	}
	return s, alive(ctx)
}

func (a doors) Sessions(ctx context.Context, u core.UserID) ([]access.Session, error) {
	return chosen(&a.d.sessions, func(s access.Session) bool { return s.User == u },
		func(x, y access.Session) int { return bytes.Compare(x.ID[:], y.ID[:]) }), alive(ctx)
}

func (a doors) Seen(ctx context.Context, id access.SessionID, at time.Time) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	if s, ok := a.d.sessions.get(id); ok && s.Seen.Before(at) {
		s.Seen = at
		a.d.sessions.set(a.tx, id, s)
	}
	return nil
}

func (a doors) End(ctx context.Context, u core.UserID, ids ...access.SessionID) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	drop(a.tx, &a.d.sessions, func(s access.Session) bool {
		return s.User == u && (len(ids) == 0 || slices.Contains(ids, s.ID))
	})
	return nil
}

func (a doors) PutFactor(ctx context.Context, f access.Factor) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	a.d.factors.set(a.tx, f.ID, f)
	return nil
}

func (a doors) Factors(ctx context.Context, u core.UserID) ([]access.Factor, error) {
	return chosen(&a.d.factors, func(f access.Factor) bool { return f.User == u },
		func(x, y access.Factor) int { return bytes.Compare(x.ID[:], y.ID[:]) }), alive(ctx)
}

func (a doors) Spend(ctx context.Context, f access.Factor, used time.Time, step int64) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	was, ok := a.d.factors.get(f.ID)
	if !ok || was.User != f.User || !was.Used.Equal(used) || was.Step != step {
		return core.E("memstore.Spend", core.Conflict, "this code was used already; take the next one")
	}
	a.d.factors.set(a.tx, f.ID, f)
	return nil
}

func (a doors) DropFactors(ctx context.Context, u core.UserID, ids ...access.FactorID) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	drop(a.tx, &a.d.factors, func(f access.Factor) bool { return f.User == u && slices.Contains(ids, f.ID) })
	return nil
}

func (a doors) PutToken(ctx context.Context, t access.Token) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	if _, ok := a.d.tokens.get(t.Hash); ok {
		return core.E("memstore.PutToken", core.Conflict, "there is such a link already")
	}
	a.d.tokens.set(a.tx, t.Hash, t)
	return nil
}

func (a doors) Token(ctx context.Context, h access.Hash) (access.Token, error) {
	t, ok := a.d.tokens.get(h)
	if !ok {
		return t, notFound("Token", "link")
	}
	return t, alive(ctx)
}

func (a doors) UseToken(ctx context.Context, h access.Hash, at time.Time) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	t, ok := a.d.tokens.get(h)
	if !ok || !t.Used.IsZero() {
		return core.E("memstore.UseToken", core.Conflict, "this link was used already; ask for another one")
	}
	t.Used = at
	a.d.tokens.set(a.tx, h, t)
	return nil
}

func (a doors) DropTokens(ctx context.Context, u core.UserID, k access.TokenKind) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	drop(a.tx, &a.d.tokens, func(t access.Token) bool { return t.User == u && t.Kind == k })
	return nil
}

func (a doors) Invitations(ctx context.Context, b core.BusinessID) ([]access.Token, error) {
	return chosen(&a.d.tokens, func(t access.Token) bool { return t.Business == b && !b.IsZero() },
		func(x, y access.Token) int {
			if c := x.Made.Compare(y.Made); c != 0 {
				return c
			}
			return bytes.Compare(x.Hash[:], y.Hash[:])
		}), alive(ctx)
}

func (a doors) DropInvitation(ctx context.Context, b core.BusinessID, h access.Hash) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	if t, ok := a.d.tokens.get(h); ok && t.Business == b && !b.IsZero() {
		a.d.tokens.remove(a.tx, h)
	}
	return nil
}

func (a doors) PutMembership(ctx context.Context, m access.Membership) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	k := membershipKey{m.Business, m.User}
	if was, ok := a.d.memberships.get(k); ok {
		m.Added = was.Added
	}
	a.d.memberships.set(a.tx, k, m)
	return nil
}

func (a doors) Memberships(ctx context.Context, u core.UserID) ([]access.Membership, error) {
	return chosen(&a.d.memberships, func(m access.Membership) bool { return m.User == u },
		func(x, y access.Membership) int { return bytes.Compare(x.Business[:], y.Business[:]) }), alive(ctx)
}

func (a doors) DropMembership(ctx context.Context, b core.BusinessID, u core.UserID) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	a.d.memberships.remove(a.tx, membershipKey{b, u})
	return nil
}

func (a doors) Note(ctx context.Context, n access.Notice) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	if _, ok := a.d.notices.get(n.ID); ok {
		return core.E("memstore.Note", core.Conflict, "there is a notice of this id already")
	}
	a.d.notices.set(a.tx, n.ID, n)
	return nil
}

func (a doors) Notices(ctx context.Context, u core.UserID, n int) ([]access.Notice, error) {
	return firstN(chosen(&a.d.notices, func(x access.Notice) bool { return x.User == u },
		func(x, y access.Notice) int { return bytes.Compare(y.ID[:], x.ID[:]) }), n), alive(ctx)
}

func (a doors) Untold(ctx context.Context, n int) ([]access.Notice, error) {
	return firstN(chosen(&a.d.notices, func(x access.Notice) bool { return !x.Told },
		func(x, y access.Notice) int { return bytes.Compare(x.ID[:], y.ID[:]) }), n), alive(ctx)
}

func (a doors) Tell(ctx context.Context, ids ...access.NoticeID) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	for _, id := range ids {
		if n, ok := a.d.notices.get(id); ok {
			n.Told = true
			a.d.notices.set(a.tx, id, n)
		}
	}
	return nil
}

func (a doors) Forget(ctx context.Context, u core.UserID) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	drop(a.tx, &a.d.sessions, func(s access.Session) bool { return s.User == u })
	drop(a.tx, &a.d.factors, func(f access.Factor) bool { return f.User == u })
	drop(a.tx, &a.d.tokens, func(t access.Token) bool { return t.User == u })
	drop(a.tx, &a.d.memberships, func(m access.Membership) bool { return m.User == u })
	drop(a.tx, &a.d.notices, func(n access.Notice) bool { return n.User == u })
	return nil
}

func (a doors) Sweep(ctx context.Context, before time.Time) error {
	if err := a.write(ctx); err != nil {
		return err
	}
	drop(a.tx, &a.d.sessions, func(s access.Session) bool { return s.Seen.Before(before) })
	drop(a.tx, &a.d.tokens, func(t access.Token) bool { return t.Until.Before(before) })
	drop(a.tx, &a.d.notices, func(n access.Notice) bool { return n.At.Before(before) })
	return nil
}
