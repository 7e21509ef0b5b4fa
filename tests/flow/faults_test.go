package flow_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/tests/pgtest"
)

// TestDatabaseFailoverInMidBatch takes the database away while texts leave and a
// guest says STOP, and gives it back.
func TestDatabaseFailoverInMidBatch(t *testing.T) {
	t.Parallel()
	const guests = 120
	outage := pgtest.NewOutage(t, migrated)
	w := newTown(t, outage.URL(), telnyxsim.Options{NoStopList: true})
	w.settle(guests)
	// Small batches and a slow carrier, so that the loss comes in the middle.
	w.worker.Dispatch.Settings.Batch, w.worker.Dispatch.Settings.Lease = 10, 3*time.Second
	w.sim.SetFaults(telnyxsim.Faults{DelayReply: 50 * time.Millisecond})
	c := w.approve()
	stop := w.work()
	eventually(t, "a quarter has left", func() bool { return len(w.sim.Arrivals()) >= guests/4 })

	outage.Stop()
	if code := status(t, w.events.URL+"/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("without a database the ingester answers /readyz with %d, want 503", code)
	}
	if code := status(t, w.events.URL+"/healthz"); code != http.StatusOK {
		t.Errorf("without a database the ingester answers /healthz with %d, want 200: it is up", code)
	}
	refused := make(chan int, 1)
	stopper := guest(guests - 1)
	said := make(chan error, 1)
	go func() {
		// The carrier gives up after a few attempts, a guest does not.
		err := w.sim.Inbound(t.Context(), stopper, sender, "STOP")
		for err != nil && t.Context().Err() == nil {
			err = w.sim.Inbound(t.Context(), stopper, sender, "STOP")
		}
		said <- err
	}()
	go func() { refused <- w.post(signed([]byte(`{"data":{"id":"e-1","event_type":"call.hangup"}}`), 0)) }()
	if code := <-refused; code != http.StatusServiceUnavailable {
		t.Errorf("without a database a webhook is answered with %d, want 503: the carrier must come again", code)
	}
	outage.Start()

	if err := <-said; err != nil {
		t.Errorf("a STOP that began while the database was away was not taken when it was back: %v", err)
	}
	settled := func() bool {
		y := w.tally(c)
		return y.Audience() == guests && y.Of(open...) == 0
	}
	eventually(t, "the campaign goes on to its end", settled)
	if err := w.sim.WaitIdle(t.Context()); err != nil {
		t.Fatal(err)
	}
	arrived := w.onePerNumber()
	y := w.tally(c)
	if out := y.Of(message.Sent, message.Delivered, message.Unknown, message.Blocked, message.Cancelled); y.Audience() != guests || out != guests {
		t.Errorf("promise 5: of %d guests %d are accounted for: %v", guests, out, y.ByState)
	}
	if certain := y.Of(message.Sent, message.Delivered); arrived < certain {
		t.Errorf("%d are said to be sent, and %d arrived", certain, arrived)
	}
	stop()

	// The worker is another now, and what the guest said is in force.
	w.work()
	c = w.approve()
	eventually(t, "the next campaign is over", func() bool {
		y := w.tally(c)
		return y.Audience() == guests && y.Of(open...) == 0
	})
	after := 0
	for _, a := range w.sim.Arrivals() {
		if a.To == stopper && a.Text == taco {
			after++
		}
	}
	if after > 1 {
		t.Error("promise 1: a text of the second campaign went to the guest who said STOP while the database was away")
	}
	if y := w.tally(c); y.Of(message.Blocked) != 1 {
		t.Errorf("the second campaign blocks %d guests, want the one who said STOP", y.Of(message.Blocked))
	}
}

