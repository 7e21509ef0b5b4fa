package dispatch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

var guest = venuetest.Guest(0)

// fail is an error as a carrier gives it.
func fail(k core.Kind, code string) *core.Error {
	return &core.Error{Kind: k, Op: "carrier.Submit", Msg: "refused", Code: code}
}

func TestEveryErrorKind(t *testing.T) {
	for _, tt := range []struct {
		err    error
		state  message.State
		reason string
		code   string
		due    time.Duration
	}{
		{nil, message.Sent, "", "", 0},
		{fail(core.Unavailable, "429"), message.Planned, "carrier_unavailable", "429", 15 * time.Second},
		{&core.Error{Kind: core.Unavailable, RetryAfter: 90 * time.Second}, message.Planned, "carrier_unavailable", "", 90 * time.Second},
		{fail(core.Denied, "20012"), message.Planned, "carrier_denied", "20012", 5 * time.Minute},
		{fail(core.Invalid, "40310"), message.Failed, "carrier_refused", "40310", 0},
		{fail(core.NotFound, ""), message.Failed, "carrier_refused", "", 0},
		{fail(core.Conflict, ""), message.Failed, "carrier_refused", "", 0},
		{fail(core.Ambiguous, ""), message.Unknown, "no_answer", "", 0},
		{fail(core.Internal, ""), message.Unknown, "no_answer", "", 0},
		{errors.New("a bug"), message.Unknown, "no_answer", "", 0},
		{core.Wrap("carrier.Submit", core.Invalid, "", message.ErrOptedOut), message.Failed, "carrier_opted_out", "", 0},
		{core.Wrap("carrier.Submit", core.Denied, "", message.ErrOptedOut), message.Failed, "carrier_opted_out", "", 0},
	} {
		w := venuetest.New(t)
		w.Join(guest)
		c := w.Campaign()
		w.Carrier.Answer = func(message.Message, int) error { return tt.err }
		r, err := w.Dispatch.Step(t.Context())
		if err != nil || r.Claimed != 1 || r.Halted != (tt.reason == "carrier_denied") {
			t.Errorf("%v: Step: %+v, %v", tt.err, r, err)
		}
		m := w.Texts(guest, message.Marketing)[0]
		if m.State != tt.state || m.Reason != tt.reason || m.Code != tt.code || m.Attempt != 1 {
			t.Errorf("%v: %v %q code %q attempt %d, want %v %q code %q", tt.err, m.State, m.Reason, m.Code, m.Attempt, tt.state, tt.reason, tt.code)
		}
		if tt.state == message.Planned && m.Due.Sub(w.Clock.Now()) != tt.due {
			t.Errorf("%v: due in %v, want %v", tt.err, m.Due.Sub(w.Clock.Now()), tt.due)
		}
		if n := w.Tally(c.ID).Audience(); n != 1 {
			t.Errorf("%v: the audience is %d", tt.err, n)
		}
	}
}

func TestCarriersBlockSuppresses(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Campaign()
	next := w.Approve()
	w.Plan(next.ID)
	w.Dispatch.Settings.Batch = 1
	w.Carrier.Answer = func(message.Message, int) error {
		return &core.Error{Kind: core.Invalid, Code: "40300", Err: message.ErrOptedOut}
	}
	if _, err := w.Dispatch.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := w.Standing(guest).State; s != consent.OptedOut || !w.Barred(guest)[suppression.Carrier] {
		t.Errorf("standing %v, barred %v", s, w.Barred(guest))
	}
	w.Send()
	if n := len(w.Carrier.Calls(message.Marketing)); n != 1 {
		t.Errorf("%d submissions, want only the one that was refused", n)
	}
}

