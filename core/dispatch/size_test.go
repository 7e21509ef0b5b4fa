package dispatch_test

import (
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
)

// A worker has no more in its hands than leaves in about a second, so its death
// leaves few texts unknown, however slow the carrier is; and where the carrier is
// quick again, claims are large again.
func TestClaimsAreAsLargeAsTheCarrierIsQuick(t *testing.T) {
	w := venuetest.New(t)
	crowd(w, 990)
	c := w.Campaign()
	w.Dispatch.Settings.Batch, w.Dispatch.Settings.Concurrency = 160, 1
	takes := time.Millisecond
	most := 0 // texts that would be unknown if the worker died now
	w.Carrier.Answer = func(message.Message, int) error {
		most = max(most, w.Tally(c.ID).Of(message.Sending))
		w.Clock.Add(takes)
		return nil
	}
	step := func(want int) {
		t.Helper()
		most = 0
		if r, err := w.Dispatch.Step(t.Context()); err != nil || r.Claimed != want || most != want {
			t.Errorf("a claim took %d, and had %d on their way at once, %v; want %d", r.Claimed, most, err, want)
		}
	}
	for _, want := range []int{160, 160} {
		step(want)
	}
	takes = 300 * time.Millisecond
	for _, want := range []int{160, 80, 40, 20, 10, 5, 2, 2, 2} {
		step(want)
	}
	takes = time.Millisecond
	for _, want := range []int{2, 4, 8, 16} {
		step(want)
	}
	takes = 50 * time.Millisecond // as fast as can be known: neither more nor fewer
	step(32)
	step(16)
	step(16)
	wantEachOnce(t, w)
}