// TestCarrierDown: messages wait for a carrier that cannot be reached, and each
// goes out once when it is back.
func TestCarrierDown(t *testing.T) {
	t.Parallel()
	const guests = 40
	w := newTown(t, migrated.URL(t), telnyxsim.Options{})
	// The carrier has an address at which, for now, nobody listens.
	address := unused(t)
	client, err := telnyx.New(telnyx.Config{BaseURL: "http://" + address, APIKey: apiKey, WebhookBase: w.events.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	later := &clock{}
	w.worker.Dispatch.Carrier, w.worker.Dispatch.Clock = client, later
	w.settle(guests)
	c := w.plan()
	dispatch := func() {
		t.Helper()
		if _, err := w.worker.Dispatch.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	dispatch()
	if y := w.tally(c); y.Of(message.Planned) != guests {
		t.Fatalf("with the carrier away %d of %d wait: %v", y.Of(message.Planned), guests, y.ByReason)
	}

	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	busy := atomic.Bool{}
	busy.Store(true)
	back := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if busy.Load() {
			rw.WriteHeader(http.StatusServiceUnavailable)
			_, _ = rw.Write([]byte(`{"errors":[{"code":"10036","title":"Resource busy"}]}`))
			return
		}
		w.sim.Handler().ServeHTTP(rw, r)
	})}}
	back.Start()
	t.Cleanup(back.Close)
	later.by.Add(int64(time.Minute))
	dispatch() // it is back, and says that it is busy
	if y := w.tally(c); y.Of(message.Planned) != guests || w.onePerNumber() != 0 {
		t.Fatalf("with a busy carrier %d of %d wait: %v", y.Of(message.Planned), guests, y.ByReason)
	}
	busy.Store(false)
	later.by.Add(int64(time.Minute))
	dispatch()
	dispatch()
	if y := w.tally(c); y.Of(message.Sent, message.Delivered) != guests || w.onePerNumber() != guests {
		t.Errorf("with the carrier back %d of %d are sent and %d numbers reached: %v", y.Of(message.Sent, message.Delivered), guests, w.onePerNumber(), y.ByReason)
	}
}

// A clock runs on the tests' time, and on demand ahead of it.
type clock struct{ by atomic.Int64 }

func (c *clock) Now() time.Time {
	return system.Time{Offset: afternoon + time.Duration(c.by.Load())}.Now()
}

// TestCarrierLosesReplies: a text whose answer was lost may have gone out, so it
// is not sent again; its receipt says what became of it.
func TestCarrierLosesReplies(t *testing.T) {
	t.Parallel()
	const guests = 60
	w := newTown(t, migrated.URL(t), telnyxsim.Options{Seed: 7})
	w.sim.SetFaults(telnyxsim.Faults{LostReply: 0.4, Garbled: 0.2, RepeatWebhook: 0.5, ReorderWebhook: 0.5})
	w.settle(guests)
	c := w.approve()
	w.work()
	defer func() {
		if t.Failed() {
			t.Logf("the carrier says %+v, the worker %+v", w.sim.Stats(), w.tally(c))
		}
	}()
	// On a busy machine the carrier may give up on a receipt, which is not ours to
	// make up for. On a quiet one there are none.
	eventually(t, "receipts have settled all", func() bool {
		delivered := w.tally(c).Of(message.Delivered)
		return delivered > guests/2 && delivered >= guests-w.sim.Stats().GivenUp
	})
	if n := w.onePerNumber(); n != guests {
		t.Errorf("%d of %d numbers were reached", n, guests)
	}
	if s := w.sim.Stats(); s.Requests != guests {
		t.Errorf("%d texts were submitted for %d guests", s.Requests, guests)
	}
}

