// Package evidence_test measures what evidence costs: how fast records are
// sealed, and how much longer a campaign takes to leave for being recorded.
package evidence_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/tests/bench/internal/town"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	toSeal     = 200_000
	businesses = 50
	planned    = 10_000
	senders    = 4
	rounds     = 5
)

// BenchmarkSeal seals 200,000 records of fifty businesses that lie on Postgres.
func BenchmarkSeal(b *testing.B) {
	for range b.N {
		b.StopTimer()
		s := open(b)
		fill(b, s)
		skey, _, err := note.GenerateKey(rand.Reader, "bench")
		if err != nil {
			b.Fatal(err)
		}
		signer, err := note.NewSigner(skey)
		if err != nil {
			b.Fatal(err)
		}
		sealer := seal.Service{Store: s, Clock: system.Clock(), Origin: "bench", Signers: []note.Signer{signer}}
		b.StartTimer()
		start := time.Now()
		for sealed := 0; sealed < toSeal; {
			r, err := sealer.Step(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			sealed += r.Sealed
		}
		rate := toSeal / time.Since(start).Seconds()
		b.StopTimer()
		b.ReportMetric(rate, "records/s")
		fmt.Fprintf(os.Stdout, "BENCH seal_per_s %.0f\n", rate)
	}
}

func open(b *testing.B) *postgres.Store {
	s, closeIt, err := postgres.Open(b.Context(), postgres.Config{URL: pgtest.URL(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(closeIt)
	if err := s.MigrateUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}

func fill(b *testing.B, s *postgres.Store) {
	facts, decision := decided()
	ids, salts := system.UUIDs{}, system.Salts{}
	var bs []core.BusinessID
	for range businesses {
		bs = append(bs, core.BusinessID(ids.New()))
	}
	const chunk = 1000
	for from := 0; from < toSeal; from += chunk {
		rs := make([]evidence.Record, chunk)
		for i := range rs {
			m := text(from + i)
			m.Business, m.ID = bs[(from+i)%businesses], core.MessageID(ids.New())
			rs[i] = evidence.NewDecision(evidence.NewSeed(ids, salts), m, facts.Now, &facts, &decision)
		}
		err := s.Update(b.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Evidence.Append(ctx, rs) })
		if err != nil {
			b.Fatal(err)
		}
	}
}

func text(i int) message.Message {
	return message.Message{To: core.MustNumber(fmt.Sprintf("+1512555%04d", i%10_000)), Class: message.Marketing, Campaign: core.CampaignID{1},
		Body: "Luna's Cantina: Taco Tuesday, two for one until 9 pm. Reply STOP to opt out."}
}

// decided is a decision as most are.
func decided() (decide.Facts, decide.Decision) {
	now := time.Date(2026, 12, 8, 20, 30, 0, 0, time.UTC)
	f := decide.Facts{
		Now: now, Class: decide.Marketing, Profile: law.Default, Places: []place.Place{{State: place.MustState("TX"), Zone: place.MustZone("America/Chicago")}},
		Consent:         decide.Consent{State: decide.Active, Since: now.Add(-time.Hour), Scope: decide.ScopeMarketing, Disclosed: true, Verified: true},
		SuppressionRead: true, RecentSince: now.Add(-31 * 24 * time.Hour),
		Caps:    []decide.Cap{{Count: 8, Window: 30 * 24 * time.Hour, Source: "the promise in the disclosure"}},
		Content: decide.Content{Checked: true}, Account: decide.Account{Active: true, Registered: true}, NotAfter: now.Add(6 * time.Hour),
	}
	return f, decide.US().Decide(&f)
}

// silent is a store that keeps no evidence.
type silent struct{ store.Store }

func (s silent) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		tx.Evidence = nothing{tx.Evidence}
		return f(ctx, tx)
	})
}

type nothing struct{ evidence.Ledger }

func (nothing) Append(context.Context, []evidence.Record) error { return nil }

// BenchmarkDispatchOverhead sends the same campaign with evidence and without, in
// turns, and compares the medians. Making the records is done in both, so its
// time is measured apart and taken off the time without.
func BenchmarkDispatchOverhead(b *testing.B) {
	for range b.N {
		var with, without []float64
		for range rounds {
			with = append(with, send(b, false))
			without = append(without, send(b, true))
		}
		slices.Sort(with)
		slices.Sort(without)
		bare := without[rounds/2] - making(planned)
		percent := 100 * (with[rounds/2] - bare) / bare
		b.ReportMetric(percent, "%")
		fmt.Fprintf(os.Stdout, "BENCH dispatch_overhead_pct %.1f\n", percent)
	}
}

// send returns how many seconds a campaign takes to leave.
func send(b *testing.B, bare bool) float64 {
	w, sim := town.SetUp(b, planned)
	if bare {
		w.Dispatch.Store = silent{w.Dispatch.Store}
	}
	start := time.Now()
	rep := town.Drain(b, w, senders)
	took := time.Since(start).Seconds()
	if rep.Sent != planned || sim.Stats().Accepted != planned {
		b.Fatalf("of %d planned, %d were accepted; the senders report %+v", planned, sim.Stats().Accepted, rep)
	}
	return took
}

// making returns how many seconds it takes to make the records of n texts.
func making(n int) float64 {
	f, d := decided()
	ids, salts := system.UUIDs{}, system.Salts{}
	m := text(1)
	start := time.Now()
	for range n {
		evidence.NewDecision(evidence.NewSeed(ids, salts), m, f.Now, &f, &d)
		evidence.NewSubmission(evidence.NewSeed(ids, salts), m, message.Outcome{Attempt: 1, State: message.Sent, CarrierID: "3a9c", At: f.Now}, true)
	}
	return time.Since(start).Seconds()
}
