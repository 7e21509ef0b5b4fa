// Package town sets up for benchmarks what they send through: a venue on
// Postgres whose guests have all joined, a planned campaign, and the carrier
// simulator.
package town

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/tests/pgtest"
)

// SetUp makes one business whose guests have all joined, and a campaign that is
// planned for them.
func SetUp(b *testing.B, planned int) (*nexo.Worker, *telnyxsim.Sim) {
	sim := telnyxsim.New(telnyxsim.Options{APIKey: "bench"})
	b.Cleanup(sim.Close)
	srv := httptest.NewServer(sim.Handler())
	b.Cleanup(srv.Close)
	w, _ := Open(b, srv.URL, sim.PublicKey())
	Plan(b, w, planned)
	return w, sim
}

// Open returns a worker on an empty database, whose address is the second result,
// and on the carrier that listens at a URL. One without a public key signs nothing.
func Open(b *testing.B, carrier, publicKey string) (*nexo.Worker, string) {
	ctx := b.Context()
	if publicKey == "" {
		publicKey = base64.StdEncoding.EncodeToString(make([]byte, ed25519.PublicKeySize))
	}
	cfg := nexo.Config{
		Database: pgtest.URL(b), TelnyxURL: carrier, TelnyxAPIKey: "bench", TelnyxPublicKey: publicKey,
		Profile: law.Default, ClockOffset: Afternoon(time.Now()),
	}
	d, closeIt, err := nexo.OpenDatabase(ctx, cfg)
	if err != nil {
		b.Fatal(err)
	}
	if err := d.Migrate(ctx); err != nil {
		b.Fatal(err)
	}
	closeIt()
	w, cleanup, err := nexo.NewWorker(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(cleanup)
	return w, cfg.Database
}

// Plan is the part of SetUp that fills the worker's database.
func Plan(b testing.TB, w *nexo.Worker, planned int) campaign.Campaign {
	b.Helper()
	c := populate(b, w, planned)
	for {
		r, err := w.Launch.Step(b.Context(), c.Business, c.ID)
		if err != nil {
			b.Fatal(err)
		}
		if !r.More {
			return c
		}
	}
}

func populate(b testing.TB, w *nexo.Worker, planned int) campaign.Campaign {
	now := w.Clock.Now()
	ids := system.UUIDs{}
	biz := account.Business{
		ID: core.BusinessID(ids.New()), Name: "Luna's Cantina", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		MonthlyTexts: 8, Sender: core.MustNumber("+15125550100"), Status: account.Active, Registered: true, Created: now,
	}
	joined := now.Add(-24 * time.Hour)
	d := consent.Disclose(biz, "LUNA", joined)
	c := campaign.Campaign{
		ID: core.CampaignID(ids.New()), Business: biz.ID, Name: "Taco Tuesday", Status: campaign.Scheduled,
		Body:   "Luna's Cantina: Taco Tuesday, two for one until 9 pm. Reply STOP to opt out.",
		SendAt: now, NotAfter: now.Add(6 * time.Hour), Created: now, Approved: now, Segments: 1,
	}
	update := func(f func(context.Context, store.Tx) error) {
		b.Helper()
		if err := w.Database.Store.Update(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	update(func(ctx context.Context, tx store.Tx) error {
		if err := tx.Accounts.AddBusiness(ctx, biz); err != nil {
			return err
		}
		if err := tx.Consent.PutDisclosure(ctx, d); err != nil {
			return err
		}
		return tx.Campaigns.Add(ctx, c)
	})
	const chunk = 1000
	for from := 0; from < planned; from += chunk {
		update(func(ctx context.Context, tx store.Tx) error {
			es := make([]consent.Event, 0, chunk)
			for i := from; i < from+chunk; i++ {
				es = append(es, consent.Event{
					ID: core.EventID(ids.New()), Business: biz.ID, Number: Guest(i), Kind: consent.Granted, Method: consent.ByKeyword,
					Scope: consent.Marketing, At: joined, Recorded: joined, Venue: place.Place{State: biz.State, Zone: biz.Zone},
					Evidence: consent.Evidence{Disclosure: d.Version, RawText: "LUNA", Keyword: "LUNA", To: biz.Sender, CarrierID: fmt.Sprint("c", i)},
				})
			}
			return tx.Consent.Append(ctx, es)
		})
	}
	return c
}

// Guest is the i-th of more than a million numbers in Texas. The first 120,000
// are not in use.
func Guest(i int) core.Number {
	areas := []string{"512", "737", "214", "972", "713", "832", "469", "281", "817", "682", "210", "726"}
	exchange := 555 + i/(10_000*len(areas))
	return core.MustNumber(fmt.Sprintf("+1%s%d%04d", areas[i/10_000%len(areas)], exchange, i%10_000))
}

// Afternoon moves the clock to four in the afternoon in Texas, so that the
// figure does not depend on when it is taken.
func Afternoon(now time.Time) time.Duration {
	local := now.In(place.MustZone("America/Chicago").Location())
	return time.Date(local.Year(), local.Month(), local.Day(), 16, 0, 0, 0, local.Location()).Sub(local)
}

// Drain runs the senders until nothing is left, and returns what they did.
func Drain(b *testing.B, w *nexo.Worker, senders int) dispatch.Report {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var total dispatch.Report
	for range senders {
		wg.Go(func() {
			for {
				r, err := w.Dispatch.Step(b.Context())
				if err != nil {
					b.Error(err)
					return
				}
				if r.Claimed == 0 {
					return
				}
				mu.Lock()
				total.Claimed += r.Claimed
				total.Sent += r.Sent
				total.Waiting += r.Waiting
				total.Blocked += r.Blocked
				total.Deferred += r.Deferred
				total.Failed += r.Failed
				total.Unknown += r.Unknown
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return total
}
