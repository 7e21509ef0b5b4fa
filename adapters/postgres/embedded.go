//go:build embedded

package postgres

import (
	"context"

	"github.com/jobfluss/nexo/core"
)

// Open refuses: what a program that is built for embedded parts never uses is
// not in it, since a newcomer waits for each line that is compiled.
func Open(context.Context, Config) (*Store, func(), error) {
	return nil, nil, core.E("postgres.Open", core.Invalid,
		"this program was built for a trial on embedded parts and cannot use Postgres; build it without the tag embedded")
}
