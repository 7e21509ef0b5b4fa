package bunstore

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/uptrace/bun"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A Store runs the domain's transactions. Its methods are safe for concurrent
// use.
type Store struct {
	write, read *bun.DB
	dialect     *Dialect
	migrations  *migrations
	tags        *suppression.Keys
}

var _ store.Store = (*Store)(nil)

// DB returns the pool that writes, for libraries that keep tables of their own
// beside ours.
func (s *Store) DB() *sql.DB { return s.write.DB }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.dialect.fail("Ping", s.write.PingContext(ctx))
}

// View runs f over one snapshot.
func (s *Store) View(ctx context.Context, f func(context.Context, store.Tx) error) error {
	const op = "View"
	tx, err := s.read.BeginTx(ctx, s.dialect.View)
	if err != nil {
		return s.dialect.fail(op, err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written; what is wrong with the connection, the next user learns
	return f(ctx, s.tx(tx, true))
}

// Tries of one Update, and the wait before the second; each later one is twice
// as long. Transactions that lose against others win within two or three.
const (
	tries     = 8
	firstWait = 5 * time.Millisecond
)

// Update runs f and commits. It runs f again, up to seven times, where the
// database gave the transaction up for another.
func (s *Store) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	for try := 1; ; try++ {
		err := s.once(ctx, f)
		var fault Fault
		if err == nil || try == tries || !errors.As(err, &fault) || !fault.Again {
			return err
		}
		if err := pause(ctx, firstWait<<(try-1)); err != nil {
			return s.dialect.fail("Update", err)
		}
	}
}

// pause waits for d, give or take a half, so that two that met do not meet
// again.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d/2 + rand.N(d))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (s *Store) once(ctx context.Context, f func(context.Context, store.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, s.dialect.Update)
	if err != nil {
		return s.dialect.fail("Update", err)
	}
	// After a commit this does nothing; after an error or a panic of f it leaves
	// nothing behind.
	defer tx.Rollback() //nolint:errcheck // f's own error is the one that matters
	if err := f(ctx, s.tx(tx, false)); err != nil {
		return err
	}
	return s.commit(ctx, tx)
}

// commit tells apart what surely did not happen from what may have.
func (s *Store) commit(ctx context.Context, tx bun.Tx) error {
	const op = "Update"
	if err := ctx.Err(); err != nil {
		return s.dialect.fail(op, err)
	}
	err := tx.Commit()
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrTxDone) {
		// Rolled back when ctx ended, before the commit was sent.
		return core.Wrap(s.dialect.Name+"."+op, core.Unavailable, messages[core.Unavailable], contextCause(context.Cause(ctx)))
	}
	if f, ok := s.dialect.Fault(err); ok && f.Answered {
		return s.dialect.fail(op, err)
	}
	return core.Wrap(s.dialect.Name+"."+op, core.Ambiguous, messages[core.Ambiguous], Fault{Code: "at commit"})
}

// tx makes the ports over one transaction.
func (s *Store) tx(db bun.IDB, readOnly bool) store.Tx {
	q := &queries{db: db, d: s.dialect, readOnly: readOnly, tags: s.tags}
	return store.Tx{
		Accounts:     directory{q},
		Consent:      consentLog{q},
		Suppression:  list{q},
		Mirror:       mirror{q},
		Messages:     box{q},
		Campaigns:    book{q},
		Inbox:        inboxStore{q},
		Pace:         meters{q},
		Evidence:     &ledger{queries: q},
		Guests:       notes{q},
		Registration: lines{q},
		Threads:      threads{q},
		Holds:        holds{q},
		Shelf:        shelf{q},
		Requests:     requests{q},
		Tokens:       tokens{q},
		Webhooks:     webhooks{q},
		Media:        pictures{q},
		Closings:     closings{q},
		Terms:        agreements{q},
		Access:       doors{q},
		Drafts:       drafts{q},
		Billing:      bills{q},
		Clicks:       clicks{q},
	}
}

// queries runs the statements of one transaction.
type queries struct {
	db       bun.IDB
	d        *Dialect
	readOnly bool
	tags     *suppression.Keys
}

// exec runs a statement that writes and returns how many rows it changed.
func (q *queries) exec(ctx context.Context, op, query string, args ...any) (int, error) {
	if q.readOnly {
		return 0, q.denied(op)
	}
	res, err := q.db.NewRaw(query, args...).Exec(ctx)
	if err != nil {
		return 0, q.d.fail(op, err)
	}
	n, err := res.RowsAffected()
	return int(n), q.d.fail(op, err)
}

// rows reads rows into dest, a pointer to a slice.
func (q *queries) rows(ctx context.Context, op string, dest any, query string, args ...any) error {
	return q.d.fail(op, q.db.NewRaw(query, args...).Scan(ctx, dest))
}

// take is rows for a statement that also locks or writes.
func (q *queries) take(ctx context.Context, op string, dest any, query string, args ...any) error {
	if q.readOnly {
		return q.denied(op)
	}
	return q.rows(ctx, op, dest, query, args...)
}

func (q *queries) denied(op string) error {
	return core.E(q.d.Name+"."+op, core.Denied, messages[core.Denied])
}

func (q *queries) notFound(op, what string) error {
	return core.E(q.d.Name+"."+op, core.NotFound, "there is no such "+what)
}

// chunk is how many rows one statement takes: enough that the round trip does
// not count, few enough that its text stays under a megabyte.
const chunk = 1000
