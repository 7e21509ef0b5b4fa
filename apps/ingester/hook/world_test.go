package hook_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/spool"
	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/apps/ingester/hook"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
	"github.com/jobfluss/nexo/core/suppression"
)

const (
	stripeSecret = "whsec_of_the_tests"
	luna         = "+15125550100" // sends for Luna
	rosa         = "+15125550199" // sends for Rosa, whom nothing here is about
	guest        = "+15125550141"
)

// carrierKey is what the carrier of these tests signs with.
var carrierKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// A world is an ingester over a store in memory that fails when it is told to.
type world struct {
	t          *testing.T
	store      *moody
	in         *nexo.Ingester
	hook       *hook.Hook
	server     *httptest.Server
	log        *lines
	luna, rosa account.Business
}

// options are what differs between worlds.
type options struct {
	noSpool  bool
	clock    core.Clock // nil for the system's
	spool    spool.Config
	noStripe bool
	wrap     func(intake.Spool) intake.Spool
	proxies  nexo.TrustedProxies
}

// frozen is a clock that has stopped.
type frozen struct{}

func (frozen) Now() time.Time { return time.Unix(1_800_000_000, 0) }

func newWorld(t *testing.T, o options) *world {
	t.Helper()
	key, err := telnyx.NewVerifier(base64.StdEncoding.EncodeToString(carrierKey.Public().(ed25519.PublicKey)))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: &moody{Store: memstore.New()}, log: &lines{}}
	w.luna, w.rosa = w.open("Luna's Cantina", luna), w.open("Rosa's", rosa)
	w.in = &nexo.Ingester{
		Database: &nexo.Database{Store: w.store, Postgres: true},
		Intake:   &intake.Service{Store: w.store, Provider: key, Clock: system.Time{}, IDs: system.UUIDs{}, Salts: system.Salts{}},
		Proxies:  o.proxies, Clock: system.Time{},
	}
	if o.clock != nil {
		w.in.Clock = o.clock
	}
	if !o.noStripe {
		if w.in.Stripe, err = stripe.NewVerifier(stripeSecret); err != nil {
			t.Fatal(err)
		}
	}
	if !o.noSpool {
		if o.spool.Dir == "" {
			o.spool.Dir = t.TempDir()
		}
		s, err := spool.Open(o.spool)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		w.in.Spool = s
		if o.wrap != nil {
			w.in.Spool = o.wrap(s)
		}
	}
	w.hook = hook.New(w.in, slog.New(slog.NewTextHandler(w.log, nil)))
	t.Cleanup(w.hook.Close)
	w.server = httptest.NewServer(w.hook)
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) open(name, sender string) account.Business {
	w.t.Helper()
	b := account.Business{
		ID: core.BusinessID(system.UUIDs{}.New()), Name: name, State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"),
		HelpContact: "help@example.com", MonthlyTexts: 8, Sender: core.MustNumber(sender), Status: account.Active, Registered: true, Created: time.Now(),
	}
	w.update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddBusiness(ctx, b) })
	return b
}

