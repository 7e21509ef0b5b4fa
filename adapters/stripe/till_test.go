package stripe_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/charge"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

// A cashier is a small Stripe: it knows prices by lookup key and one subscription,
// and writes down what it is told to do.
type cashier struct {
	*httptest.Server
	mu    sync.Mutex
	sub   string // as JSON
	asked []string
	keys  []string
	fail  int
}

func newCashier(t *testing.T) (*cashier, *stripe.Till) {
	t.Helper()
	c := &cashier{}
	c.Server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.Close)
	till, err := stripe.NewTill(stripe.TillConfig{Key: "sk_test_x", URL: c.URL})
	if err != nil {
		t.Fatal(err)
	}
	return c, till
}

func (c *cashier) serve(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail > 0 {
		w.WriteHeader(c.fail)
		fmt.Fprint(w, `{"error":{"type":"invalid_request_error","code":"resource_missing","message":"no such thing as luna@example.com"}}`)
		return
	}
	call := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/v1/")
	if r.Method == http.MethodPost {
		c.asked = append(c.asked, call+" "+decoded(r.PostForm.Encode()))
		c.keys = append(c.keys, r.Header.Get("Idempotency-Key"))
	}
	switch call {
	case "GET prices":
		key := r.Form.Get("lookup_keys[0]")
		fmt.Fprintf(w, `{"object":"list","data":[{"id":"price_%s","lookup_key":%q}]}`, key, key)
	case "GET subscriptions":
		fmt.Fprintf(w, `{"object":"list","data":[%s]}`, c.sub)
	case "GET invoices":
		fmt.Fprint(w, `{"object":"list","data":[{"id":"in_1","number":"A-1","status":"open","total":4900,"created":1795521600,"hosted_invoice_url":"https://invoice.stripe.com/i/1"}]}`)
	default:
		fmt.Fprint(w, `{"id":"obj_1","url":"https://checkout.stripe.com/c/pay"}`)
	}
}

func decoded(s string) string {
	out, _ := url.QueryUnescape(s)
	return out
}

const growing = `{"id":"sub_1","status":"active","customer":"cus_1","current_period_start":1795521600,"current_period_end":1798113600,"cancel_at_period_end":true,"schedule":"sch_1",
	"items":{"data":[{"id":"si_a","price":{"id":"p1","lookup_key":"nexo_growth"}},{"id":"si_b","price":{"id":"p2","lookup_key":"nexo_growth_over"}},{"id":"si_c","price":{"id":"p3","lookup_key":"others"}}]}}`

var growth = billing.Subscription{ID: "sub_1", Customer: "cus_1", Status: "active", Plan: "growth", Item: "si_a", OverItem: "si_b", Schedule: "sch_1", CancelAtEnd: true,
	Start: time.Unix(1795521600, 0).UTC(), End: time.Unix(1798113600, 0).UTC()}

func plan(t *testing.T, id string) billing.Plan {
	t.Helper()
	p, ok := billing.PlanOf(id)
	if !ok {
		t.Fatal("no such plan")
	}
	return p
}

func TestTill(t *testing.T) {
	t.Parallel()
	c, till := newCashier(t)
	ctx, biz := t.Context(), account.Business{ID: core.BusinessID{7}, Name: "Luna's", LegalName: "Luna LLC"}
	for _, step := range []struct {
		name string
		do   func() error
		says []string // what the last call is made of
	}{
		{"customer", func() error { _, err := till.Customer(ctx, biz, "luna@example.com"); return err },
			[]string{"POST customers", "name=Luna LLC", "email=luna@example.com", "metadata[business]=" + biz.ID.String()}},
		{"checkout", func() error {
			u, err := till.Checkout(ctx, charge.Order{Business: biz.ID, Customer: "cus_1", Plan: plan(t, "growth"), Trial: true, Back: "https://nexo.example/b"})
			if u != "https://checkout.stripe.com/c/pay" {
				t.Errorf("checkout leads to %q", u)
			}
			return err
		}, []string{"POST checkout/sessions", "mode=subscription", "client_reference_id=" + biz.ID.String(), "line_items[0][price]=price_nexo_growth", "line_items[0][quantity]=1",
			"line_items[1][price]=price_nexo_growth_over", "trial_period_days]=14"}},
		{"a larger plan", func() error { return till.Raise(ctx, growth, plan(t, "pro")) },
			[]string{"POST subscriptions/sub_1", "items[0][id]=si_a", "items[0][price]=price_nexo_pro", "items[1][id]=si_b", "proration_behavior=always_invoice", "cancel_at_period_end=false"}},
		{"a smaller plan", func() error { return till.Lower(ctx, growth, plan(t, "starter")) },
			[]string{"POST subscription_schedules/sch_1", "end_behavior=release", "phases[0][items][0][price]=price_nexo_growth", "phases[0][end_date]=1798113600",
				"phases[1][items][0][price]=price_nexo_starter", "phases[1][proration_behavior]=none"}},
		{"keep", func() error { return till.Keep(ctx, growth) }, []string{"POST subscriptions/sub_1", "cancel_at_period_end=false"}},
		{"report", func() error { return till.Report(ctx, growth, 12) },
			[]string{"POST subscription_items/si_b/usage_records", "action=set", "quantity=12", "timestamp=1795521601"}},
		{"portal", func() error { _, err := till.Portal(ctx, "cus_1", "https://nexo.example/b"); return err }, []string{"POST billing_portal/sessions", "customer=cus_1"}},
	} {
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", step.name, err)
			continue
		}
		last, key := c.asked[len(c.asked)-1], c.keys[len(c.keys)-1]
		for _, s := range step.says {
			if !strings.Contains(last, s) {
				t.Errorf("%s: %q is not in %s", step.name, s, last)
			}
		}
		if key == "" {
			t.Errorf("%s has no key that makes it happen once", step.name)
		}
		for _, s := range []string{"line_items[1][quantity]", "card", "number="} {
			if strings.Contains(last, s) {
				t.Errorf("%s has %s: %s", step.name, s, last)
			}
		}
	}
	c.sub = growing
	if got, err := till.Subscriptions(ctx, "cus_1"); err != nil || len(got) != 1 || got[0] != growth {
		t.Errorf("the subscription is read as %+v, %v", got, err)
	}
	if got, err := till.Invoices(ctx, "cus_1", 3); err != nil || len(got) != 1 || got[0].Cents != 4900 || got[0].Number != "A-1" {
		t.Errorf("the invoices are %+v, %v", got, err)
	}
	for status, kind := range map[int]core.Kind{400: core.Unavailable, 401: core.Unavailable, 404: core.Unavailable} {
		c.fail = status
		_, err := till.Portal(ctx, "cus_1", "")
		if core.KindOf(err) != kind || core.MessageOf(err) == "" || strings.Contains(err.Error(), "luna@") {
			t.Errorf("%d: %v", status, err)
		}
	}
	if _, err := stripe.NewTill(stripe.TillConfig{}); !errors.Is(err, core.Invalid) {
		t.Errorf("without a key: %v", err)
	}
}

