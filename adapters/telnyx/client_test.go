package telnyx_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/message/messagetest"
)

const testKey = "KEY-of-the-test"

func text() message.Message {
	return message.Message{
		ID: core.MessageID{1}, Business: core.BusinessID{2}, Class: message.Marketing,
		From: core.MustNumber("+15125550100"), To: core.MustNumber("+15125550141"),
		Body: "Half-price tacos until 9pm. Reply STOP to opt out", Segments: 1,
	}
}

func newClient(t testing.TB, cfg telnyx.Config) *telnyx.Client {
	t.Helper()
	if cfg.APIKey == "" {
		cfg.APIKey = testKey
	}
	c, err := telnyx.New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func serve(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

// answering is a carrier that always says the same.
func answering(t testing.TB, status int, header map[string]string, body string) *telnyx.Client {
	t.Helper()
	srv := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	return newClient(t, telnyx.Config{BaseURL: srv.URL})
}

func TestConformance(t *testing.T) {
	messagetest.Run(t, func(t *testing.T) messagetest.Harness {
		sim := telnyxsim.New(telnyxsim.Options{APIKey: testKey, Seed: 1})
		t.Cleanup(sim.Close)
		srv := serve(t, sim.Handler())
		c := newClient(t, telnyx.Config{BaseURL: srv.URL, WebhookBase: "https://hooks.example.com"})
		sw := &switchboard{Client: c}
		return messagetest.Harness{
			Carrier:  sw,
			Next:     func(f messagetest.Fault) { pull(t, sim, sw, f) },
			Requests: func() int { return sim.Stats().Requests },
			Arrivals: func() []messagetest.Arrival { return arrivals(sim) },
			Reached:  sim.Reached,
		}
	})
}

// A switchboard is a client whose next text goes to a port where nobody
// listens.
type switchboard struct {
	*telnyx.Client
	astray atomic.Pointer[telnyx.Client]
}

func (s *switchboard) Submit(ctx context.Context, m message.Message) (message.Ticket, error) {
	if c := s.astray.Swap(nil); c != nil {
		return c.Submit(ctx, m)
	}
	return s.Client.Submit(ctx, m)
}

func pull(t *testing.T, sim *telnyxsim.Sim, sw *switchboard, f messagetest.Fault) {
	t.Helper()
	switch f {
	case messagetest.Busy:
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "10011", RetryAfter: int(messagetest.Pause / time.Second)})
	case messagetest.NeverThis:
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "40310"})
	case messagetest.OptedOut:
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "40300"})
	case messagetest.Suspended:
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "20012"})
	case messagetest.BadKey:
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.Refuse, Code: "10009"})
	case messagetest.LostReply:
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.LostReply})
	case messagetest.Garbled:
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.Garbled})
	case messagetest.Outage:
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.ServerError, Status: http.StatusBadGateway, Taken: true})
	case messagetest.Hang:
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.Hang})
	case messagetest.Unreachable:
		sw.astray.Store(newClient(t, telnyx.Config{BaseURL: "http://" + closedPort(t)}))
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func arrivals(sim *telnyxsim.Sim) []messagetest.Arrival {
	var as []messagetest.Arrival
	for _, a := range sim.Arrivals() {
		as = append(as, messagetest.Arrival{
			To: core.MustNumber(a.To), From: core.MustNumber(a.From), Body: a.Text, Media: a.Media, Token: message.Token(a.Token),
		})
	}
	return as
}

func TestSubmitSendsWhatTheAPIAsksFor(t *testing.T) {
	var got map[string]any
	var header http.Header
	var path string
	srv := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, header = r.Method+" "+r.URL.Path, r.Header
		_ = json.NewDecoder(r.Body).Decode(&got)
		_, _ = io.WriteString(w, `{"data":{"id":"x","parts":2}}`)
	}))
	c := newClient(t, telnyx.Config{BaseURL: srv.URL + "/v2/", WebhookBase: "https://hooks.example.com/"})
	ticket, err := c.Submit(t.Context(), text())
	if err != nil || ticket != (message.Ticket{CarrierID: "x", Segments: 2}) {
		t.Fatalf("got %+v, %v", ticket, err)
	}
	if path != "POST /v2/messages" || header.Get("Authorization") != "Bearer "+testKey || header.Get("Content-Type") != "application/json" {
		t.Errorf("asked %s with %v", path, header)
	}
	want := map[string]any{
		"from": "+15125550100", "to": "+15125550141", "text": text().Body, "type": "SMS",
		"webhook_url": "https://hooks.example.com/telnyx/m/" + string(text().Token()), "use_profile_webhooks": false,
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %v, want %v", k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the body is %v", got)
	}
}

