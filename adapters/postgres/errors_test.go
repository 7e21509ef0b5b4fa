package postgres_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/tests/pgtest"
)

// wants fails unless err is of the kind, says what to do, and keeps secrets.
func wants(t *testing.T, what string, err error, kind core.Kind, says string) {
	t.Helper()
	if err == nil || core.KindOf(err) != kind || !strings.Contains(core.MessageOf(err), says) {
		t.Errorf("%s: %v (kind %v), want one of kind %v that says %q", what, err, core.KindOf(err), kind, says)
		return
	}
	for _, secret := range []string{"s3cret", "5125550", "ana@"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error quotes %q: %v", what, secret, err)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	closed.Close()
	good := pgtest.URL(t)
	userinfo, rest, _ := strings.Cut(strings.TrimPrefix(good, "postgres://"), "@")
	user, _, _ := strings.Cut(userinfo, ":")
	host, _, _ := strings.Cut(rest, "/")
	tests := []struct {
		what, url string
		kind      core.Kind
		says      string
	}{
		{"nothing", "", core.Invalid, "postgres://user:password@host"},
		{"another scheme", "mysql://nexo:s3cret@127.0.0.1/nexo", core.Invalid, "postgres://user:password@host"},
		{"a bad port", "postgres://nexo:s3cret@127.0.0.1:port/nexo", core.Invalid, "postgres://user:password@host"},
		{"a bad escape", "postgres://nexo:s3cret%zz@127.0.0.1/nexo", core.Invalid, "postgres://user:password@host"},
		{"nobody there", "postgres://nexo:s3cret@" + address + "/nexo?sslmode=disable", core.Unavailable, address},
		{"a wrong password", "postgres://" + user + ":s3cret@" + rest, core.Denied, "password"},
		{"no such database", "postgres://" + userinfo + "@" + host + "/no_such_database?sslmode=disable", core.Invalid, "create it first"},
	}
	for _, test := range tests {
		_, _, err := postgres.Open(t.Context(), postgres.Config{URL: test.url})
		wants(t, test.what, err, test.kind, test.says)
	}
}

// A server that takes the connection and then says nothing.
func TestOpenGivesUp(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	start := time.Now()
	_, _, err = postgres.Open(t.Context(), postgres.Config{URL: "postgres://nexo:s3cret@" + silent.Addr().String() + "/nexo?sslmode=disable"})
	wants(t, "a silent server", err, core.Unavailable, silent.Addr().String())
	if d := time.Since(start); d > 8*time.Second {
		t.Errorf("gave up after %v, want 5 s", d)
	}
}

func TestDatabaseInAnotherEncoding(t *testing.T) {
	url := pgtest.URL(t)
	s := openAt(t, url)
	ctx := t.Context()
	const name = "nexo_test_ascii"
	run := func(statement string) {
		t.Helper()
		if _, err := s.DB().ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	run("DROP DATABASE IF EXISTS " + name)
	run("CREATE DATABASE " + name + " ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
	defer run("DROP DATABASE " + name + " WITH (FORCE)")
	slash := strings.LastIndex(url, "/")
	_, options, _ := strings.Cut(url[slash:], "?")
	_, _, err := postgres.Open(ctx, postgres.Config{URL: url[:slash+1] + name + "?" + options})
	wants(t, "a database in SQL_ASCII", err, core.Invalid, "UTF8")
}

func TestNotMigrated(t *testing.T) {
	s := openAt(t, pgtest.URL(t))
	err := s.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Inbox.List(ctx, time.Time{}, 1)
		return err
	})
	wants(t, "a database without tables", err, core.Unavailable, "nexo migrate up")
}

// What the server says of a broken rule quotes the row.
func TestErrorsQuoteNoValues(t *testing.T) {
	s := open(t)
	u := account.User{ID: core.UserID{1}, Business: core.BusinessID{1}, Email: "ana@lunas.example"}
	add := func(u account.User) error {
		return s.Update(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddUser(ctx, u) })
	}
	if err := add(u); err != nil {
		t.Fatal(err)
	}
	u.ID = core.UserID{2}
	err := add(u)
	wants(t, "an address that is taken", err, core.Conflict, "already")
	if !strings.Contains(err.Error(), "users_email") {
		t.Errorf("%v does not name the constraint", err)
	}
	m := message.Message{ID: core.MessageID{1}, To: core.MustNumber("+15125550123"), From: core.MustNumber("+15125550100")}
	err = s.Update(t.Context(), func(ctx context.Context, tx store.Tx) error { // Due is missing
		_, err := tx.Messages.Plan(ctx, []message.Message{m})
		return err
	})
	if core.KindOf(err) != core.Internal || strings.Contains(err.Error(), "5125550") {
		t.Errorf("a broken NOT NULL: %v", err)
	}
}

