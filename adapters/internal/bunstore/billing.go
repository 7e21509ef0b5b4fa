package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/retention"
)

// bills is the port [billing.Book].
type bills struct{ *queries }

type billRow struct {
	Business uuid   `bun:"business_id"`
	Customer string `bun:"customer_id"`
	Due      stamp  `bun:"due"`
	Revision int64  `bun:"revision"`
	Body     string `bun:"body"`
}

const billColumns = `business_id, customer_id, due, revision, body`

func (x bills) Account(ctx context.Context, b core.BusinessID) (billing.Account, error) {
	as, err := x.accounts(ctx, "Account", `WHERE business_id = ?`, uuid(b))
	if err != nil || len(as) == 0 {
		return billing.Account{Business: b}, err
	}
	return as[0], nil
}

func (x bills) ByCustomer(ctx context.Context, customer string) (billing.Account, error) {
	const op = "ByCustomer"
	as, err := x.accounts(ctx, op, `WHERE customer_id = ? AND customer_id <> ''`, text(customer))
	if err == nil && len(as) == 0 {
		err = x.notFound(op, "customer")
	}
	if err != nil {
		return billing.Account{}, err
	}
	return as[0], nil
}

func (x bills) DueAccounts(ctx context.Context, now time.Time, n int) ([]billing.Account, error) {
	return x.accounts(ctx, "DueAccounts", `WHERE due <= ? ORDER BY due, business_id LIMIT ?`, stamp{now}, max(n, 0))
}

func (x bills) accounts(ctx context.Context, op, where string, args ...any) ([]billing.Account, error) {
	var rows []billRow
	if err := x.rows(ctx, op, &rows, `SELECT `+billColumns+` FROM billing_accounts `+where, args...); err != nil {
		return nil, err
	}
	var out []billing.Account
	for _, r := range rows {
		a, err := billing.UnmarshalAccount([]byte(r.Body))
		if err != nil {
			return nil, err
		}
		a.Business, a.Customer, a.Due, a.Revision = core.BusinessID(r.Business), r.Customer, r.Due.Time, r.Revision
		out = append(out, a)
	}
	return out, nil
}

func (x bills) SaveAccount(ctx context.Context, a billing.Account) error {
	const op = "SaveAccount"
	was := a.Revision
	a.Revision++
	n, err := x.exec(ctx, op, `WITH v (b, c, d, r, t) AS (?)
		INSERT INTO billing_accounts (`+billColumns+`) SELECT b, c, d, r, t FROM v WHERE ? = 0 OR EXISTS (SELECT 1 FROM billing_accounts WHERE business_id = b)
		ON CONFLICT (business_id) DO UPDATE SET customer_id = excluded.customer_id, due = excluded.due, revision = excluded.revision, body = excluded.body
			WHERE billing_accounts.revision = ?`,
		tuples([]billing.Account{a}, func(r *row, a billing.Account) {
			r.id(a.Business)
			r.text(a.Customer)
			r.time(a.Due)
			r.int(a.Revision)
			r.text(string(billing.MarshalAccount(a)))
		}), was, was)
	if err != nil || n == 1 {
		return err
	}
	return core.E(x.d.Name+"."+op, core.Conflict, "the payments have changed in the meantime; load the page again")
}

// longestLife is how long before it is handed over a text may have been planned:
// a campaign goes on for two weeks at most.
const longestLife = 15 * 24 * time.Hour

func (b box) Spent(ctx context.Context, business core.BusinessID, from, to time.Time) (message.Spent, error) {
	var rows []struct {
		Parts   int `bun:"parts"`
		Waiting int `bun:"waiting"`
	}
	// Ids rise with time, so this is a range of the key.
	first := uuid(retention.Bound(from.Add(-longestLife)))
	err := b.rows(ctx, "Spent", &rows, `SELECT
			CAST(COALESCE(sum(CASE WHEN state IN (3, 4, 5, 11) AND submitted >= ? AND submitted < ? THEN segments END), 0) AS BIGINT) AS parts,
			CAST(COALESCE(sum(CASE WHEN state IN (1, 2, 8) THEN segments END), 0) AS BIGINT) AS waiting
		FROM messages WHERE business_id = ? AND id >= ? AND class IN (1, 5, 6)`, stamp{from}, stamp{to}, uuid(business), first)
	if err != nil || len(rows) == 0 {
		return message.Spent{}, err
	}
	return message.Spent{Parts: rows[0].Parts, Waiting: rows[0].Waiting}, nil
}
