package sweep_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/hold"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
	"github.com/jobfluss/nexo/core/suppression"
	"github.com/jobfluss/nexo/core/sweep"
)

// t0 is when everything in these tests happens.
var t0 = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

// tools are clock, ids and salts: ids rise with the clock, as real ones do.
type tools struct {
	now time.Time
	n   uint64
}

func (c *tools) Now() time.Time      { return c.now }
func (c *tools) Salt() evidence.Salt { return evidence.Salt{7} }
func (c *tools) New() core.UUID {
	u := retention.Bound(c.now)
	c.n++
	binary.BigEndian.PutUint64(u[8:], c.n)
	return u
}

// flaky is a store whose nth update fails before it is committed.
type flaky struct {
	store.Store
	left   int // updates until one fails; negative for never
	killed bool
}

var errKilled = errors.New("killed")

func (f *flaky) Update(ctx context.Context, do func(context.Context, store.Tx) error) error {
	return f.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		if f.left == 0 {
			f.killed = true
			return errKilled
		}
		f.left--
		return nil
	})
}

type world struct {
	*testing.T
	*tools
	store *flaky
	s     *sweep.Service
	holds *hold.Service
	b     account.Business
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, tools: &tools{now: t0}, store: &flaky{Store: memstore.New(), left: -1}}
	w.s = &sweep.Service{Store: w.store, Clock: w, IDs: w, Salts: w, Step: 3}
	w.holds = &hold.Service{Store: w.store, Clock: w, IDs: w, Salts: w}
	w.b = account.Business{ID: core.BusinessID(w.New()), Name: "Luna's", Sender: core.MustNumber("+15125550199"), Created: t0}
	w.update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddBusiness(ctx, w.b) })
	return w
}

func (w *world) update(f func(context.Context, store.Tx) error) {
	w.Helper()
	if err := w.store.Store.Update(w.Context(), f); err != nil {
		w.Fatal(err)
	}
}

func guest(i int) core.Number { return core.MustNumber(fmt.Sprintf("+151255501%02d", i)) }

// lives writes down a guest's whole story at the clock's instant: opted in, texted,
// opted out, with all records and webhooks.
func (w *world) lives(i int) (m message.Message) {
	w.Helper()
	now := w.now
	joined := consent.Event{ID: core.EventID(w.New()), Business: w.b.ID, Number: guest(i), Kind: consent.Granted, Method: consent.ByKeyword, Scope: 1, At: now, Recorded: now, Evidence: consent.Evidence{RawText: "LUNA"}}
	left := joined
	left.ID, left.Kind, left.Evidence, left.At = core.EventID(w.New()), consent.Revoked, consent.Evidence{RawText: "STOP"}, now.Add(time.Minute)
	m = message.Message{
		ID: core.MessageID(w.New()), Business: w.b.ID, To: guest(i), From: w.b.Sender, Class: message.Marketing, Body: "tacos", Segments: 1,
		State: message.Planned, Due: now, NotAfter: now.Add(time.Hour), Planned: now, Campaign: core.CampaignID{9},
	}
	m.Key = message.CampaignKey(m.Campaign, m.To, 0)
	decision := evidence.NewReceipt(evidence.NewSeed(w, w), m, message.Receipt{State: message.Delivered, At: now}, "w")
	w.update(func(ctx context.Context, tx store.Tx) error {
		_, err1 := tx.Messages.Plan(ctx, []message.Message{m})
		_, err2 := tx.Messages.Record(ctx, []message.Verdict{{Business: w.b.ID, Message: m.ID, State: message.Sending, Lease: now.Add(time.Minute), At: now}})
		_, err3 := tx.Messages.Finish(ctx, []message.Outcome{{Business: w.b.ID, Message: m.ID, Attempt: 1, State: message.Sent, CarrierID: m.ID.String(), At: now}})
		_, err4 := tx.Messages.Settle(ctx, []message.Receipt{{Token: m.Token(), State: message.Delivered, At: now}})
		hook := inbox.Event{ID: "t:" + m.ID.String(), Provider: "t", Kind: inbox.Inbound, Occurred: now, Received: now, Raw: []byte(`{"from":"` + m.To.E164() + `","to":"+15125550199"}`)}
		_, err5 := tx.Inbox.Keep(ctx, []inbox.Event{hook})
		return errors.Join(err1, err2, err3, err4, err5,
			tx.Inbox.Handled(ctx, now, map[string]string{hook.ID: "done"}),
			tx.Consent.Append(ctx, []consent.Event{joined, left}),
			tx.Suppression.Add(ctx, []suppression.Entry{{ID: core.SuppressionID(left.ID), Business: w.b.ID, Number: guest(i), Reason: suppression.OptOut, At: left.At}}),
			tx.Evidence.Append(ctx, []evidence.Record{evidence.NewEvent(w.Salt(), joined, consent.Disclosure{}), evidence.NewEvent(w.Salt(), left, consent.Disclosure{}), decision}))
	})
	return m
}