// update is about the store behind the moods.
func (w *world) update(f func(context.Context, store.Tx) error) {
	w.t.Helper()
	if err := w.store.Store.Update(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// texted is a guest's text as the carrier writes it.
func texted(id, from, to, text string) string {
	return `{"data":{"event_type":"message.received","id":"` + id + `","occurred_at":"` + time.Now().UTC().Format(time.RFC3339Nano) + `","payload":{"id":"m-` + id +
		`","from":{"phone_number":"` + from + `"},"to":[{"phone_number":"` + to + `"}],"text":"` + text + `"}}}`
}

// receipt is of no text of ours.
func receipt(id string) string {
	return `{"data":{"event_type":"message.finalized","id":"` + id + `","payload":{"id":"m-` + id + `","to":[{"phone_number":"` + guest + `","status":"delivered"}]}}}`
}

// signed are the carrier's headers for a body that it signs at an instant.
func signed(body string, at time.Time) map[string]string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return map[string]string{
		telnyx.TimestampHeader: stamp,
		telnyx.SignatureHeader: base64.StdEncoding.EncodeToString(ed25519.Sign(carrierKey, []byte(stamp+"|"+body))),
	}
}

// stripeSigned are Stripe's.
func stripeSigned(body string, at time.Time) map[string]string {
	return map[string]string{stripe.SignatureHeader: "t=" + strconv.FormatInt(at.Unix(), 10) + ",v1=" +
		hex.EncodeToString(webhook.ComputeSignature(at, []byte(body), stripeSecret))}
}

// send posts and returns the status and what is said with it.
func (w *world) send(path, body string, headers map[string]string) (int, string) {
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Error(err)
		return 0, ""
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	res, err := w.server.Client().Do(req)
	if err != nil {
		w.t.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

// carrier posts what the carrier signs now.
func (w *world) carrier(body string) int {
	code, _ := w.send("/telnyx", body, signed(body, time.Now()))
	return code
}

// kept is the inbox, by event.
func (w *world) kept() map[string]inbox.Stored {
	w.t.Helper()
	out := map[string]inbox.Stored{}
	w.update(func(ctx context.Context, tx store.Tx) error {
		es, err := tx.Inbox.List(ctx, time.Time{}, 10_000)
		for _, e := range es {
			out[e.ID] = e
		}
		return err
	})
	return out
}

// barred reports whether a business may not text a number.
func (w *world) barred(b account.Business, number string) bool {
	w.t.Helper()
	var es []suppression.Entry
	w.update(func(ctx context.Context, tx store.Tx) (err error) {
		es, err = tx.Suppression.Barring(ctx, []core.Pair{{Business: b.ID, Number: core.MustNumber(number)}})
		return err
	})
	return len(es) > 0
}

// texts are ours to a number.
func (w *world) texts(b account.Business, number string) []message.Message {
	w.t.Helper()
	var ms []message.Message
	w.update(func(ctx context.Context, tx store.Tx) (err error) {
		ms, err = tx.Messages.ForPair(ctx, core.Pair{Business: b.ID, Number: core.MustNumber(number)}, 100)
		return err
	})
	return ms
}

// drained waits until the spool is empty.
func (w *world) drained() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	if err := w.hook.Drained(ctx); err != nil {
		w.t.Fatalf("the spool was not drained: %v; %+v", err, w.in.Spool.Stat())
	}
}

// A moody store fails as it is told. The zero mood is a good one.
type moody struct {
	store.Store
	mu      sync.Mutex
	before  func(ctx context.Context) error
	after   func() error
	inbox   func(inbox.Inbox) inbox.Inbox
	bars    error // what recording an opt-out fails with
	updates int
}

func (m *moody) set(f func(*moody)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(m)
}

func (m *moody) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.updates
}

// away makes every call fail; nil ends it.
func (m *moody) away(err error) {
	m.set(func(m *moody) {
		m.before = nil
		if err != nil {
			m.before = func(context.Context) error { return err }
		}
	})
}

func (m *moody) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	m.mu.Lock()
	m.updates++
	before, after, wrap, bars := m.before, m.after, m.inbox, m.bars
	m.mu.Unlock()
	if before != nil {
		if err := before(ctx); err != nil {
			return err
		}
	}
	err := m.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if wrap != nil {
			tx.Inbox = wrap(tx.Inbox)
		}
		if bars != nil {
			tx.Suppression = noList{tx.Suppression, bars}
		}
		return f(ctx, tx)
	})
	if err == nil && after != nil {
		err = after()
	}
	return err
}

func (m *moody) Ping(ctx context.Context) error {
	m.mu.Lock()
	before := m.before
	m.mu.Unlock()
	if before != nil {
		if err := before(ctx); err != nil {
			return err
		}
	}
	return m.Store.Ping(ctx)
}

// A noList records no opt-outs.
type noList struct {
	suppression.List
	err error
}

func (l noList) Add(context.Context, []suppression.Entry) error { return l.err }

// A picky inbox refuses a batch that has an event with such a body.
type picky struct {
	inbox.Inbox
	refuses func(inbox.Event) bool
}

func (p picky) Keep(ctx context.Context, es []inbox.Event) ([]bool, error) {
	for _, e := range es {
		if p.refuses(e) {
			return nil, core.E("picky.Keep", core.Internal, "such an event is refused")
		}
	}
	return p.Inbox.Keep(ctx, es)
}

// lines are what was logged.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
