// Package api_test measures how long requests of the API take, at 500 a second,
// over a business with a million subscribers on Postgres.
package api_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/apps/web/api"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	chunk  = 2000
	second = 500 // requests
)

// size is how many subscribers there are: NEXO_BENCH_SUBSCRIBERS, or a million.
func size() int {
	if n, err := strconv.Atoi(os.Getenv("NEXO_BENCH_SUBSCRIBERS")); err == nil && n >= chunk {
		return n
	}
	return 1_000_000
}

// facts are all that a decision about a send asks for.
const facts = `{"now":"2026-11-24T18:30:00Z","class":"marketing","profile":"default","number":"+12125550100","consent":{"state":"active","since":"2026-01-01T00:00:00Z",` +
	`"scope":["marketing"],"disclosed":true,"verified":true},"suppression_read":true,"recent_since":"2026-01-01T00:00:00Z",` +
	`"text":"Luna's: tacos tonight. Reply STOP to opt out","brand":"Luna's","account":{"active":true,"registered":true}}`

// BenchmarkAPI makes requests at their times, however long others take, for ten
// seconds of each kind.
func BenchmarkAPI(b *testing.B) {
	server, secret, ids := setUp(b)
	read := func(i int) *http.Request {
		path := "/api/v1/subscribers/" + ids[i%len(ids)]
		if i%10 == 0 {
			path = "/api/v1/subscribers?limit=50&cursor=" + ids[i%len(ids)]
		}
		return request(b, server, secret, http.MethodGet, path, "")
	}
	check := func(int) *http.Request {
		return request(b, server, secret, http.MethodPost, "/api/v1/check/send", facts)
	}
	b.ResetTimer()
	for range b.N {
		load(b, second, read) // warm
		fmt.Fprintf(os.Stdout, "\nBENCH api_read_p99_ms %.1f\n", load(b, 10*second, read))
		fmt.Fprintf(os.Stdout, "BENCH api_check_p99_ms %.1f\n", load(b, 10*second, check))
	}
}

func request(b *testing.B, server, secret, method, path, body string) *http.Request {
	r, err := http.NewRequestWithContext(b.Context(), method, server+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// load makes n requests, one every two milliseconds, and returns how many
// milliseconds 99 of 100 took at most, from when they were due.
func load(b *testing.B, n int, next func(int) *http.Request) float64 {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	took := make([]time.Duration, n)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(i) * time.Second / second)
		<-time.After(time.Until(due))
		wg.Go(func() {
			resp, err := client.Do(next(i))
			if err != nil {
				b.Errorf("request %d: %v", i, err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("request %d is answered %d", i, resp.StatusCode)
			}
			took[i] = time.Since(due)
		})
	}
	wg.Wait()
	slices.Sort(took)
	return float64(took[n*99/100].Microseconds()) / 1000
}

func setUp(b *testing.B) (server, secret string, ids []string) {
	d, closeIt, err := nexo.OpenDatabase(b.Context(), nexo.Config{Database: pgtest.URL(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(closeIt)
	if err := d.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	w := &nexo.Web{Database: d, Clock: system.Time{}, IDs: system.UUIDs{}, Grants: &grant.Service{Store: d.Store, Clock: system.Time{}, IDs: system.UUIDs{}, Salts: system.Salts{}}}
	owner := populate(b, d.Store, size())
	for _, table := range []string{"subscribers", "suppressions"} {
		if _, err := d.SQL.ExecContext(b.Context(), "ANALYZE "+table); err != nil {
			b.Fatal(err)
		}
	}
	if _, secret, err = w.Grants.Create(b.Context(), owner, grant.Draft{Name: "bench", Scopes: token.All, Days: 1}); err != nil {
		b.Fatal(err)
	}
	g, err := w.Grants.Open(b.Context(), secret)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 5000 {
		ids = append(ids, g.Key.Guest(guest(i*7919%size())))
	}
	s := httptest.NewServer(api.New(w, api.Options{Rate: 1e6, Burst: 1e6}))
	b.Cleanup(s.Close)
	return s.URL, secret, ids
}

func populate(b *testing.B, s store.Store, n int) account.User {
	ids, now := system.UUIDs{}, time.Now()
	biz := account.Business{
		ID: core.BusinessID(ids.New()), Name: "Luna's Cantina", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"), MonthlyTexts: 8,
		Sender: core.MustNumber("+15125550100"), Status: account.Active, Registered: true, Created: now,
	}
	update := func(f func(context.Context, store.Tx) error) {
		b.Helper()
		if err := s.Update(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	joined := now.Add(-40 * 24 * time.Hour)
	d := consent.Disclose(biz, "LUNA", joined)
	update(func(ctx context.Context, tx store.Tx) error {
		if err := tx.Accounts.AddBusiness(ctx, biz); err != nil {
			return err
		}
		return tx.Consent.PutDisclosure(ctx, d)
	})
	for from := 0; from < n; from += chunk {
		update(func(ctx context.Context, tx store.Tx) error {
			var es []consent.Event
			for i := from; i < from+chunk; i++ {
				es = append(es, consent.Event{
					ID: core.EventID(ids.New()), Business: biz.ID, Number: guest(i), Kind: consent.Granted, Method: consent.ByKeyword, Scope: consent.Marketing, At: joined, Recorded: joined,
					Evidence: consent.Evidence{Disclosure: d.Version, RawText: "LUNA", Keyword: "LUNA", To: biz.Sender, CarrierID: fmt.Sprint("c", i)},
				})
			}
			return tx.Consent.Append(ctx, es)
		})
	}
	return account.User{ID: core.UserID(ids.New()), Business: biz.ID, Role: account.Owner}
}

// guest is one of a million numbers that are in no text.
func guest(i int) core.Number {
	n, err := core.NumberFromDigits(uint64(15122000000 + i))
	if err != nil {
		panic(err)
	}
	return n
}
