//go:build embedded

package river

import (
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// driver is for SQLite: a program that is built for embedded parts opens nothing
// else.
func driver(db *sql.DB, _ bool) riverdriver.Driver[*sql.Tx] { return riversqlite.New(db) }
