// Package dispatch_test measures how fast planned messages leave: claimed,
// decided, recorded with evidence, submitted over HTTP, and their outcomes
// written, on Postgres.
package dispatch_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jobfluss/nexo/tests/bench/internal/town"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	planned = 20_000
	senders = 4
)

// BenchmarkDispatch sends 20,000 planned messages through the real store, the
// real engine, the real client and the carrier simulator.
func BenchmarkDispatch(b *testing.B) {
	for range b.N {
		b.StopTimer()
		w, sim := town.SetUp(b, planned)
		b.StartTimer()
		start := time.Now()
		rep := town.Drain(b, w, senders)
		took := time.Since(start)
		b.StopTimer()
		if rep.Sent != planned || sim.Stats().Accepted != planned {
			b.Fatalf("of %d planned, %d were accepted; the senders report %+v", planned, sim.Stats().Accepted, rep)
		}
		rate := float64(planned) / took.Seconds()
		b.ReportMetric(rate, "msgs/s")
		fmt.Fprintf(os.Stdout, "BENCH dispatch_msgs_per_s %.0f\n", rate)
	}
}
