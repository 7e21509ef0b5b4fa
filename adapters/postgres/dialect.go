//go:build !embedded

package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/jobfluss/nexo/adapters/internal/bunstore"
	"github.com/jobfluss/nexo/core"
)

var dialect = &bunstore.Dialect{
	Name:           "postgres",
	LocksRows:      true,
	Clock:          "clock_timestamp()",
	View:           &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	Update:         &sql.TxOptions{Isolation: sql.LevelReadCommitted},
	Bulk:           bulk,
	Fault:          fault,
	LockMigrations: lockMigrations,
}

// bulk sends columns in Postgres's binary form. The statement is described once
// for each connection and not prepared on the server, which a pooler in between
// might not keep.
func bulk(ctx context.Context, tx *sql.Tx, query string, columns ...any) (*sql.Rows, error) {
	return tx.QueryContext(ctx, query, append([]any{pgx.QueryExecModeCacheDescribe}, columns...)...)
}

// fault reads an error of the server or of the connection to it. Of a server's
// error it keeps the code and the constraint's name: Message and Detail quote
// values of the row, which may be phone numbers.
func fault(err error) (bunstore.Fault, bool) {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return serverFault(e), true
	}
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case err == nil:
		return bunstore.Fault{}, false
	case errors.Is(err, pgx.ErrTxCommitRollback):
		// A statement failed, and whoever ran it went on to commit.
		return bunstore.Fault{Kind: core.Internal, Code: "rolled back", Answered: true}, true
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		strings.Contains(err.Error(), "conn closed"):
		return bunstore.Fault{Kind: core.Unavailable}, true
	}
	return bunstore.Fault{}, false
}

func serverFault(e *pgconn.PgError) bunstore.Fault {
	f := bunstore.Fault{Kind: core.Internal, Code: e.Code, Constraint: e.ConstraintName, Answered: true}
	switch class := e.Code[:min(2, len(e.Code))]; {
	case e.Code == "23505": // unique_violation
		f.Kind = core.Conflict
	case e.Code == "40001" || e.Code == "40P01": // serialization_failure, deadlock_detected
		f.Kind, f.Again = core.Unavailable, true
	case e.Code == "25006": // read_only_sql_transaction
		f.Kind = core.Denied
	case e.Code == "42P01": // undefined_table
		f.Kind, f.Missing = core.Unavailable, true
		f.Msg = `the database lacks a table; run "nexo migrate up" and start again`
	case e.Code == "57014": // query_canceled: by us, when the time was up, or by an operator
		f.Kind = core.Unavailable
	case class == "57", class == "08":
		// The server goes away. What it was asked to commit, it may have.
		f.Kind, f.Answered = core.Unavailable, false
	case class == "53": // too many connections, no memory, no room on the disk
		f.Kind = core.Unavailable
	}
	return f
}

// migrationLock is any number that nobody else on the server takes for a lock.
const migrationLock = 0x6e65786f // "nexo"

// lockMigrations holds a connection with a lock of the session: if the process
// dies, the lock goes with it.
func lockMigrations(ctx context.Context, db *sql.DB) (func(), error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		conn.Close() //nolint:errcheck // the lock's own error is the one that matters
		return nil, err
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startWait+time.Second)
		defer cancel()
		if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", migrationLock); err != nil {
			// A connection that still holds the lock must not go back to the pool.
			conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // that is the point
		}
		conn.Close() //nolint:errcheck // back to the pool
	}, nil
}
