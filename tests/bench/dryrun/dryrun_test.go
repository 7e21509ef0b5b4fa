// Package dryrun_test measures how long the dry run of a campaign to 100,000
// guests takes on Postgres: read, decided, counted and grouped.
package dryrun_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	guests = 100_000
	chunk  = 2000
)

// now is a Tuesday, 8:20 am in Texas: of guests from all over the country, some
// may be texted and the others wait, and for many one must look for until when.
var now = time.Date(2026, 12, 8, 14, 20, 0, 0, time.UTC)

// BenchmarkDryRun decides 100,000 guests of 24 area codes, one in 20 of whom has
// opted out and one in four of whom got texts of campaigns before.
func BenchmarkDryRun(b *testing.B) {
	s, c := setUp(b)
	b.ResetTimer()
	for range b.N {
		start := time.Now()
		r, err := s.Run(b.Context(), c.Business, c.ID, now, nil)
		took := time.Since(start)
		if err != nil || r.Tally.Audience() != guests || r.Not() != guests/20 || r.Later() == 0 || r.Now() == 0 {
			b.Fatalf("of %d: now %d, later %d, not %d, %v", r.Tally.Audience(), r.Now(), r.Later(), r.Not(), err)
		}
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		b.ReportMetric(float64(guests)/took.Seconds(), "guests/s")
		fmt.Fprintf(os.Stdout, "\nBENCH dryrun_100k_s %.2f\n", took.Seconds())
		fmt.Fprintf(os.Stdout, "BENCH dryrun_100k_memory_mb %.0f\n", float64(mem.Sys)/(1<<20))
	}
}

func setUp(b *testing.B) (*dryrun.Service, campaign.Campaign) {
	d, closeIt, err := nexo.OpenDatabase(b.Context(), nexo.Config{Database: pgtest.URL(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(closeIt)
	if err := d.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	c := populate(b, d.Store)
	for _, table := range []string{"subscribers", "messages", "suppressions"} {
		if _, err := d.SQL.ExecContext(b.Context(), "ANALYZE "+table); err != nil {
			b.Fatal(err)
		}
	}
	return &dryrun.Service{
		Store: d.Store, Book: decide.US(), Clock: system.Time{}, Price: 4000,
		Settings: judge.Settings{Profile: law.Default, Margin: 15 * time.Minute},
	}, c
}

func populate(b *testing.B, s store.Store) campaign.Campaign {
	ids := system.UUIDs{}
	biz := account.Business{
		ID: core.BusinessID(ids.New()), Name: "Luna's Cantina", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		MonthlyTexts: 8, Sender: core.MustNumber("+15125550100"), Status: account.Active, Registered: true, Created: now,
	}
	joined := now.Add(-40 * 24 * time.Hour)
	d := consent.Disclose(biz, "LUNA", joined)
	c := campaign.Campaign{
		ID: core.CampaignID(ids.New()), Business: biz.ID, Name: "Taco Tuesday", Created: now,
		Body: "Luna's Cantina: Taco Tuesday, two for one until 9 pm. Reply STOP to opt out.",
	}
	update := func(f func(context.Context, store.Tx) error) {
		b.Helper()
		if err := s.Update(b.Context(), f); err != nil {
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
	for from := 0; from < guests; from += chunk {
		update(func(ctx context.Context, tx store.Tx) error {
			var es []consent.Event
			var out []suppression.Entry
			var ms []message.Message
			for i := from; i < from+chunk; i++ {
				e := consent.Event{
					ID: core.EventID(ids.New()), Business: biz.ID, Number: guest(i), Kind: consent.Granted, Method: consent.ByKeyword,
					Scope: consent.Marketing, At: joined, Recorded: joined,
					Evidence: consent.Evidence{Disclosure: d.Version, RawText: "LUNA", Keyword: "LUNA", To: biz.Sender, CarrierID: fmt.Sprint("c", i)},
				}
				es = append(es, e)
				switch {
				case i%20 == 0:
					left := joined.Add(time.Hour)
					es = append(es, consent.Event{ID: core.EventID(ids.New()), Business: biz.ID, Number: e.Number, Kind: consent.Revoked, Method: consent.ByReply, At: left, Recorded: left})
					out = append(out, suppression.Entry{ID: core.SuppressionID(ids.New()), Business: biz.ID, Number: e.Number, Reason: suppression.OptOut, Source: "reply", At: left})
				case i%4 == 1:
					ms = append(ms, before(ids, biz, e.Number, 3)...)
				}
			}
			if err := tx.Consent.Append(ctx, es); err != nil {
				return err
			}
			if err := tx.Suppression.Add(ctx, out); err != nil {
				return err
			}
			return sent(ctx, tx, ms)
		})
	}
	return c
}

// before are texts of the last weeks.
func before(ids system.UUIDs, biz account.Business, to core.Number, n int) []message.Message {
	var out []message.Message
	for week := 1; week <= n; week++ {
		c := core.CampaignID{15: byte(week)}
		at := now.Add(time.Duration(-week) * 7 * 24 * time.Hour)
		out = append(out, message.Message{
			ID: core.MessageID(ids.New()), Business: biz.ID, Campaign: c, To: to, From: biz.Sender, Class: message.Marketing, Body: "before", Segments: 1,
			Key: message.CampaignKey(c, to, 0), State: message.Planned, Due: at, NotAfter: at.Add(time.Hour), Planned: at,
		})
	}
	return out
}

// sent plans texts and records them as taken by the carrier.
func sent(ctx context.Context, tx store.Tx, ms []message.Message) error {
	if _, err := tx.Messages.Plan(ctx, ms); err != nil {
		return err
	}
	vs, os := make([]message.Verdict, len(ms)), make([]message.Outcome, len(ms))
	for i, m := range ms {
		vs[i] = message.Verdict{Business: m.Business, Message: m.ID, State: message.Sending, Lease: m.NotAfter, At: m.Due}
		os[i] = message.Outcome{Business: m.Business, Message: m.ID, Attempt: 1, State: message.Sent, CarrierID: "c", At: m.Due}
	}
	if _, err := tx.Messages.Record(ctx, vs); err != nil {
		return err
	}
	_, err := tx.Messages.Finish(ctx, os)
	return err
}

var areas = []int{512, 737, 214, 972, 713, 832, 212, 305, 312, 303, 404, 415, 213, 503, 504, 602, 612, 615, 617, 702, 816, 901, 919, 206}

// guest is the i-th of numbers that are not in use.
func guest(i int) core.Number {
	return core.MustNumber(fmt.Sprintf("+1%d555%04d", areas[i%len(areas)], i/len(areas)))
}
