package dispatch_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
)

// giveUp is how long a result is held for a store that is away.
const giveUp = 90 * time.Second

// failing returns a function that fails n times with a kind.
func failing(n int, k core.Kind) func() error {
	var calls atomic.Int64 // the store is used from several goroutines
	return func() error {
		if calls.Add(1) > int64(n) {
			return nil
		}
		return core.E("store.Update", k, "the store is away")
	}
}

// afterSubmit fails the updates that follow the first submission.
func afterSubmit(w *venuetest.World, before, after func() error) {
	w.Carrier.Answer = func(_ message.Message, _ int) error { w.Store.Fail(before, after); return nil }
}

func TestOutcomesSurviveTheStore(t *testing.T) {
	for _, tt := range []struct {
		name          string
		before, after func() error
	}{
		{"away", failing(5, core.Unavailable), nil},
		{"lost while committing", nil, failing(3, core.Ambiguous)},
		{"not committed, and not known", failing(3, core.Ambiguous), nil},
		{"one write that cannot be", failing(1, core.Internal), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := venuetest.New(t)
				for i := range 5 {
					w.Join(venuetest.Guest(i))
				}
				c := w.Campaign()
				w.Dispatch.Settings.Concurrency = 1
				afterSubmit(w, tt.before, tt.after)
				r, err := w.Dispatch.Step(t.Context())
				// A single result that cannot be written is lost to its lease; here
				// it is the batch that failed, or that one.
				if r.Sent != 5 || err != nil && !errors.Is(err, core.Internal) {
					t.Errorf("Step: %+v, %v", r, err)
				}
				w.Store.Fail(nil, nil)
				tally := w.Tally(c.ID)
				if sent := tally.ByState[message.Sent]; sent != 5 && (err == nil || sent < 4) {
					t.Errorf("tally %v, want 5 sent", tally.ByState)
				}
				w.Clock.Add(time.Hour)
				if _, err := w.Dispatch.Lapse(t.Context()); err != nil {
					t.Fatal(err)
				}
				w.Send()
				wantEachOnce(t, w)
			})
		})
	}
}

// A store that stays away is given up in the end: what was submitted becomes
// Unknown, and is not sent again.
func TestStoreStaysAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := venuetest.New(t)
		for i := range 3 {
			w.Join(venuetest.Guest(i))
		}
		c := w.Campaign()
		afterSubmit(w, failing(1e6, core.Unavailable), nil)
		w.Dispatch.Settings.Concurrency = 1
		first := w.Carrier.Answer
		w.Carrier.Answer = func(m message.Message, nth int) error {
			err := first(m, nth)
			time.Sleep(time.Minute) // in the bubble: each result comes alone
			return err
		}
		began := time.Now()
		if r, err := w.Dispatch.Step(t.Context()); !errors.Is(err, core.Unavailable) || r.Sent != 3 {
			t.Errorf("Step: %+v, %v; want Unavailable", r, err)
		}
		if took := time.Since(began); took > 3*time.Minute+giveUp+10*time.Second {
			t.Errorf("it held on for %v: every result waited for the store anew", took)
		}
		if n := len(w.Carrier.Calls(message.Marketing)); n != 3 {
			t.Errorf("%d submissions, want 3", n)
		}
		w.Store.Fail(nil, nil)
		w.Clock.Add(3 * time.Minute)
		if n, err := w.Dispatch.Lapse(t.Context()); n != 3 || err != nil {
			t.Errorf("lapsed %d, %v; want 3", n, err)
		}
		w.Carrier.Answer = nil
		w.Send()
		wantEachOnce(t, w)
		if n := w.Tally(c.ID).ByState[message.Unknown]; n != 3 {
			t.Errorf("%d unknown, want 3", n)
		}
	})
}

// Where deciding again fails, what never left is put back, not lost.
func TestRedecisionFails(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest, venuetest.Guest(1))
	c := w.Campaign()
	w.Dispatch.Settings.Concurrency = 1
	away := failing(3, core.Unavailable)
	w.Carrier.Answer = func(message.Message, int) error {
		w.Clock.Add(2 * time.Second)
		// The first outcome may be written before the second text is decided again,
		// or after: it is tried again, the decision is not.
		w.Store.Fail(away, nil)
		return nil
	}
	if _, err := w.Dispatch.Step(t.Context()); err != nil && !errors.Is(err, core.Unavailable) {
		t.Errorf("Step: %v", err)
	}
	w.Store.Fail(nil, nil)
	w.Carrier.Answer = nil
	w.Send()
	if n := w.Tally(c.ID).ByState[message.Sent]; n != 2 {
		t.Errorf("tally %v, want both sent", w.Tally(c.ID).ByReason)
	}
	wantEachOnce(t, w)
}

