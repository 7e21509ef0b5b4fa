package ingest_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/tests/pgtest"
)

const (
	outageEvents = 100_000
	outageLasts  = 10 * time.Second
	// twiceEvery: one event in so many is delivered again although it was
	// acknowledged, as carriers do.
	twiceEvery = 50
)

// BenchmarkOutage sends events while the database goes away in the middle, lets
// it come back and the worker act, and counts: what was acknowledged and is not
// kept, and what was acted on twice.
func BenchmarkOutage(b *testing.B) {
	for range b.N {
		outage := pgtest.NewOutage(b, nil)
		r := newRig(b, outage.URL(), b.TempDir())
		synced(b, r)
		requests := r.carrier.requests(0, outageEvents)
		for i := 0; i < outageEvents; i += twiceEvery {
			requests = append(requests, requests[i])
		}
		var answered atomic.Int64
		back := make(chan struct{})
		mux := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			r.hook.ServeHTTP(w, req)
			if answered.Add(1) == outageEvents/3 {
				outage.Stop()
				time.AfterFunc(outageLasts, func() {
					outage.Start()
					close(back)
				})
			}
		})
		l, err := send(listen(b, mux), conns, requests, func() bool { return true })
		if err != nil {
			b.Fatal(err)
		}
		spooled := r.in.Spool.Stat().Events
		<-back
		ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
		if err := r.hook.Drained(ctx); err != nil {
			b.Fatalf("the spool was not drained: %v; %+v", err, r.in.Spool.Stat())
		}
		cancel()
		b.Logf("%.0f/s, p99 %v, %d were in the spool at the end", l.rate(), percentile(l.times, 0.99), spooled)
		if l.count(http.StatusOK) != len(requests) || spooled == 0 {
			b.Fatalf("of %d webhooks %d were taken, %d of them in the spool", len(requests), l.count(http.StatusOK), spooled)
		}
		kept := r.one(b, "SELECT count(*) FROM inbox")
		r.work(b)
		waiting := r.one(b, "SELECT count(*) FROM inbox WHERE handled IS NULL")
		stops := outageEvents / stopEvery
		missing := stops - r.one(b, "SELECT count(DISTINCT number) FROM suppressions WHERE lifted IS NULL")
		twice := r.one(b, "SELECT count(*) - count(DISTINCT (number, inbox_id)) FROM consent_events") +
			r.one(b, "SELECT count(*) - count(DISTINCT to_number) FROM messages")
		bench("ingest_lost", "%.0f", float64(outageEvents-kept+waiting+missing))
		bench("ingest_acted_twice", "%.0f", float64(twice))
	}
}

// one is the number that a query gives.
func (r *rig) one(b *testing.B, query string) (n int) {
	b.Helper()
	if err := r.in.Database.SQL.QueryRowContext(b.Context(), query).Scan(&n); err != nil {
		b.Fatalf("%s: %v", query, err)
	}
	return n
}

// work acts on everything that was kept, as a worker does a quarter of an hour
// later, when no receipt waits for its text any more.
func (r *rig) work(b *testing.B) {
	b.Helper()
	late := intake.Service{
		Store: r.in.Intake.Store, Provider: r.in.Intake.Provider, IDs: r.in.Intake.IDs, Salts: r.in.Intake.Salts,
		Clock: system.Time{Offset: 15 * time.Minute},
	}
	for {
		rep, err := late.Step(b.Context(), 1000)
		if err != nil {
			b.Fatal(err)
		}
		if rep.Handled == 0 {
			return
		}
	}
}
