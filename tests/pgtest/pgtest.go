// Package pgtest gives a test a Postgres database of its own, on a real server.
//
// The server is a container started when the first test asks for a database, or, where
// NEXO_TEST_POSTGRES_URL is set, the server it names. A package that uses it writes
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// and its tests call [URL], [Template.URL] or [Outage]. There is no skipping: a test that cannot have a
// database fails and says what to do.
package pgtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience bounds every administrative statement and the start of the container. A cold machine with two
// cores needs seconds; a minute means that something is wrong.
const patience = time.Minute

// mayRun is set by [Run]: without it nobody would stop the container.
var mayRun bool

// durable is set by [MainDurable].
var durable bool

// Main runs a package's tests and stops the server they started. Call it from TestMain; it does not return.
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is [Main] for a TestMain that has more to do afterwards. It returns the exit code.
func Run(m *testing.M) int {
	mayRun = true
	code := m.Run()
	if err := stopServer(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest: the Postgres container could not be stopped:", err)
		return max(code, 1)
	}
	return code
}

// MainDurable is [Main] for benchmarks of what must outlive a crash: the server
// is the package's own and syncs to the disk, which it does not for ordinary
// tests, since that takes most of their time. A server that
// NEXO_TEST_POSTGRES_URL names is as it is.
func MainDurable(m *testing.M) { os.Exit(RunDurable(m)) }

// RunDurable is to [MainDurable] what [Run] is to [Main].
func RunDurable(m *testing.M) int {
	durable = true
	return Run(m)
}

// URL returns the address of a new, empty database (UTF-8, the server's defaults), which is dropped when the
// test ends, even if connections to it are still open. Each call makes another one, so tests may run in
// parallel.
func URL(t testing.TB) string {
	t.Helper()
	return create(t, "")
}

// Template is a database prepared once and copied for every test: much cheaper than preparing each, when
// preparing means all migrations. Use one as a package variable; it is safe for concurrent use.
type Template struct {
	prepare func(ctx context.Context, url string) error
	once    sync.Once
	name    string
	err     error
}

// NewTemplate returns a template that prepare fills, given the address of an empty database. Prepare runs at
// most once, and must close its connections: Postgres copies only a database that nobody uses.
func NewTemplate(prepare func(ctx context.Context, url string) error) *Template {
	return &Template{prepare: prepare}
}

// URL returns the address of a fresh copy of the template, dropped when the test ends.
func (p *Template) URL(t testing.TB) string {
	t.Helper()
	p.once.Do(func() { p.err = p.make(t) })
	if p.err != nil {
		t.Fatalf("pgtest: the template database could not be prepared: %v", p.err)
	}
	return create(t, p.name)
}

func (p *Template) make(t testing.TB) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	p.name = newName()
	server := serverURL(t)
	if err := exec(ctx, server, "CREATE DATABASE "+p.name); err != nil {
		return err
	}
	// On a server that outlives us nothing may be left behind.
	atStop(func(ctx context.Context) error {
		return exec(ctx, serverURL(t), "DROP DATABASE IF EXISTS "+p.name+" WITH (FORCE)")
	})
	return p.prepare(ctx, withDatabase(server, p.name))
}

// create makes a database, from a template if one is named, and drops it when the test ends.
func create(t testing.TB, template string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	server, name := serverURL(t), newName()
	statement := "CREATE DATABASE " + name
	if template != "" {
		statement += " TEMPLATE " + template
	}
	if err := exec(ctx, server, statement); err != nil {
		t.Fatalf("pgtest: a database could not be created: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := exec(ctx, serverURL(t), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("pgtest: the test's database could not be dropped: %v", err)
		}
	})
	return withDatabase(server, name)
}

// exec opens a connection for one statement. A pool would show up as leaked goroutines in tests that look
// for them.
func exec(ctx context.Context, url, statement string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // the statement's own error is the one that matters
	_, err = conn.Exec(ctx, statement)
	return err
}

// newName needs no quoting, and cannot collide with names other processes choose on the same server.
func newName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never returns an error
	return "nexo_test_" + hex.EncodeToString(b[:])
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		// serverURL has parsed it before.
		panic("pgtest: " + strings.ReplaceAll(err.Error(), server, "the server's URL"))
	}
	u.Path = "/" + name
	return u.String()
}