// Promise 1: none after an opt-out is kept, where the claim is older than a
// second. The text is decided again, and the report names the opt-out's time.
func TestPromise1StopBetweenClaimAndSubmit(t *testing.T) {
	w := venuetest.New(t)
	first, second := guest, venuetest.Guest(1)
	w.Join(first, second)
	c := w.Campaign()
	w.Dispatch.Settings.Concurrency = 1
	var stopped core.Number
	var at time.Time
	w.Carrier.Answer = func(m message.Message, _ int) error {
		if m.Class != message.Marketing {
			return nil
		}
		// While the first text is on its way, the other guest writes STOP.
		if stopped = first; m.To == first {
			stopped = second
		}
		w.Says(stopped, "STOP")
		at = w.Clock.Now()
		w.Clock.Add(1100 * time.Millisecond)
		return nil
	}
	r, err := w.Dispatch.Step(t.Context())
	if err != nil || r.Sent != 1 || r.Blocked != 1 {
		t.Errorf("Step: %+v, %v; want one sent, one blocked", r, err)
	}
	m := w.Texts(stopped, message.Marketing)[0]
	if m.State != message.Blocked || m.Reason != "consent.revoked" || !m.ReasonAt.Equal(at) {
		t.Errorf("the other text is %v for %q at %v, want blocked since %v", m.State, m.Reason, m.ReasonAt, at)
	}
	if n := w.Tally(c.ID).Audience(); n != 2 {
		t.Errorf("the audience is %d, want 2", n)
	}
}

func TestOldDecisionIsTakenAgain(t *testing.T) {
	w := venuetest.New(t)
	var guests []core.Number
	for i := range 5 {
		guests = append(guests, venuetest.Guest(i))
	}
	w.Join(guests...)
	w.Campaign()
	w.Dispatch.Settings.Concurrency = 1
	w.Carrier.Answer = func(message.Message, int) error { w.Clock.Add(700 * time.Millisecond); return nil }
	start := w.Clock.Now()
	if r := w.Send(); r.Sent != 5 {
		t.Errorf("%+v, want 5 sent", r)
	}
	for _, call := range w.Carrier.Calls(message.Marketing) {
		if age := call.At.Sub(call.Message.Decided); age > time.Second {
			t.Errorf("a text left %v after its decision", age)
		}
	}
	if n := len(decisions(w, w.Carrier.Calls(message.Marketing)[4].Message)); n != 3 {
		t.Errorf("the last text has %d decisions after %v, want 3", n, w.Clock.Now().Sub(start))
	}
}

// A store that takes longer to decide than a decision is good for must not keep
// a worker busy for ever: fewer texts at a time, and in the end later.
func TestSlowStoreDoesNotSpin(t *testing.T) {
	w := venuetest.New(t)
	for i := range 8 {
		w.Join(venuetest.Guest(i))
	}
	c := w.Campaign()
	w.Store.Fail(nil, func() error { w.Clock.Add(1500 * time.Millisecond); return nil })
	r, err := w.Dispatch.Step(t.Context())
	if err != nil || r.Claimed != 8 || r.Deferred != 8 {
		t.Errorf("Step: %+v, %v; want all 8 put off", r, err)
	}
	w.Store.Fail(nil, nil)
	w.Clock.Add(time.Minute)
	if r := w.Send(); r.Sent != 8 {
		t.Errorf("when it is fast again: %+v", r)
	}
	if got := w.Tally(c.ID).ByState[message.Sent]; got != 8 {
		t.Errorf("%d sent, want 8", got)
	}
}

// Promise 4: the promised number a month holds across campaigns, in one batch
// and across batches.
func TestPromise4Caps(t *testing.T) {
	for _, batch := range []int{1, 500} {
		w := venuetest.New(t)
		b := w.Business
		b.MonthlyTexts, b.Rhythm = 1, account.Rhythm{Texts: 24, Hours: 1}
		w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, b) })
		w.Join(guest)
		first, second := w.Campaign(), w.Campaign()
		w.Dispatch.Settings.Batch = batch
		w.Send()
		if n := len(w.Carrier.Calls(message.Marketing)); n != 1 {
			t.Errorf("batches of %d: %d texts, want 1", batch, n)
		}
		sent := w.Tally(first.ID).ByState[message.Sent] + w.Tally(second.ID).ByState[message.Sent]
		if sum := w.Tally(first.ID).Audience() + w.Tally(second.ID).Audience(); sent != 1 || sum != 2 {
			t.Errorf("batches of %d: %d sent of an audience of %d, want 1 of 2", batch, sent, sum)
		}
	}
}

