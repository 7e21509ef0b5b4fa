package dispatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/store"
)

// venueWith opens the venue with a class and so many guests who have joined.
func venueWith(t *testing.T, class pace.Class, guests int) *venuetest.World {
	t.Helper()
	w := venuetest.New(t)
	b := w.Business
	b.Class = class
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, b) })
	for i := range guests {
		w.Join(venuetest.Guest(i))
	}
	return w
}

// A low-volume campaign sends no faster than AT&T takes, loses nobody, and does
// not claim what it cannot send yet.
func TestClassIsKept(t *testing.T) {
	w := venueWith(t, pace.ClassT, 100) // 75 a minute
	c := w.Campaign()
	start, claims, sent := w.Clock.Now(), 0, 0
	for w.Clock.Now().Sub(start) < 5*time.Minute && sent < 100 {
		if r := w.Send(); r.Claimed > 0 {
			claims, sent = claims+1, sent+r.Sent
		}
		if took := w.Clock.Now().Sub(start); float64(sent) > 75*took.Minutes()+8 {
			t.Fatalf("%d texts in %v", sent, took)
		}
		w.Clock.Add(time.Second)
	}
	if took := w.Clock.Now().Sub(start); sent != 100 || took > 90*time.Second {
		t.Errorf("%d of 100 texts in %v, want all in about 80 s", sent, took)
	}
	if claims > 30 {
		t.Errorf("%d claims for 100 texts", claims)
	}
	if n := w.Tally(c.ID).ByState[message.Sent]; n != 100 {
		t.Errorf("%d of the audience were sent", n)
	}
	wantEachOnce(t, w)
}

// The account's limit binds beside the venues' own.
func TestAccountLimitIsKept(t *testing.T) {
	w := venueWith(t, pace.ClassUnknown, 40)
	w.Campaign()
	w.Dispatch.Settings.Account = pace.Rate{N: 2, Per: time.Second}
	if r := w.Send(); r.Sent != 10 {
		t.Errorf("%+v, want five seconds' worth at first", r)
	}
	w.Clock.Add(3 * time.Second)
	if r := w.Send(); r.Claimed != 0 {
		t.Errorf("%+v, want none while it is paid off", r)
	}
	w.Clock.Add(time.Second)
	if r := w.Send(); r.Sent != 10 {
		t.Errorf("%+v, want the next five seconds' worth", r)
	}
}

// A 429 holds the rest of the sender's batch and slows it down; another venue
// goes on. In a minute without refusals it is as fast as before.
func TestSlowDownIsPerSenderAndWearsOff(t *testing.T) {
	w := venueWith(t, pace.ClassUnknown, 50)
	w.Campaign()
	w.Dispatch.Settings.Concurrency = 1
	refusals := 0
	w.Carrier.Answer = func(m message.Message, _ int) error {
		if refusals++; refusals == 10 {
			return &core.Error{Kind: core.Unavailable, Code: "10011", RetryAfter: 3 * time.Second, Err: message.ErrSlowDown}
		}
		return nil
	}
	r := w.Send()
	if r.Sent != 9 || r.Deferred != 41 {
		t.Errorf("%+v, want 9 sent and the rest put back after one refusal", r)
	}
	w.Clock.Add(2 * time.Second)
	if r := w.Send(); r.Claimed != 0 {
		t.Errorf("%+v, want none before the carrier's time", r)
	}
	w.Clock.Add(time.Second)
	if r := w.Send(); r.Sent != 41 {
		t.Errorf("%+v, want the rest at half the account's default", r)
	}
	var meter pace.Meter
	read := func() (had bool) {
		w.Update(func(ctx context.Context, tx store.Tx) error {
			ms, err := tx.Pace.Meters(ctx, []core.BusinessID{w.Business.ID})
			meter, had = ms[w.Business.ID]
			return err
		})
		return had
	}
	if read(); meter.Free.Sub(w.Clock.Now()) < time.Second {
		t.Errorf("41 parts at about half of 50 a second are paid for by %v", meter.Free)
	}
	w.Clock.Add(2 * time.Minute)
	w.Join(venuetest.Guest(60))
	if read() {
		t.Errorf("after two minutes the sender is still metered: %+v", meter)
	}
	wantEachOnce(t, w)
}

// T-Mobile's allowance is used up: its customers wait for midnight Pacific time,
// and nobody else does.
func TestDailyCapWaitsForMidnight(t *testing.T) {
	w := venueWith(t, pace.ClassUnknown, 20)
	c := w.Campaign()
	w.Dispatch.Settings.Concurrency = 1
	w.Carrier.Answer = func(m message.Message, _ int) error {
		if m.To.Digits()%2 == 0 {
			return &core.Error{Kind: core.Unavailable, Code: "40016", Err: message.ErrDailyCap}
		}
		return nil
	}
	if r := w.Send(); r.Sent != 10 || r.Deferred != 10 {
		t.Errorf("%+v, want half of them sent", r)
	}
	midnight := pace.Midnight(w.Clock.Now())
	w.Update(func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.People(ctx, w.Business.ID, c.ID, message.PeopleQuery{States: []message.State{message.Planned}}, 100)
		for _, m := range ms {
			if !m.Due.Equal(midnight) || m.Reason != "carrier_daily_cap" {
				t.Errorf("it waits until %v for %q, want %v", m.Due, m.Reason, midnight)
			}
		}
		return err
	})
}

// A sender that the carrier refuses is not tried with every batch: after one
// refusal it rests, and whoever joins another venue meanwhile is not delayed.
func TestDeniedSenderRests(t *testing.T) {
	w := venueWith(t, pace.ClassUnknown, 20)
	w.Campaign()
	w.Dispatch.Settings.Batch, w.Dispatch.Settings.Concurrency = 5, 1
	w.Carrier.Answer = func(message.Message, int) error { return fail(core.Denied, "40010") }
	w.Send()
	if n := len(w.Carrier.Calls(message.Marketing)); n != 1 {
		t.Errorf("%d texts were tried, want one", n)
	}
	w.Carrier.Answer = nil
	w.Clock.Add(5 * time.Minute)
	if r := w.Send(); r.Sent != 20 {
		t.Errorf("%+v, want all sent when it may", r)
	}
}
