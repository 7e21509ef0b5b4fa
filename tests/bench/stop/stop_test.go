// Package stop_test measures how long a STOP takes to be in force while a large
// campaign goes out: from the acknowledgement of its webhook to the last text to
// that guest that the carrier sees.
//
// Everything is in the run: the worker's loop, the ingester behind HTTP, the
// receipts of what was sent, and the carrier, who has no opt-out list of its own,
// so that nothing but the product keeps a text back.
package stop_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/apps/ingester/hook"
	"github.com/jobfluss/nexo/apps/worker/loop"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/tests/bench/internal/town"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	sender = "+15125550100"
	// inForce is after how long nothing may leave any more (promise 1).
	inForce = time.Second
	// near is how many texts from its own a guest is who says STOP at the worst
	// moment: about as many as workers have in their hands.
	near = 2000
)

// A rig is the product on Postgres with a planned campaign, and the carrier.
type rig struct {
	w     *nexo.Worker
	sim   *telnyxsim.Sim
	clock core.Clock
	c     campaign.Campaign
	gate  string // where the ingester listens
	key   ed25519.PrivateKey
}

func newRig(t testing.TB, planned int) *rig {
	t.Helper()
	ctx, log := t.Context(), slog.New(slog.DiscardHandler)
	clock := system.Time{Offset: town.Afternoon(time.Now())}
	_, signer, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sim := telnyxsim.New(telnyxsim.Options{
		APIKey: "bench", Key: signer, Clock: clock, NoStopList: true, NoAutoReplies: true, Keep: 2*planned + 10_000, MaxPending: 2*planned + 10_000,
	})
	t.Cleanup(sim.Close)
	api := httptest.NewServer(sim.Handler())
	t.Cleanup(api.Close)
	key, _, err := seal.NewKey(rand.Reader, "bench.example/evidence")
	if err != nil {
		t.Fatal(err)
	}
	cfg := nexo.Config{
		Database: pgtest.URL(t), TelnyxURL: api.URL, TelnyxAPIKey: "bench", TelnyxPublicKey: sim.PublicKey(),
		EvidenceKeys: []string{key}, Spool: t.TempDir(), Profile: law.Default, ClockOffset: clock.Offset,
	}
	d, closeIt, err := nexo.OpenDatabase(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	closeIt()
	in, cleanup, err := nexo.NewIngester(ctx, cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cleanup)
	h := hook.New(in, log)
	t.Cleanup(h.Close)
	gate := httptest.NewServer(h)
	t.Cleanup(gate.Close)
	sim.SetWebhook(gate.URL+"/telnyx", "")
	cfg.WebhookURL = gate.URL
	w, cleanup, err := nexo.NewWorker(ctx, cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cleanup)
	return &rig{w: w, sim: sim, clock: clock, c: town.Plan(t, w, planned), gate: gate.URL, key: signer}
}

// work runs the worker until the test ends.
func (r *rig) work(t testing.TB) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() {
		ended <- loop.Run(ctx, r.w, loop.Options{Drain: 5 * time.Second}, slog.New(slog.DiscardHandler))
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the worker: %v", err)
		}
	})
}

// A word is a STOP, and when the carrier had its acknowledgement.
type word struct {
	guest string
	heard time.Time
	took  time.Duration // for the acknowledgement
}

// stops lets so many guests say STOP, evenly over most of the campaign. Every
// other one is about to be texted, the rest are anywhere further on.
func (r *rig) stops(t testing.TB, planned, n int) []word {
	guests := make([]string, planned) // in the order in which they are texted
	for i := range guests {
		guests[i] = town.Guest(i).E164()
	}
	slices.Sort(guests)
	said := make(map[string]bool, n)
	words := make([]word, n)
	var wg sync.WaitGroup
	for i := range words {
		until(t, "the campaign goes on", func() bool { return r.sim.Stats().Accepted >= i*planned/n*9/10 })
		front := r.sim.Stats().Accepted
		ahead := near
		if i%2 == 1 {
			ahead = planned
		}
		g := choose(guests[min(front, planned-1):min(front+ahead, planned)], i, said)
		if g == "" {
			g = choose(guests, i, said) // the end is near
		}
		said[g] = true
		wg.Go(func() {
			start := r.clock.Now()
			if err := r.say(t.Context(), i, g, "STOP"); err != nil {
				t.Error(err)
			}
			heard := r.clock.Now()
			words[i] = word{g, heard, heard.Sub(start)}
		})
	}
	wg.Wait()
	return words
}