// Promise 4, of the number a month that the guest was shown: a venue that promises
// more today is held to what it said when the guest joined, and one that promises
// less today is held to that.
func TestPromise4OfTheDisclosureTheGuestSaw(t *testing.T) {
	for _, tt := range []struct {
		shown, today, want int
		source             string
	}{
		{1, 9, 1, "the promise in the disclosure that the guest saw"},
		{9, 2, 2, "the promise in the disclosure"},
		{0, 2, 2, "the promise in the disclosure"}, // nobody kept what was promised
	} {
		w := venuetest.New(t)
		b := w.Business
		set := func(monthly int) {
			b.MonthlyTexts, b.Rhythm = monthly, account.Rhythm{Texts: 24, Hours: 1}
			w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, b) })
		}
		w.Update(func(ctx context.Context, tx store.Tx) error {
			b.MonthlyTexts = tt.shown
			w.Disclosure = consent.Disclose(b, "TACOS", w.Clock.Now().Add(time.Second))
			return tx.Consent.PutDisclosure(ctx, w.Disclosure)
		})
		w.Clock.Add(time.Minute)
		w.Join(guest)
		set(tt.today)
		for range 3 {
			w.Campaign()
		}
		w.Send()
		if n := len(w.Carrier.Calls(message.Marketing)); n != tt.want {
			t.Errorf("shown %d, today %d: %d texts, want %d", tt.shown, tt.today, n, tt.want)
		}
		var cited []string
		w.Update(func(ctx context.Context, tx store.Tx) error {
			rs, err := tx.Evidence.OfPair(ctx, w.Pair(guest), core.RecordID{}, 100)
			for _, r := range rs {
				if strings.Contains(string(r.Body), tt.source+`"`) {
					cited = append(cited, r.Kind.String())
				}
			}
			return err
		})
		if len(cited) == 0 {
			t.Errorf("shown %d, today %d: no decision cites %q", tt.shown, tt.today, tt.source)
		}
	}
}

// Two campaigns of one evening reach a guest once, unless the venue chose
// another rhythm; the second follows when the window is over.
func TestPromise4Rhythm(t *testing.T) {
	for _, tt := range []struct {
		rhythm account.Rhythm
		now    int // texts that arrive at once, of three campaigns
		wait   time.Duration
	}{
		{account.Rhythm{}, 1, 12 * time.Hour},
		{account.Rhythm{Texts: 2, Hours: 3}, 2, 3 * time.Hour},
		{account.Rhythm{Texts: 4, Hours: 12}, 3, 0},
	} {
		w := venuetest.New(t)
		w.Clock.Add(-5 * time.Hour) // from the morning on, so that a next text makes sense the same day
		b := w.Business
		b.Rhythm = tt.rhythm
		w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, b) })
		w.Join(guest)
		for range 3 {
			w.Campaign()
		}
		w.Dispatch.Settings.Batch = 1
		start := w.Clock.Now()
		w.Send()
		if n := len(w.Carrier.Calls(message.Marketing)); n != tt.now {
			t.Errorf("%+v: %d texts at once, want %d", tt.rhythm, n, tt.now)
		}
		for _, m := range w.Texts(guest, message.Marketing) {
			late := m.State == message.Expired && m.Reason == "expiry.rhythm"
			waits := m.State == message.Planned && m.Reason == "cap.rhythm" && !m.Due.Before(start.Add(tt.wait))
			if m.State != message.Sent && !late && !waits {
				t.Errorf("%+v: the next is %v for %q until %v", tt.rhythm, m.State, m.Reason, m.Due)
			}
		}
	}
}

// A text that is decided again does not stand in its own way.
func TestOldDecisionKeepsItsPlaceUnderTheCap(t *testing.T) {
	w := venuetest.New(t)
	b := w.Business
	b.MonthlyTexts = 1
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, b) })
	w.Join(guest, venuetest.Guest(1))
	w.Campaign()
	w.Dispatch.Settings.Concurrency = 1
	w.Carrier.Answer = func(message.Message, int) error { w.Clock.Add(2 * time.Second); return nil }
	if r := w.Send(); r.Sent != 2 || r.Waiting != 0 {
		t.Errorf("%+v, want both sent", r)
	}
}

// A text that may have gone out counts.
func TestUnknownCountsAgainstCaps(t *testing.T) {
	w := venuetest.New(t)
	b := w.Business
	b.MonthlyTexts = 1
	w.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.SaveBusiness(ctx, b) })
	w.Join(guest)
	w.Campaign()
	w.Carrier.Answer = func(message.Message, int) error { return fail(core.Ambiguous, "") }
	w.Send()
	w.Campaign()
	w.Send()
	if n := len(w.Carrier.Calls(message.Marketing)); n != 1 {
		t.Errorf("%d submissions, want 1", n)
	}
}

