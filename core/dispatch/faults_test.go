package dispatch_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// crowd are guests who have joined.
func crowd(w *venuetest.World, n int) []core.Number {
	gs := make([]core.Number, n)
	for i := range gs {
		gs[i] = venuetest.Guest(i)
	}
	w.Join(gs...)
	return gs
}

// One submission in ten fails, each time in another way. Nobody gets two, nobody
// who can be reached is left out, and all are accounted for.
func TestTenPercentErrors(t *testing.T) {
	w := venuetest.New(t)
	gs := crowd(w, 90)
	kinds := []core.Kind{core.Unavailable, core.Ambiguous, core.Unavailable, core.Invalid}
	var mu sync.Mutex
	failed := make(map[core.Kind]int)
	w.Carrier.Answer = func(m message.Message, nth int) error {
		if m.Class != message.Marketing || nth%10 != 0 {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		k := kinds[nth/10%len(kinds)]
		failed[k]++
		return core.E("carrier", k, "one in ten")
	}
	c := w.Campaign()
	for range 20 {
		w.Send()
		w.Clock.Add(time.Minute)
	}
	taken := make(map[core.Number]int)
	for _, call := range w.Carrier.Calls(message.Marketing) {
		if call.Err == nil || errors.Is(call.Err, core.Ambiguous) {
			taken[call.Message.To]++
		}
	}
	for n, times := range taken {
		if times > 1 {
			t.Errorf("a guest (…%s) may have got it %d times", n.Last4(), times)
		}
	}
	tally := w.Tally(c.ID)
	if failed[core.Unavailable] == 0 || failed[core.Ambiguous] == 0 || failed[core.Invalid] == 0 {
		t.Fatalf("too little went wrong: %v", failed)
	}
	want := len(gs) - failed[core.Ambiguous] - failed[core.Invalid]
	if tally.Audience() != len(gs) || tally.ByState[message.Sent] != want ||
		tally.ByState[message.Unknown] != failed[core.Ambiguous] || tally.ByState[message.Failed] != failed[core.Invalid] {
		t.Errorf("%v of %d, with errors %v", tally.ByState, len(gs), failed)
	}
}

// Workers that were started from one image, and so have the same name and take
// the same steps at the same instants, share the work and do none of it twice.
func TestTwoWorkersWithOneName(t *testing.T) {
	w := venuetest.New(t)
	gs := crowd(w, 60)
	w.Dispatch.Settings.Batch = 7
	c := w.Campaign()
	twin := *w.Dispatch
	var wg sync.WaitGroup
	for _, d := range []*dispatch.Service{w.Dispatch, &twin, w.Dispatch, &twin} {
		wg.Go(func() {
			for {
				r, err := d.Step(context.Background())
				if err != nil || r.Claimed == 0 {
					if err != nil {
						t.Errorf("Step: %v", err)
					}
					return
				}
			}
		})
	}
	wg.Wait()
	wantEachOnce(t, w)
	if n := w.Tally(c.ID).ByState[message.Sent]; n != len(gs) {
		t.Errorf("%d sent, want %d", n, len(gs))
	}
}

// A campaign that is on its way is not changed: who got it and who gets it read
// the same.
func TestCampaignEditedWhileSending(t *testing.T) {
	w := venuetest.New(t)
	crowd(w, 3)
	c := w.Campaign()
	edit := launch.Draft{Name: "Other", Body: "Luna's Cantina: all free tonight. Reply STOP to opt out"}
	w.Dispatch.Settings.Batch = 1
	if _, err := w.Dispatch.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Launch.Save(t.Context(), w.Business.ID, c.ID, edit); !errors.Is(err, core.Conflict) {
		t.Errorf("changed while it is sending: %v, want Conflict", err)
	}
	if err := w.Launch.Pause(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Launch.Save(t.Context(), w.Business.ID, c.ID, edit); !errors.Is(err, core.Conflict) {
		t.Errorf("changed while it is paused: %v, want Conflict", err)
	}
	if err := w.Launch.Resume(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	w.Send()
	calls := w.Carrier.Calls(message.Marketing)
	for _, call := range calls {
		if call.Message.Body != calls[0].Message.Body {
			t.Errorf("guests read %q and %q", calls[0].Message.Body, call.Message.Body)
		}
	}
	if len(calls) != 3 {
		t.Errorf("%d texts, want 3", len(calls))
	}
}

// A business is deleted, that is its account closed, in the middle of a campaign:
// nothing leaves after that, also where a worker has decided before, all are
// accounted for, and opt-outs stay.
func TestBusinessDeletedInMidCampaign(t *testing.T) {
	w := venuetest.New(t)
	gs := crowd(w, 8)
	w.Says(gs[7], "STOP")
	w.Hear()
	w.Send()
	first, second := w.Campaign(), w.Campaign()
	w.Dispatch.Settings.Batch, w.Dispatch.Settings.Concurrency = 4, 1
	var once sync.Once
	w.Carrier.Answer = func(m message.Message, _ int) error {
		if m.Class != message.Marketing {
			return nil
		}
		once.Do(func() {
			n, err := w.Launch.Close(context.Background(), w.Business.ID)
			if err != nil || n != 2 {
				t.Errorf("closed with %d campaigns cancelled, %v; want 2", n, err)
			}
			w.Clock.Add(2 * time.Second) // what was decided before is old now
		})
		return nil
	}
	w.Send()
	if n := len(w.Carrier.Calls(message.Marketing)); n != 1 {
		t.Errorf("%d texts left, want the one that was on its way", n)
	}
	for _, c := range []campaign.Campaign{first, second} {
		tally := w.Tally(c.ID)
		if tally.Of(message.Planned, message.Sending) != 0 || tally.Audience() != len(gs) || w.Stored(c.ID).Status != campaign.Cancelled {
			t.Errorf("a campaign is %v with %v", w.Stored(c.ID).Status, tally.ByState)
		}
	}
	if !w.Barred(gs[7])[suppression.OptOut] {
		t.Error("an opt-out did not outlive the account")
	}
	w.Says(gs[0], "STOP")
	w.Hear()
	if !w.Barred(gs[0])[suppression.OptOut] {
		t.Error("a STOP to a closed venue was not taken in")
	}
	if n, err := w.Launch.Close(t.Context(), w.Business.ID); n != 0 || err != nil {
		t.Errorf("closed twice: %d, %v", n, err)
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		b, err := tx.Accounts.Business(ctx, w.Business.ID)
		if b.Status != account.Closed {
			t.Errorf("the account is %v", b.Status)
		}
		return err
	})
}

// shifted is a clock that is off.
type shifted struct {
	core.Clock
	by time.Duration
}

func (s shifted) Now() time.Time { return s.Clock.Now().Add(s.by) }

// beside lets another worker do its work while each text is on its way.
func beside(t *testing.T, w *venuetest.World, other *dispatch.Service) {
	inside := false
	w.Carrier.Answer = func(message.Message, int) error {
		if inside {
			return nil
		}
		inside = true
		defer func() { inside = false }()
		if _, err := other.Lapse(context.Background()); err != nil {
			t.Errorf("Lapse: %v", err)
		}
		if _, err := other.Step(context.Background()); err != nil {
			t.Errorf("Step: %v", err)
		}
		return nil
	}
}

// Clock skew between machines: one whose clock is minutes ahead gives up what the
// other has in its hands, and one whose clock is behind comes late. Everybody gets
// the text once all the same, and that is what is known in the end.
func TestClockSkewBetweenMachines(t *testing.T) {
	for _, by := range []time.Duration{5 * time.Minute, -5 * time.Minute, time.Second, 0} {
		w := venuetest.New(t)
		gs := crowd(w, 40)
		w.Dispatch.Settings.Batch, w.Dispatch.Settings.Concurrency = 7, 1
		other := *w.Dispatch
		other.Clock = shifted{w.Clock, by}
		c := w.Campaign()
		beside(t, w, &other)
		w.Send()
		wantEachOnce(t, w)
		if y := w.Tally(c.ID); y.ByState[message.Sent] != len(gs) {
			t.Errorf("a clock %v off: %v, want %d sent", by, y.ByState, len(gs))
		}
	}
}

// A lease shorter than the send: the carrier takes longer for an answer than a
// worker may keep a text. Others give it up, nobody sends it again, and what was
// handed over is known in the end.
func TestLeaseShorterThanTheSend(t *testing.T) {
	w := venuetest.New(t)
	gs := crowd(w, 40)
	w.Dispatch.Settings.Batch, w.Dispatch.Settings.Concurrency, w.Dispatch.Settings.Lease = 7, 1, time.Second
	other := *w.Dispatch
	c := w.Campaign()
	beside(t, w, &other)
	with := w.Carrier.Answer
	w.Carrier.Answer = func(m message.Message, nth int) error {
		w.Clock.Add(3 * time.Second)
		return with(m, nth)
	}
	w.Send()
	wantEachOnce(t, w)
	y := w.Tally(c.ID)
	if handed := len(w.Carrier.Calls(message.Marketing)); y.ByState[message.Sent] != handed || handed == 0 {
		t.Errorf("%d were handed over, and %v", handed, y.ByState)
	}
	if y.Audience() != len(gs) || y.Of(message.Sent, message.Unknown) != len(gs) {
		t.Errorf("of %d guests are accounted for: %v", len(gs), y.ByState)
	}
}
