package bunstore

import (
	"context"
	"io/fs"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"

	"github.com/jobfluss/nexo/core"
)

// A Direction is the way a migration goes.
type Direction bool

// The directions.
const (
	Up   Direction = true
	Down Direction = false
)

// A Migration is one step of the schema.
type Migration struct {
	Name    string    // its number and what it is about, as in the names of its files
	Applied time.Time // zero where it has not been
}

// The tables in which bun remembers migrations.
const (
	migrationsTable = "nexo_migrations"
	locksTable      = "nexo_migration_locks"
)

type migrations struct {
	files *migrate.Migrations
}

// Config is what a Store is made of.
type Config struct {
	// Write takes transactions that write, Read those that only read. They may
	// be the same.
	Write, Read *bun.DB
	Dialect     *Dialect
	// Migrations holds the files NNN_name.tx.up.sql and .tx.down.sql.
	Migrations fs.FS
}

// New returns a Store. The pools stay the caller's, to be closed by it.
func New(c Config) (*Store, error) {
	files := migrate.NewMigrations()
	if err := files.Discover(c.Migrations); err != nil {
		return nil, core.Wrap(c.Dialect.Name+".Open", core.Internal, "", err)
	}
	return &Store{write: c.Write, read: c.Read, dialect: c.Dialect, migrations: &migrations{files: files}}, nil
}

// Migrate takes the schema up or down by so many steps; 0 steps is as far as it
// goes. It returns the steps that it took, each in a transaction of its own.
// Two that migrate at once take turns.
func (s *Store) Migrate(ctx context.Context, d Direction, steps int) ([]Migration, error) {
	const op = "Migrate"
	unlock := func() {}
	if s.dialect.LockMigrations != nil {
		var err error
		if unlock, err = s.dialect.LockMigrations(ctx, s.write.DB); err != nil {
			return nil, s.dialect.fail(op, err)
		}
	}
	defer unlock()
	m := s.migrator()
	if err := m.Init(ctx); err != nil {
		return nil, s.dialect.fail(op, err)
	}
	all, err := m.MigrationsWithStatus(ctx)
	if err != nil {
		return nil, s.dialect.fail(op, err)
	}
	todo := plan(all, d, steps)
	var done []Migration
	for i := range todo {
		if err := s.step(ctx, m, &todo[i], d, all.LastGroupID()+int64(i)+1); err != nil {
			return done, s.dialect.fail(op, err)
		}
		done = append(done, statusOf(todo[i]))
	}
	return done, nil
}

// step runs one migration and then writes down that it did. Each has a group of
// its own, so that it can be taken back alone.
func (s *Store) step(ctx context.Context, m *migrate.Migrator, one *migrate.Migration, d Direction, group int64) error {
	if d == Down {
		if err := one.Down(ctx, m, one); err != nil {
			return err
		}
		return m.MarkUnapplied(ctx, one)
	}
	one.GroupID = group
	if err := one.Up(ctx, m, one); err != nil {
		return err
	}
	return m.MarkApplied(ctx, one)
}

// plan returns what to run, in order.
func plan(all migrate.MigrationSlice, d Direction, steps int) []migrate.Migration {
	var todo []migrate.Migration
	for _, m := range all {
		if m.IsApplied() == (d == Down) {
			todo = append(todo, m)
		}
	}
	slices.SortFunc(todo, func(a, b migrate.Migration) int {
		if (a.Name < b.Name) == (d == Up) {
			return -1
		}
		return 1
	})
	if steps > 0 && steps < len(todo) {
		todo = todo[:steps]
	}
	return todo
}

func statusOf(m migrate.Migration) Migration {
	out := Migration{Name: m.Name + "_" + m.Comment}
	if m.IsApplied() {
		out.Applied = m.MigratedAt.UTC()
	}
	return out
}

// Migrations returns every migration that this program knows, oldest first. It
// changes nothing, also in a database without any table.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	all, err := s.migrator().MigrationsWithStatus(ctx)
	if f, ok := s.dialect.Fault(err); ok && f.Missing {
		all, err = s.migrations.files.Sorted(), nil
	}
	if err != nil {
		return nil, s.dialect.fail("Migrations", err)
	}
	out := make([]Migration, len(all))
	for i, m := range all {
		out[i] = statusOf(m)
	}
	slices.SortFunc(out, func(a, b Migration) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out, nil
}

// CheckSchema returns an error of kind Unavailable while the database lacks a
// migration that this program needs. One that it does not know is a newer
// program's, and no reason to stop.
func (s *Store) CheckSchema(ctx context.Context) error {
	const op = "CheckSchema"
	all, err := s.Migrations(ctx)
	if err != nil {
		return err
	}
	missing := 0
	for _, m := range all {
		if m.Applied.IsZero() {
			missing++
		}
	}
	switch missing {
	case 0:
		return nil
	case len(all):
		return core.E(s.dialect.Name+"."+op, core.Unavailable, "the database is empty; run \"nexo migrate up\" once and start again")
	}
	return core.E(s.dialect.Name+"."+op, core.Unavailable, "the database is older than this program; run \"nexo migrate up\" and start again")
}

func (s *Store) migrator() *migrate.Migrator {
	return migrate.NewMigrator(s.write, s.migrations.files,
		migrate.WithMarkAppliedOnSuccess(true), migrate.WithTableName(migrationsTable), migrate.WithLocksTableName(locksTable))
}

// MigrateUp is [Store.Migrate] as far up as it goes.
func (s *Store) MigrateUp(ctx context.Context) error {
	_, err := s.Migrate(ctx, Up, 0)
	return err
}

// MigrateDown is [Store.Migrate] down by so many steps, at least one.
func (s *Store) MigrateDown(ctx context.Context, steps int) error {
	_, err := s.Migrate(ctx, Down, max(steps, 1))
	return err
}
