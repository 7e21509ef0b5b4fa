package telnyx_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/registration"
)

const hooks = "https://hooks.example"

func lunas(sender string) (account.Business, registration.Pack) {
	b := account.Business{
		ID: core.BusinessID{1}, Name: "Luna's Cantina", LegalName: "Luna Hospitality LLC", Street: "1 Congress Ave", City: "Austin", State: place.MustState("TX"), ZIP: "78701",
		Website: "https://lunas.example", TermsURL: "https://texts.example/t/a", PrivacyURL: "https://texts.example/p/a", HelpContact: "help@lunas.example",
		MonthlyTexts: 6, Sender: core.MustNumber(sender),
	}
	return b, registration.Compose(b, []account.Keyword{{Word: "LUNA", Code: "a"}}, registration.Particulars{
		Entity: registration.Company, EIN: "123456789", First: "Luna", Last: "Reyes", Email: "luna@lunas.example", Phone: "+15125550101",
	}, "https://texts.example")
}

// registry is a carrier with a client.
func registry(t *testing.T, o telnyxsim.Options) (*telnyxsim.Sim, *telnyx.Client) {
	t.Helper()
	o.APIKey, o.Seed = testKey, 1
	sim := telnyxsim.New(o)
	t.Cleanup(sim.Close)
	return sim, newClient(t, telnyx.Config{BaseURL: serve(t, sim.Handler()).URL})
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestProfilesAreFoundAndPutRight(t *testing.T) {
	_, c := registry(t, telnyxsim.Options{})
	b, _ := lunas("+15125550100")
	want := registration.Expect(b, hooks)
	if _, ok, err := c.FindProfile(t.Context(), want.Name); ok || err != nil {
		t.Fatalf("found one before it was made: %v", err)
	}
	id := must[string](t)(c.MakeProfile(t.Context(), want))
	if got, ok, err := c.FindProfile(t.Context(), want.Name); got != id || !ok || err != nil {
		t.Errorf("found %q, %v, %v; want %q", got, ok, err, id)
	}
	is, ok, err := c.Settings(t.Context(), id)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	// A new one lacks only our answers.
	if got := driftCodes(registration.Compare(is, want)); !slices.Equal(got, []string{registration.DriftStop, registration.DriftStart, registration.DriftHelp}) {
		t.Errorf("a new profile differs in %v", got)
	}
	for range 2 {
		if err := c.SaveSettings(t.Context(), id, want); err != nil {
			t.Fatal(err)
		}
		is, _, err := c.Settings(t.Context(), id)
		if got := registration.Compare(is, want); len(got) > 0 || err != nil || len(is.Answers) != 3 {
			t.Errorf("put right, it still differs in %v, %v, with %d answers", got, err, len(is.Answers))
		}
	}
	if _, ok, err := c.Settings(t.Context(), "nobody's"); ok || err != nil {
		t.Errorf("a profile that is not there: %v, %v", ok, err)
	}
}

func driftCodes(ds []registration.Drift) (out []string) {
	for _, d := range ds {
		out = append(out, d.Code)
	}
	return out
}

// What the profile says is what guests hear.
func TestCarrierAnswersInOurWords(t *testing.T) {
	sim, c := registry(t, telnyxsim.Options{})
	b, _ := lunas("+15125550100")
	profile, ok, err := c.ProfileOf(t.Context(), b.Sender)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := c.SaveSettings(t.Context(), profile, registration.Expect(b, "http://127.0.0.1:1")); err != nil {
		t.Fatal(err)
	}
	_ = sim.Inbound(t.Context(), "+15125550141", b.Sender.E164(), "Revoke") // nobody takes the webhook
	if !sim.Blocked(b.Sender.E164(), "+15125550141") {
		t.Error("REVOKE is one of the carrier's words now, and it has not blocked the guest")
	}
}

func TestNumbersAreOrderedOnce(t *testing.T) {
	sim, c := registry(t, telnyxsim.Options{})
	b, _ := lunas("+15125550100")
	profile := must[string](t)(c.MakeProfile(t.Context(), registration.Expect(b, hooks)))
	offers := must[[]enroll.Offer](t)(c.Offers(t.Context(), enroll.Search{City: "Austin", State: "TX"}))
	if len(offers) == 0 || !strings.HasPrefix(offers[0].Number.E164(), "+1512555") || offers[0].Monthly != "1.00000" || offers[0].City != "AUSTIN" || !offers[0].MMS {
		t.Fatalf("offered %+v", offers)
	}
	if o := must[[]enroll.Offer](t)(c.Offers(t.Context(), enroll.Search{TollFree: true})); len(o) == 0 || registration.KindOf(o[0].Number) != registration.TollFree {
		t.Errorf("toll-free: %+v", o)
	}
	if o := must[[]enroll.Offer](t)(c.Offers(t.Context(), enroll.Search{AreaCode: "305"})); len(o) == 0 || o[0].Number.E164()[:5] != "+1305" {
		t.Errorf("305: %+v", o)
	}
	n := offers[0].Number
	if _, ok, err := c.FindOrder(t.Context(), "ref-1"); ok || err != nil {
		t.Fatalf("an order that was not given: %v", err)
	}
	sim.ScriptCall("POST /v2/number_orders", telnyxsim.Fault{Kind: telnyxsim.LostReply})
	if _, err := c.MakeOrder(t.Context(), "ref-1", n, profile); !errors.Is(err, core.Ambiguous) {
		t.Errorf("a lost reply is %v, want ambiguous", err)
	}
	o, ok, err := c.FindOrder(t.Context(), "ref-1")
	if !ok || err != nil || o.Number != n || o.State != registration.Ready || o.ID == "" {
		t.Errorf("found %+v, %v, %v", o, ok, err)
	}
	if on, ok, err := c.ProfileOf(t.Context(), n); on != profile || !ok || err != nil {
		t.Errorf("it is on %q, %v, %v", on, ok, err)
	}
	if _, err := c.MakeOrder(t.Context(), "ref-2", n, profile); !errors.Is(err, core.Invalid) || strings.Contains(err.Error(), "5125550") {
		t.Errorf("somebody else's number: %v", err)
	}
	if _, err := c.MakeOrder(t.Context(), "ref-3", core.MustNumber("+12125550199"), profile); !errors.Is(err, core.Invalid) {
		t.Errorf("a number that was never offered: %v", err)
	}
	if sim.Orders() != 1 {
		t.Errorf("%d orders", sim.Orders())
	}
	if err := c.Attach(t.Context(), b.Sender, profile); err != nil {
		t.Error(err)
	}
	if on, _, _ := c.ProfileOf(t.Context(), b.Sender); on != profile {
		t.Errorf("attached, it is on %q", on)
	}
}

func TestTheWholeRegistration(t *testing.T) {
	sim, c := registry(t, telnyxsim.Options{})
	b, p := lunas("+15125550160")
	profile := must[string](t)(c.MakeProfile(t.Context(), registration.Expect(b, hooks)))
	must[[]enroll.Offer](t)(c.Offers(t.Context(), enroll.Search{AreaCode: "512"}))
	must[enroll.Ordered](t)(c.MakeOrder(t.Context(), "ref", b.Sender, profile))
	if _, _, ok, err := c.Assignment(t.Context(), b.Sender); ok || err != nil {
		t.Fatalf("a new number is assigned: %v", err)
	}

	sim.ScriptCall("POST /v2/10dlc/brand", telnyxsim.Fault{Kind: telnyxsim.LostReply})
	if _, err := c.MakeBrand(t.Context(), p.Brand); !errors.Is(err, core.Ambiguous) {
		t.Errorf("a lost reply is %v", err)
	}
	brand, ok, err := c.FindBrand(t.Context(), p.Brand)
	if !ok || err != nil || brand.State != registration.Approved {
		t.Fatalf("brand %+v, %v, %v", brand, ok, err)
	}
	other := p.Brand
	other.EIN = "987654321"
	if _, ok, _ := c.FindBrand(t.Context(), other); ok {
		t.Error("another company of the same name was taken for ours")
	}

	sim.RejectNext("805: privacy policy does not mention sharing, call +1 512 555 0100")
	first := must[enroll.Review](t)(c.MakeCampaign(t.Context(), brand.ID, "ref-1", p))
	r, ok, err := c.Campaign(t.Context(), first.ID)
	if !ok || err != nil || r.State != registration.Rejected || registration.Explain(r.Reason).Code != "privacy" || strings.Contains(r.Reason, "555") {
		t.Errorf("rejected as %+v, %v, %v", r, ok, err)
	}
	if _, err := c.MakeCampaign(t.Context(), brand.ID, "ref-1", p); !errors.Is(err, core.Invalid) {
		t.Errorf("the same reference twice: %v", err)
	}
	sim.ScriptCall("POST /v2/10dlc/campaignBuilder", telnyxsim.Fault{Kind: telnyxsim.LostReply})
	if _, err := c.MakeCampaign(t.Context(), brand.ID, "ref-2", p); !errors.Is(err, core.Ambiguous) {
		t.Errorf("a lost reply is %v", err)
	}
	second, ok, err := c.FindCampaign(t.Context(), brand.ID, "ref-2")
	if !ok || err != nil || second.State != registration.Approved || second.ID == first.ID {
		t.Fatalf("found %+v, %v, %v", second, ok, err)
	}
	for range 2 {
		if err := c.Assign(t.Context(), b.Sender, second.ID); err != nil {
			t.Fatal(err)
		}
	}
	if campaign, r, ok, err := c.Assignment(t.Context(), b.Sender); campaign != second.ID || r.State != registration.Approved || !ok || err != nil {
		t.Errorf("assigned to %q, %+v, %v, %v", campaign, r, ok, err)
	}
	if err := c.SaveBrand(t.Context(), brand.ID, p.Brand); err != nil {
		t.Error(err)
	}
}

func TestTollFreeVerification(t *testing.T) {
	sim, c := registry(t, telnyxsim.Options{Unregistered: true})
	b, p := lunas("+18885550160")
	if _, ok, err := c.FindVerification(t.Context(), b.Sender); ok || err != nil {
		t.Fatalf("before: %v, %v", ok, err)
	}
	sim.RejectNext("opt-in not visible")
	must[enroll.Review](t)(c.MakeVerification(t.Context(), p))
	r, ok, err := c.FindVerification(t.Context(), b.Sender)
	if !ok || err != nil || r.State != registration.Rejected || r.Reason != "opt-in not visible" {
		t.Fatalf("%+v, %v, %v", r, ok, err)
	}
	if err := c.SaveVerification(t.Context(), r.ID, p); err != nil {
		t.Fatal(err)
	}
	if r, _, _ := c.FindVerification(t.Context(), b.Sender); r.State != registration.Approved {
		t.Errorf("corrected, it is %v", r.State)
	}
	p.Brand.EIN = ""
	if _, err := c.MakeVerification(t.Context(), p); !errors.Is(err, core.Invalid) || !strings.Contains(err.Error(), "businessRegistrationNumber") {
		t.Errorf("without a tax number: %v", err)
	}
}

// What the carrier's answers mean, for what only asks and for what makes.
func TestEnrollErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		status     int
		body       string
		asks, does core.Kind
	}{
		"outage":    {503, "<html>", core.Unavailable, core.Ambiguous},
		"limit":     {429, `{"errors":[{"code":"10011"}]}`, core.Unavailable, core.Unavailable},
		"bad key":   {401, `{"errors":[{"code":"10009"}]}`, core.Denied, core.Denied},
		"no funds":  {402, `{}`, core.Denied, core.Denied},
		"malformed": {422, `{"errors":[{"code":"10015","detail":"the number +15125550100 is bad"}]}`, core.Invalid, core.Invalid},
		"garbled":   {200, `{"data":`, core.Unavailable, core.Ambiguous},
		"timeout":   {408, ``, core.Unavailable, core.Ambiguous},
	} {
		c := answering(t, tt.status, map[string]string{"Retry-After": "7"}, tt.body)
		_, asks := c.Offers(t.Context(), enroll.Search{})
		_, does := c.MakeOrder(t.Context(), "ref", core.MustNumber("+15125550100"), "p")
		if core.KindOf(asks) != tt.asks || core.KindOf(does) != tt.does || asks == nil || does == nil {
			t.Errorf("%s: asking %v, doing %v; want %v, %v", name, asks, does, tt.asks, tt.does)
		}
		if strings.Contains(asks.Error()+does.Error(), "5125550") {
			t.Errorf("%s: quotes a number: %v", name, does)
		}
	}
	var e *core.Error
	_, _, err := answering(t, 429, map[string]string{"Retry-After": "7"}, "").Brand(t.Context(), "b")
	if !errors.As(err, &e) || e.RetryAfter != 7*time.Second {
		t.Errorf("does not say how long to wait: %v", err)
	}
}

