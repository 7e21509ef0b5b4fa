// Package ingest_test measures how fast webhooks are verified, kept durably and
// answered, on Postgres that syncs to the disk; and counts what is lost and what
// acts twice when the database goes away in the middle.
package ingest_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/apps/ingester/hook"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/tests/pgtest"
)

// TestMain: a benchmark's server syncs to the disk, a test's need not.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() != "" {
		pgtest.MainDurable(m)
	}
	pgtest.Main(m)
}

const (
	conns  = 64
	sender = "+15125550100"
	rounds = 3
)

// A rig is a database with one business, and the three ways to take webhooks in.
type rig struct {
	carrier carrier
	in      *nexo.Ingester
	cfg     nexo.Config
	hook    *hook.Hook
}

func newRig(t testing.TB, database, spool string) *rig {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{
		carrier: carrier{key: private, sender: sender},
		cfg:     nexo.Config{Database: database, TelnyxPublicKey: base64.StdEncoding.EncodeToString(public), Spool: spool},
	}
	ctx := t.Context()
	d, closeIt, err := nexo.OpenDatabase(ctx, r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	closeIt()
	in, cleanup, err := nexo.NewIngester(ctx, r.cfg, silent())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cleanup)
	biz := account.Business{
		ID: core.BusinessID(system.UUIDs{}.New()), Name: "Luna's Cantina", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		HelpContact: "help@luna.example", MonthlyTexts: 8, Sender: core.MustNumber(sender), Status: account.Active, Registered: true, Created: time.Now(),
	}
	if err := in.Database.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddBusiness(ctx, biz) }); err != nil {
		t.Fatal(err)
	}
	r.in = in
	r.hook = hook.New(in, silent())
	t.Cleanup(r.hook.Close)
	return r
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// listen serves a handler until the test ends.
func listen(t testing.TB, h http.Handler) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return l.Addr().String()
}

// floor verifies and keeps nothing: no ingester can be faster.
func (r *rig) floor() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, hook.MaxBody))
		if err != nil || r.in.Intake.Provider.Verify(req.Header.Get, body, time.Now()) != nil {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
}

// naive keeps each webhook in a transaction of its own.
func (r *rig) naive() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, hook.MaxBody))
		if err == nil {
			_, err = r.in.Intake.Accept(req.Context(), req.Header.Get, body)
		}
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

// BenchmarkIngest takes turns: a round of each way, three times, so that what
// else the machine does hits all alike.
func BenchmarkIngest(b *testing.B) {
	for range b.N {
		r := newRig(b, pgtest.URL(b), b.TempDir())
		synced(b, r)
		ways := []struct {
			name   string
			addr   string
			events int
		}{
			{"floor", listen(b, r.floor()), 6_000},
			{"naive", listen(b, r.naive()), 1_500},
			{"real", listen(b, r.hook), 6_000},
		}
		took, sent := map[string]time.Duration{}, map[string]int{}
		var times []time.Duration
		next := 0
		for round := range rounds + 1 {
			for _, w := range ways {
				requests := r.carrier.requests(next, next+w.events)
				next += w.events
				l, err := send(w.addr, conns, requests, nil)
				if err != nil || l.count(http.StatusOK) != len(requests) {
					b.Fatalf("%s: of %d webhooks %d were taken: %v", w.name, len(requests), l.count(http.StatusOK), err)
				}
				b.Logf("%s: %.0f/s, p99 %v", w.name, l.rate(), percentile(l.times, 0.99))
				if round == 0 {
					continue // to get warm
				}
				took[w.name] += l.took
				sent[w.name] += w.events
				if w.name == "real" {
					times = append(times, l.times...)
				}
			}
		}
		rate := func(name string) float64 { return float64(sent[name]) / took[name].Seconds() }
		b.ReportMetric(rate("real"), "events/s")
		bench("ingest_events_per_s", "%.0f", rate("real"))
		bench("ingest_vs_naive", "%.2f", rate("real")/rate("naive"))
		bench("ingest_vs_floor", "%.2f", rate("real")/rate("floor"))
		bench("ingest_p99_ms", "%.1f", float64(percentile(times, 0.99).Microseconds())/1000)
	}
}

func bench(name, format string, v float64) {
	fmt.Fprintf(os.Stdout, "BENCH %s "+format+"\n", name, v)
}

// synced fails where the server would lose what it has committed.
func synced(b *testing.B, r *rig) {
	b.Helper()
	for _, setting := range []string{"fsync", "synchronous_commit"} {
		var v string
		if err := r.in.Database.SQL.QueryRowContext(b.Context(), "SELECT current_setting($1)", setting).Scan(&v); err != nil || v != "on" {
			b.Fatalf("the server's %s is %q (%v): what it commits could be lost, and the figures would mean nothing", setting, v, err)
		}
	}
}
