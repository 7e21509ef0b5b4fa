// Package flow_test runs the product as it is run for real: web, worker and
// ingester as processes of their own on Postgres, the carrier behind HTTP. It
// plays a venue's day, and then takes things away: the database, the carrier,
// a worker in the middle of a campaign.
//
// The programs are built from their sources as they are, but for one thing:
// their clock. Texts may go out only at certain hours, no clock of a program for
// production can be moved, and there are hours in which no place in the US may be
// texted at all. So the build replaces adapters/system, by means of the go
// command's -overlay, with itself moved by what NEXO_TEST_CLOCK says.
package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/tests/pgtest"
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
	overlay, err := movedClock(bin)
	if err != nil {
		return 1, err
	}
	build := exec.Command("go", "build", "-overlay", overlay, "-o", bin+string(filepath.Separator),
		"github.com/jobfluss/nexo/apps/web", "github.com/jobfluss/nexo/apps/worker",
		"github.com/jobfluss/nexo/apps/ingester", "github.com/jobfluss/nexo/apps/nexo")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("the programs do not build: %w\n%s", err, out)
	}
	return pgtest.Run(m), nil
}

// movedClock writes the overlay and returns its path.
func movedClock(dir string) (string, error) {
	original, err := filepath.Abs(filepath.Join("..", "..", "adapters", "system", "system.go"))
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	const now = "return time.Now().UTC().Add(t.Offset)"
	moved := strings.Replace(string(source), now, now+".Add(moved)", 1)
	if moved == string(source) {
		return "", errors.New("adapters/system has another way to tell the time: teach it to movedClock")
	}
	moved = strings.Replace(moved, "import (", "import (\n\t\"os\"", 1)
	moved += "\nvar moved, _ = time.ParseDuration(os.Getenv(\"NEXO_TEST_CLOCK\"))\n"
	replaced, overlay := filepath.Join(dir, "system.go"), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{original: replaced}})
	if err != nil {
		return "", err
	}
	return overlay, errors.Join(os.WriteFile(replaced, []byte(moved), 0o600), os.WriteFile(overlay, list, 0o600))
}

// afternoon is how far the clock is moved, everywhere in these tests: it is four
// in the afternoon in Texas when they begin.
var afternoon = func(now time.Time) time.Duration {
	local := now.In(place.MustZone("America/Chicago").Location())
	return time.Date(local.Year(), local.Month(), local.Day(), 16, 0, 0, 0, local.Location()).Sub(local)
}(time.Now())

// patience bounds every wait. A busy machine may need some seconds for what
// takes milliseconds.
const patience = 2 * time.Minute

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
