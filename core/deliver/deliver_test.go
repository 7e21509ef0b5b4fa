package deliver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/deliver"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
	"github.com/jobfluss/nexo/core/webhook"
)

var t0 = time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)

// A world is a venue with an endpoint, and the other side of it.
type world struct {
	*testing.T
	store store.Store
	svc   *deliver.Service
	owner account.User
	mu    sync.Mutex
	now   time.Time
	n     byte
	posts []deliver.Post
	reply func(deliver.Post) (int, error)
}

func (w *world) Now() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }
func (w *world) add(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) New() (u core.UUID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	u[0], u[15] = 1, w.n
	return u
}

func (w *world) Salt() (s evidence.Salt) { u := w.New(); copy(s[:], u[:]); return s }

func (w *world) Send(_ context.Context, p deliver.Post) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.posts = append(w.posts, p)
	return w.reply(p)
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, now: t0, reply: func(deliver.Post) (int, error) { return 200, nil }}
	w.store = deliver.Watch(memstore.New(), w)
	w.svc = &deliver.Service{Store: w.store, Clock: w, IDs: w, Salts: w, Sender: w}
	w.owner = account.User{ID: core.UserID{9}, Business: core.BusinessID{1}, Role: account.Owner}
	return w
}

func (w *world) endpoint(events ...string) webhook.Endpoint {
	w.Helper()
	es, err := webhook.ParseEvents(events)
	if err != nil {
		w.Fatal(err)
	}
	e, err := w.svc.Create(w.Context(), w.owner, deliver.Draft{URL: "https://example.com/hook", Events: es})
	if err != nil {
		w.Fatal(err)
	}
	return e
}

func (w *world) step() deliver.Report {
	w.Helper()
	r, err := w.svc.Step(w.Context(), 100)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func (w *world) append(rs ...evidence.Record) error {
	return w.store.Update(w.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Evidence.Append(ctx, rs) })
}

func (w *world) optOut(b core.BusinessID) evidence.Record {
	return evidence.NewRevocation(w.Salt(), consent.Event{ID: core.EventID(w.New()), Business: b, Number: core.MustNumber("+15125550101"), Kind: consent.Revoked, Method: consent.ByReply, At: w.Now(), Recorded: w.Now(),
		Evidence: consent.Evidence{RawText: "STOP"}})
}

// facts are one of each kind that is told, and some that are not.
func (w *world) facts(b core.BusinessID) []evidence.Record {
	n := core.MustNumber("+15125550102")
	m := message.Message{ID: core.MessageID(w.New()), Business: b, Campaign: core.CampaignID{7}, To: n}
	seed := func() evidence.Seed { return evidence.NewSeed(w, w) }
	granted := consent.Event{ID: core.EventID(w.New()), Business: b, Number: n, Kind: consent.Granted, Method: consent.ByKeyword, At: w.Now(), Recorded: w.Now()}
	doubted := granted
	doubted.ID, doubted.Kind = core.EventID(w.New()), consent.Doubted
	return []evidence.Record{
		w.optOut(b), evidence.NewConsent(w.Salt(), granted, consent.Disclosure{}), evidence.NewConsent(w.Salt(), doubted, consent.Disclosure{}),
		evidence.NewSubmission(seed(), m, message.Outcome{State: message.Sent, At: w.Now()}, true),
		evidence.NewSubmission(seed(), m, message.Outcome{State: message.Failed, At: w.Now()}, true),
		evidence.NewSubmission(seed(), m, message.Outcome{State: message.Unknown, At: w.Now()}, true),
		evidence.NewReceipt(seed(), m, message.Receipt{State: message.Delivered, At: w.Now()}, "event"),
		evidence.NewStaffAction(seed(), b, w.Now(), w.owner.ID, "x", core.CampaignID{}, nil),
	}
}

func (w *world) types() []string {
	var out []string
	for _, p := range w.posts {
		var body struct {
			Type string
			Data map[string]any
		}
		if err := json.Unmarshal(p.Body, &body); err != nil {
			w.Fatal(err)
		}
		out = append(out, body.Type)
		if strings.Contains(string(p.Body), "555") {
			w.Errorf("an event has a number in it: %s", p.Body)
		}
	}
	return out
}

// TestFactsAreTold: whatever writes a fact down, it is told once, and only to its
// own business.
func TestFactsAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint()
	facts := w.facts(w.owner.Business)
	if err := w.append(append(facts, w.optOut(core.BusinessID{2}))...); err != nil {
		t.Fatal(err)
	}
	if err := w.append(facts...); err != nil { // a transaction that is run again
		t.Fatal(err)
	}
	err := w.store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Campaigns.Note(ctx, campaign.Move{Business: w.owner.Business, Campaign: core.CampaignID{7}, From: campaign.Sending, To: campaign.Finished, At: w.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := w.step(); r.Arrived != 6 {
		t.Errorf("arrived: %+v, %v", r, w.types())
	}
	counts := map[string]int{}
	for _, x := range w.types() {
		counts[x]++
	}
	for _, want := range webhook.All.Names() {
		if counts[want] != 1 {
			t.Errorf("%s was told %d times", want, counts[want])
		}
	}
	if r := w.step(); r.Claimed != 0 {
		t.Errorf("what arrived is sent again: %+v", r)
	}
}

// TestWhatFailsIsNotTold: an event is of the transaction of its fact.
func TestWhatFailsIsNotTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("subscriber.opted_out")
	err := w.store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if err := tx.Evidence.Append(ctx, w.facts(w.owner.Business)); err != nil {
			return err
		}
		return core.E("test", core.Conflict, "given up")
	})
	if err == nil || w.step().Claimed != 0 {
		t.Error("what did not happen was told")
	}
	if err := w.append(w.facts(w.owner.Business)...); err != nil {
		t.Fatal(err)
	}
	if w.step(); fmt.Sprint(w.types()) != "[subscriber.opted_out]" {
		t.Errorf("told: %v", w.types())
	}
}