type noCarrier struct{}

func (noCarrier) Verify(func(string) string, []byte, time.Time) error { return nil }
func (noCarrier) Parse([]byte, time.Time) inbox.Event                 { return inbox.Event{Provider: "carrier"} }

type still struct{}

func (still) Now() time.Time { return now }

// TestWebhooksOfManyVersions: signed events of several API versions, each twice and
// in the wrong order, and one that is forged. Whatever they say, what is written
// down is what Stripe answers.
func TestWebhooksOfManyVersions(t *testing.T) {
	t.Parallel()
	biz := core.BusinessID{7}
	const ends = `{"id":"evt_3","object":"event","api_version":"2023-10-16","created":1795521600,"type":"customer.subscription.deleted","data":{"object":{"id":"sub_1","customer":"cus_1","status":"canceled","current_period_end":1798113600}}}`
	bodies := []string{
		ends, // says that it is over, which was long ago
		`{"id":"evt_1","object":"event","api_version":"2020-08-27","created":1795435200,"type":"checkout.session.completed","data":{"object":{"id":"cs_1","mode":"subscription","customer":"cus_1","subscription":"sub_1","client_reference_id":"` + biz.String() + `","payment_status":"paid"}}}`,
		`{"id":"evt_2","object":"event","api_version":"2025-03-31.basil","created":1795435201,"type":"invoice.payment_failed","data":{"object":{"id":"in_1","customer":"cus_1","status":"open","parent":{"subscription_details":{"subscription":"sub_1"}}}}}`,
		ends,
		`{"id":"evt_4","object":"event","api_version":"2026-08-26.dahlia","created":1795435202,"type":"customer.subscription.updated","data":{"object":{"id":"sub_1","customer":{"id":"cus_1"},"status":"past_due","items":{"data":[{"current_period_end":1798113600}]}}}}`,
		`{"id":"evt_5","object":"event","api_version":"2023-10-16","type":"balance.available","data":{"object":{}}}`,
		`not json`,
	}
	c, till := newCashier(t)
	c.sub = growing
	v, err := stripe.NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	st := memstore.New()
	pay := &charge.Service{Store: st, Till: till, Clock: still{}, News: stripe.News, Provider: stripe.Provider}
	in := &intake.Service{Store: st, Provider: noCarrier{}, Clock: still{}, Other: pay}
	err = st.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Accounts.AddBusiness(ctx, account.Business{ID: biz, Name: "Luna's"})
	})
	if err != nil {
		t.Fatal(err)
	}
	hear := func(body, header string) error {
		e, err := in.Read(v, func(string) string { return header }, []byte(body))
		if err != nil {
			return err
		}
		if err := st.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Inbox.Keep(ctx, []inbox.Event{e})
			return err
		}); err != nil {
			return err
		}
		_, err = in.Step(t.Context(), 10)
		return err
	}
	for range 2 {
		for _, body := range bodies {
			if err := hear(body, sign(body, now, secret)); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			if _, err := pay.Go(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := hear(bodies[1], sign(bodies[1], now, "whsec_forged")); !errors.Is(err, core.Denied) {
		t.Errorf("a forged event: %v", err)
	}
	got, err := pay.Show(t.Context(), biz)
	if err != nil || got.Account.Customer != "cus_1" || got.Account.Sub != growth {
		t.Errorf("after all of them the account is %+v, %v", got.Account, err)
	}
}
