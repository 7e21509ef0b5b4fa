// Package sqlite is the store in one file, for a single machine: what `nexo
// serve` uses when nothing else is asked for. It needs no server and no C.
//
// One connection writes, several read. Transactions that write run one at a
// time, and each is on the disk when it is acknowledged: an opt-out must survive
// a power cut, so the file is synced at every commit.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/jobfluss/nexo/adapters/internal/bunstore"
	"github.com/jobfluss/nexo/core"
)

// A Store is the database. Its methods are safe for concurrent use.
type Store = bunstore.Store

// A Migration is one step of the schema.
type Migration = bunstore.Migration

// The directions of [Store.Migrate].
const (
	Up   = bunstore.Up
	Down = bunstore.Down
)

// Migrations are the steps of the schema, as files.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Open opens the file at path, which it makes if there is none, and does not
// migrate it. The path "" or ":memory:" is a fresh database that goes when it is
// closed. The second result closes the Store.
func Open(ctx context.Context, path string) (*Store, func(), error) {
	const op = "sqlite.Open"
	remove := func() {}
	if path == "" || path == ":memory:" {
		dir, err := os.MkdirTemp("", "nexo-*")
		if err != nil {
			return nil, nil, core.Wrap(op, core.Unavailable, "no temporary database could be made; look at the disk and at TMPDIR", err)
		}
		path, remove = filepath.Join(dir, "nexo.db"), func() { os.RemoveAll(dir) } //nolint:errcheck // temporary
	}
	s, closePools, err := open(ctx, path)
	if err != nil {
		remove()
		return nil, nil, err
	}
	return s, func() { closePools(); remove() }, nil
}

func open(ctx context.Context, path string) (*Store, func(), error) {
	const op = "sqlite.Open"
	write, err := sql.Open("sqlite", address(path, "immediate"))
	if err != nil {
		return nil, nil, core.Wrap(op, core.Invalid, "the path of the database is not usable", err)
	}
	// Two connections that write would only wait for each other, and less fairly
	// than callers wait for one.
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", address(path, "deferred")+"&_pragma=query_only(1)")
	if err != nil {
		write.Close() //nolint:errcheck // never used
		return nil, nil, core.Wrap(op, core.Invalid, "the path of the database is not usable", err)
	}
	read.SetMaxOpenConns(max(4, runtime.GOMAXPROCS(0)))
	read.SetMaxIdleConns(max(4, runtime.GOMAXPROCS(0)))
	closePools := func() {
		read.Close()  //nolint:errcheck // nothing to save
		write.Close() //nolint:errcheck // every commit is on the disk already
	}
	// The first connection makes the file and switches it to write-ahead logging.
	if err := write.PingContext(ctx); err != nil {
		closePools()
		return nil, nil, cannotOpen(op, err)
	}
	s, err := bunstore.New(bunstore.Config{
		Write: bun.NewDB(write, sqlitedialect.New()), Read: bun.NewDB(read, sqlitedialect.New()),
		Dialect: dialect, Migrations: files(),
	})
	if err != nil {
		closePools()
		return nil, nil, err
	}
	return s, closePools, nil
}

func cannotOpen(op string, err error) error {
	if f, ok := fault(err); ok && f.Kind == core.Invalid {
		return core.Wrap(op, core.Invalid, "the file is not a database of ours; name another path", f)
	}
	return core.Wrap(op, core.Unavailable, "the database file cannot be opened; look whether its folder is there, may be written to and has room", err)
}

// address names the file with what every connection must set.
func address(path, lock string) string {
	q := url.Values{
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-32000)"},
		"_txlock": {lock},
	}
	// A question mark or a percent sign in the path is part of a name, not of the address.
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return "file:" + escaped + "?" + q.Encode()
}

func files() fs.FS {
	sub, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

var dialect = &bunstore.Dialect{
	Name:  "sqlite",
	View:  &sql.TxOptions{ReadOnly: true},
	Fault: fault,
}

// fault reads an error of SQLite. Its text is looked at and not kept.
func fault(err error) (bunstore.Fault, bool) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return bunstore.Fault{}, false
	}
	f := bunstore.Fault{Kind: core.Internal, Code: codeName(e.Code()), Answered: true}
	switch e.Code() & 0xff { // the rest says more exactly what
	case sqlite3.SQLITE_CONSTRAINT:
		switch e.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			f.Kind = core.Conflict
		}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		f.Kind, f.Again = core.Unavailable, true
		f.Msg = "the database file is in use by another program; nothing was written, try again shortly"
	case sqlite3.SQLITE_READONLY:
		f.Kind = core.Denied
	case sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL:
		f.Kind = core.Unavailable
	case sqlite3.SQLITE_FULL:
		f.Kind, f.Msg = core.Unavailable, "the disk is full; nothing was written, make room and try again"
	case sqlite3.SQLITE_IOERR:
		// A commit that the disk did not take may be there after all.
		f.Kind, f.Answered = core.Unavailable, false
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		f.Kind = core.Invalid
		f.Msg = "the database file is damaged or not a database; restore it from a backup"
	case sqlite3.SQLITE_ERROR:
		f.Missing = strings.Contains(e.Error(), "no such table")
		if f.Missing {
			f.Kind, f.Msg = core.Unavailable, `the database lacks a table; run "nexo migrate up" and start again`
		}
	}
	return f, true
}

func codeName(code int) string {
	if name, ok := sqlite.ErrorCodeString[code&0xff]; ok {
		_, name, _ = strings.Cut(name, "(") // "The database file is locked (SQLITE_BUSY)"
		return strings.TrimSuffix(name, ")")
	}
	return "SQLITE"
}