func TestStoppedWorkerPutsTheRestBack(t *testing.T) {
	w := venuetest.New(t)
	for i := range 10 {
		w.Join(venuetest.Guest(i))
	}
	c := w.Campaign()
	w.Dispatch.Settings.Concurrency = 2
	ctx, stop := context.WithCancel(t.Context())
	var both sync.WaitGroup
	both.Add(2)
	w.Carrier.Answer = func(message.Message, int) error {
		both.Done()
		both.Wait() // two are under way when the worker is told to stop
		stop()
		return nil
	}
	r, err := w.Dispatch.Step(ctx)
	if err != nil || r.Sent != 2 || r.Deferred != 8 {
		t.Errorf("Step: %+v, %v; want two sent and 8 put back", r, err)
	}
	w.Carrier.Answer = nil
	if r := w.Send(); r.Sent != 8 {
		t.Errorf("the next worker: %+v, want 8 sent", r)
	}
	wantEachOnce(t, w)
	if n := w.Tally(c.ID).ByState[message.Sent]; n != 10 {
		t.Errorf("%d sent, want 10", n)
	}
}

func TestDeniedHalts(t *testing.T) {
	w := venuetest.New(t)
	for i := range 10 {
		w.Join(venuetest.Guest(i))
	}
	w.Campaign()
	w.Dispatch.Settings.Concurrency = 1
	w.Carrier.Answer = func(_ message.Message, nth int) error { return fail(core.Denied, "20012") }
	before := len(w.Carrier.Calls(message.Marketing))
	r, err := w.Dispatch.Step(t.Context())
	if err != nil || !r.Halted || r.Deferred != 10 {
		t.Errorf("Step: %+v, %v; want halted, 10 put back", r, err)
	}
	if n := len(w.Carrier.Calls(message.Marketing)) - before; n != 1 {
		t.Errorf("%d submissions, want 1", n)
	}
	w.Carrier.Answer = nil
	if r := w.Send(); r.Claimed != 0 {
		t.Errorf("at once: %+v, want nothing due", r)
	}
	w.Clock.Add(5 * time.Minute)
	if r := w.Send(); r.Sent != 10 {
		t.Errorf("after a person has looked: %+v", r)
	}
}

// One sender whom the carrier refuses does not hold up another.
func TestDeniedHaltsOneSender(t *testing.T) {
	w := venuetest.New(t)
	for i := range 4 {
		w.Join(venuetest.Guest(i))
	}
	refused := w.Business.Sender
	w.Campaign()
	other := core.MustNumber("+15125550177")
	w.Open("Sol", "SOL", other)
	var planned []message.Message
	for i := range 4 {
		planned = append(planned, message.Message{
			ID: core.MessageID(w.IDs.New()), Business: w.Business.ID, To: venuetest.Guest(i), From: other, Class: message.Help,
			Body: "Sol: call us. Reply STOP to opt out.", Key: message.Key{byte(i)}, Answers: w.Clock.Now(), Due: w.Clock.Now(),
			NotAfter: w.Clock.Now().Add(time.Hour),
		})
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Plan(ctx, planned)
		return err
	})
	w.Dispatch.Settings.Concurrency = 1
	w.Carrier.Answer = func(m message.Message, _ int) error {
		if m.From == refused {
			return fail(core.Denied, "40010")
		}
		return nil
	}
	r, err := w.Dispatch.Step(t.Context())
	if err != nil || !r.Halted || r.Sent != 4 || r.Deferred != 4 {
		t.Errorf("Step: %+v, %v; want the other sender's 4 sent and 4 put back", r, err)
	}
}