func TestSubmitReadsRefusals(t *testing.T) {
	envelope := func(code string) string {
		return `{"errors":[{"code":"` + code + `","title":"of +15125550141","detail":"+15125550141 is bad"}]}`
	}
	tests := []struct {
		name   string
		status int
		header map[string]string
		body   string
		kind   core.Kind
		code   string
		after  time.Duration
	}{
		{"rate limit", 429, map[string]string{"Retry-After": "3"}, envelope("10011"), core.Unavailable, "10011", 3 * time.Second},
		{"rate limit with a reset in seconds", 429, map[string]string{"X-Ratelimit-Reset": "12"}, envelope("10011"), core.Unavailable, "10011", 12 * time.Second},
		{"rate limit with a reset as a date", 429, map[string]string{"X-Ratelimit-Reset": "1795532445", "Date": "Tue, 24 Nov 2026 15:00:00 GMT"}, envelope("10011"), core.Unavailable, "10011", 45 * time.Second},
		{"rate limit until a date", 429, map[string]string{"Retry-After": "Tue, 24 Nov 2026 15:00:30 GMT", "Date": "Tue, 24 Nov 2026 15:00:00 GMT"}, "", core.Unavailable, "HTTP 429", 30 * time.Second},
		{"an absurd pause", 429, map[string]string{"Retry-After": "99999999"}, envelope("10011"), core.Unavailable, "10011", time.Hour},
		{"queue full", 400, nil, envelope("40318"), core.Unavailable, "40318", 0},
		{"service unavailable by its code", 503, nil, envelope("10037"), core.Unavailable, "10037", 0},
		{"spending limit comes as 429", 429, map[string]string{"Retry-After": "3"}, envelope("40333"), core.Denied, "40333", 0},
		{"sender not registered", 400, nil, envelope("40010"), core.Denied, "40010", 0},
		{"bad number", 400, nil, envelope("40310"), core.Invalid, "40310", 0},
		{"code as a number", 422, nil, `{"errors":[{"code":40302}]}`, core.Invalid, "40302", 0},
		{"opted out", 403, nil, envelope("40300"), core.Invalid, "40300", 0},
		{"unexpected error of the carrier", 400, nil, envelope("10007"), core.Ambiguous, "10007", 0},
		{"code that nobody knows, 4xx", 422, nil, envelope("49999"), core.Invalid, "49999", 0},
		{"code that nobody knows, 5xx", 500, nil, envelope("49999"), core.Ambiguous, "49999", 0},
		{"no code, 401", 401, nil, "no", core.Denied, "HTTP 401", 0},
		{"no code, 402", 402, nil, "{}", core.Denied, "HTTP 402", 0},
		{"not the API", 404, nil, "<html>", core.Denied, "HTTP 404", 0},
		{"no code, 400", 400, nil, `{"errors":[]}`, core.Invalid, "HTTP 400", 0},
		{"a gateway's 504", 504, nil, "<html>", core.Ambiguous, "HTTP 504", 0},
		{"a redirect", 307, map[string]string{"Location": "/elsewhere"}, "", core.Ambiguous, "HTTP 307", 0},
		{"a number in place of the code", 400, nil, envelope("15125550141"), core.Invalid, "HTTP 400", 0},
		{"a 200 without an id", 200, nil, `{"data":{}}`, core.Ambiguous, "", 0},
		{"a 200 that is a page", 200, nil, `<html>`, core.Ambiguous, "", 0},
		{"an empty 200", 200, nil, ``, core.Ambiguous, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := answering(t, tt.status, tt.header, tt.body).Submit(t.Context(), text())
			var e *core.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Kind != tt.kind || e.Code != tt.code || e.RetryAfter != tt.after {
				t.Errorf("got %v, code %q, after %v; want %v, %q, %v", e.Kind, e.Code, e.RetryAfter, tt.kind, tt.code, tt.after)
			}
			if errors.Is(err, message.ErrOptedOut) != (tt.code == "40300") {
				t.Error("ErrOptedOut is wrong")
			}
			if e.Msg == "" || strings.Contains(err.Error(), "5125550141") || strings.Contains(err.Error(), testKey) {
				t.Errorf("the message is empty, or shows a number or the key: %q", err)
			}
		})
	}
}

