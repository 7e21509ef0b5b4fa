package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/token"
)

// tokens is the port [token.Book].
type tokens struct{ *queries }

type apiTokenRow struct {
	Business  uuid   `bun:"business_id"`
	ID        uuid   `bun:"id"`
	Name      string `bun:"name"`
	Prefix    string `bun:"prefix"`
	Hash      []byte `bun:"hash"`
	Scopes    int64  `bun:"scopes"`
	Created   stamp  `bun:"created"`
	By        uuid   `bun:"created_by"`
	Expires   stamp  `bun:"expires"`
	Revoked   stamp  `bun:"revoked"`
	RevokedBy uuid   `bun:"revoked_by"`
	Used      stamp  `bun:"used"`
	Key       []byte `bun:"value"`
}

const apiTokenColumns = `business_id, id, name, prefix, hash, scopes, created, created_by, expires, revoked, revoked_by, used`

func (r apiTokenRow) token() token.Token {
	t := token.Token{
		ID: token.ID(r.ID), Business: core.BusinessID(r.Business), Name: r.Name, Prefix: r.Prefix, Scopes: token.Scopes(r.Scopes),
		Created: r.Created.Time, By: core.UserID(r.By), Expires: r.Expires.Time, Revoked: r.Revoked.Time, RevokedBy: core.UserID(r.RevokedBy), Used: r.Used.Time,
	}
	copy(t.Hash[:], r.Hash)
	return t
}

func (s tokens) Add(ctx context.Context, t token.Token) error {
	_, err := s.exec(ctx, "Tokens.Add", `INSERT INTO api_tokens (`+apiTokenColumns+`) ?`, tuples([]token.Token{t}, func(r *row, t token.Token) {
		r.id(t.Business)
		r.id(t.ID)
		r.text(t.Name)
		r.text(t.Prefix)
		r.blob(t.Hash[:])
		r.int(int64(t.Scopes))
		r.time(t.Created)
		r.id(t.By)
		r.time(t.Expires)
		r.time(t.Revoked)
		r.idOrNull(t.RevokedBy)
		r.time(t.Used)
	}))
	return err
}

// octets is a value of bytes as an argument.
func octets(p []byte) any { return tuples([][]byte{p}, func(r *row, p []byte) { r.blob(p) }) }

func (s tokens) ByHash(ctx context.Context, b core.BusinessID, h token.Hash) (token.Token, token.Key, error) {
	const op = "ByHash"
	var rows []apiTokenRow
	var key token.Key
	err := s.rows(ctx, op, &rows, `SELECT `+apiTokenColumns+`, (SELECT value FROM api_keys AS k WHERE k.business_id = t.business_id) AS value
		FROM api_tokens AS t WHERE business_id = ? AND hash = (?)`, uuid(b), octets(h[:]))
	if err != nil {
		return token.Token{}, key, err
	}
	if len(rows) == 0 {
		return token.Token{}, key, s.notFound(op, "token")
	}
	copy(key[:], rows[0].Key)
	return rows[0].token(), key, nil
}

func (s tokens) Tokens(ctx context.Context, b core.BusinessID) ([]token.Token, error) {
	var rows []apiTokenRow
	if err := s.rows(ctx, "Tokens", &rows, `SELECT `+apiTokenColumns+` FROM api_tokens WHERE business_id = ? ORDER BY created DESC, id DESC`, uuid(b)); err != nil {
		return nil, err
	}
	var out []token.Token
	for _, r := range rows {
		out = append(out, r.token())
	}
	return out, nil
}

func (s tokens) Revoke(ctx context.Context, b core.BusinessID, id token.ID, by core.UserID, at time.Time) error {
	const op = "Tokens.Revoke"
	n, err := s.exec(ctx, op, `UPDATE api_tokens SET revoked = COALESCE(revoked, ?), revoked_by = COALESCE(revoked_by, ?) WHERE business_id = ? AND id = ?`,
		stamp{at}, uuid(by), uuid(b), uuid(id))
	if err == nil && n == 0 {
		return s.notFound(op, "token")
	}
	return err
}

func (s tokens) Used(ctx context.Context, b core.BusinessID, id token.ID, at time.Time) error {
	_, err := s.exec(ctx, "Tokens.Used", `UPDATE api_tokens SET used = ? WHERE business_id = ? AND id = ? AND (used IS NULL OR used < ?)`,
		stamp{at}, uuid(b), uuid(id), stamp{at})
	return err
}

