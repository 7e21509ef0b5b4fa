package charge_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/charge"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

var now = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

type clock struct{ t time.Time }

func (c *clock) Now() time.Time { return c.t }

// till sells by a word: what was bought is what the test says it is.
type till struct {
	subs   []billing.Subscription
	err    error
	calls  []string
	report int
}

func (x *till) note(s string) error { x.calls = append(x.calls, s); return x.err }

func (x *till) Customer(_ context.Context, b account.Business, _ string) (string, error) {
	return "cus_" + b.Name, x.note("customer")
}
func (x *till) Checkout(_ context.Context, o charge.Order) (string, error) {
	trial := ""
	if o.Trial {
		trial = " trial"
	}
	return "https://pay.example/" + o.Plan.ID, x.note("checkout " + o.Plan.ID + trial)
}
func (x *till) Portal(context.Context, string, string) (string, error) {
	return "https://pay.example/portal", x.note("portal")
}
func (x *till) Subscriptions(context.Context, string) ([]billing.Subscription, error) {
	return x.subs, x.err
}
func (x *till) Raise(_ context.Context, s billing.Subscription, p billing.Plan) error {
	x.subs[0].Plan = p.ID
	return x.note("raise " + p.ID)
}
func (x *till) Lower(_ context.Context, s billing.Subscription, p billing.Plan) error {
	x.subs[0].Schedule = "sch_1"
	return x.note("lower " + p.ID)
}
func (x *till) Keep(context.Context, billing.Subscription) error {
	x.subs[0].Schedule, x.subs[0].CancelAtEnd = "", false
	return x.note("keep")
}
func (x *till) Report(_ context.Context, _ billing.Subscription, n int) error {
	x.report = n
	return x.note("report")
}
func (x *till) Invoices(context.Context, string, int) ([]billing.Invoice, error) {
	return []billing.Invoice{{Number: "A-1", Status: "paid"}}, x.err
}

type world struct {
	*charge.Service
	t     *testing.T
	till  *till
	clock *clock
	biz   account.Business
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, till: &till{}, clock: &clock{now}, biz: account.Business{ID: core.BusinessID{7}, Name: "luna", Status: account.Active}}
	w.Service = &charge.Service{Store: memstore.New(), Till: w.till, Clock: w.clock, Provider: "pay", PublicURL: "https://nexo.example",
		News: func(raw []byte, _ time.Time) (n billing.News, ok bool) { return n, json.Unmarshal(raw, &n) == nil }}
	w.update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddBusiness(ctx, w.biz) })
	return w
}

func (w *world) update(f func(context.Context, store.Tx) error) {
	w.t.Helper()
	if err := w.Store.Update(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) heard(n billing.News) (note string) {
	w.t.Helper()
	raw, _ := json.Marshal(n)
	w.update(func(ctx context.Context, tx store.Tx) (err error) {
		note, err = w.Heard(ctx, tx, inbox.Stored{Provider: "pay", Raw: raw}, w.clock.t)
		return err
	})
	return note
}

func (w *world) account() billing.Account {
	w.t.Helper()
	v, err := w.Show(w.t.Context(), w.biz.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return v.Account
}

func (w *world) may(need int) (why string) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx store.Tx) (err error) {
		why, err = w.May(ctx, tx, w.biz.ID, need, w.clock.t)
		return err
	})
	return why
}

func (w *world) goes(want int) {
	w.t.Helper()
	if n, err := w.Go(w.t.Context()); err != nil || n != want {
		w.t.Fatalf("Go asked after %d (%v), want %d", n, err, want)
	}
}

func sub(id, status, plan string) billing.Subscription {
	return billing.Subscription{ID: id, Customer: "cus_luna", Status: status, Plan: plan, Item: "si_0", OverItem: "si_1",
		Start: now.Add(-24 * time.Hour), End: now.Add(29 * 24 * time.Hour)}
}

