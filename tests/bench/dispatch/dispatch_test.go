// Package dispatch_test measures how fast planned messages leave: claimed,
// decided, recorded with evidence, submitted over HTTP, and their outcomes
// written, on Postgres. Beside that it measures the floors: what the database and
// HTTP alone take for as many.
package dispatch_test

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/tests/bench/internal/town"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	planned = 100_000
	senders = 4
)

// BenchmarkDispatch sends 100,000 planned messages through the real store, the
// real engine and the real client to a bare sink, and then writes and submits as
// many without any of them.
func BenchmarkDispatch(b *testing.B) {
	for range b.N {
		s := newSink(b)
		w, url := town.Open(b, s.url, "")
		town.Plan(b, w, planned)
		start := time.Now()
		rep := town.Drain(b, w, senders)
		took := time.Since(start)
		if rep.Sent+rep.Unknown != planned || s.taken() != planned {
			b.Fatalf("of %d planned, the sink took %d; the senders report %+v", planned, s.taken(), rep)
		}
		rate := float64(planned) / took.Seconds()
		b.ReportMetric(rate, "msgs/s")
		fmt.Fprintf(os.Stdout, "BENCH dispatch_msgs_per_s %.0f\nBENCH floor_sql_msgs_per_s %.0f\nBENCH floor_http_msgs_per_s %.0f\n",
			rate, floorSQL(b, url), floorHTTP(b))
	}
}

// BenchmarkGrowth sends 10,000 messages each from queues of 10,000, 100,000 and a
// million, and looks how much memory the worker takes beside its peak of before.
func BenchmarkGrowth(b *testing.B) {
	const sent = 10_000
	for range b.N {
		var rates []float64
		var heap uint64
		for _, queued := range []int{10_000, 100_000, 1_000_000} {
			s := newSink(b)
			w, _ := town.Open(b, s.url, "")
			town.Plan(b, w, queued)
			runtime.GC()
			start := time.Now()
			peak := sendSome(b, w, sent)
			rates = append(rates, float64(s.taken())/time.Since(start).Seconds())
			heap = max(heap, peak)
			fmt.Fprintf(os.Stdout, "BENCH dispatch_msgs_per_s_at_%d %.0f\n", queued, rates[len(rates)-1])
		}
		fmt.Fprintf(os.Stdout, "BENCH dispatch_growth_ratio %.2f\nBENCH worker_heap_mb_at_1m %.0f\n", rates[2]/rates[0], float64(heap)/(1<<20))
	}
}

// sendSome sends at least n messages and returns the most memory that the process
// held meanwhile, in bytes.
func sendSome(b *testing.B, w *nexo.Worker, n int) (peak uint64) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	left := n
	take := func(r dispatch.Report) bool {
		mu.Lock()
		defer mu.Unlock()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse+m.StackInuse)
		left -= r.Sent
		return left > 0 && r.Claimed > 0
	}
	for range senders {
		wg.Go(func() {
			for {
				r, err := w.Dispatch.Step(b.Context())
				if err != nil {
					b.Error(err)
					return
				}
				if !take(r) {
					return
				}
			}
		})
	}
	wg.Wait()
	return peak
}