// TestRetries: what does not arrive is tried again, later and later, with the same
// id, and given up after three days.
func TestRetries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.endpoint()
	w.reply = func(deliver.Post) (int, error) { return 503, nil }
	if err := w.append(w.optOut(w.owner.Business)); err != nil {
		t.Fatal(err)
	}
	var gaps []time.Duration
	last := w.Now()
	for w.Now().Sub(t0) < 100*time.Hour {
		if w.step().Claimed > 0 {
			gaps, last = append(gaps, w.Now().Sub(last)), w.Now()
		}
		w.add(time.Minute)
	}
	if len(w.posts) != 10 || gaps[9] < 30*time.Hour {
		t.Errorf("%d attempts, after %v", len(w.posts), gaps)
	}
	for _, p := range w.posts {
		if p.ID != w.posts[0].ID || string(p.Body) != string(w.posts[0].Body) {
			t.Error("an attempt is of another event")
		}
	}
	_, ds, err := w.svc.Log(t.Context(), w.owner.Business, e.ID, webhook.DeliveryID{}, 10)
	if err != nil || len(ds) != 1 || ds[0].Arrived || ds[0].Done.IsZero() || ds[0].Status != 503 || ds[0].Note == "" {
		t.Errorf("the log says %+v, %v", ds, err)
	}
	w.reply = func(deliver.Post) (int, error) { return 204, nil }
	if err := w.svc.Replay(t.Context(), w.owner, e.ID, ds[0].ID); err != nil {
		t.Fatal(err)
	}
	if r := w.step(); r.Arrived != 1 || w.posts[10].ID != w.posts[0].ID {
		t.Errorf("the replay: %+v", r)
	}
}

// TestEndpointsAreSwitchedOff: one that failed for five days, and one that says
// that it wants no more.
func TestEndpointsAreSwitchedOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.endpoint()
	w.reply = func(deliver.Post) (int, error) { return 0, core.E("x", core.Unavailable, "could not be reached") }
	off := 0
	for range 12 {
		if err := w.append(w.optOut(w.owner.Business)); err != nil {
			t.Fatal(err)
		}
		off += w.step().SwitchedOff
		w.add(12 * time.Hour)
	}
	es, err := w.svc.List(t.Context(), w.owner.Business)
	if err != nil || off != 1 || es[0].On() || es[0].Why == "" {
		t.Fatalf("after six days it is %+v, %v; switched off %d times", es, err, off)
	}
	n := len(w.posts)
	if err := w.append(w.optOut(w.owner.Business)); err != nil {
		t.Fatal(err)
	}
	if w.step(); len(w.posts) != n {
		t.Error("something was sent to an endpoint that is off")
	}
	w.add(time.Minute)
	if _, err := w.svc.Switch(t.Context(), w.owner, e.ID, true); err != nil {
		t.Fatal(err)
	}
	w.reply = func(deliver.Post) (int, error) { return 410, nil }
	if err := w.append(w.optOut(w.owner.Business)); err != nil {
		t.Fatal(err)
	}
	if r := w.step(); r.SwitchedOff != 1 {
		t.Errorf("after 410: %+v", r)
	}
}

// TestRotation: for a day both secrets sign.
func TestRotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.endpoint()
	fresh, err := w.svc.Rotate(t.Context(), w.owner, e.ID)
	if err != nil || string(fresh.Secret) == string(e.Secret) {
		t.Fatalf("Rotate: %v", err)
	}
	for _, want := range []int{2, 1} {
		if err := w.svc.Test(t.Context(), w.owner, e.ID); err != nil {
			t.Fatal(err)
		}
		w.posts = nil
		if w.step(); len(w.posts) != 1 || len(w.posts[0].Secrets) != want || string(w.posts[0].Secrets[0]) != string(fresh.Secret) {
			t.Errorf("%d secrets sign, want %d", len(w.posts[0].Secrets), want)
		}
		w.add(25 * time.Hour)
	}
}

// TestOnlyManagers: others, and other businesses, may not touch an endpoint.
func TestOnlyManagers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.endpoint()
	staff, stranger := w.owner, w.owner
	staff.Role, stranger.Business = account.Staff, core.BusinessID{2}
	if _, err := w.svc.Create(t.Context(), staff, deliver.Draft{URL: "https://example.com/x"}); core.KindOf(err) != core.Denied {
		t.Errorf("staff: %v", err)
	}
	if err := w.svc.Remove(t.Context(), stranger, e.ID); core.KindOf(err) != core.NotFound {
		t.Errorf("a stranger: %v", err)
	}
	for _, bad := range []string{"", "http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://user@example.com/", "https://example.com:22/", "https://x.internal/", "https://0x7f.1/", "https://127.1/", "ftp://example.com", "https://example.com/ x"} {
		if _, err := w.svc.Create(t.Context(), w.owner, deliver.Draft{URL: bad}); core.KindOf(err) != core.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