// TestFromCheckoutToCancel is the life of a subscription. Every webhook comes
// twice, and none is believed.
func TestFromCheckoutToCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if why := w.may(1); !strings.Contains(why, "no plan") {
		t.Errorf("without a plan: %q", why)
	}
	url, err := w.Choose(t.Context(), w.biz, "luna@example.com", "growth")
	if err != nil || url != "https://pay.example/growth" || strings.Join(w.till.calls, ",") != "customer,checkout growth trial" {
		t.Fatalf("choosing leads to %q, %v: %v", url, err, w.till.calls)
	}
	if w.may(1) == "" {
		t.Error("a page that sells is not a sale")
	}
	tells := billing.News{Customer: "cus_luna", Business: w.biz.ID}
	trial := sub("sub_1", "trialing", "growth")
	trial.TrialEnd = now.Add(14 * 24 * time.Hour)
	for _, step := range []struct {
		status string
		plan   string
		need   int
		may    bool
	}{
		{"trialing", "growth", billing.TrialParts, true}, {"trialing", "growth", billing.TrialParts + 1, false},
		{"active", "growth", 99_999, true}, {"past_due", "growth", 5_000, true}, {"unpaid", "growth", 1, false},
		{"active", "growth", 1, true}, {"canceled", "growth", 1, false},
	} {
		w.clock.t = w.clock.t.Add(time.Minute)
		s := trial
		s.Status, s.Plan = step.status, step.plan
		w.till.subs = []billing.Subscription{s}
		w.heard(tells)
		w.heard(tells)
		w.goes(1)
		if why := w.may(step.need); (why == "") != step.may {
			t.Errorf("%s, %d parts: %q", step.status, step.need, why)
		}
	}
	if _, err := w.Choose(t.Context(), w.biz, "luna@example.com", "starter"); err != nil || w.till.calls[len(w.till.calls)-1] != "checkout starter" {
		t.Errorf("there is a second trial: %v, %v", w.till.calls, err)
	}
}

func TestWebhooksOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, n := range []billing.News{{}, {Customer: "cus_stranger"}, {Customer: "cus_x", Business: core.BusinessID{99}}} {
		w.heard(n)
	}
	w.goes(0)
	w.till.subs = []billing.Subscription{sub("sub_1", "active", "starter")}
	w.heard(billing.News{Customer: "cus_luna", Business: w.biz.ID})
	w.goes(1)
	if note := w.heard(billing.News{Customer: "cus_thief", Business: w.biz.ID}); !strings.Contains(note, "another customer") || w.account().Customer != "cus_luna" {
		t.Errorf("another customer's webhook: %q, %+v", note, w.account())
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		note, err := w.Heard(ctx, tx, inbox.Stored{Provider: "carrier", Raw: []byte("{}")}, now)
		if !strings.Contains(note, "nothing acts") {
			t.Errorf("the carrier's: %q", note)
		}
		return err
	})
}

