package flow_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/apps/ingester/hook"
	"github.com/jobfluss/nexo/apps/worker/loop"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
)

const (
	sender = "+15125550100"
	apiKey = "flow-key"
	taco   = "Luna's Cantina: taco night, two for one until 8. Reply STOP to opt out"
)

// A town is a carrier and the programs' wiring in this process: for what goes
// wrong between them, where it does not matter that they are processes.
type town struct {
	t      *testing.T
	sim    *telnyxsim.Sim
	cfg    nexo.Config
	worker *nexo.Worker
	biz    account.Business
	events *httptest.Server // the ingester
}

// newCarrier starts a simulated carrier on the tests' clock.
func newCarrier(t *testing.T, o telnyxsim.Options) (*telnyxsim.Sim, string) {
	t.Helper()
	// A burst of webhooks on a busy machine is another test's matter: here few come
	// at once, and what is refused comes again after a while.
	o.Workers, o.Backoff = 8, 500*time.Millisecond
	o.APIKey, o.Key, o.Clock = apiKey, carrierKey, system.Time{Offset: afternoon}
	sim := telnyxsim.New(o)
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() { sim.Close(); server.Close() })
	return sim, server.URL
}

// newTown wires worker and ingester to the database and a carrier. The worker
// does nothing until it is told.
func newTown(t *testing.T, database string, o telnyxsim.Options) *town {
	t.Helper()
	sim, carrier := newCarrier(t, o)
	w := &town{t: t, sim: sim}
	w.cfg = nexo.Config{
		Database: database, DatabaseConns: 12, TelnyxURL: carrier, TelnyxAPIKey: apiKey, TelnyxPublicKey: sim.PublicKey(),
		WebhookURL: "http://" + unused(t), Profile: law.Default, Margin: 15 * time.Minute, ClockOffset: afternoon,
		EvidenceKeys: []string{evidenceKey},
	}
	in, closeIn, err := nexo.NewIngester(t.Context(), w.cfg, silent())
	if err != nil {
		t.Fatal(err)
	}
	w.events = httptest.NewServer(hook.New(in, silent()))
	t.Cleanup(func() { w.events.Close(); closeIn() })
	w.cfg.WebhookURL = w.events.URL
	// Twice the same, for twice the attempts: these tests take things away for a while.
	sim.SetWebhook(w.events.URL+"/telnyx", w.events.URL+"/telnyx")
	worker, closeWorker, err := nexo.NewWorker(t.Context(), w.cfg, silent())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeWorker)
	w.worker = worker
	return w
}

// work runs the worker until stop is called or the test ends.
func (w *town) work() (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- loop.Run(ctx, w.worker, loop.Options{Senders: 2, Drain: 10 * time.Second}, silent()) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("the worker ended with %v", err)
		}
	}
	w.t.Cleanup(stop)
	return stop
}

func (w *town) update(f func(context.Context, store.Tx) error) {
	w.t.Helper()
	if err := w.worker.Database.Store.Update(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) view(f func(context.Context, store.Tx) error) error {
	return w.worker.Database.Store.View(w.t.Context(), f)
}

// settle gives the venue so many guests, who joined yesterday.
func (w *town) settle(guests int) {
	w.t.Helper()
	now := w.worker.Clock.Now()
	ids := system.UUIDs{}
	w.biz = account.Business{
		ID: core.BusinessID(ids.New()), Name: "Luna's Cantina", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		HelpContact: "hello@lunas.example", MonthlyTexts: 8, Rhythm: account.Rhythm{Texts: 4, Hours: 12},
		Sender: core.MustNumber(sender), Status: account.Active, Registered: true, Created: now,
	}
	d := consent.Disclose(w.biz, "LUNA", now)
	w.update(func(ctx context.Context, tx store.Tx) error {
		if err := tx.Accounts.AddBusiness(ctx, w.biz); err != nil {
			return err
		}
		return tx.Consent.PutDisclosure(ctx, d)
	})
	joined := now.Add(-24 * time.Hour)
	for from := 0; from < guests; from += 1000 {
		w.update(func(ctx context.Context, tx store.Tx) error {
			var es []consent.Event
			for i := from; i < min(from+1000, guests); i++ {
				es = append(es, consent.Event{
					ID: core.EventID(ids.New()), Business: w.biz.ID, Number: core.MustNumber(guest(i)), Kind: consent.Granted, Method: consent.ByKeyword,
					Scope: consent.Marketing, At: joined, Recorded: joined, Venue: place.Place{State: w.biz.State, Zone: w.biz.Zone},
					Evidence: consent.Evidence{Disclosure: d.Version, RawText: "LUNA", Keyword: "LUNA", To: w.biz.Sender, CarrierID: fmt.Sprint("c", i)},
				})
			}
			return tx.Consent.Append(ctx, es)
		})
	}
}

// guest is the i-th of made-up numbers in Texas.
func guest(i int) string {
	areas := []string{"512", "737", "214", "972", "713", "832"}
	return fmt.Sprintf("+1%s555%04d", areas[i/10_000], 150+i%9_000)
}

// approve adds a campaign whose time has come.
func (w *town) approve() campaign.Campaign {
	w.t.Helper()
	now := w.worker.Clock.Now()
	c := campaign.Campaign{
		ID: core.CampaignID(system.UUIDs{}.New()), Business: w.biz.ID, Name: "Tacos", Body: taco, Segments: 1,
		Status: campaign.Scheduled, SendAt: now, NotAfter: now.Add(4 * time.Hour), Created: now, Approved: now,
	}
	w.update(func(ctx context.Context, tx store.Tx) error { return tx.Campaigns.Add(ctx, c) })
	return c
}

// plan approves a campaign and plans its messages at once, without the queue.
func (w *town) plan() campaign.Campaign {
	w.t.Helper()
	c := w.approve()
	for {
		r, err := w.worker.Launch.Step(w.t.Context(), c.Business, c.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		if !r.More {
			return c
		}
	}
}

// tally counts a campaign's messages; nothing while the database is away.
func (w *town) tally(c campaign.Campaign) (t message.Tally) {
	_ = w.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		t, err = tx.Messages.Tally(ctx, c.Business, c.ID)
		return err
	})
	return t
}

// open are the states of what is still to be moved on.
var open = []message.State{message.Planned, message.Sending}

// onePerNumber is promise 2: how many texts of a campaign each number got.
func (w *town) onePerNumber() (numbers int) {
	w.t.Helper()
	got := map[string]int{}
	for _, a := range w.sim.Arrivals() {
		if a.Text == taco {
			got[a.To]++
		}
	}
	for _, n := range got {
		if n > 1 {
			w.t.Errorf("promise 2: a number got the same campaign %d times", n)
		}
	}
	return len(got)
}
