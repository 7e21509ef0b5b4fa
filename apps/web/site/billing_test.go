package site_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/charge"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/store"
)

// till sells at the address of the test.
type till struct {
	charge.Till
	at   string
	subs []billing.Subscription
}

func (x *till) Customer(context.Context, account.Business, string) (string, error) {
	return "cus_1", nil
}
func (x *till) Checkout(_ context.Context, o charge.Order) (string, error) {
	return x.at + "/checkout/" + o.Plan.ID, nil
}
func (x *till) Portal(context.Context, string, string) (string, error) { return x.at + "/portal", nil }
func (x *till) Subscriptions(context.Context, string) ([]billing.Subscription, error) {
	return x.subs, nil
}
func (x *till) Lower(context.Context, billing.Subscription, billing.Plan) error {
	x.subs[0].Schedule = "sch_1"
	return nil
}
func (x *till) Keep(context.Context, billing.Subscription) error {
	x.subs[0].Schedule = ""
	return nil
}
func (x *till) Invoices(context.Context, string, int) ([]billing.Invoice, error) {
	return []billing.Invoice{{Number: "A-1", Status: "paid", Cents: 4900, URL: "https://invoice.stripe.com/i/1", Created: noon},
		{Number: "A-2", Status: "open", Cents: 1, URL: "javascript:alert(1)", Created: noon}}, nil
}

func (w *world) sells(x *till) {
	w.web.Charge = &charge.Service{Store: w.web.Database.Store, Clock: w.clock, PublicURL: "https://nexo.example"}
	if x != nil {
		w.web.Charge.Till = x
	}
	w.web.Launch.Credit = w.web.Charge
}

func TestBillingIsFreeWithoutAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sells(nil)
	owner, _ := w.venue("luna@example.com", "(512) 555-0190", "LUNA")
	owner.get("/settings").must(200, "Billing")
	page := owner.get("/settings/billing").must(200, "Free, on your own machine", "NEXO_STRIPE_API_KEY")
	if strings.Contains(page.body, `name="plan"`) {
		t.Error("something is sold")
	}
}

func TestBillingPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	x := &till{}
	w.sells(x)
	owner, biz := w.venue("luna@example.com", "(512) 555-0190", "LUNA")
	x.at = w.server.URL
	w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon.Add(-48*time.Hour))
	page := owner.get("/settings/billing").must(200, "No plan yet", "first 14 days", "Choose Starter", "$149 a month")
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' https://checkout.stripe.com") {
		t.Errorf("a browser would not follow the form: %s", csp)
	}
	if got := owner.submit("/settings/billing", "/settings/billing", url.Values{"plan": {"growth"}}); got.path != "/checkout/growth" {
		t.Errorf("buying leads to %s", got.path)
	}
	owner.submit("/settings/billing", "/settings/billing", url.Values{"plan": {"gold"}}).must(200, "There is no such plan")
	form := url.Values{"body": {goodText}, "when": {"now"}, "do": {"review"}}
	owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "There is no plan yet")

	// It was bought: the worker asks.
	x.subs = []billing.Subscription{{ID: "sub_1", Customer: "cus_1", Status: "active", Plan: "growth", Item: "si_1", Start: noon.Add(-time.Hour), End: noon.Add(30 * 24 * time.Hour)}}
	w.update(func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Billing.Account(ctx, biz.ID)
		if err != nil {
			return err
		}
		a.Due = noon
		return tx.Billing.SaveAccount(ctx, a)
	})
	if n, err := w.web.Charge.Go(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	owner.get("/settings/billing?paid=1").must(200, "Thank you")
	page = owner.get("/settings/billing").must(200, "0 of 5,000 parts", "Your plan", "Change to Pro now", "Change to Starter on Thu 24 Dec 2026", "$49.00", "https://invoice.stripe.com/i/1", "always go out")
	if strings.Contains(page.body, "javascript:") {
		t.Error("an address that is no page is linked")
	}
	owner.submit("/settings/billing", "/settings/billing", url.Values{"plan": {"starter"}, "down": {"on"}}).must(200, "at the end of the period", "It becomes Starter on Thu 24 Dec 2026", "Keep Growth")
	owner.submit("/settings/billing", "/settings/billing", url.Values{"do": {"keep"}}).must(200, "Nothing changes")
	if got := owner.submit("/settings/billing", "/settings/billing", url.Values{"do": {"portal"}}); got.path != "/portal" {
		t.Errorf("the portal is at %s", got.path)
	}
	owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "1")
	x.subs[0].Status = "unpaid"
	w.clock.now = noon.Add(2 * time.Hour)
	if n, err := w.web.Charge.Go(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	owner.get("/settings/billing").must(http.StatusOK, "campaigns do not begin")
}