// The server ends the connection in the middle of a transaction.
func TestConnectionKilled(t *testing.T) {
	s := open(t)
	kill := func(ctx context.Context) {
		_, err := s.DB().ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'`)
		if err != nil {
			t.Error(err)
		}
	}
	b := account.Business{ID: core.BusinessID{1}, Name: "Luna's"}
	err := s.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if err := tx.Accounts.AddBusiness(ctx, b); err != nil {
			return err
		}
		kill(t.Context())
		_, err := tx.Accounts.Business(ctx, b.ID)
		return err
	})
	wants(t, "killed before a statement", err, core.Unavailable, "try again")

	err = s.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if err := tx.Accounts.AddBusiness(ctx, b); err != nil {
			return err
		}
		kill(t.Context())
		return nil
	})
	wants(t, "killed before the commit", err, core.Ambiguous, "look whether it was done")
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("the store did not recover: %v", err)
	}
	err = s.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Accounts.Business(ctx, b.ID)
		return err
	})
	if !errors.Is(err, core.NotFound) {
		t.Errorf("after a lost commit that did not happen: %v", err)
	}
}

func TestOutage(t *testing.T) {
	outage := pgtest.NewOutage(t, migrated)
	s := openAt(t, outage.URL())
	list := func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Inbox.List(ctx, time.Time{}, 1)
		return err
	}
	outage.Stop()
	wants(t, "View while the server is gone", s.View(t.Context(), list), core.Unavailable, "cannot be reached")
	wants(t, "Update while the server is gone", s.Update(t.Context(), list), core.Unavailable, "cannot be reached")
	outage.Start()
	if err := s.Update(t.Context(), list); err != nil {
		t.Errorf("the server is back: %v", err)
	}
	outage.Freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wants(t, "a server that is silent", s.View(ctx, list), core.Unavailable, "time")
	outage.Start()
}

// Two transactions lock two guests crosswise, against the contract. One of them
// is given up and runs again.
func TestDeadlockRunsAgain(t *testing.T) {
	s := open(t)
	pairs := []core.Pair{{Number: core.MustNumber("+15125550101")}, {Number: core.MustNumber("+15125550102")}}
	var both [2]chan struct{}
	both[0], both[1] = make(chan struct{}), make(chan struct{})
	errs := make(chan error, 2)
	for i := range 2 {
		go func() {
			runs := 0
			errs <- s.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
				runs++
				if _, err := tx.Consent.Lock(ctx, pairs[i:i+1]); err != nil {
					return err
				}
				if runs == 1 {
					close(both[i])
					<-both[1-i]
				}
				_, err := tx.Consent.Lock(ctx, pairs[1-i:2-i])
				return err
			})
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Errorf("a transaction that lost against another: %v", err)
		}
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, closeStore, err := postgres.Open(t.Context(), postgres.Config{URL: migrated.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	closeStore()
	wants(t, "Ping after closing", s.Ping(t.Context()), core.Unavailable, "cannot be reached")
}
