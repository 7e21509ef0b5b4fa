package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
)

// doors is the port [access.Book].
type doors struct{ *queries }

type sessionRow struct {
	ID     uuid   `bun:"id"`
	User   uuid   `bun:"user_id"`
	Role   int    `bun:"role"`
	Begun  stamp  `bun:"begun"`
	Seen   stamp  `bun:"seen"`
	Device string `bun:"device"`
}

const sessionColumns = `id, user_id, role, begun, seen, device`

func (r sessionRow) session() access.Session {
	return access.Session{
		ID: access.SessionID(r.ID), User: core.UserID(r.User), Role: account.Role(r.Role),
		Begun: r.Begun.Time, Seen: r.Seen.Time, Device: r.Device,
	}
}

func (s doors) Begin(ctx context.Context, x access.Session) error {
	_, err := s.exec(ctx, "Begin", `INSERT INTO sign_ins (`+sessionColumns+`) ?`, tuples([]access.Session{x}, func(r *row, x access.Session) {
		r.id(x.ID)
		r.id(x.User)
		r.int(int64(x.Role))
		r.time(x.Begun)
		r.time(x.Seen)
		r.text(x.Device)
	}))
	return err
}

func (s doors) Session(ctx context.Context, id access.SessionID) (access.Session, error) {
	const op = "Session"
	xs, err := s.sessions(ctx, op, `WHERE id = ?`, uuid(id))
	if err != nil {
		return access.Session{}, err
	}
	if len(xs) == 0 {
		return access.Session{}, s.notFound(op, "sign-in")
	}
	return xs[0], nil
}

func (s doors) Sessions(ctx context.Context, u core.UserID) ([]access.Session, error) {
	return s.sessions(ctx, "Sessions", `WHERE user_id = ? ORDER BY id`, uuid(u))
}

func (s doors) sessions(ctx context.Context, op, where string, args ...any) ([]access.Session, error) {
	var rows []sessionRow
	err := s.rows(ctx, op, &rows, `SELECT `+sessionColumns+` FROM sign_ins `+where, args...)
	return mapped(rows, sessionRow.session), err
}

// mapped is what a store's rows are to the domain; nil for none.
func mapped[R, T any](rows []R, f func(R) T) []T {
	var out []T
	for _, r := range rows {
		out = append(out, f(r))
	}
	return out
}

func (s doors) Seen(ctx context.Context, id access.SessionID, at time.Time) error {
	_, err := s.exec(ctx, "Seen", `UPDATE sign_ins SET seen = ? WHERE id = ? AND seen < ?`, stamp{at}, uuid(id), stamp{at})
	return err
}

func (s doors) End(ctx context.Context, u core.UserID, ids ...access.SessionID) error {
	const op = "End"
	if len(ids) == 0 {
		_, err := s.exec(ctx, op, `DELETE FROM sign_ins WHERE user_id = ?`, uuid(u))
		return err
	}
	_, err := s.exec(ctx, op, `DELETE FROM sign_ins WHERE user_id = ? AND id IN (?)`, uuid(u), idList(ids))
	return err
}

// idList is the inside of an IN.
func idList[K any](ids []core.ID[K]) any {
	return tuples(unique(ids), func(r *row, id core.ID[K]) { r.id(id) })
}

type factorRow struct {
	User   uuid   `bun:"user_id"`
	ID     uuid   `bun:"id"`
	Kind   int    `bun:"kind"`
	Name   string `bun:"name"`
	Hash   []byte `bun:"hash"`
	Secret []byte `bun:"secret"`
	Added  stamp  `bun:"added"`
	Used   stamp  `bun:"used"`
	Step   int64  `bun:"step"`
}

const factorColumns = `user_id, id, kind, name, hash, secret, added, used, step`

func (r factorRow) factor() access.Factor {
	f := access.Factor{
		ID: access.FactorID(r.ID), User: core.UserID(r.User), Kind: access.FactorKind(r.Kind), Name: r.Name,
		Hash: hashOf(r.Hash), Added: r.Added.Time, Used: r.Used.Time, Step: r.Step,
	}
	if len(r.Secret) > 0 {
		f.Secret = r.Secret
	}
	return f
}

// hashOf reads a column of hashes; the store wrote them, so they have 32 bytes.
func hashOf(b []byte) (h access.Hash) {
	copy(h[:], b)
	return h
}

func writeFactor(r *row, f access.Factor) {
	r.id(f.User)
	r.id(f.ID)
	r.int(int64(f.Kind))
	r.text(f.Name)
	r.blob(f.Hash[:])
	r.blob(f.Secret)
	r.time(f.Added)
	r.time(f.Used)
	r.int(f.Step)
}

func (s doors) PutFactor(ctx context.Context, f access.Factor) error {
	// The WHERE keeps SQLite from taking ON for a part of the list.
	_, err := s.exec(ctx, "PutFactor", `INSERT INTO factors (`+factorColumns+`) ?
		ON CONFLICT (user_id, id) DO UPDATE SET kind = excluded.kind, name = excluded.name, hash = excluded.hash, secret = excluded.secret,
			added = excluded.added, used = excluded.used, step = excluded.step`, tuples([]access.Factor{f}, writeFactor))
	return err
}

func (s doors) Factors(ctx context.Context, u core.UserID) ([]access.Factor, error) {
	var rows []factorRow
	err := s.rows(ctx, "Factors", &rows, `SELECT `+factorColumns+` FROM factors WHERE user_id = ? ORDER BY id`, uuid(u))
	return mapped(rows, factorRow.factor), err
}