// Promises 1, 2 and 5 under any mixture of guests, campaigns, faults and time.
func TestPromise5AudienceIsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &simulation{T: t, w: venuetest.New(t), stopped: map[core.Number]time.Time{}}
		s.w.Carrier.Answer = s.answer
		s.w.Dispatch.Settings.Concurrency = 1 // so that a failing run can be shrunk
		s.w.Dispatch.Settings.Batch = rapid.IntRange(1, 6).Draw(t, "batch")
		t.Repeat(map[string]func(*rapid.T){
			"join":     func(t *rapid.T) { s.says(t, "TACOS") },
			"stop":     func(t *rapid.T) { s.says(t, "STOP") },
			"start":    func(t *rapid.T) { s.says(t, "START") },
			"hear":     func(t *rapid.T) { s.w.Hear() },
			"campaign": s.campaign,
			"plan":     s.plan,
			"cancel":   func(t *rapid.T) { s.move(t, s.w.Launch.Cancel) },
			"pause":    func(t *rapid.T) { s.move(t, s.w.Launch.Pause) },
			"resume":   func(t *rapid.T) { s.move(t, s.w.Launch.Resume) },
			"send":     s.send,
			"receipt":  s.receipt,
			"lapse": func(t *rapid.T) {
				if _, err := s.w.Dispatch.Lapse(context.Background()); err != nil {
					t.Fatalf("Lapse: %v", err)
				}
			},
			"time": func(t *rapid.T) {
				s.w.Clock.Add(time.Duration(rapid.SampledFrom([]int{1, 20, 200, 4000, 40000}).Draw(t, "seconds")) * time.Second)
			},
			"": s.check,
		})
	})
}

type simulation struct {
	*rapid.T
	w         *venuetest.World
	campaigns []campaign.Campaign
	stopped   map[core.Number]time.Time // whose last word was STOP, kept when
	faults    []core.Kind               // what the carrier will answer next
}

func (s *simulation) guest(t *rapid.T) core.Number {
	return venuetest.Guest(rapid.IntRange(0, 4).Draw(t, "guest"))
}

func (s *simulation) says(t *rapid.T, body string) {
	g := s.guest(t)
	s.w.Clock.Add(time.Second) // a carrier's clock tells texts apart
	s.w.Says(g, body)
	if body == "STOP" {
		s.stopped[g] = s.w.Clock.Now()
	} else {
		delete(s.stopped, g)
	}
}

func (s *simulation) campaign(t *rapid.T) {
	s.w.Hear()
	if s.w.Standing(s.guest(t)).Joined.IsZero() || len(s.campaigns) == 4 {
		t.Skip("nobody to text, or enough campaigns")
	}
	s.campaigns = append(s.campaigns, s.w.Approve())
}

func (s *simulation) pick(t *rapid.T) core.CampaignID {
	if len(s.campaigns) == 0 {
		t.Skip("no campaign yet")
	}
	return rapid.SampledFrom(s.campaigns).Draw(t, "campaign").ID
}

func (s *simulation) plan(t *rapid.T) { s.w.Plan(s.pick(t)) }

func (s *simulation) move(t *rapid.T, f func(context.Context, core.BusinessID, core.CampaignID) error) {
	if err := f(context.Background(), s.w.Business.ID, s.pick(t)); err != nil && !errors.Is(err, core.Conflict) {
		t.Fatalf("moving a campaign: %v", err)
	}
}

func (s *simulation) send(t *rapid.T) {
	s.faults = rapid.SliceOfN(rapid.SampledFrom([]core.Kind{255, 255, core.Unavailable, core.Ambiguous, core.Invalid, core.Denied}), 0, 4).Draw(t, "faults")
	if rapid.IntRange(0, 9).Draw(t, "store") == 0 {
		s.w.Store.Fail(failing(1, core.Unavailable), nil) // the claim, or an outcome, fails
	}
	if _, err := s.w.Dispatch.Step(context.Background()); err != nil && !errors.Is(err, core.Unavailable) {
		t.Fatalf("Step: %v", err)
	}
	s.w.Store.Fail(nil, nil)
}

// answer plays the faults, and lets time pass so that decisions grow old.
func (s *simulation) answer(_ message.Message, _ int) error {
	s.w.Clock.Add(400 * time.Millisecond)
	if len(s.faults) == 0 {
		return nil
	}
	k := s.faults[0]
	if s.faults = s.faults[1:]; k == 255 {
		return nil
	}
	return fail(k, "x")
}

func (s *simulation) receipt(t *rapid.T) {
	calls := s.w.Carrier.Calls(message.Marketing)
	if len(calls) == 0 {
		t.Skip("nothing was submitted")
	}
	c := rapid.SampledFrom(calls).Draw(t, "call")
	if k := core.KindOf(c.Err); c.Err != nil && k != core.Ambiguous {
		t.Skip("the carrier did not take it")
	}
	state := rapid.SampledFrom([]message.State{message.Sent, message.Delivered, message.Undelivered, message.Unconfirmed}).Draw(t, "state")
	s.w.Accept(venuetest.Wire{Kind: "receipt", Token: c.Message.Token(), State: state, At: s.w.Clock.Now()})
	s.w.Hear()
}

func (s *simulation) check(t *rapid.T) {
	for _, c := range s.campaigns {
		tally, stored := s.w.Tally(c.ID), s.w.Stored(c.ID)
		if tally.Audience() != stored.Planned {
			t.Fatalf("audience %d, sum of the tally %d", stored.Planned, tally.Audience())
		}
		if stored.Status == campaign.Finished && tally.Of(message.Planned, message.Sending) > 0 {
			// A worker that was given up may come back late, but none does here.
			t.Fatalf("finished, and %v is left", tally.ByState)
		}
	}
	wantEachOnce(t, s.w)
	for _, call := range s.w.Carrier.Calls(message.Marketing) {
		if at, ok := s.stopped[call.Message.To]; ok && call.At.After(at) {
			t.Fatalf("a text left %v after STOP was kept", call.At.Sub(at))
		}
	}
	for g := range s.stopped {
		// A guest whose opt-out is acted on and who never joined is a stranger.
		if st := s.w.Standing(g); st.State == consent.Active {
			t.Fatalf("the last word was STOP, and the guest is active")
		}
	}
}