// What to do about a refusal is in the error: who asks for a slower pace, and who
// takes nothing more today. 40333 comes as a 429 and asks for neither.
func TestRefusalsThatAskToSlowDown(t *testing.T) {
	for name, tt := range map[string]struct {
		status      int
		body        string
		slow, daily bool
	}{
		"too many requests":            {429, refusedWith("10011"), true, false},
		"429 of a proxy":               {429, "<html>", true, false},
		"AT&T's minute":                {400, refusedWith("40018"), true, false},
		"a carrier's limit":            {400, refusedWith("40011"), true, false},
		"full queue":                   {429, refusedWith("40318"), true, false},
		"full queue, another status":   {400, refusedWith("40318"), true, false},
		"T-Mobile's day":               {400, refusedWith("40016"), false, true},
		"T-Mobile's day, as 429":       {429, refusedWith("40016"), false, true},
		"busy":                         {503, refusedWith("10036"), false, false},
		"the profile's spending limit": {429, refusedWith("40333"), false, false},
		"outage":                       {503, "<html>", false, false},
	} {
		_, err := answering(t, tt.status, map[string]string{"Retry-After": "9"}, tt.body).Submit(t.Context(), text())
		if errors.Is(err, message.ErrSlowDown) != tt.slow || errors.Is(err, message.ErrDailyCap) != tt.daily {
			t.Errorf("%s: %v: slow down %v, daily cap %v; want %v, %v", name, err, errors.Is(err, message.ErrSlowDown), errors.Is(err, message.ErrDailyCap), tt.slow, tt.daily)
		}
		if (tt.slow || tt.daily) && core.KindOf(err) != core.Unavailable {
			t.Errorf("%s: %v is %v, and surely was not taken", name, err, core.KindOf(err))
		}
	}
}

func TestSubmitTimesOut(t *testing.T) {
	release := make(chan struct{})
	srv := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
	}))
	t.Cleanup(func() { close(release) })
	c := newClient(t, telnyx.Config{BaseURL: srv.URL, Timeout: 50 * time.Millisecond})
	_, err := c.Submit(t.Context(), text())
	if core.KindOf(err) != core.Ambiguous || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want Ambiguous", err)
	}
}

// A connection on which nobody speaks TLS never gets the text.
func TestSubmitSurvivesFailedHandshake(t *testing.T) {
	srv := serve(t, http.NotFoundHandler())
	c := newClient(t, telnyx.Config{BaseURL: "https://" + srv.Listener.Addr().String()})
	if _, err := c.Submit(t.Context(), text()); core.KindOf(err) != core.Unavailable {
		t.Errorf("got %v, want Unavailable", err)
	}
}

// A carrier that drops idle connections must not make net/http repeat a text.
func TestSubmitIsNotRepeatedOnDeadConnections(t *testing.T) {
	var posts atomic.Int64
	srv := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if posts.Add(1)%2 == 0 {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, `{"data":{"id":"x","parts":1}}`)
	}))
	c := newClient(t, telnyx.Config{BaseURL: srv.URL})
	for i := range int64(20) {
		_, err := c.Submit(t.Context(), text())
		if want := i%2 == 1; (core.KindOf(err) == core.Ambiguous) != want {
			t.Errorf("submission %d: %v", i, err)
		}
		if posts.Load() != i+1 {
			t.Fatalf("%d posts after %d submissions", posts.Load(), i+1)
		}
	}
}

func TestSubmitRefusesWhatIsNoText(t *testing.T) {
	c := newClient(t, telnyx.Config{BaseURL: "http://127.0.0.1:1"})
	for name, change := range map[string]func(*message.Message){
		"no recipient": func(m *message.Message) { m.To = core.Number{} },
		"no sender":    func(m *message.Message) { m.From = core.Number{} },
		"no text":      func(m *message.Message) { m.Body = "" },
	} {
		m := text()
		change(&m)
		if _, err := c.Submit(t.Context(), m); core.KindOf(err) != core.Invalid {
			t.Errorf("%s: got %v, want Invalid", name, err)
		}
	}
}

