package crash_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	crand "crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
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
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/tests/pgtest"
	"github.com/jobfluss/nexo/tests/programs"
)

const (
	apiKey  = "crash-key"
	guests  = 300 // of each venue
	backlog = 200 // texts that should be waiting, so that each blow hits something
)

var (
	carrierKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	afternoon  = programs.Afternoon(time.Now())
	clock      = system.Time{Offset: afternoon}
)

// A world is the product as processes, the carrier and the database outside, and
// what was asked of them.
type world struct {
	t      *testing.T
	sim    *telnyxsim.Sim
	store  store.Store // the test's own way to the database, past what is taken away
	db     *pgtest.Outage
	common []string // of every program's environment
	slots  []*slot

	venues []*venue
	opened int // tried to open, at least
	said   sync.WaitGroup
	mu     sync.Mutex
	stops  []word
	joins  []word
}

// A slot is a program that should be running.
type slot struct {
	name string
	env  []string
	cmd  func() *exec.Cmd
	p    *programs.Process
}

// A venue is a business with guests and one campaign.
type venue struct {
	biz      account.Business
	campaign campaign.Campaign
	spoken   int // guests, from the last one down, who have said STOP
	joined   int // strangers who have texted the keyword
}

// A word is what a guest said, and when the carrier had been told that it is
// kept.
type word struct {
	venue *venue
	guest string
	heard time.Time
}

var migrated = pgtest.NewTemplate(func(ctx context.Context, url string) error {
	d, closeIt, err := nexo.OpenDatabase(ctx, nexo.Config{Database: url, DatabaseConns: 2})
	if err != nil {
		return err
	}
	defer closeIt()
	return d.Migrate(ctx)
})

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: pgtest.NewOutage(t, migrated)}
	w.sim = telnyxsim.New(telnyxsim.Options{
		APIKey: apiKey, Key: carrierKey, Clock: clock, NoStopList: true, NoAutoReplies: true,
		Workers: 8, Backoff: 300 * time.Millisecond, Keep: 1_000_000,
	})
	carrier := httptest.NewServer(w.sim.Handler())
	t.Cleanup(func() { w.sim.Close(); carrier.Close() })
	d, closeIt, err := nexo.OpenDatabase(t.Context(), nexo.Config{Database: w.db.URL(), DatabaseConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeIt)
	w.store = d.Store
	first, second := unused(t), unused(t)
	balancer := httptest.NewServer(balance(first, second))
	t.Cleanup(balancer.Close)
	w.sim.SetWebhook("http://"+first+"/telnyx", "http://"+second+"/telnyx")
	evidenceKey, _, err := seal.NewKey(crand.Reader, "crash.example/log")
	if err != nil {
		t.Fatal(err)
	}
	w.common = []string{
		programs.Env(programs.Clock, afternoon), "NEXO_DATABASE=" + w.db.URL(), "NEXO_DATABASE_CONNS=8", "NEXO_DRAIN=5s",
		"NEXO_TELNYX_URL=" + carrier.URL, "NEXO_TELNYX_API_KEY=" + apiKey, "NEXO_WEBHOOK_URL=" + balancer.URL,
		"NEXO_EVIDENCE_KEYS=" + evidenceKey,
		"NEXO_TELNYX_PUBLIC_KEY=" + base64.StdEncoding.EncodeToString(carrierKey.Public().(ed25519.PublicKey)),
	}
	for range 2 {
		w.slots = append(w.slots, &slot{name: "worker", env: []string{"NEXO_ADDR=127.0.0.1:0"}})
	}
	w.slots = append(w.slots,
		&slot{name: "ingester", env: []string{"NEXO_ADDR=" + first, "NEXO_SPOOL=" + t.TempDir()}},
		// The second has a disk on which no file may grow beyond 16 KiB.
		&slot{name: "ingester", env: []string{"NEXO_ADDR=" + second, "NEXO_SPOOL=" + t.TempDir()}, cmd: func() *exec.Cmd {
			return exec.Command("/bin/sh", "-c", "ulimit -f 32; exec "+filepath.Join(bin, "ingester"))
		}})
	for _, s := range w.slots {
		w.launch(s)
	}
	t.Cleanup(func() {
		for _, s := range w.slots {
			s.p.Kill()
		}
	})
	return w
}

func unused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// balance hands a request to the first address that answers.
func balance(addresses ...string) http.Handler {
	client := &http.Client{Timeout: 2 * time.Second}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		for _, a := range addresses {
			req, _ := http.NewRequestWithContext(r.Context(), r.Method, "http://"+a+r.URL.Path, bytes.NewReader(body))
			req.Header = r.Header.Clone()
			if res, err := client.Do(req); err == nil {
				_ = res.Body.Close()
				w.WriteHeader(res.StatusCode)
				return
			}
		}
		w.WriteHeader(http.StatusBadGateway)
	})
}

// launch starts a program; it need not be ready yet.
func (w *world) launch(s *slot, more ...string) {
	cmd := exec.Command(filepath.Join(bin, s.name))
	if s.cmd != nil {
		cmd = s.cmd()
	}
	env := append(append([]string{}, w.common...), s.env...)
	s.p = programs.LaunchIn(w.t, w.t.TempDir(), cmd, append(env, more...)...)
}