// left says what there still is of a guest.
func (w *world) left(i int) string {
	w.Helper()
	var parts []string
	p := core.Pair{Business: w.b.ID, Number: guest(i)}
	w.update(func(ctx context.Context, tx store.Tx) error {
		ms, err1 := tx.Messages.ForPair(ctx, p, 10)
		for _, m := range ms {
			parts = append(parts, "text")
			if m.Body != "" {
				parts = append(parts, "words")
			}
		}
		hooks, err2 := tx.Inbox.List(ctx, time.Time{}, 100)
		for _, h := range hooks {
			if strings.Contains(string(h.Raw), guest(i).E164()) {
				parts = append(parts, "webhook")
			}
		}
		es, err3 := tx.Consent.History(ctx, p)
		for _, e := range es {
			parts = append(parts, e.Kind.String())
		}
		rs, err4 := tx.Evidence.OfPair(ctx, p, core.RecordID{}, 10)
		for _, r := range rs {
			if r.Kind != evidence.KindHold {
				parts = append(parts, "record:"+r.Kind.String())
			}
		}
		bars, err5 := tx.Suppression.Barring(ctx, []core.Pair{p})
		if len(bars) > 0 {
			parts = append(parts, "barred")
		}
		return errors.Join(err1, err2, err3, err4, err5)
	})
	return strings.Join(parts, " ")
}

// run runs at an instant, as every night before it.
func (w *world) run(at time.Time) sweep.Report {
	w.Helper()
	w.now = at
	r, err := w.s.Run(w.Context(), sweep.Options{ClockIsRight: true})
	if err != nil {
		w.Fatal(err)
	}
	return r
}

const everything = "text words webhook granted revoked record:consent record:receipt record:revocation barred"

func TestPromise12WhatGoesWhen(t *testing.T) {
	w := newWorld(t)
	for i := range 8 {
		w.lives(i)
	}
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{t0.AddDate(0, 0, 89), everything},
		{t0.AddDate(0, 0, 92), "text words granted revoked record:consent record:receipt record:revocation barred"},
		{t0.AddDate(0, 12, -1), "text words granted revoked record:consent record:receipt record:revocation barred"},
		{t0.AddDate(0, 12, 3), "text granted revoked record:consent record:receipt record:revocation barred"},
		{t0.AddDate(5, 0, -1), "text granted revoked record:consent record:receipt record:revocation barred"},
		{t0.AddDate(5, 0, 3), "revoked record:revocation barred"},
		{t0.AddDate(10, 0, -1), "revoked record:revocation barred"},
		{t0.AddDate(10, 0, 3), "barred"},
		{t0.AddDate(40, 0, 0), "barred"},
	} {
		w.run(c.at)
		for i := range 8 {
			if got := w.left(i); got != c.want {
				t.Fatalf("on %s there is of guest %d: %s\nwant: %s", c.at.Format(time.DateOnly), i, got, c.want)
			}
		}
	}
	// What was erased is on record, and says of whom nothing.
	var erasures int
	w.update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.Unsealed(ctx, 1000)
		for _, r := range rs {
			if r.Business != w.b.ID {
				continue
			}
			erasures++
		}
		return err
	})
	if erasures <= 8*3 {
		t.Errorf("%d records: none of the erasures", erasures-8*3)
	}
}