func TestNewNamesEveryMistake(t *testing.T) {
	_, err := telnyx.New(telnyx.Config{BaseURL: "ftp://x", APIKey: "a b", WebhookBase: "hooks"}, nil)
	for _, want := range []string{"BaseURL", "APIKey", "WebhookBase"} {
		if err == nil || !strings.Contains(core.MessageOf(err), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
	if err != nil && strings.Contains(err.Error(), "a b") {
		t.Error("the error shows the key")
	}
}

func TestLookup(t *testing.T) {
	sim := telnyxsim.New(telnyxsim.Options{APIKey: testKey})
	t.Cleanup(sim.Close)
	srv := serve(t, sim.Handler())
	c := newClient(t, telnyx.Config{BaseURL: srv.URL, WebhookBase: "https://127.0.0.1:1"})
	sim.SetFaults(telnyxsim.Faults{Numbers: map[string]string{"+15125550141": "40001"}})
	ticket, err := c.Submit(t.Context(), text())
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.WaitIdle(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, found, err := c.Lookup(t.Context(), ticket.CarrierID)
	if err != nil || !found {
		t.Fatalf("found %v, %v", found, err)
	}
	if r.Token != text().Token() || r.State != message.Undelivered || r.Code != "40001" || r.CarrierID != ticket.CarrierID || r.At.IsZero() {
		t.Errorf("got %+v", r)
	}
	if r, found, err := c.Find(t.Context(), text()); err != nil || !found || r.State != message.Undelivered || r.CarrierID != ticket.CarrierID {
		t.Errorf("Find: %+v, %v, %v", r, found, err)
	}
	if _, found, err := c.Lookup(t.Context(), "40318f00-0000-4000-8000-000000000000"); found || err != nil {
		t.Errorf("an unknown message: found %v, %v", found, err)
	}
	other := message.Message{ID: core.MessageID{9}, Business: core.BusinessID{9}}
	if _, found, err := c.Find(t.Context(), other); found || err != nil {
		t.Errorf("Find of an unknown token: %v, %v", found, err)
	}
}

// Where the log of webhooks holds nothing any more, the records of texts do.
func TestFindInRecords(t *testing.T) {
	sim := telnyxsim.New(telnyxsim.Options{APIKey: testKey})
	t.Cleanup(sim.Close)
	srv := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/webhook_deliveries") {
			_, _ = io.WriteString(w, `{"data":[]}`)
			return
		}
		sim.Handler().ServeHTTP(w, r)
	}))
	c := newClient(t, telnyx.Config{BaseURL: srv.URL, WebhookBase: "https://127.0.0.1:1"})
	first, second := text(), text()
	second.ID, second.Decided = core.MessageID{7}, time.Now()
	sim.SetFaults(telnyxsim.Faults{Numbers: map[string]string{"+15125550141": "40300"}})
	for _, m := range []message.Message{first, second} {
		sim.Script(telnyxsim.Fault{Kind: telnyxsim.LostReply})
		if _, err := c.Submit(t.Context(), m); core.KindOf(err) != core.Ambiguous {
			t.Fatal(err)
		}
	}
	if err := sim.WaitIdle(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, found, err := c.Find(t.Context(), second)
	if err != nil || !found || r.Token != second.Token() || r.State != message.Undelivered || r.Code != "40300" || !r.OptedOut || r.CarrierID != sim.Arrivals()[1].ID || r.At.IsZero() {
		t.Errorf("got %+v, %v, %v", r, found, err)
	}
	second.ID = core.MessageID{8} // to the same guest, and not this one
	if r, found, err := c.Find(t.Context(), second); err != nil || found {
		t.Errorf("a text that the carrier never got is %+v, %v", r, err)
	}
}

func TestLookupErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		want   core.Kind
	}{
		"outage":  {500, "<html>", core.Unavailable},
		"page":    {200, "<html>", core.Unavailable},
		"bad key": {401, `{"errors":[{"code":"10009"}]}`, core.Denied},
		"no API":  {404, "<html>", core.Denied},
		"limit":   {429, `{"errors":[{"code":"10011"}]}`, core.Unavailable},
	} {
		_, found, err := answering(t, tt.status, nil, tt.body).Lookup(t.Context(), "x")
		if found || err == nil || core.KindOf(err) != tt.want {
			t.Errorf("%s: %v, %v, want %v", name, found, err, tt.want)
		}
	}
}

// BenchmarkSubmit is the client against a server that only answers, so half of
// the work is the server's.
func BenchmarkSubmit(b *testing.B) {
	srv := serve(b, telnyxsim.Sink())
	c := newClient(b, telnyx.Config{BaseURL: srv.URL, WebhookBase: "https://hooks.example.com"})
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		m := text()
		for pb.Next() {
			if _, err := c.Submit(b.Context(), m); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}

// refusedWith is the carrier's answer with a code.
func refusedWith(code string) string { return `{"errors":[{"code":"` + code + `","title":"no"}]}` }
