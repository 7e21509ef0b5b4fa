package decide_test

import (
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// goodFacts are the facts of marketing that may go: a Texan number on a Tuesday
// afternoon.
func goodFacts() decide.Facts {
	now := time.Date(2026, 12, 8, 20, 30, 0, 0, time.UTC) // 2:30 pm in Austin
	return decide.Facts{
		Now: now, Class: decide.Marketing, Profile: law.Default, Margin: 15 * time.Minute,
		Places: []place.Place{{State: place.MustState("TX"), Zone: place.MustZone("America/Chicago")}},
		Consent: decide.Consent{State: decide.Active, Since: now.AddDate(0, -2, 0), Scope: decide.ScopeMarketing,
			Disclosed: true, Verified: true, AgeGate: decide.AgePassed},
		SuppressionRead: true, RecentSince: now.AddDate(0, 0, -60),
		Caps:    []decide.Cap{{Count: 8, Window: 30 * 24 * time.Hour, Source: "the promise on your poster"}},
		Recent:  []time.Time{now.Add(-30 * time.Hour), now.Add(-200 * time.Hour)},
		Content: decide.Content{Checked: true, NeedsAgeGate: true},
		Account: decide.Account{Active: true, Registered: true},
	}
}

// twoPlaces are a Floridan number that opted in at a Californian bar.
func twoPlaces() decide.Facts {
	f := goodFacts()
	f.Places = []place.Place{
		{State: place.MustState("FL"), Zone: place.MustZone("America/New_York")},
		{State: place.MustState("CA"), Zone: place.MustZone("America/Los_Angeles")},
	}
	return f
}

var sink decide.Decision

func benchDecide(b *testing.B, f decide.Facts, want decide.Verdict) {
	book := decide.US()
	if d := book.Decide(&f); d.Verdict != want {
		b.Fatalf("verdict %v, want %v: %v", d.Verdict, want, d.Findings())
	}
	b.ReportAllocs()
	for b.Loop() {
		sink = book.Decide(&f)
	}
}

func BenchmarkDecide(b *testing.B) { benchDecide(b, twoPlaces(), decide.Send) }

func BenchmarkDecideWait(b *testing.B) {
	f := twoPlaces()
	f.Now = time.Date(2026, 12, 9, 13, 0, 0, 0, time.UTC) // 8 am in Florida, 5 am in California
	benchDecide(b, f, decide.Wait)
}

func BenchmarkDecideUnknown(b *testing.B) {
	f := twoPlaces()
	f.Places = nil
	f.Now = time.Date(2026, 12, 6, 23, 0, 0, 0, time.UTC) // Sunday evening: waits for Monday
	f.RecentSince = f.Now.AddDate(0, 0, -60)
	benchDecide(b, f, decide.Wait)
}

func BenchmarkFactsJSON(b *testing.B) {
	f := twoPlaces()
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = f.AppendJSON(buf[:0])
	}
	b.ReportMetric(float64(len(buf)), "bytes")
}

func BenchmarkDecisionJSON(b *testing.B) {
	f := twoPlaces()
	d := decide.US().Decide(&f)
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = d.AppendJSON(buf[:0])
	}
	b.ReportMetric(float64(len(buf)), "bytes")
}
