package bunstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jobfluss/nexo/core"
)

// A Dialect is how a database differs from the other.
type Dialect struct {
	// Name begins the Op of every error, as in "postgres.Record".
	Name string
	// LocksRows: SELECT … FOR UPDATE locks rows. A database without it runs one
	// writing transaction at a time.
	LocksRows bool
	// Clock is what a statement calls the database's own clock; "" where there is
	// one process and its own clock is as good.
	Clock string
	// View and Update are how their transactions begin.
	View, Update *sql.TxOptions
	// Bulk runs a statement whose arguments ($1, $2, …) are whole columns, sent as
	// they are in memory; nil where the driver has no such thing. It is for rows
	// with long values, of which writing them into the statement's text and
	// reading them from it takes most of the time.
	Bulk func(ctx context.Context, tx *sql.Tx, query string, columns ...any) (*sql.Rows, error)
	// Fault reads an error of the driver. It returns false for one that is not
	// the driver's.
	Fault func(error) (Fault, bool)
	// LockMigrations keeps other processes from migrating until unlock is
	// called; nil where the database file does so by itself.
	LockMigrations func(context.Context, *sql.DB) (unlock func(), err error)
}

// A Fault is what an error of a driver means.
type Fault struct {
	Kind       core.Kind
	Code       string // SQLSTATE, or SQLite's number
	Constraint string // the name of the constraint, for a Conflict
	Msg        string // what is wrong and what to do; "" for a text that fits the Kind
	// Again: the transaction lost against another and may be run again.
	Again bool
	// Missing: a table is not there.
	Missing bool
	// Answered: the database itself said so, so the connection works and, if it
	// was asked to commit, it did not.
	Answered bool
}

// Error makes a Fault a cause. It holds nothing that could be a value of a row.
func (f Fault) Error() string {
	s := "database error " + f.Code
	if f.Code == "" {
		s = "database connection"
	}
	if f.Constraint != "" {
		s += " (" + f.Constraint + ")"
	}
	return s
}

// lookup reads, for each row of the list v, what from finds for it: a table and
// a WHERE that names columns of v. The plan does not hang on statistics: it is
// always one look into an index for each row of v, in their order. Joined plainly, a
// table that has just been filled is taken for empty, and read once for each
// row. With lock the rows are locked in that order.
func (d *Dialect) lookup(columns, from string, lock bool) string {
	if !d.LocksRows {
		return "SELECT " + columns + " FROM v CROSS JOIN " + from
	}
	clause := ""
	if lock {
		clause = " FOR UPDATE"
	}
	return "SELECT found.* FROM v CROSS JOIN LATERAL (SELECT " + columns + " FROM " + from + " OFFSET 0" + clause + ") AS found"
}

// change goes on behind WITH v (…) AS (…) and changes the rows of a table whose
// business_id and id are b and i of a row of v, where the condition holds; set
// names columns of v. As with lookup, the plan does not hang on statistics: the
// rows are found and locked one by one, in v's order, and then changed where they
// lie. Joined plainly, each batch would read the whole table.
func (d *Dialect) change(table, where, set string) string {
	if !d.LocksRows {
		if where != "" {
			where = " AND " + where
		}
		return " UPDATE " + table + " SET " + set + " FROM v WHERE business_id = v.b AND id = v.i" + where
	}
	if where != "" {
		where = " AND " + where
	}
	return `, w AS MATERIALIZED (SELECT v.*, found.place FROM v CROSS JOIN LATERAL (
			SELECT ctid AS place FROM ` + table + ` WHERE business_id = v.b AND id = v.i` + where + ` OFFSET 0 FOR UPDATE) AS found)
		UPDATE ` + table + ` SET ` + set + ` FROM w AS v WHERE ` + table + `.ctid = v.place`
}

// skipLocked locks the rows of alias until the transaction ends and passes over
// those that another holds.
func (d *Dialect) skipLocked(alias string) rawSQL {
	if !d.LocksRows {
		return ""
	}
	return rawSQL(" FOR UPDATE OF " + alias + " SKIP LOCKED")
}

// fail makes an error of the domain of whatever a statement returned.
func (d *Dialect) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	var domain *core.Error
	if errors.As(err, &domain) {
		return err
	}
	op = d.Name + "." + op
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return core.Wrap(op, core.Unavailable, "the time for this request ran out before the database had done it", contextCause(err))
	}
	f, ok := d.Fault(err)
	if !ok {
		f, ok = poolFault(err)
	}
	if !ok {
		// The text of an error of unknown origin may quote a value: keep its type out too.
		return core.Wrap(op, core.Internal, "", Fault{Code: "of unknown origin"})
	}
	e := core.Wrap(op, f.Kind, f.Msg, f)
	e.Code = f.Code
	if e.Msg == "" {
		e.Msg = messages[f.Kind]
	}
	return e
}

// poolFault reads the errors of database/sql itself.
func poolFault(err error) (Fault, bool) {
	gone := errors.Is(err, sql.ErrTxDone) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) ||
		err.Error() == "sql: database is closed"
	return Fault{Kind: core.Unavailable, Code: "closed"}, gone
}

// contextCause keeps what errors.Is asks for and drops the driver's text.
func contextCause(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return context.Canceled
}

var messages = map[core.Kind]string{
	core.Conflict:    "another entry already has this name, address or id; choose another",
	core.Denied:      "this reads only: nothing can be written in it",
	core.Unavailable: "the database cannot be reached at the moment; nothing was written, try again shortly",
	core.Ambiguous:   "the connection to the database broke while it was committing; look whether it was done before doing it again",
}
