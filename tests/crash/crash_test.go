// Package crash_test kills what it can: workers and ingesters in the midst of
// their work, the database, the carrier, the disk under a spool. Afterwards it
// holds what the carrier has seen against what the database says.
//
// A short run is among the tests; `make crash KILLS=1000` is a long one.
package crash_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/tests/pgtest"
	"github.com/jobfluss/nexo/tests/programs"
)

// bin is the folder with the programs.
var bin string

func TestMain(m *testing.M) {
	var err error
	if bin, err = os.MkdirTemp("", "nexo-crash-"); err == nil {
		err = programs.Build(bin, "worker", "ingester")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "crash tests:", err)
		os.Exit(1)
	}
	os.Exit(func() int {
		defer os.RemoveAll(bin)
		return pgtest.RunDurable(m)
	}())
}

// usual are the carrier's ordinary weaknesses, which never cease.
var usual = telnyxsim.Faults{
	DelayReply: 15 * time.Millisecond, LostReply: 0.002, Garbled: 0.001, ServerError: 0.002,
	RepeatWebhook: 0.05, ReorderWebhook: 0.1,
}

// TestCrash is promises 1, 2, 5 and 13 under kill -9.
func TestCrash(t *testing.T) {
	kills, seed := number(t, "NEXO_CRASH_KILLS", 20), number(t, "NEXO_CRASH_SEED", int(time.Now().UnixNano()%1e6))
	t.Logf("seed %d: the same blows in the same order, though not at the same moments", seed)
	rng := rand.New(rand.NewPCG(uint64(seed), 1))
	w := newWorld(t)
	w.sim.SetFaults(usual)
	for done, blow := 0, 0; done < kills; blow++ {
		w.keepBusy()
		w.speak(rng)
		w.pause(time.Duration(30+rng.IntN(300)) * time.Millisecond)
		switch {
		case blow%25 == 20:
			w.crashDatabase(rng)
		case blow%10 == 5:
			w.sim.SetFaults(telnyxsim.Faults{Drop: 0.5, ServerError: 1})
			w.pause(time.Duration(100+rng.IntN(300)) * time.Millisecond)
			w.sim.SetFaults(usual)
		default:
			w.killOne(rng)
			done++
		}
	}
	w.recover()
	r := w.compare()
	fmt.Printf("CRASH kills=%d duplicates=%d lost=%d after_stop=%d\n", kills, r.duplicates, r.lost, r.afterStop)
	t.Logf("%d texts arrived, %d unknown, of %d guests who said STOP %d texts came after it; %d guests joined", r.arrived, r.unknown, r.stops, r.afterStop, r.joins)
	if r.duplicates+r.lost+r.afterStop > 0 {
		t.Errorf("promises broken: %d duplicates, %d lost, %d after STOP", r.duplicates, r.lost, r.afterStop)
	}
	if r.arrived == 0 || r.stops == 0 || r.joins == 0 {
		t.Errorf("nothing happened, so nothing is shown: %+v", r)
	}
}

func number(t *testing.T, name string, otherwise int) int {
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		t.Fatalf("%s is not a number from 1", name)
	}
	return n
}