// ready waits until a program works. One that gave up, because the database was
// away, is started again, as a service manager does.
func (w *world) ready(s *slot) {
	w.t.Helper()
	w.eventually(s.name+" is ready", func() bool {
		if s.p.Gone() {
			w.launch(s)
		}
		return s.p.Ready()
	})
}

// killOne kills a program that is at work.
func (w *world) killOne(rng *rand.Rand) {
	s := w.slots[[]int{0, 1, 0, 1, 2, 3}[rng.IntN(6)]]
	w.ready(s)
	s.p.Kill()
	w.launch(s)
}

// crashDatabase takes the database away, for real where it is ours.
func (w *world) crashDatabase(rng *rand.Rand) {
	w.db.Stop()
	if rng.IntN(2) == 0 {
		pgtest.CrashServer(w.t)
	}
	w.pause(time.Duration(100+rng.IntN(900)) * time.Millisecond)
	w.db.Start()
}

// pause lets the world turn.
func (w *world) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-w.t.Context().Done():
	}
}

func (w *world) eventually(what string, f func() bool) {
	w.t.Helper()
	end := time.Now().Add(programs.Patience)
	for !f() {
		if time.Now().After(end) {
			for _, s := range w.slots {
				w.t.Logf("%s:\n%s", s.name, programs.Tail(s.p.Log()))
			}
			w.t.Fatalf("in vain: waited until %s", what)
		}
		w.pause(20 * time.Millisecond)
	}
}

// keepBusy opens a venue with a campaign when little is left to do.
func (w *world) keepBusy() {
	w.t.Helper()
	if len(w.venues)*guests-w.sim.Stats().Accepted < backlog {
		w.eventually("a venue opens", w.open)
	}
}

// open adds a venue whose guests joined yesterday, and whose campaign is due.
// It is false where the database did not take it: then the next is another.
func (w *world) open() bool {
	now, ids := clock.Now(), system.UUIDs{}
	n := w.opened
	w.opened++
	v := &venue{biz: account.Business{
		ID: core.BusinessID(ids.New()), Name: "Luna's Cantina", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		HelpContact: "hello@lunas.example", MonthlyTexts: 8, Rhythm: account.Rhythm{Texts: 4, Hours: 12},
		Sender: core.MustNumber(fmt.Sprintf("+1%s55501%02d", []string{"210", "254", "281", "325", "361", "409"}[n/100%6], n%100)),
		Status: account.Active, Registered: true, Created: now,
	}}
	v.campaign = campaign.Campaign{
		ID: core.CampaignID(ids.New()), Business: v.biz.ID, Name: "Tacos", Segments: 1, Status: campaign.Scheduled,
		Body:   fmt.Sprintf("Luna's Cantina: taco night no. %d, two for one until 8. Reply STOP to opt out", n),
		SendAt: now, NotAfter: now.Add(4 * time.Hour), Created: now, Approved: now,
	}
	keyword := account.Keyword{Word: "LUNA", Business: v.biz.ID, Number: v.biz.Sender, Code: fmt.Sprintf("luna%d", n), Created: now}
	d := consent.Disclose(v.biz, keyword.Word, now)
	joined := now.Add(-24 * time.Hour)
	var es []consent.Event
	for i := range guests {
		es = append(es, consent.Event{
			ID: core.EventID(ids.New()), Business: v.biz.ID, Number: core.MustNumber(guest(i)), Kind: consent.Granted, Method: consent.ByKeyword,
			Scope: consent.Marketing, At: joined, Recorded: joined, Venue: place.Place{State: v.biz.State, Zone: v.biz.Zone},
			Evidence: consent.Evidence{Disclosure: d.Version, RawText: "LUNA", Keyword: "LUNA", To: v.biz.Sender, CarrierID: fmt.Sprint("c", i)},
		})
	}
	if w.store.Update(w.t.Context(), func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Accounts.AddBusiness(ctx, v.biz), tx.Accounts.AddKeyword(ctx, keyword),
			tx.Consent.PutDisclosure(ctx, d), tx.Consent.Append(ctx, es), tx.Campaigns.Add(ctx, v.campaign))
	}) != nil {
		return false
	}
	w.venues = append(w.venues, v)
	return true
}

// guest is the i-th of made-up numbers in Texas.
func guest(i int) string {
	areas := []string{"512", "737", "214", "972", "713", "832"}
	return fmt.Sprintf("+1%s55501%02d", areas[i/100], i%100)
}

// speak lets a guest of the newest venue say STOP, and a stranger join it.
func (w *world) speak(rng *rand.Rand) {
	if len(w.venues) == 0 {
		return
	}
	v := w.venues[len(w.venues)-1]
	if v.spoken < guests/3 {
		// From the end, so that many say it before their text has left.
		v.spoken++
		stop := []string{"STOP", "stop", "Unsubscribe", "please stop texting me"}[rng.IntN(4)]
		w.say(v, guest(guests-v.spoken), stop, &w.stops)
	}
	if v.joined < 100 {
		v.joined++
		w.say(v, guest(guests+v.joined), "LUNA", &w.joins)
	}
}

// say repeats a text, as guests do, until the carrier has handed it over.
func (w *world) say(v *venue, from, text string, heard *[]word) {
	w.said.Go(func() {
		for w.t.Context().Err() == nil {
			if w.sim.Inbound(w.t.Context(), from, v.biz.Sender.E164(), text) == nil {
				w.mu.Lock()
				*heard = append(*heard, word{v, from, clock.Now()})
				w.mu.Unlock()
				return
			}
		}
	})
}