func TestConsentInUseIsKept(t *testing.T) {
	w := newWorld(t)
	e := consent.Event{ID: core.EventID(w.New()), Business: w.b.ID, Number: guest(1), Kind: consent.Granted, Method: consent.ByKeyword, Scope: 1, At: t0, Recorded: t0}
	w.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Consent.Append(ctx, []consent.Event{e}), tx.Evidence.Append(ctx, []evidence.Record{evidence.NewEvent(w.Salt(), e, consent.Disclosure{})}))
	})
	w.run(t0.AddDate(9, 0, 0))
	if got := w.left(1); got != "granted record:consent" {
		t.Errorf("of a guest who is subscribed for nine years there is %q", got)
	}
}

func TestPromise12NothingHeldIsErased(t *testing.T) {
	w := newWorld(t)
	w.lives(1)
	w.lives(2)
	h, err := w.holds.Place(t.Context(), retention.Hold{Business: w.b.ID, Number: guest(1), Matter: "Doe v. Luna", Reason: "counsel’s letter"})
	if err != nil {
		t.Fatal(err)
	}
	w.run(t0.AddDate(11, 0, 0))
	if got := w.left(1); got != everything {
		t.Errorf("of the held guest there is %s", got)
	}
	if got := w.left(2); got != "barred" {
		t.Errorf("of the other guest there is %s", got)
	}
	if _, err := w.holds.Lift(t.Context(), w.b.ID, h.ID, core.UserID{}, "settled"); err != nil {
		t.Fatal(err)
	}
	w.run(t0.AddDate(11, 0, 1))
	if got := w.left(1); got != "barred" {
		t.Errorf("after the hold was lifted there is %s", got)
	}
}

func TestHoldsOfBusinessCampaignAndTime(t *testing.T) {
	for name, h := range map[string]retention.Hold{
		"the business": {},
		"the campaign": {Campaign: core.CampaignID{9}},
		"the time":     {From: t0.Add(-time.Hour), To: t0.Add(time.Hour)},
	} {
		w := newWorld(t)
		w.lives(1)
		h.ID, h.Business, h.Placed = core.RecordID(w.New()), w.b.ID, t0
		w.update(func(ctx context.Context, tx store.Tx) error { return tx.Holds.Place(ctx, h) })
		w.run(t0.AddDate(11, 0, 0))
		if got := w.left(1); !strings.HasPrefix(got, "text words") || !strings.Contains(got, "record:receipt") {
			t.Errorf("a hold on %s left %s", name, got)
		}
	}
}

// A hold that is placed while a purge goes on wins over all that was not erased yet.
func TestAHoldDuringAPurgeWins(t *testing.T) {
	w := newWorld(t)
	for i := range 9 {
		w.lives(i)
	}
	w.now = t0.AddDate(1, 0, 5)
	placed := false
	_, err := w.s.Run(t.Context(), sweep.Options{ClockIsRight: true, Progress: func(l sweep.Line) {
		if l.Pile == retention.WordsPile && !placed {
			placed = true
			if _, err := w.holds.Place(t.Context(), retention.Hold{Business: w.b.ID, Matter: "Doe v. Luna", Reason: "served today"}); err != nil {
				t.Error(err)
			}
		}
	}})
	if err != nil || !placed {
		t.Fatalf("placed %v, %v", placed, err)
	}
	words := 0
	for i := range 9 {
		if strings.Contains(w.left(i), "words webhook") || strings.Contains(w.left(i), "words granted") {
			words++
		}
	}
	if words != 6 { // of nine, the first step of three was through
		t.Errorf("%d texts still have their words, want 6", words)
	}
	w.run(t0.AddDate(3, 0, 0))
	for i := range 9 {
		if !strings.Contains(w.left(i), "text") || !strings.Contains(w.left(i), "webhook") {
			t.Errorf("of guest %d there is %s", i, w.left(i))
		}
	}
}

