package dispatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// beat is what an ingester says of its spool.
func beat(w *venuetest.World, holds bool) {
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Inbox.Beat(ctx, "spool", holds, w.Clock.Now()) })
}

// TestPromise1OptOutsOnADisk: what waits on an ingester's disk may be an
// opt-out, so marketing waits for it, and the answer to HELP does not.
func TestPromise1OptOutsOnADisk(t *testing.T) {
	w := venuetest.New(t)
	a, b := venuetest.Guest(0), venuetest.Guest(1)
	w.Join(a, b)
	c := w.Campaign()
	beat(w, true)
	w.Says(b, "HELP")
	w.Hear()
	w.Send()
	if n := len(w.Texts(b, message.Help)); n != 1 || w.Texts(b, message.Help)[0].State != message.Sent {
		t.Errorf("HELP was answered %d times, want once and at once", n)
	}
	if y := w.Tally(c.ID); y.Of(message.Planned) != 2 {
		t.Fatalf("while a spool holds events, of two texts %d wait: %v", y.Of(message.Planned), y.ByState)
	}
	beat(w, false)
	w.Clock.Add(inbox.SilentFor + time.Second) // its machine is not heard of any more
	w.Send()
	if y := w.Tally(c.ID); y.Of(message.Planned) != 2 {
		t.Fatalf("while a spool is silent, of two texts %d wait: %v", y.Of(message.Planned), y.ByState)
	}
	beat(w, false)
	w.Send()
	if y := w.Tally(c.ID); y.Of(message.Sent) != 2 {
		t.Errorf("with the spool empty, of two texts %d are sent: %v", y.Of(message.Sent), y.ByState)
	}
}

// TestSilentSpoolIsGivenUp: a machine that never comes back does not end all
// marketing.
func TestSilentSpoolIsGivenUp(t *testing.T) {
	w := venuetest.New(t)
	w.Join(venuetest.Guest(0))
	c := w.Campaign()
	beat(w, true)
	w.Clock.Add(inbox.GivenUp - time.Second)
	w.Send()
	if y := w.Tally(c.ID); y.Of(message.Sent) != 0 {
		t.Fatal("a text left while a spool that held events was silent for less than it takes to give it up")
	}
	w.Clock.Add(time.Second)
	w.Send()
	if y := w.Tally(c.ID); y.Of(message.Sent) != 1 {
		t.Errorf("marketing still waits for a spool that has been given up: %v", y.ByState)
	}
}

// TestSpoolFillsInMidBatch: texts on their way are put back when it turns out,
// before they leave, that opt-outs wait.
func TestSpoolFillsInMidBatch(t *testing.T) {
	w := venuetest.New(t)
	a, b := venuetest.Guest(0), venuetest.Guest(1)
	w.Join(a, b)
	c := w.Campaign()
	w.Dispatch.Settings.Concurrency = 1
	w.Carrier.Answer = func(message.Message, int) error {
		w.Clock.Add(1100 * time.Millisecond) // the other decision is too old now
		beat(w, true)
		return nil
	}
	if _, err := w.Dispatch.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	y := w.Tally(c.ID)
	if y.Of(message.Sent) != 1 || y.Of(message.Planned) != 1 {
		t.Errorf("one text had left when the spool filled; %v", y.ByState)
	}
}

// locks counts the guests whose locks are taken.
type locks struct {
	store.Store
	taken int
}

func (s *locks) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		tx.Consent = countingLog{tx.Consent, s}
		return f(ctx, tx)
	})
}

type countingLog struct {
	consent.Log
	of *locks
}

func (l countingLog) Lock(ctx context.Context, pairs []core.Pair) ([]consent.Subscriber, error) {
	l.of.taken += len(pairs)
	return l.Log.Lock(ctx, pairs)
}

// TestHeldMarketingLocksNobody: whoever reads the opt-outs that are waited for
// needs the locks of those guests.
func TestHeldMarketingLocksNobody(t *testing.T) {
	w := venuetest.New(t)
	a, b := venuetest.Guest(0), venuetest.Guest(1)
	w.Join(a, b)
	w.Campaign()
	beat(w, true)
	s := &locks{Store: w.Dispatch.Store}
	w.Dispatch.Store = s
	if r, err := w.Dispatch.Step(t.Context()); err != nil || !r.Unread {
		t.Fatalf("the step says %+v (%v), not that opt-outs are unread", r, err)
	}
	if s.taken != 0 {
		t.Errorf("the locks of %d guests were taken for texts that wait", s.taken)
	}
	w.Says(b, "HELP")
	w.Hear()
	w.Send()
	if s.taken != 1 || len(w.Texts(b, message.Help)) != 1 {
		t.Errorf("%d locks were taken for the one answer that does not wait", s.taken)
	}
}
