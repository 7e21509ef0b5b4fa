package postgres_test

import (
	"context"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/tests/pgtest"
)

// schema describes every table, column and index, but for the tables in which
// migrations are remembered.
const schema = `
	SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name NOT LIKE 'nexo%'
	UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'nexo%' ORDER BY 1`

func describe(t *testing.T, s *postgres.Store) []string {
	t.Helper()
	rows, err := s.DB().QueryContext(t.Context(), schema)
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

func TestMigrateUpDownUp(t *testing.T) {
	s := openAt(t, pgtest.URL(t))
	ctx := t.Context()
	if err := s.CheckSchema(ctx); core.KindOf(err) != core.Unavailable || !strings.Contains(err.Error(), "nexo migrate up") {
		t.Errorf("CheckSchema of an empty database: %v, want one that says what to run", err)
	}
	pending, err := s.Migrations(ctx)
	if err != nil || len(pending) == 0 || !pending[0].Applied.IsZero() {
		t.Fatalf("Migrations of an empty database: %v, %v", pending, err)
	}
	done, err := s.Migrate(ctx, postgres.Up, 0)
	if err != nil || len(done) != len(pending) {
		t.Fatalf("up: %d of %d steps, %v", len(done), len(pending), err)
	}
	if err := s.CheckSchema(ctx); err != nil {
		t.Errorf("CheckSchema after that: %v", err)
	}
	first := describe(t, s)

	// One step back and forth, then all the way.
	if done, err = s.Migrate(ctx, postgres.Down, 1); err != nil || len(done) != 1 || done[0].Name != pending[len(pending)-1].Name {
		t.Fatalf("down by one: %v, %v", done, err)
	}
	if err := s.CheckSchema(ctx); core.KindOf(err) != core.Unavailable {
		t.Errorf("CheckSchema of an old database: %v", err)
	}
	if done, err = s.Migrate(ctx, postgres.Down, 0); err != nil || len(done) != len(pending)-1 {
		t.Fatalf("down: %v, %v", done, err)
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
	if done, err = s.Migrate(ctx, postgres.Up, 0); err != nil || len(done) > 0 {
		t.Errorf("up with nothing to do: %v, %v", done, err)
	}
}

// Programs that start together may all migrate.
func TestMigrateAtOnce(t *testing.T) {
	url := pgtest.URL(t)
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			s, closeStore, err := postgres.Open(context.WithoutCancel(t.Context()), postgres.Config{URL: url, MaxConns: 1})
			if err == nil {
				defer closeStore()
				err = s.MigrateUp(t.Context())
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// The two databases take the same steps under the same names, each with a way
// back.
func TestMigrationFilesArePairs(t *testing.T) {
	names := func(fsys fs.FS) []string {
		paths, err := fs.Glob(fsys, "migrations/*.sql")
		if err != nil || len(paths) == 0 {
			t.Fatalf("no migrations: %v", err)
		}
		return paths
	}
	files := names(postgres.Migrations)
	for _, path := range files {
		other := strings.Replace(path, ".tx.up.sql", ".tx.down.sql", 1)
		if other == path {
			other = strings.Replace(path, ".tx.down.sql", ".tx.up.sql", 1)
		}
		if other == path || !slices.Contains(files, other) {
			t.Errorf("%s has no counterpart %s", path, other)
		}
	}
	// Read from the folder beside this one: an adapter does not import another.
	if diff := cmp.Diff(files, names(os.DirFS("../sqlite"))); diff != "" {
		t.Errorf("migrations of Postgres and SQLite differ (-postgres +sqlite):\n%s", diff)
	}
}
