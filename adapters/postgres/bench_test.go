package postgres_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// The size of a campaign and of the batches that carry it out.
const (
	campaignSize = 20_000
	batchSize    = 500
)

var benchNow = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

func benchGuest(i int) core.Number {
	n, err := core.NumberFromDigits(uint64(12125550000 + i))
	if err != nil {
		panic(err)
	}
	return n
}

func benchID(i int) (u core.UUID) {
	binary.BigEndian.PutUint64(u[:], uint64(time.Now().UnixMilli())<<16)
	binary.BigEndian.PutUint64(u[8:], uint64(i))
	return u
}

// facts is as long as the record of a real decision.
var facts = []byte(`{"now":"2026-03-02T18:00:00Z",` + strings.Repeat(`"fact":"value of it",`, 25) + `"end":true}`)

// BenchmarkOutbox takes a campaign of 20,000 from planned to sent as dispatch
// does, without the network: claim, lock, read facts, record, write evidence;
// then write the outcomes.
func BenchmarkOutbox(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) { benchmarkOutbox(b, workers) })
	}
}

func benchmarkOutbox(b *testing.B, workers int) {
	s := open(b)
	business := core.BusinessID{1}
	joined := make([]consent.Event, campaignSize)
	for i := range joined {
		joined[i] = consent.Event{ID: core.EventID(benchID(i)), Business: business, Number: benchGuest(i), Kind: consent.Granted, Scope: consent.Marketing, At: benchNow}
	}
	benchUpdate(b, s, func(ctx context.Context, tx store.Tx) error { return tx.Consent.Append(ctx, joined) })
	var planning, sending time.Duration
	for round := range b.N {
		start := time.Now()
		benchPlan(b, s, business, round)
		planned := time.Now()
		planning += planned.Sub(start)
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for benchBatch(b, s) {
				}
			})
		}
		wg.Wait()
		sending += time.Since(planned)
	}
	b.ReportMetric(float64(campaignSize*b.N)/planning.Seconds(), "planned/s")
	b.ReportMetric(float64(campaignSize*b.N)/sending.Seconds(), "msgs/s")
	b.ReportMetric(0, "ns/op")
}

func benchPlan(b *testing.B, s *postgres.Store, business core.BusinessID, round int) {
	campaign := core.CampaignID(benchID(round))
	for from := 0; from < campaignSize; from += 1000 {
		ms := make([]message.Message, 1000)
		for i := range ms {
			to := benchGuest(from + i)
			ms[i] = message.Message{
				ID: core.MessageID(benchID(from + i)), Business: business, Campaign: campaign, To: to, From: core.MustNumber("+15125550100"),
				Class: message.Marketing, Body: strings.Repeat("Luna's: tacos tonight! ", 6), Segments: 1,
				Key: message.CampaignKey(campaign, to, 0), Due: benchNow, NotAfter: benchNow.Add(10 * time.Hour), Planned: benchNow,
			}
		}
		benchUpdate(b, s, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Messages.Plan(ctx, ms)
			return err
		})
	}
}

// benchBatch carries out one batch and reports whether there was one.
func benchBatch(b *testing.B, s *postgres.Store) bool {
	var claimed []message.Message
	benchUpdate(b, s, func(ctx context.Context, tx store.Tx) (err error) {
		if claimed, err = tx.Messages.Claim(ctx, benchNow, batchSize); err != nil || len(claimed) == 0 {
			return err
		}
		pairs := make([]core.Pair, len(claimed))
		verdicts := make([]message.Verdict, len(claimed))
		decisions := make([]evidence.Record, len(claimed))
		for i, m := range claimed {
			pairs[i] = m.Pair()
			verdicts[i] = message.Verdict{Business: m.Business, Message: m.ID, Attempt: m.Attempt, State: message.Sending, Lease: benchNow.Add(time.Minute), At: benchNow}
			decisions[i] = evidence.Record{ID: core.RecordID(m.ID), Business: m.Business, Kind: evidence.KindDecision, At: benchNow, Number: m.To, Message: m.ID, Campaign: m.Campaign, Body: facts}
		}
		if _, err := tx.Consent.Lock(ctx, pairs); err != nil {
			return err
		}
		if _, err := tx.Suppression.Barring(ctx, pairs); err != nil {
			return err
		}
		if _, err := tx.Messages.Recent(ctx, pairs, benchNow.Add(-24*time.Hour)); err != nil {
			return err
		}
		if _, err := tx.Messages.Record(ctx, verdicts); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, decisions)
	})
	if len(claimed) == 0 {
		return false
	}
	outcomes := make([]message.Outcome, len(claimed))
	for i, m := range claimed {
		outcomes[i] = message.Outcome{Business: m.Business, Message: m.ID, Attempt: 1, State: message.Sent, CarrierID: core.UUID(m.ID).String(), At: benchNow}
	}
	benchUpdate(b, s, func(ctx context.Context, tx store.Tx) error {
		written, err := tx.Messages.Finish(ctx, outcomes)
		if err == nil && len(written) != len(claimed) {
			b.Errorf("finished %d of %d", len(written), len(claimed))
		}
		return err
	})
	return true
}

func benchUpdate(b *testing.B, s *postgres.Store, f func(context.Context, store.Tx) error) {
	if err := s.Update(b.Context(), f); err != nil {
		b.Error(err)
	}
}
