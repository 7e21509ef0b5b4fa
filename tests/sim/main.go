// Command sim runs the simulation of core/sim over many seeds, plants every bug
// that it must catch, and runs a few seeds on SQLite too. A seed that breaks a
// promise is run again and told. `make sim SEEDS=n` calls it; it ends with
//
//	SIM seeds=n sends=n violations=0 planted=15 caught=15
//
// and fails if a promise was broken or a bug not caught.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jobfluss/nexo/adapters/sqlite"
	"github.com/jobfluss/nexo/core/sim"
)

func main() {
	seeds := flag.Uint64("seeds", 1000, "how many seeds to run")
	from := flag.Uint64("from", 0, "the first of them")
	onSQLite := flag.Uint64("sqlite", 3, "how many of them run on SQLite too")
	lines := flag.Int("story", 120, "how many lines of a broken seed's story to print")
	flag.Parse()
	debug.SetGCPercent(1000) // runs are short, and the machine's memory is not

	began := time.Now()
	t := total{lines: *lines}
	t.each(*from, *seeds, func(seed uint64, story bool) (sim.Result, error) {
		return sim.Run(seed, sim.Options{Story: story}), nil
	})
	took := time.Since(began)
	t.each(*from, min(*onSQLite, *seeds), runOnSQLite)
	caught, planted := plant()
	fmt.Printf("SIM sends_per_s=%.0f on %d processors\n", float64(t.sends.Load())/took.Seconds(), runtime.GOMAXPROCS(0))
	fmt.Printf("SIM seeds=%d sends=%d violations=%d planted=%d caught=%d\n", *seeds, t.sends.Load(), t.violations.Load(), planted, caught)
	if t.violations.Load() > 0 || caught < planted {
		os.Exit(1)
	}
}

// total is what came of all runs.
type total struct {
	sends, violations atomic.Int64
	lines             int
}

// each runs seeds on all processors.
func (t *total) each(from, n uint64, run func(seed uint64, story bool) (sim.Result, error)) {
	var next atomic.Uint64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < n; i = next.Add(1) - 1 {
				t.one(from+i, run)
			}
		})
	}
	wg.Wait()
}

func (t *total) one(seed uint64, run func(uint64, bool) (sim.Result, error)) {
	r, err := run(seed, false)
	t.sends.Add(int64(r.Sends))
	if err == nil && r.Violation == nil {
		return
	}
	t.violations.Add(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	if told, err := run(seed, true); err == nil {
		r = told
	}
	fmt.Println(r.Tell(t.lines))
}

// runOnSQLite runs a seed on a fresh database in a file, with fewer guests: it
// is slower by far.
func runOnSQLite(seed uint64, story bool) (sim.Result, error) {
	ctx := context.Background()
	db, done, err := sqlite.Open(ctx, "")
	if err != nil {
		return sim.Result{}, err
	}
	defer done()
	if err := db.MigrateUp(ctx); err != nil {
		return sim.Result{}, err
	}
	return sim.Run(seed, sim.Options{Store: db, Days: 2, Guests: 30, Story: story}), nil
}

// plant tries each bug, and counts those that are caught.
func plant() (caught, planted int) {
	bugs := sim.Bugs()
	for _, b := range bugs {
		if sim.Catches(b) {
			caught++
		} else {
			fmt.Printf("not caught: %s\n", b.Name)
		}
	}
	return caught, len(bugs)
}
