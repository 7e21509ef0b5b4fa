package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/jobfluss/nexo/adapters/sqlite"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/store"
)

func wants(t *testing.T, what string, err error, kind core.Kind, says string) {
	t.Helper()
	if err == nil || core.KindOf(err) != kind || !strings.Contains(core.MessageOf(err), says) {
		t.Errorf("%s: %v (kind %v), want one of kind %v that says %q", what, err, core.KindOf(err), kind, says)
	}
}

func add(b account.Business) func(context.Context, store.Tx) error {
	return func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddBusiness(ctx, b) }
}

// What is committed is in the file, whatever the file is called.
func TestFileIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "luna's 100% café?#.db")
	b := account.Business{ID: core.BusinessID{1}, Name: "Luna's"}
	for i := range 2 {
		s, closeStore, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.MigrateUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		err = s.Update(t.Context(), add(b))
		if i == 0 && err != nil || i == 1 && !errors.Is(err, core.Conflict) {
			t.Errorf("opened for time %d: %v", i+1, err)
		}
		closeStore()
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file is not where it was asked for: %v", err)
	}
}

func TestMemoryIsFreshAndGoes(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for range 2 {
		s, closeStore, err := sqlite.Open(t.Context(), ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		wants(t, "a fresh database", s.CheckSchema(t.Context()), core.Unavailable, "nexo migrate up")
		closeStore()
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	_, _, err := sqlite.Open(t.Context(), filepath.Join(dir, "no", "such", "folder.db"))
	wants(t, "a folder that is not there", err, core.Unavailable, "folder")
	text := filepath.Join(dir, "menu.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("tacos, tortas, aguas frescas\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = sqlite.Open(t.Context(), text)
	wants(t, "a file that is no database", err, core.Invalid, "not a database")
}

// Another program holds the file: nothing is written, and later it is.
func TestFileInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nexo.db")
	s, closeStore, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	if err := s.MigrateUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	hold, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Update(ctx, add(account.Business{ID: core.BusinessID{1}})) }()
	select {
	case err := <-done:
		t.Errorf("did not wait for the file: %v", err)
	default:
	}
	cancel()
	wants(t, "given up while waiting for the file", <-done, core.Unavailable, "")
	if err := s.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Accounts.BySender(ctx, core.MustNumber("+15125550100"))
		return err
	}); err != nil {
		t.Errorf("reading while another writes: %v", err)
	}
	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), add(account.Business{ID: core.BusinessID{1}})); err != nil {
		t.Errorf("once the file is free: %v", err)
	}
}

// A View sees one state of the database, whatever is committed meanwhile.
func TestViewIsOneSnapshot(t *testing.T) {
	s := open(t)
	b := account.Business{ID: core.BusinessID{1}}
	err := s.View(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, before := tx.Accounts.Business(ctx, b.ID)
		if err := s.Update(t.Context(), add(b)); err != nil {
			return err
		}
		_, after := tx.Accounts.Business(ctx, b.ID)
		if !errors.Is(before, core.NotFound) || !errors.Is(after, core.NotFound) {
			t.Errorf("before the commit: %v, after it: %v, want not found both times", before, after)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestErrorsQuoteNoValues(t *testing.T) {
	s := open(t)
	u := account.User{ID: core.UserID{1}, Email: "ana@lunas.example"}
	addUser := func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddUser(ctx, u) }
	if err := s.Update(t.Context(), addUser); err != nil {
		t.Fatal(err)
	}
	err := s.Update(t.Context(), addUser)
	wants(t, "an address that is taken", err, core.Conflict, "already")
	if strings.Contains(err.Error(), "ana@") {
		t.Errorf("the error quotes the address: %v", err)
	}
}

func TestMigrateUpDownUp(t *testing.T) {
	s, closeStore, err := sqlite.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	ctx := t.Context()
	done, err := s.Migrate(ctx, sqlite.Up, 0)
	if err != nil || len(done) == 0 {
		t.Fatalf("up: %v, %v", done, err)
	}
	if err := s.CheckSchema(ctx); err != nil {
		t.Error(err)
	}
	first := describe(t, s)
	one, err := s.Migrate(ctx, sqlite.Down, 1)
	if err != nil || len(one) != 1 {
		t.Fatalf("down by one: %v, %v", one, err)
	}
	wants(t, "CheckSchema of an old database", s.CheckSchema(ctx), core.Unavailable, "older than this program")
	if _, err := s.Migrate(ctx, sqlite.Down, 0); err != nil {
		t.Fatal(err)
	}
	if left := describe(t, s); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := s.MigrateUp(ctx); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, describe(t, s)); diff != "" {
		t.Errorf("the schema is another one the second time (-first +second):\n%s", diff)
	}
}

func describe(t *testing.T, s *sqlite.Store) []string {
	t.Helper()
	rows, err := s.DB().QueryContext(t.Context(), `SELECT name || ': ' || sql FROM sqlite_schema
		WHERE name NOT LIKE 'nexo%' AND name NOT LIKE 'sqlite%' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return out
}

func TestCloseLeavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, closeStore, err := sqlite.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.MigrateUp(t.Context()); err != nil {
		t.Error(err)
	}
	closeStore()
	wants(t, "Ping after closing", s.Ping(t.Context()), core.Unavailable, "")
}