// Promise 2: a worker that dies leaves Unknown, and nothing sends it again; its
// late word settles it.
func TestPromise2LapseIsNeverResent(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Campaign()
	inFlight, goOn, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	w.Carrier.Answer = func(message.Message, int) error { close(inFlight); <-goOn; return nil }
	go func() {
		defer close(done)
		if _, err := w.Dispatch.Step(context.Background()); err != nil {
			t.Errorf("Step: %v", err)
		}
	}()
	<-inFlight
	if n, err := w.Dispatch.Lapse(t.Context()); n != 0 || err != nil {
		t.Errorf("before its time: lapsed %d, %v", n, err)
	}
	w.Clock.Add(3 * time.Minute)
	if n, err := w.Dispatch.Lapse(t.Context()); n != 1 || err != nil {
		t.Errorf("lapsed %d, %v; want 1", n, err)
	}
	if n := w.Tally(c.ID).ByState[message.Unknown]; n != 1 {
		t.Errorf("%d unknown, want 1", n)
	}
	wantOutcomes(t, w, "unknown")
	if r := w.Send(); r.Claimed != 0 {
		t.Errorf("it was claimed again: %+v", r)
	}
	close(goOn)
	<-done
	if m := w.Texts(guest, message.Marketing)[0]; m.State != message.Sent || m.CarrierID == "" {
		t.Errorf("the late outcome left it %v with carrier id %q, want sent", m.State, m.CarrierID)
	}
	wantOutcomes(t, w, "unknown", "sent")
	wantEachOnce(t, w)
}

// wantOutcomes fails unless these are the outcomes on record of the guest's last
// marketing text.
func wantOutcomes(t *testing.T, w *venuetest.World, want ...string) {
	t.Helper()
	m := w.Texts(guest, message.Marketing)[0]
	var got []string
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfMessage(ctx, m.Business, m.ID)
		for _, r := range rs {
			if b, err := evidence.ParseSubmission(r); err == nil {
				got = append(got, b.Outcome)
			}
		}
		return err
	})
	if !slices.Equal(got, want) {
		t.Errorf("the outcomes on record are %q, want %q", got, want)
	}
}

// Promise 6: consent without complete evidence is no consent.
func TestPromise6NoEvidenceNoMarketing(t *testing.T) {
	w := venuetest.New(t)
	w.Update(func(ctx context.Context, tx store.Tx) error {
		return tx.Consent.Append(ctx, []consent.Event{{
			ID: core.EventID(w.IDs.New()), Business: w.Business.ID, Number: guest, Kind: consent.Granted, Method: consent.ByStaff,
			Scope: consent.Marketing, At: w.Clock.Now().Add(-time.Hour), Evidence: consent.Evidence{Disclosure: w.Disclosure.Version},
		}})
	})
	c := w.Campaign()
	w.Send()
	if n := w.Tally(c.ID).ByReason[message.Reason{State: message.Blocked, Code: "consent.evidence"}]; n != 1 {
		t.Errorf("tally %v, want it blocked for evidence", w.Tally(c.ID).ByReason)
	}
}

// Promise 7: every submission has a decision that replays to the same verdict,
// and holds neither number nor text.
func TestPromise7DecisionsReplay(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest, venuetest.Guest(1))
	w.Says(venuetest.Guest(1), "STOP")
	c := w.Campaign() // one who may be texted, one who has left
	w.Hear()
	w.Send()
	book := decide.US()
	check := func(m message.Message, verdict string) {
		ds := decisions(w, m)
		if len(ds) == 0 {
			t.Errorf("a %v text has no decision", m.Class)
		}
		for _, d := range ds {
			r, err := book.Replay(d.Facts, d.Findings)
			if err != nil || !r.Same || r.Decision.Verdict.String() != d.Verdict {
				t.Errorf("replay: same %v, verdict %v for %q, %v", r.Same, r.Decision.Verdict, d.Verdict, err)
			}
			w.NoWholeNumber("evidence", string(d.Facts)+string(d.Findings), m.To)
		}
		if last := ds[len(ds)-1].Verdict; last != verdict {
			t.Errorf("the last verdict on a %v text is %q, want %q", m.Class, last, verdict)
		}
	}
	for _, class := range []message.Class{message.Marketing, message.Welcome, message.Confirmation} {
		calls := w.Carrier.Calls(class)
		if len(calls) == 0 {
			t.Errorf("no %v was submitted: nothing is checked", class)
		}
		for _, call := range calls {
			check(call.Message, "send")
		}
	}
	if t2 := w.Tally(c.ID); t2.Of(message.Blocked, message.Cancelled) != 1 {
		t.Errorf("tally %v", t2.ByReason)
	}
}

