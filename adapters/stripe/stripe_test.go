package stripe_test

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/core"
)

const secret = "whsec_of_the_tests"

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func sign(body string, at time.Time, secret string) string {
	return "t=" + strconv.FormatInt(at.Unix(), 10) + ",v1=" + hex.EncodeToString(webhook.ComputeSignature(at, []byte(body), secret))
}

func TestVerify(t *testing.T) {
	t.Parallel()
	const body = `{"id":"evt_1"}`
	good := sign(body, now, secret)
	_, sig, _ := strings.Cut(good, ",v1=")
	stamp, _, _ := strings.Cut(good, ",")
	for _, c := range []struct {
		name, header, body string
		want               bool
	}{
		{"as sent", good, body, true},
		{"while the secret changes", stamp + ",v1=" + strings.Repeat("ab", 32) + ",v1=" + sig, body, true},
		{"with an older scheme beside it", good + ",v0=00", body, true},
		{"with spaces", strings.ReplaceAll(good, ",", ", "), body, true},
		{"just not too old", sign(body, now.Add(-300*time.Second), secret), body, true},
		{"just too old", sign(body, now.Add(-301*time.Second), secret), body, false},
		{"just not of the future", sign(body, now.Add(300*time.Second), secret), body, true},
		{"of the future", sign(body, now.Add(301*time.Second), secret), body, false},
		{"an hour ahead", sign(body, now.Add(time.Hour), secret), body, false},
		{"of the end of time", "t=9223372036854775807,v1=" + sig, body, false},
		{"another body", good, body + " ", false},
		{"another secret", sign(body, now, "whsec_another"), body, false},
		{"the empty secret", sign(body, now, ""), body, false},
		{"no header", "", body, false},
		{"no time", "v1=" + sig, body, false},
		{"no signature", stamp, body, false},
		{"an empty signature", stamp + ",v1=", body, false},
		{"only an older scheme", stamp + ",v0=" + sig, body, false},
		{"two times", "t=1," + good, body, false},
		{"a time that is written otherwise", strings.Replace(good, "t=", "t=+", 1), body, false},
		{"not hex", stamp + ",v1=zz", body, false},
		{"not pairs", "hello", body, false},
	} {
		v, err := stripe.NewVerifier(secret + "\n")
		if err != nil {
			t.Fatal(err)
		}
		err = v.Verify(func(name string) string {
			if name != "Stripe-Signature" {
				t.Errorf("asked for %s", name)
			}
			return c.header
		}, []byte(c.body), now)
		if (err == nil) != c.want || err != nil && !errors.Is(err, core.Denied) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestNoSecret: anyone can sign with the empty secret, so nothing is accepted by it.
func TestNoSecret(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " \n"} {
		if _, err := stripe.NewVerifier(s); !errors.Is(err, core.Invalid) {
			t.Errorf("%q as secret: %v", s, err)
		}
	}
	var zero stripe.Verifier
	if err := zero.Verify(func(string) string { return sign("{}", now, "") }, []byte("{}"), now); !errors.Is(err, core.Denied) {
		t.Errorf("the zero Verifier: %v", err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	event := func(typ, object string) string {
		return `{"id":"evt_1","object":"event","api_version":"2023-10-16","created":1795521600,"livemode":true,"type":"` + typ + `","data":{"object":` + object + `}}`
	}
	for _, c := range []struct {
		name, body                            string
		kind                                  stripe.Kind
		object, customer, subscription, other string // other: reference, status and period end
	}{
		{"checkout", event("checkout.session.completed", `{"id":"cs_1","mode":"subscription","customer":"cus_1","subscription":"sub_1","client_reference_id":"biz","payment_status":"paid"}`),
			stripe.Checkout, "cs_1", "cus_1", "sub_1", "biz paid -"},
		{"checkout given up", event("checkout.session.expired", `{"id":"cs_1","customer":null,"client_reference_id":"biz"}`), stripe.Checkout, "cs_1", "", "", "biz  -"},
		{"checkout of a single payment", event("checkout.session.completed", `{"id":"cs_1","mode":"payment","customer":"cus_1"}`), stripe.Unknown, "cs_1", "cus_1", "", "  -"},
		{"checkout of nobody", event("checkout.session.completed", `{"id":"cs_1"}`), stripe.Unparsable, "cs_1", "", "", "  -"},
		{"subscription", event("customer.subscription.updated", `{"id":"sub_1","customer":"cus_1","status":"past_due","current_period_end":1798113600}`),
			stripe.Subscription, "sub_1", "cus_1", "sub_1", " past_due 2026-12-24"},
		{"subscription of a newer version", `{"id":"evt_1","api_version":"2025-03-31.basil","type":"customer.subscription.updated","data":{"object":{"id":"sub_1","customer":{"id":"cus_1","object":"customer"},"status":"active","items":{"data":[{"current_period_end":1800792000},{"current_period_end":1798113600}]}}}}`,
			stripe.Subscription, "sub_1", "cus_1", "sub_1", " active 2026-12-24"},
		{"subscription of unknown status", event("customer.subscription.updated", `{"id":"sub_1","customer":"cus_1"}`), stripe.Unparsable, "sub_1", "cus_1", "sub_1", "  -"},
		{"invoice", event("invoice.paid", `{"id":"in_1","customer":"cus_1","subscription":"sub_1","status":"paid"}`), stripe.Invoice, "in_1", "cus_1", "sub_1", " paid -"},
		{"invoice of a newer version", event("invoice.payment_failed", `{"id":"in_1","customer":"cus_1","status":"open","parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1"}}}`),
			stripe.Invoice, "in_1", "cus_1", "sub_1", " open -"},
		{"invoice to come, without an id", event("invoice.upcoming", `{"customer":"cus_1"}`), stripe.Invoice, "", "cus_1", "", "  -"},
		{"invoice without an id", event("invoice.paid", `{"customer":"cus_1"}`), stripe.Unparsable, "", "cus_1", "", "  -"},
		{"another type", event("balance.available", `{}`), stripe.Unknown, "", "", "", "  -"},
		{"a thin event", `{"id":"evt_1","object":"v2.core.event","type":"invoice.paid"}`, stripe.Unknown, "", "", "", "  -"},
		{"no contents", `{"id":"evt_1","type":"invoice.paid"}`, stripe.Unparsable, "", "", "", "  -"},
		{"contents of another shape", event("invoice.paid", `[1]`), stripe.Unparsable, "", "", "", "  -"},
		{"no id", `{"type":"invoice.paid"}`, stripe.Unparsable, "", "", "", "  -"},
		{"no JSON", `hello`, stripe.Unparsable, "", "", "", "  -"},
		{"nothing", ``, stripe.Unparsable, "", "", "", "  -"},
	} {
		e := stripe.Parse([]byte(c.body), now)
		until := "-"
		if !e.PeriodEnd.IsZero() {
			until = e.PeriodEnd.Format(time.DateOnly)
		}
		other := e.Reference + " " + e.Status + " " + until
		if e.Kind != c.kind || e.Object != c.object || e.Customer != c.customer || e.Subscription != c.subscription || other != c.other {
			t.Errorf("%s: %s, %q %q %q %q", c.name, e.Kind, e.Object, e.Customer, e.Subscription, other)
		}
		if (e.Problem != "") != (e.Kind == stripe.Unparsable) {
			t.Errorf("%s: kind %s and problem %q", c.name, e.Kind, e.Problem)
		}
		if e.Received != now || string(e.Raw) != c.body {
			t.Errorf("%s: the receipt or the body was lost", c.name)
		}
	}
	e := stripe.Parse([]byte(event("invoice.paid", `{"id":"in_1","customer":"cus_1"}`)), now)
	if e.ID != "evt_1" || !e.Live || e.Version != "2023-10-16" || !e.Created.Equal(now) {
		t.Errorf("the envelope: %+v", e)
	}
	if big := stripe.Parse(make([]byte, stripe.MaxBody+1), now); big.Kind != stripe.Unparsable {
		t.Errorf("a huge body is %s", big.Kind)
	}
}

// FuzzParse: no body makes it panic, and what it accepts has what we use.
func FuzzParse(f *testing.F) {
	f.Add(`{"id":"evt_1","type":"invoice.paid","data":{"object":{"id":"in_1","customer":"cus_1"}}}`, "t=1,v1=00")
	f.Add(`{"id":"evt_1","type":"customer.subscription.updated","data":{"object":{"id":"sub_1","customer":{"id":"cus_1"},"status":"active"}}}`, "t=1,t=2")
	v, err := stripe.NewVerifier(secret)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body, header string) {
		if err := v.Verify(func(string) string { return header }, []byte(body), now); err == nil {
			t.Fatalf("a forgery passed: %q", header)
		}
		e := stripe.Parse([]byte(body), now)
		if e.Kind > stripe.Unparsable && (e.ID == "" || e.Customer+e.Reference == "") {
			t.Fatalf("%s without its fields: %+v", e.Kind, e)
		}
	})
}
