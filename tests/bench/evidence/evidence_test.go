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
	toSeal     = 40_000 // a round
	businesses = 50
	planned    = 10_000
	senders    = 4
	rounds     = 5
)

// BenchmarkSeal seals, in rounds, records of fifty businesses that lie on
// Postgres, behind those of the rounds before. The figure is the best round's:
// what else the machine does can only make one slower.
func BenchmarkSeal(b *testing.B) {
	for range b.N {
		s := open(b)
		signer, _, err := seal.NewKey(rand.Reader, "bench.example/evidence")
		if err != nil {
			b.Fatal(err)
		}
		keys, err := seal.ParseKeys([]string{signer})
		if err != nil {
			b.Fatal(err)
		}
		sealer := seal.Service{Store: s, Clock: system.Clock(), Origin: keys.Origin, Signers: keys.Signers}
		var best float64
		for range rounds {
			fill(b, s)
			start := time.Now()
			for sealed := 0; sealed < toSeal; {
				r, err := sealer.Step(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				sealed += r.Sealed
			}
			best = max(best, toSeal/time.Since(start).Seconds())
		}
		b.ReportMetric(best, "records/s")
		fmt.Fprintf(os.Stdout, "BENCH seal_per_s %.0f\n", best)
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

// BenchmarkDispatchOverhead sends the same campaign with evidence and without,
// one right after the other and in turns as to which is first, so that what else
// the machine does meets both; the figure is the median of the pairs. Making the
// records is done in both, so its time is measured apart and taken off the time
// without.
func BenchmarkDispatchOverhead(b *testing.B) {
	for range b.N {
		var percents []float64
		for round := range rounds {
			var took [2]float64 // with, without
			for turn := range took {
				bare := (round + turn) % 2
				took[bare] = send(b, bare == 1)
			}
			bare := took[1] - making(planned)
			percents = append(percents, 100*(took[0]-bare)/bare)
		}
		slices.Sort(percents)
		b.Logf("pairs: %.1f %%", percents)
		percent := percents[rounds/2]
		b.ReportMetric(percent, "%")
		fmt.Fprintf(os.Stdout, "BENCH dispatch_overhead_pct %.1f\n", percent)
	}
}

// send returns how many seconds a campaign takes to leave. A decision may be old
// here: on a machine that is busy with other things, what is too old is decided
// once more or put back, which measures those.
func send(b *testing.B, bare bool) float64 {
	w, sim := town.SetUp(b, planned)
	w.Dispatch.Settings.Fresh = time.Hour
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
