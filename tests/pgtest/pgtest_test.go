package pgtest_test

import (
	"context"
	"errors"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func one[T any](t *testing.T, conn *pgx.Conn, query string) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(t.Context(), query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestURLGivesDatabasesOfTheirOwn(t *testing.T) {
	t.Parallel()
	a, b := connect(t, pgtest.URL(t)), connect(t, pgtest.URL(t))
	if _, err := a.Exec(t.Context(), "CREATE TABLE only_here (n int)"); err != nil {
		t.Fatal(err)
	}
	if one[bool](t, b, "SELECT to_regclass('only_here') IS NOT NULL") {
		t.Error("a table made in one test's database is seen in another's")
	}
	// A server in SQL_ASCII would count the length of a name in bytes.
	if n := one[int](t, b, "SELECT length('Peña')"); n != 4 {
		t.Errorf("length of Peña = %d characters, want 4: the database is not UTF-8", n)
	}
}

func TestDatabaseGoesWhenTheTestEnds(t *testing.T) {
	t.Parallel()
	var address string
	t.Run("inner", func(t *testing.T) {
		address = pgtest.URL(t)
		connect(t, address)
	})
	if _, err := pgx.Connect(t.Context(), address); err == nil {
		t.Error("the database of a finished test still accepts connections")
	}
}

var (
	prepared atomic.Int32
	template = pgtest.NewTemplate(func(ctx context.Context, url string) error {
		prepared.Add(1)
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "CREATE TABLE venue AS SELECT 'Luna' AS name")
		return errors.Join(err, conn.Close(ctx))
	})
)

func TestTemplateIsPreparedOnceAndCopied(t *testing.T) {
	t.Parallel()
	for range 2 {
		conn := connect(t, template.URL(t))
		if name := one[string](t, conn, "DELETE FROM venue RETURNING name"); name != "Luna" {
			t.Errorf("copy holds %q, want Luna", name)
		}
	}
	if n := prepared.Load(); n != 1 {
		t.Errorf("prepared %d times, want once", n)
	}
}

func TestOutageStopAndStart(t *testing.T) {
	t.Parallel()
	outage := pgtest.NewOutage(t, nil)
	conn := connect(t, outage.URL())
	if n := one[int](t, conn, "SELECT 1"); n != 1 {
		t.Fatal("the relay changed an answer")
	}
	outage.Stop()
	if _, err := conn.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a connection survived the loss of the database")
	}
	if _, err := pgx.Connect(t.Context(), outage.URL()); err == nil {
		t.Error("a lost database accepted a connection")
	}
	outage.Start()
	again := connect(t, outage.URL())
	if n := one[int](t, again, "SELECT 2"); n != 2 {
		t.Error("the database did not come back")
	}
}

func TestOutageFreeze(t *testing.T) {
	t.Parallel()
	outage := pgtest.NewOutage(t, template)
	conn := connect(t, outage.URL())
	outage.Freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := conn.Exec(ctx, "SELECT 1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a frozen database answered: %v", err)
	}
	outage.Start()
	if n := one[int](t, connect(t, outage.URL()), "SELECT 1"); n != 1 {
		t.Error("the database did not thaw")
	}
}

// The database behind an outage must be reachable at one and the same loopback address.
func TestOutageStaysOnLoopback(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(pgtest.NewOutage(t, nil).URL())
	if err != nil || u.Hostname() != "127.0.0.1" {
		t.Errorf("host = %q, want 127.0.0.1 (%v)", u.Hostname(), err)
	}
}
