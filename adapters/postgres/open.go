//go:build !embedded

package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/jobfluss/nexo/adapters/internal/bunstore"
	"github.com/jobfluss/nexo/core"
)

// Connections that do nothing are given back after idleTime, and none grows
// older than lifeTime, so that a server behind a changed address is found.
const (
	defaultMaxConns = 16
	idleTime        = 5 * time.Minute
	lifeTime        = time.Hour
	startWait       = 5 * time.Second
)

// Open connects, and does not migrate. A server that does not answer within
// five seconds is an error of kind Unavailable that names host and port; no
// error quotes the password. The second result closes the Store.
func Open(ctx context.Context, c Config) (*Store, func(), error) {
	const op = "postgres.Open"
	conf, err := parse(c.URL)
	if err != nil {
		return nil, nil, err
	}
	pool := stdlib.OpenDB(*conf, stdlib.OptionAfterConnect(habits))
	n := c.MaxConns
	if n <= 0 {
		n = defaultMaxConns
	}
	n = max(n, 2) // migrating holds a lock on one and works on another
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	pool.SetConnMaxIdleTime(idleTime)
	pool.SetConnMaxLifetime(lifeTime)
	closePool := func() { pool.Close() } //nolint:errcheck // nothing to save: what is committed is on the server
	if err := check(ctx, pool, conf); err != nil {
		closePool()
		return nil, nil, err
	}
	db := bun.NewDB(pool, pgdialect.New())
	s, err := bunstore.New(bunstore.Config{Write: db, Read: db, Dialect: dialect, Migrations: files()})
	if err != nil {
		closePool()
		return nil, nil, core.Wrap(op, core.Internal, "", err)
	}
	return s, closePool, nil
}

// habits tells the server how our statements are best run: rows are found one by
// one through an index, from pages that are in memory more often than not, and
// nothing runs long enough to be compiled. They are not sent as parameters of the
// connection, which a pooler may refuse; lost in one, they cost time and nothing else.
func habits(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, "SET random_page_cost = 1.1; SET jit = off")
	return err
}

// parse reads the URL. pgx's own error quotes it, so it is dropped.
func parse(url string) (*pgx.ConnConfig, error) {
	const op = "postgres.Open"
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, core.E(op, core.Invalid, "the database's address must have the form postgres://user:password@host:port/database")
	}
	conf, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, core.E(op, core.Invalid, "the database's address cannot be read; it must have the form postgres://user:password@host:port/database, with special characters of the password written as %XX")
	}
	// Arguments are in the text of each statement already, so there is nothing
	// to prepare, and no two statements are alike enough to remember.
	conf.DefaultQueryExecMode = pgx.QueryExecModeExec
	// The escaping of those arguments rests on these.
	conf.RuntimeParams["client_encoding"] = "UTF8"
	conf.RuntimeParams["standard_conforming_strings"] = "on"
	if conf.RuntimeParams["application_name"] == "" {
		conf.RuntimeParams["application_name"] = "nexo"
	}
	if conf.ConnectTimeout == 0 {
		conf.ConnectTimeout = startWait
	}
	return conf, nil
}

// check waits for the server, for a while, and looks whether it can hold every
// name and text to the letter.
func check(ctx context.Context, pool *sql.DB, conf *pgx.ConnConfig) error {
	const op = "postgres.Open"
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	var server, client, conforming string
	var version int
	err := pool.QueryRowContext(ctx, `SELECT current_setting('server_encoding'), current_setting('client_encoding'),
		current_setting('standard_conforming_strings'), current_setting('server_version_num')::int`).
		Scan(&server, &client, &conforming, &version)
	switch {
	case err != nil:
		return cannotConnect(op, err, conf)
	case server != "UTF8":
		return core.E(op, core.Invalid, fmt.Sprintf("the database is in %s; create it anew with ENCODING 'UTF8' TEMPLATE template0", server))
	case client != "UTF8" || conforming != "on":
		return core.E(op, core.Invalid, "the connection pooler in front of the database changes client_encoding or standard_conforming_strings; let it pass them on")
	case version < 140000:
		return core.E(op, core.Invalid, fmt.Sprintf("the server is Postgres %d; version 14 or newer is needed", version/10000))
	}
	return nil
}

func cannotConnect(op string, err error, conf *pgx.ConnConfig) error {
	at := net.JoinHostPort(conf.Host, strconv.Itoa(int(conf.Port)))
	f, ok := fault(err)
	if !ok {
		f = bunstore.Fault{Kind: core.Unavailable}
	}
	msg := "the database at " + at + " does not answer; look whether it runs and whether the address and the firewall are right"
	switch f.Code {
	case "28P01", "28000":
		f.Kind, msg = core.Denied, "the database at "+at+" does not accept the user name or the password"
	case "3D000":
		f.Kind, msg = core.Invalid, "the server at "+at+" has no database of this name; create it first"
	case "53300":
		msg = "the database at " + at + " has no connection left; lower the number of connections of each program"
	}
	e := core.Wrap(op, f.Kind, msg, f)
	e.Code = f.Code
	return e
}

func files() fs.FS {
	sub, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}