func (s tokens) Key(ctx context.Context, b core.BusinessID) (token.Key, error) {
	var rows []struct {
		Value []byte `bun:"value"`
	}
	var k token.Key
	err := s.rows(ctx, "Tokens.Key", &rows, `SELECT value FROM api_keys WHERE business_id = ?`, uuid(b))
	if err == nil && len(rows) > 0 {
		copy(k[:], rows[0].Value)
	}
	return k, err
}

func (s tokens) PutKey(ctx context.Context, b core.BusinessID, k token.Key, at time.Time) error {
	_, err := s.exec(ctx, "Tokens.PutKey", `INSERT INTO api_keys (business_id, value, made) ? ON CONFLICT (business_id) DO NOTHING`,
		tuples([]token.Key{k}, func(r *row, k token.Key) {
			r.id(b)
			r.blob(k[:])
			r.time(at)
		}))
	return err
}

type answerRow struct {
	Request []byte `bun:"request"`
	Begun   stamp  `bun:"begun"`
	Expires stamp  `bun:"expires"`
	Status  int    `bun:"status"`
	Body    []byte `bun:"body"`
}

// Begin writes first and reads where that did nothing: of two at once, one has
// the row, and the other waits for it at the key.
func (s tokens) Begin(ctx context.Context, a token.Answer) (token.Answer, bool, error) {
	const op = "Tokens.Begin"
	n, err := s.exec(ctx, op, `INSERT INTO api_answers (business_id, token_id, name, request, begun, expires, status, body) ?
		ON CONFLICT (business_id, token_id, name) DO UPDATE SET request = excluded.request, begun = excluded.begun, expires = excluded.expires,
			status = excluded.status, body = excluded.body WHERE api_answers.expires <= excluded.begun`,
		tuples([]token.Answer{a}, func(r *row, a token.Answer) {
			r.id(a.Business)
			r.id(a.Token)
			r.text(a.Key)
			r.blob(a.Request[:])
			r.time(a.Begun)
			r.time(a.Expires)
			r.int(0)
			r.bytes(nil)
		}))
	if err != nil || n > 0 {
		return a, err == nil, err
	}
	var rows []answerRow
	err = s.rows(ctx, op, &rows, `SELECT request, begun, expires, status, body FROM api_answers WHERE business_id = ? AND token_id = ? AND name = ?`,
		uuid(a.Business), uuid(a.Token), text(a.Key))
	if err != nil {
		return token.Answer{}, false, err
	}
	if len(rows) == 0 {
		return token.Answer{}, false, core.E(s.d.Name+"."+op, core.Conflict, "another request with this key has just ended; ask again")
	}
	kept := token.Answer{
		Business: a.Business, Token: a.Token, Key: a.Key, Begun: rows[0].Begun.Time, Expires: rows[0].Expires.Time, Status: rows[0].Status, Body: rows[0].Body,
	}
	copy(kept.Request[:], rows[0].Request)
	return kept, false, nil
}

func (s tokens) Finish(ctx context.Context, a token.Answer) error {
	_, err := s.exec(ctx, "Tokens.Finish", `UPDATE api_answers SET status = ?, body = (?), expires = ? WHERE business_id = ? AND token_id = ? AND name = ? AND begun = ?`,
		a.Status, tuples([][]byte{a.Body}, func(r *row, p []byte) { r.bytes(p) }), stamp{a.Expires}, uuid(a.Business), uuid(a.Token), text(a.Key), stamp{a.Begun})
	return err
}

func (s tokens) Forget(ctx context.Context, a token.Answer) error {
	_, err := s.exec(ctx, "Tokens.Forget", `DELETE FROM api_answers WHERE business_id = ? AND token_id = ? AND name = ? AND begun = ?`,
		uuid(a.Business), uuid(a.Token), text(a.Key), stamp{a.Begun})
	return err
}

func (s tokens) Purge(ctx context.Context, t time.Time, n int) (int, error) {
	if n <= 0 {
		return 0, nil
	}
	return s.exec(ctx, "Tokens.Purge", `DELETE FROM api_answers WHERE (business_id, token_id, name) IN (
		SELECT business_id, token_id, name FROM api_answers WHERE expires < ? ORDER BY expires LIMIT ?)`, stamp{t}, n)
}