// Whatever the carrier calls a state, it is one that we know.
func TestStatesOfTheRegistry(t *testing.T) {
	for body, want := range map[string]registration.State{
		`{"campaignId":"c","campaignStatus":"TCR_PENDING"}`:                                                        registration.InReview,
		`{"campaignId":"c","campaignStatus":"MNO_PENDING"}`:                                                        registration.InReview,
		`{"campaignId":"c","campaignStatus":"SOMETHING_NEW"}`:                                                      registration.InReview,
		`{"campaignId":"c","campaignStatus":"MNO_PROVISIONED"}`:                                                    registration.Approved,
		`{"campaignId":"c","campaignStatus":"MNO_PROVISIONED","status":"EXPIRED"}`:                                 registration.Expired,
		`{"campaignId":"c","campaignStatus":"TCR_SUSPENDED"}`:                                                      registration.Expired,
		`{"campaignId":"c","campaignStatus":"MNO_REJECTED","failureReasons":["a","b"]}`:                            registration.Rejected,
		`{"campaignId":"c","campaignStatus":"TCR_FAILED","failureReasons":[{"description":"a"},{"detail":"b"},3]}`: registration.Rejected,
		`{"campaignId":"c","submissionStatus":"FAILED","failureReasons":"a; b"}`:                                   registration.Rejected,
	} {
		r, ok, err := answering(t, 200, nil, body).Campaign(t.Context(), "c")
		if !ok || err != nil || r.State != want || want == registration.Rejected && r.Reason != "a; b" && !strings.HasPrefix(r.Reason, "a; b; ") {
			t.Errorf("%s: %+v, %v", body, r, err)
		}
	}
}