func (s doors) Spend(ctx context.Context, f access.Factor, used time.Time, step int64) error {
	const op = "Spend"
	where, args := `used IS NULL`, []any(nil)
	if !used.IsZero() {
		where, args = `used = ?`, []any{stamp{used}}
	}
	n, err := s.exec(ctx, op, `UPDATE factors SET (`+factorColumns+`) = (?) WHERE user_id = ? AND id = ? AND step = ? AND `+where,
		append([]any{tuples([]access.Factor{f}, writeFactor), uuid(f.User), uuid(f.ID), step}, args...)...)
	if err == nil && n == 0 {
		return s.conflict(op, "this code was used already; take the next one")
	}
	return err
}

func (q *queries) conflict(op, msg string) error { return core.E(q.d.Name+"."+op, core.Conflict, msg) }

func (s doors) DropFactors(ctx context.Context, u core.UserID, ids ...access.FactorID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.exec(ctx, "DropFactors", `DELETE FROM factors WHERE user_id = ? AND id IN (?)`, uuid(u), idList(ids))
	return err
}

type tokenRow struct {
	Hash     []byte `bun:"hash"`
	Kind     int    `bun:"kind"`
	User     uuid   `bun:"user_id"`
	Business uuid   `bun:"business_id"`
	Role     int    `bun:"role"`
	Email    string `bun:"email"`
	Made     stamp  `bun:"made"`
	Until    stamp  `bun:"until_at"`
	Used     stamp  `bun:"used"`
}

const tokenColumns = `hash, kind, user_id, business_id, role, email, made, until_at, used`

func (r tokenRow) token() access.Token {
	return access.Token{
		Hash: hashOf(r.Hash), Kind: access.TokenKind(r.Kind), User: core.UserID(r.User), Business: core.BusinessID(r.Business),
		Role: account.Role(r.Role), Email: r.Email, Made: r.Made.Time, Until: r.Until.Time, Used: r.Used.Time,
	}
}

func (s doors) PutToken(ctx context.Context, t access.Token) error {
	_, err := s.exec(ctx, "PutToken", `INSERT INTO access_tokens (`+tokenColumns+`) ?`, tuples([]access.Token{t}, func(r *row, t access.Token) {
		r.blob(t.Hash[:])
		r.int(int64(t.Kind))
		r.id(t.User)
		r.idOrNull(t.Business)
		r.int(int64(t.Role))
		r.text(t.Email)
		r.time(t.Made)
		r.time(t.Until)
		r.time(t.Used)
	}))
	return err
}

func (s doors) Token(ctx context.Context, h access.Hash) (access.Token, error) {
	const op = "Token"
	ts, err := s.tokens(ctx, op, `WHERE hash = ?`, h[:])
	if err != nil {
		return access.Token{}, err
	}
	if len(ts) == 0 {
		return access.Token{}, s.notFound(op, "link")
	}
	return ts[0], nil
}

func (s doors) tokens(ctx context.Context, op, where string, args ...any) ([]access.Token, error) {
	var rows []tokenRow
	err := s.rows(ctx, op, &rows, `SELECT `+tokenColumns+` FROM access_tokens `+where, args...)
	return mapped(rows, tokenRow.token), err
}

func (s doors) UseToken(ctx context.Context, h access.Hash, at time.Time) error {
	const op = "UseToken"
	n, err := s.exec(ctx, op, `UPDATE access_tokens SET used = ? WHERE hash = ? AND used IS NULL`, stamp{at}, h[:])
	if err == nil && n == 0 {
		return s.conflict(op, "this link was used already; ask for another one")
	}
	return err
}

func (s doors) DropTokens(ctx context.Context, u core.UserID, k access.TokenKind) error {
	_, err := s.exec(ctx, "DropTokens", `DELETE FROM access_tokens WHERE user_id = ? AND kind = ?`, uuid(u), int(k))
	return err
}

func (s doors) Invitations(ctx context.Context, b core.BusinessID) ([]access.Token, error) {
	return s.tokens(ctx, "Invitations", `WHERE business_id = ? ORDER BY made, hash`, uuid(b))
}

func (s doors) DropInvitation(ctx context.Context, b core.BusinessID, h access.Hash) error {
	_, err := s.exec(ctx, "DropInvitation", `DELETE FROM access_tokens WHERE business_id = ? AND hash = ?`, uuid(b), h[:])
	return err
}

type membershipRow struct {
	Business uuid  `bun:"business_id"`
	User     uuid  `bun:"user_id"`
	Role     int   `bun:"role"`
	Added    stamp `bun:"added"`
}

func (s doors) PutMembership(ctx context.Context, m access.Membership) error {
	_, err := s.exec(ctx, "PutMembership", `INSERT INTO memberships (business_id, user_id, role, added) ?
		ON CONFLICT (business_id, user_id) DO UPDATE SET role = excluded.role`, tuples([]access.Membership{m}, func(r *row, m access.Membership) {
		r.id(m.Business)
		r.id(m.User)
		r.int(int64(m.Role))
		r.time(m.Added)
	}))
	return err
}

func (s doors) Memberships(ctx context.Context, u core.UserID) ([]access.Membership, error) {
	var rows []membershipRow
	err := s.rows(ctx, "Memberships", &rows, `SELECT business_id, user_id, role, added FROM memberships WHERE user_id = ? ORDER BY business_id`, uuid(u))
	return mapped(rows, func(r membershipRow) access.Membership {
		return access.Membership{Business: core.BusinessID(r.Business), User: core.UserID(r.User), Role: account.Role(r.Role), Added: r.Added.Time}
	}), err
}

func (s doors) DropMembership(ctx context.Context, b core.BusinessID, u core.UserID) error {
	_, err := s.exec(ctx, "DropMembership", `DELETE FROM memberships WHERE business_id = ? AND user_id = ?`, uuid(b), uuid(u))
	return err
}