// say delivers what a guest texted, by a request of its own: carriers do not let
// it wait behind receipts. It comes again until it is taken.
func (r *rig) say(ctx context.Context, i int, from, text string) error {
	for {
		now := r.clock.Now()
		body := fmt.Appendf(nil, `{"data":{"event_type":"message.received","id":"stop-%d","occurred_at":%q,"record_type":"event","payload":{`+
			`"direction":"inbound","id":"in-%d","type":"SMS","text":%q,"received_at":%[2]q,"from":{"phone_number":%[5]q},"to":[{"phone_number":%[6]q}]}}}`,
			i, now.UTC().Format("2006-01-02T15:04:05.000Z"), i, text, from, sender)
		at := strconv.FormatInt(now.Unix(), 10)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.gate+"/telnyx", bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set(telnyx.TimestampHeader, at)
		req.Header.Set(telnyx.SignatureHeader, base64.StdEncoding.EncodeToString(ed25519.Sign(r.key, append([]byte(at+"|"), body...))))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		switch res.StatusCode {
		case http.StatusOK:
			return nil
		case http.StatusServiceUnavailable:
		default:
			return fmt.Errorf("the ingester answered %d", res.StatusCode)
		}
	}
}

// choose takes one of the guests who has not said it yet, "" if there is none.
func choose(guests []string, i int, said map[string]bool) string {
	for j := range guests {
		if g := guests[(i*7919+j)%len(guests)]; !said[g] {
			return g
		}
	}
	return ""
}

func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	end := time.After(10 * time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !f() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("in vain: waited until %s", what)
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		}
	}
}

// over waits until the campaign has finished.
func (r *rig) over(t testing.TB) {
	t.Helper()
	until(t, "the campaign is over", func() bool {
		var c campaign.Campaign
		err := r.w.Database.Store.View(t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
			c, err = tx.Campaigns.Campaign(ctx, r.c.Business, r.c.ID)
			return err
		})
		return err == nil && c.Status.Over()
	})
}

// A result is what the carrier saw of the campaign after each STOP.
type result struct {
	effect []time.Duration // from the acknowledgement to the last text; 0 if none came
	late   int             // texts more than inForce after it
	kept   int             // guests who got none of the campaign
}

func (r *rig) compare(words []word) result {
	arrived := make(map[string][]time.Time)
	for _, a := range r.sim.Arrivals() {
		if a.Text == r.c.Body {
			arrived[a.To] = append(arrived[a.To], a.At)
		}
	}
	var out result
	for _, w := range words {
		var last time.Duration
		for _, at := range arrived[w.guest] {
			last = max(last, at.Sub(w.heard))
			if at.Sub(w.heard) > inForce {
				out.late++
			}
		}
		out.effect = append(out.effect, last)
		if len(arrived[w.guest]) == 0 {
			out.kept++
		}
	}
	return out
}

func percentile(ds []time.Duration, p float64) float64 {
	sorted := slices.Sorted(slices.Values(ds))
	return float64(sorted[min(len(sorted)-1, int(p*float64(len(sorted))))].Microseconds()) / 1000
}

// BenchmarkStop: 1,000 guests say STOP while 100,000 texts go out.
func BenchmarkStop(b *testing.B) {
	const planned, stops = 100_000, 1000
	for range b.N {
		r := newRig(b, planned)
		start := time.Now()
		r.work(b)
		words := r.stops(b, planned, stops)
		r.over(b)
		took := time.Since(start)
		res := r.compare(words)
		var acks []time.Duration
		for _, w := range words {
			acks = append(acks, w.took)
		}
		b.Logf("%d texts/s with their receipts; a STOP was acknowledged in %.1f ms at the median, %.1f ms at p99; %d of %d guests got no text of the campaign",
			int(float64(planned)/took.Seconds()), percentile(acks, 0.5), percentile(acks, 0.99), res.kept, stops)
		p99 := percentile(res.effect, 0.99)
		b.ReportMetric(p99, "ms")
		fmt.Fprintf(os.Stdout, "BENCH stop_to_effect_p50_ms %.1f\nBENCH stop_to_effect_p99_ms %.1f\nBENCH sends_after_stop %d\n",
			percentile(res.effect, 0.5), p99, res.late)
	}
}

// TestStopWhileSending is a slice of it: no text leaves later than a second after
// the STOP was acknowledged.
func TestStopWhileSending(t *testing.T) {
	const planned, stops = 2500, 50
	r := newRig(t, planned)
	r.work(t)
	words := r.stops(t, planned, stops)
	r.over(t)
	res := r.compare(words)
	if res.late > 0 {
		t.Errorf("%d texts left more than %v after STOP; the effect took up to %v", res.late, inForce, slices.Max(res.effect))
	}
	if res.kept == 0 {
		t.Errorf("all %d guests who said STOP were texted first, so nothing is shown", stops)
	}
	if n := r.sim.Stats().Accepted; n < planned/2 {
		t.Errorf("only %d texts left", n)
	}
}