func TestChanging(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.till.subs = []billing.Subscription{sub("sub_1", "active", "growth")}
	w.heard(billing.News{Customer: "cus_luna", Business: w.biz.ID})
	w.goes(1)
	choose := func(plan string) error {
		w.clock.t = w.clock.t.Add(time.Second)
		url, err := w.Choose(t.Context(), w.biz, "x@example.com", plan)
		if url != "" {
			t.Errorf("%s leads away to %s", plan, url)
		}
		return err
	}
	if err := choose("growth"); !errors.Is(err, core.Conflict) {
		t.Errorf("the same plan: %v", err)
	}
	if err := choose("platinum"); !errors.Is(err, core.Invalid) {
		t.Errorf("no plan: %v", err)
	}
	if err := choose("starter"); err != nil || w.account().Sub.Plan != "growth" || w.account().NextPlan != "starter" {
		t.Errorf("a smaller plan: %v, %+v", err, w.account())
	}
	w.clock.t = w.clock.t.Add(time.Second)
	if err := w.Keep(t.Context(), w.biz.ID); err != nil || w.account().NextPlan != "" {
		t.Errorf("kept: %v, %+v", err, w.account())
	}
	_ = choose("starter")
	if err := choose("pro"); err != nil || w.account().Sub.Plan != "pro" || w.account().NextPlan != "" {
		t.Errorf("a larger plan: %v, %+v", err, w.account())
	}
	if got := strings.Join(w.till.calls, ","); got != "lower starter,keep,lower starter,keep,raise pro" {
		t.Errorf("the till was asked %s", got)
	}
	w.till.err = core.E("till", core.Unavailable, "away")
	if err := choose("growth"); !errors.Is(err, core.Unavailable) || w.account().Sub.Plan != "pro" {
		t.Errorf("while it is away: %v", err)
	}
	v, err := w.Show(t.Context(), w.biz.ID)
	if err != nil || v.Problem != "away" || v.Account.Sub.Plan != "pro" {
		t.Errorf("the page while it is away: %+v, %v", v, err)
	}
}

// TestUsageIsReportedAsATotal: what is beyond the plan, and only when it changes.
func TestUsageIsReportedAsATotal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.till.subs = []billing.Subscription{sub("sub_1", "active", "growth")}
	w.heard(billing.News{Customer: "cus_luna", Business: w.biz.ID})
	w.send(1, 4_999)
	w.goes(1)
	w.send(2, 11)
	w.clock.t = w.clock.t.Add(2 * time.Hour)
	w.goes(1)
	w.clock.t = w.clock.t.Add(2 * time.Hour)
	w.goes(1)
	if got := strings.Join(w.till.calls, ","); got != "report" || w.till.report != 10 {
		t.Errorf("the till was told %s, %d at last", got, w.till.report)
	}
	w.till.err = core.E("till", core.Unavailable, "away")
	w.clock.t = w.clock.t.Add(2 * time.Hour)
	if _, err := w.Go(t.Context()); !errors.Is(err, core.Unavailable) {
		t.Error(err)
	}
	w.goes(0)
	w.till.err = nil
	w.send(3, 5)
	w.clock.t = w.clock.t.Add(6 * time.Minute)
	w.goes(1)
	if w.till.report != 15 {
		t.Errorf("after it was away it knows %d", w.till.report)
	}
}

// send has a text of so many parts handed over.
func (w *world) send(i, parts int) {
	w.t.Helper()
	id := core.MessageID(retention.Bound(w.clock.t))
	id[15] = byte(i)
	m := message.Message{ID: id, Business: w.biz.ID, To: core.MustNumber("+15125550142"), Class: message.Marketing, Body: "x", Segments: parts,
		Key: message.Key{byte(i)}, State: message.Planned, Due: w.clock.t, NotAfter: w.clock.t.Add(time.Hour), Planned: w.clock.t}
	w.update(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Messages.Plan(ctx, []message.Message{m}); err != nil {
			return err
		}
		if _, err := tx.Messages.Record(ctx, []message.Verdict{{Business: w.biz.ID, Message: id, State: message.Sending, Lease: w.clock.t.Add(time.Minute), At: w.clock.t}}); err != nil {
			return err
		}
		_, err := tx.Messages.Finish(ctx, []message.Outcome{{Business: w.biz.ID, Message: id, Attempt: 1, State: message.Sent, CarrierID: "c" + id.String(), At: w.clock.t}})
		return err
	})
}

func TestFreeWithoutATill(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Till = nil
	if why := w.may(1_000_000); why != "" || w.On() {
		t.Errorf("it costs something: %q", why)
	}
	var none *charge.Service
	if why, err := none.May(t.Context(), store.Tx{}, w.biz.ID, 1, now); why != "" || err != nil {
		t.Errorf("no service: %q, %v", why, err)
	}
	w.goes(0)
}