func TestPausedAndCancelledCampaigns(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Campaign()
	if err := w.Launch.Pause(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if r := w.Send(); r.Claimed != 0 {
			t.Errorf("paused: %+v, want it left alone", r)
		}
		w.Clock.Add(time.Minute)
	}
	if err := w.Launch.Resume(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	if r := w.Send(); r.Sent != 1 {
		t.Errorf("resumed: %+v, want it sent at once", r)
	}

	c = w.Campaign()
	w.Carrier.Answer = func(message.Message, int) error { return fail(core.Unavailable, "") }
	w.Send() // put off while the campaign is cancelled
	if err := w.Launch.Cancel(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	w.Carrier.Answer = nil
	w.Clock.Add(time.Minute)
	w.Send()
	if n := w.Tally(c.ID).ByState[message.Cancelled]; n != 1 {
		t.Errorf("%v, want it cancelled", w.Tally(c.ID).ByReason)
	}
	wantEachOnce(t, w)
}

// A pause between claim and submission holds what is not on its way yet, and it
// goes out when the campaign goes on.
func TestPauseInMidBatch(t *testing.T) {
	w := venuetest.New(t)
	for i := range 10 {
		w.Join(venuetest.Guest(i))
	}
	c := w.Campaign()
	w.Dispatch.Settings.Concurrency = 1
	w.Carrier.Answer = func(_ message.Message, n int) error {
		if len(w.Carrier.Calls(message.Marketing)) == 4 {
			w.Clock.Add(2 * time.Second) // what was decided before is old now
			return w.Launch.Pause(t.Context(), w.Business.ID, c.ID)
		}
		return nil
	}
	if r := w.Send(); r.Sent != 4 || r.Waiting != 6 {
		t.Errorf("%+v, want 4 sent and 6 held", r)
	}
	if err := w.Launch.Resume(t.Context(), w.Business.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	w.Carrier.Answer = nil
	if r := w.Send(); r.Sent != 6 {
		t.Errorf("%+v, want the other 6 sent", r)
	}
	wantEachOnce(t, w)
}

func TestNotAfter(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	c := w.Campaign()
	w.Clock.Add(72 * time.Hour)
	if r := w.Send(); r.Expired != 1 {
		t.Errorf("%+v, want it expired", r)
	}
	m := w.Texts(guest, message.Marketing)[0]
	if m.State != message.Expired || !m.ReasonAt.Equal(c.NotAfter) {
		t.Errorf("%v at %v, want expired at %v", m.State, m.ReasonAt, c.NotAfter)
	}
}

func TestNightWaitsForTheMorning(t *testing.T) {
	w := venuetest.New(t)
	w.Join(guest)
	w.Clock.Add(9 * time.Hour) // 11:30 pm in Austin
	w.Campaign()
	if r := w.Send(); r.Waiting != 1 {
		t.Fatalf("%+v, want it to wait", r)
	}
	m := w.Texts(guest, message.Marketing)[0]
	if m.State != message.Planned || !m.Due.After(w.Clock.Now().Add(7*time.Hour)) || !m.Due.Equal(m.ReasonAt) {
		t.Errorf("%v, due %v for %q at %v", m.State, m.Due, m.Reason, m.ReasonAt)
	}
	w.Clock.Add(m.Due.Sub(w.Clock.Now()))
	if r := w.Send(); r.Sent != 1 {
		t.Errorf("in the morning: %+v", r)
	}
}

func decisions(w *venuetest.World, m message.Message) []evidence.DecisionBody {
	var ds []evidence.DecisionBody
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfMessage(ctx, m.Business, m.ID)
		if err != nil {
			return err
		}
		ds, err = evidence.Decisions(rs)
		return err
	})
	return ds
}

// wantEachOnce checks that the carrier took at most one text of each campaign
// for each guest (promise 2).
func wantEachOnce(t venuetest.TB, w *venuetest.World) {
	t.Helper()
	var seen []message.Key
	for _, call := range w.Carrier.Calls(message.Marketing) {
		if k := core.KindOf(call.Err); call.Err != nil && (k == core.Unavailable || k == core.Denied) {
			continue // surely not taken
		}
		if slices.Contains(seen, call.Message.Key) {
			t.Errorf("a guest got the same campaign twice")
		}
		seen = append(seen, call.Message.Key)
	}
}