// TestWorkerKilledInMidCampaign kills a worker with a campaign in its hands, as
// the kernel does when memory is short, and starts another.
func TestWorkerKilledInMidCampaign(t *testing.T) {
	t.Parallel()
	const guests = 2600
	database := migrated.URL(t)
	w := newTown(t, database, telnyxsim.Options{})
	w.sim.SetFaults(telnyxsim.Faults{DelayReply: 100 * time.Millisecond})
	w.settle(guests)
	c := w.approve()
	environment := []string{
		env("NEXO_DATABASE", database), env("NEXO_TELNYX_URL", w.cfg.TelnyxURL), env("NEXO_TELNYX_API_KEY", apiKey),
		env("NEXO_TELNYX_PUBLIC_KEY", w.cfg.TelnyxPublicKey), env("NEXO_WEBHOOK_URL", w.events.URL),
		env("NEXO_EVIDENCE_KEYS", evidenceKey),
	}
	first := start(t, "worker", environment...)
	eventually(t, "some hundred have left", func() bool { return len(w.sim.Arrivals()) >= 300 })
	first.Kill()
	atDeath := w.onePerNumber()
	if atDeath == guests {
		t.Fatal("the campaign was over before the worker died: the test shows nothing")
	}

	// The next one's clock is ahead, so that what the first had in its hands is
	// given up at once and not after two minutes.
	w.sim.SetFaults(telnyxsim.Faults{})
	second := start(t, "worker", append(environment, env("NEXO_TEST_CLOCK", afternoon+3*time.Minute))...)
	eventually(t, "everybody is accounted for", func() bool {
		y := w.tally(c)
		return y.Audience() == guests && y.Of(open...) == 0
	})
	if err := w.sim.WaitIdle(t.Context()); err != nil {
		t.Fatal(err)
	}
	// What the first had submitted without hearing an answer, its receipt settles.
	eventually(t, "the last receipts are read", func() bool {
		return w.tally(c).Of(message.Delivered) >= w.onePerNumber()-w.sim.Stats().GivenUp
	})
	y, arrived := w.tally(c), w.onePerNumber()
	if arrived <= atDeath {
		t.Errorf("the second worker sent nothing: %d arrived before, %d in all", atDeath, arrived)
	}
	if certain := y.Of(message.Sent, message.Delivered); certain > arrived || certain+y.Of(message.Unknown) != guests {
		t.Errorf("promise 5: of %d guests %d were reached; the tally says %v", guests, arrived, y.ByState)
	}
	second.Stop()
}

// TestStopReachesEveryCampaignAtOnce: an opt-out that comes while a campaign is
// planned and nobody works is in force before the worker sees it.
func TestStopReachesEveryCampaignAtOnce(t *testing.T) {
	t.Parallel()
	w := newTown(t, migrated.URL(t), telnyxsim.Options{NoStopList: true})
	w.sim.SetFaults(telnyxsim.Faults{RepeatWebhook: 1})
	w.settle(3)
	c := w.plan()
	for i, words := range []string{"Stop", "pls stop texting me"} {
		if err := w.sim.Inbound(t.Context(), guest(i), sender, words); err != nil {
			t.Fatal(err)
		}
	}
	// Texts leave before anybody has read what came in.
	if _, err := w.worker.Dispatch.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.work()
	eventually(t, "the campaign is over", func() bool {
		y := w.tally(c)
		return y.Audience() == 3 && y.Of(open...) == 0
	})
	for _, a := range w.sim.Arrivals() {
		if a.Text == taco && a.To != guest(2) {
			t.Error("promise 1: a guest who had said STOP got the campaign")
		}
	}
	// The webhook came twice, and acted once.
	if err := w.view(func(ctx context.Context, tx store.Tx) error {
		for i := range 2 {
			pair := core.Pair{Business: w.biz.ID, Number: core.MustNumber(guest(i))}
			history, err := tx.Consent.History(ctx, pair)
			if err != nil {
				return err
			}
			if len(history) != 2 {
				t.Errorf("guest %d has %d consent events, want 2: joined, left", i, len(history))
			}
			entries, err := tx.Suppression.Barring(ctx, []core.Pair{pair})
			if err != nil {
				return err
			}
			if len(entries) != 1 {
				t.Errorf("guest %d is barred %d times, want once", i, len(entries))
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	confirmations := 0
	for _, a := range w.sim.Arrivals() {
		if a.To == guest(1) && strings.Contains(a.Text, "Luna's Cantina") {
			confirmations++
		}
	}
	if confirmations > 1 {
		t.Errorf("the guest who wrote in their own words got %d confirmations, want one at most", confirmations)
	}
}