func TestNewsOfTheRegistry(t *testing.T) {
	for body, want := range map[string][]string{
		`{"data":{"id":"e","event_type":"10dlc.brand.update","payload":{"brandId":"b","type":"REGISTRATION"}}}`:                   {"b"},
		`{"data":{"id":"e","event_type":"10dlc.campaign.update","payload":{"campaignId":"c","brandId":"b","status":"ACCEPTED"}}}`: {"b", "c"},
		`{"data":{"id":"e","event_type":"10dlc.phone_number.update","payload":{"phoneNumber":"+15125550100","campaignId":7}}}`:    {"7"},
		`{"data":{"id":"e","event_type":"number_order.complete","payload":{"id":"o","status":"success"}}}`:                        {"o"},
		`{"data":{"id":"e","event_type":"10dlc.campaign.update","payload":{"campaignId":"` + strings.Repeat("x", 200) + `"}}}`:    nil,
	} {
		if e := telnyx.Parse([]byte(body), "", time.Time{}); e.Kind != inbox.Registry || !slices.Equal(e.About, want) {
			t.Errorf("%.80s: %v about %v, want %v", body, e.Kind, e.About, want)
		}
	}
	if e := telnyx.Parse([]byte(`{"data":{"event_type":"10dlc.brand.update","payload":[]}}`), "", time.Time{}); e.Kind != inbox.Unparsable || e.Problem == "" {
		t.Errorf("%+v", e)
	}
}
