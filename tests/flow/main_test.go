// Package flow_test runs the product as it is run for real: web, worker and
// ingester as processes of their own on Postgres, the carrier behind HTTP. It
// plays a venue's day, and then takes things away: the database, the carrier,
// a worker in the middle of a campaign.
package flow_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/tests/pgtest"
	"github.com/jobfluss/nexo/tests/programs"
)

// bin is the folder with the programs.
var bin string

// migrated is a database that is ready for every program.
var migrated = pgtest.NewTemplate(func(ctx context.Context, url string) error {
	d, closeIt, err := nexo.OpenDatabase(ctx, nexo.Config{Database: url, DatabaseConns: 2})
	if err != nil {
		return err
	}
	defer closeIt()
	return d.Migrate(ctx)
})

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "flow tests:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	var err error
	if bin, err = os.MkdirTemp("", "nexo-flow-"); err != nil {
		return 1, err
	}
	defer os.RemoveAll(bin)
	if err := programs.Build(bin, "web", "worker", "ingester", "nexo"); err != nil {
		return 1, err
	}
	return pgtest.Run(m), nil
}

// afternoon is how far the clock is moved, everywhere in these tests: it is four
// in the afternoon in Texas when they begin.
var afternoon = programs.Afternoon(time.Now())

// patience bounds every wait. A busy machine may need some seconds for what
// takes milliseconds.
const patience = programs.Patience

// eventually waits until f is true, and fails when patience is over.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !f() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("in vain: waited until %s", what)
		}
	}
}

// within is a context that lasts as long as patience.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }
