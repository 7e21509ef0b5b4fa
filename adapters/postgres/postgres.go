// Package postgres is the store for production: Postgres 14 or newer, any number
// of processes.
//
// Transactions that write run at READ COMMITTED and take the locks they need:
// claims pass over rows that others hold, and what is read after a lock was
// waited for is what the other left. Views run at REPEATABLE READ, over one
// snapshot.
package postgres

import (
	"embed"

	"github.com/jobfluss/nexo/adapters/internal/bunstore"
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

// Config is how to reach the server.
type Config struct {
	// URL is postgres://user:password@host:port/database, with libpq's options.
	URL string
	// MaxConns is the most connections at a time, at least 2; 0 means 16.
	MaxConns int
}
