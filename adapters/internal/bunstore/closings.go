package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/closing"
	"github.com/jobfluss/nexo/core/retention"
)

// closings is the port [closing.Book].
type closings struct{ *queries }

type closingRow struct {
	Business uuid  `bun:"business_id"`
	Asked    stamp `bun:"asked"`
	By       uuid  `bun:"asked_by"`
	EraseAt  stamp `bun:"erase_at"`
	Was      int   `bun:"was"`
	Erased   stamp `bun:"erased"`
}

func (s closings) Put(ctx context.Context, c closing.Closing) error {
	_, err := s.exec(ctx, "Put", `INSERT INTO closings (business_id, asked, asked_by, erase_at, was, erased) ?
		ON CONFLICT (business_id) DO UPDATE SET asked = excluded.asked, asked_by = excluded.asked_by, erase_at = excluded.erase_at, was = excluded.was, erased = excluded.erased`,
		tuples([]closing.Closing{c}, func(r *row, c closing.Closing) {
			r.id(c.Business)
			r.time(c.Asked)
			r.idOrNull(c.By)
			r.time(c.EraseAt)
			r.int(int64(c.Was))
			r.time(c.Erased)
		}))
	return err
}

func (s closings) Remove(ctx context.Context, b core.BusinessID) error {
	_, err := s.exec(ctx, "Remove", `DELETE FROM closings WHERE business_id = ?`, uuid(b))
	return err
}

func (s closings) Of(ctx context.Context, b core.BusinessID) (closing.Closing, error) {
	const op = "Of"
	cs, err := s.read(ctx, op, `WHERE business_id = ?`, uuid(b))
	if err != nil {
		return closing.Closing{}, err
	}
	if len(cs) == 0 {
		return closing.Closing{}, s.notFound(op, "end of this account")
	}
	return cs[0], nil
}

func (s closings) Due(ctx context.Context, now time.Time, n int) ([]closing.Closing, error) {
	if n <= 0 {
		return nil, nil
	}
	return s.read(ctx, "Due", `WHERE erased IS NULL AND erase_at <= ? ORDER BY erase_at, business_id LIMIT ?`, stamp{now}, n)
}

func (s closings) read(ctx context.Context, op, where string, args ...any) ([]closing.Closing, error) {
	var rows []closingRow
	if err := s.rows(ctx, op, &rows, `SELECT business_id, asked, asked_by, erase_at, was, erased FROM closings `+where, args...); err != nil {
		return nil, err
	}
	out := make([]closing.Closing, len(rows))
	for i, r := range rows {
		out[i] = closing.Closing{
			Business: core.BusinessID(r.Business), Asked: r.Asked.Time, By: core.UserID(r.By), EraseAt: r.EraseAt.Time, Was: account.Status(r.Was), Erased: r.Erased.Time,
		}
	}
	return out, nil
}

// Forget goes over the tables in one order, so what is left is in the last ones.
// Which tables they are follows from the classes of their columns: a table that is added
// later is erased too.
func (s closings) Forget(ctx context.Context, b core.BusinessID, n int) (int, error) {
	const op = "Forget"
	if s.readOnly {
		return 0, s.denied(op)
	}
	if n <= 0 {
		return 0, nil
	}
	// Bytes go before what is known of them: a worker deletes both.
	left := n
	some := func(query string, args ...any) error {
		if left <= 0 {
			return nil
		}
		done, err := s.exec(ctx, op, query, args...)
		left -= done
		return err
	}
	if err := some(`UPDATE media SET state = 4, url = '' WHERE business_id = ? AND id IN (SELECT id FROM media WHERE business_id = ? AND state <> 4 LIMIT ?)`, uuid(b), uuid(b), left); err != nil {
		return 0, err
	}
	if err := some(`UPDATE messages SET body = '', media = '' WHERE business_id = ? AND id IN
		(SELECT id FROM messages WHERE business_id = ? AND (body <> '' OR media <> '') AND state NOT IN (1, 2) LIMIT ?)`, uuid(b), uuid(b), left); err != nil {
		return 0, err
	}
	if err := s.people(some, b, &left); err != nil {
		return 0, err
	}
	for _, t := range retention.AccountTables() {
		if t == "media" {
			continue
		}
		query := `DELETE FROM ? WHERE ctid = ANY(ARRAY(SELECT ctid FROM ? WHERE business_id = ? LIMIT ?))`
		if !s.d.LocksRows {
			query = `DELETE FROM ? WHERE rowid IN (SELECT rowid FROM ? WHERE business_id = ? LIMIT ?)`
		}
		if err := some(query, rawSQL(t), rawSQL(t), uuid(b), left); err != nil {
			return 0, err
		}
	}
	if err := s.hashBarred(ctx, op, b, &left); err != nil || left < n {
		return n - left, err
	}
	return s.blank(ctx, b)
}

// people lets go who works for another business too, and erases how the others come in.
func (s closings) people(some func(string, ...any) error, b core.BusinessID, left *int) error {
	const elsewhere = `(SELECT ? FROM memberships AS m WHERE m.user_id = users.id AND m.business_id <> ? ORDER BY m.business_id LIMIT 1)`
	if err := some(`UPDATE users SET business_id = `+elsewhere+`, role = `+elsewhere+` WHERE business_id = ? AND EXISTS `+elsewhere,
		rawSQL("m.business_id"), uuid(b), rawSQL("m.role"), uuid(b), uuid(b), rawSQL("1"), uuid(b)); err != nil {
		return err
	}
	for _, t := range []rawSQL{"sign_ins", "factors", "security_notices", "access_tokens", "terms_notes"} {
		if err := some(`DELETE FROM ? WHERE user_id IN (SELECT id FROM users WHERE business_id = ?)`, t, uuid(b)); err != nil {
			return err
		}
	}
	*left = max(*left, 0) // somebody's devices and notices go all at once
	return nil
}

// hashBarred puts keyed hashes in the place of numbers that must not be texted.
func (s closings) hashBarred(ctx context.Context, op string, b core.BusinessID, left *int) error {
	if *left <= 0 {
		return nil
	}
	which := ``
	if len(s.tags.Names()) == 0 { // then the numbers themselves are kept
		which = ` AND (lifted IS NOT NULL OR words IS NOT NULL)`
	}
	var rows []struct {
		Number int64 `bun:"number"`
	}
	if err := s.rows(ctx, op, &rows, `SELECT DISTINCT number FROM suppressions WHERE business_id = ?`+which+` LIMIT ?`, uuid(b), min(*left, 500)); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := list(s).Forget(ctx, b, number(r.Number)); err != nil {
			return err
		}
	}
	*left -= len(rows)
	return nil
}

// blank leaves of the business only that it was there: what is kept longer belongs to it.
func (s closings) blank(ctx context.Context, b core.BusinessID) (int, error) {
	was, err := directory(s).Business(ctx, b)
	if core.KindOf(err) == core.NotFound || err == nil && was.Name == "" && was.Sender.IsZero() {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return 1, directory(s).SaveBusiness(ctx, account.Business{ID: b, Status: account.Closed, Created: was.Created})
}