// Killed at any step, and run again until it is through, it leaves what a run
// without a kill leaves.
func TestKilledAtAnyStep(t *testing.T) {
	at := t0.AddDate(5, 1, 0)
	for kill := range 60 {
		w := newWorld(t)
		for i := range 8 {
			w.lives(i)
		}
		w.now = at
		w.store.left = kill
		_, err := w.s.Run(t.Context(), sweep.Options{ClockIsRight: true})
		if w.store.killed != errors.Is(err, errKilled) {
			t.Fatalf("kill %d: %v", kill, err)
		}
		w.store.left = -1
		w.run(at.Add(time.Hour))
		for i := range 8 {
			if got := w.left(i); got != "revoked record:revocation barred" {
				t.Fatalf("killed at step %d, and run again, there is of guest %d: %s", kill, i, got)
			}
		}
		if err == nil {
			return
		}
	}
	t.Error("the run has more than 60 steps: the test did not see its end")
}

func TestPlanAndDryRunChangeNothing(t *testing.T) {
	w := newWorld(t)
	for i := range 8 {
		w.lives(i)
	}
	w.now = t0.AddDate(1, 0, 5)
	p, err := w.s.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Doubt == nil {
		t.Error("a year after the newest event, the clock is believed")
	}
	dry, err := w.s.Run(t.Context(), sweep.Options{ClockIsRight: true, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.left(3); got != everything {
		t.Fatalf("after planning there is %s", got)
	}
	real := w.run(w.now)
	for i, l := range p.Lines {
		if d, r := dry.Lines[i], real.Lines[i]; l.Rows != d.Erased || d.Erased != r.Erased {
			t.Errorf("%s: planned %d, dry %d, erased %d", l.Pile, l.Rows, d.Erased, r.Erased)
		}
	}
	if p.Rows() != 16 || real.Erased() != 16 {
		t.Errorf("planned %d, erased %d; want the words and webhooks of eight guests", p.Rows(), real.Erased())
	}
	if again := w.run(w.now); again.Erased() != 0 {
		t.Errorf("a second run erased %d", again.Erased())
	}
}

// A clock that is a year ahead would erase a year too much: then nothing is.
func TestAWrongClockErasesNothing(t *testing.T) {
	w := newWorld(t)
	w.lives(1)
	for _, at := range []time.Time{t0.AddDate(1, 0, 5), t0.AddDate(-1, 0, 0)} {
		w.now = at
		if _, err := w.s.Run(t.Context(), sweep.Options{}); core.KindOf(err) != core.Denied || core.MessageOf(err) == "" {
			t.Errorf("on %s: %v, want Denied with what to do", at.Format(time.DateOnly), err)
		}
		if got := w.left(1); got != everything {
			t.Errorf("there is %s", got)
		}
	}
	// A store in which nothing happens is swept every night all the same.
	for night := t0; night.Before(t0.AddDate(1, 1, 0)); night = night.AddDate(0, 0, 20) {
		w.now = night
		if _, err := w.s.Run(t.Context(), sweep.Options{}); err != nil {
			t.Fatalf("on %s: %v", night.Format(time.DateOnly), err)
		}
	}
	if got := w.left(1); strings.Contains(got, "words") {
		t.Errorf("after a year of nights there is %s", got)
	}
}

// A text that waits keeps its words, and the walk comes back to it.
func TestWhatIsStillNeededIsKept(t *testing.T) {
	w := newWorld(t)
	waiting := message.Message{ID: core.MessageID(w.New()), Business: w.b.ID, To: guest(1), Class: message.Marketing, Body: "soon", Key: message.Key{1}, State: message.Planned, Due: t0, NotAfter: t0.AddDate(3, 0, 0), Planned: t0}
	w.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Plan(ctx, []message.Message{waiting})
		return err
	})
	for i := range 7 {
		w.lives(i + 2)
	}
	w.run(t0.AddDate(2, 0, 0))
	if got := w.left(1); got != "text words" {
		t.Errorf("of the waiting text there is %s", got)
	}
	if got := w.left(5); strings.Contains(got, "words") {
		t.Errorf("what stands behind it was not erased: %s", got)
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Messages.Cancel(ctx, core.Pair{Business: w.b.ID, Number: guest(1)}, message.Marketing, "test", t0)
		return err
	})
	w.run(t0.AddDate(2, 0, 1))
	if got := w.left(1); got != "text" {
		t.Errorf("of the text that was cancelled long ago there is %s", got)
	}
}
