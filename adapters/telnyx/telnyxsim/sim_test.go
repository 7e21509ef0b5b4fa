package telnyxsim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	venue = "+15125550100"
	guest = "+15125550141" // also a handset
)

// A venueServer is the other end of the webhooks: it verifies and keeps them.
type venueServer struct {
	*httptest.Server
	mu     sync.Mutex
	events []inbox.Event
	answer func(attempt int) int // the status; nil for 200
	calls  int
	verify *telnyx.Verifier
}

func (v *venueServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.calls++
	if v.answer != nil {
		if status := v.answer(v.calls); status != 200 {
			w.WriteHeader(status)
			return
		}
	}
	if err := v.verify.Verify(r.Header.Get, body, time.Now()); err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	v.events = append(v.events, telnyx.Parse(body, "", time.Now()))
}

func (v *venueServer) all() []inbox.Event {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]inbox.Event{}, v.events...)
}

func (v *venueServer) types() string {
	var ts []string
	for _, e := range v.all() {
		ts = append(ts, strings.TrimPrefix(e.Type, "message."))
	}
	return strings.Join(ts, " ")
}

// A stage is a simulator, a venue that hears its webhooks, and its API.
type stage struct {
	*telnyxsim.Sim
	venue *venueServer
	api   *httptest.Server
}

func open(t testing.TB, opt telnyxsim.Options) *stage {
	t.Helper()
	v := &venueServer{}
	v.Server = httptest.NewServer(v)
	opt.WebhookURL = v.URL + "/profile"
	if opt.Backoff == 0 {
		opt.Backoff = time.Millisecond
	}
	sim := telnyxsim.New(opt)
	var err error
	if v.verify, err = telnyx.NewVerifier(sim.PublicKey()); err != nil {
		t.Fatal(err)
	}
	s := &stage{Sim: sim, venue: v, api: httptest.NewServer(sim.Handler())}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		sim.Close()
		s.api.Close()
		v.Close()
	})
	return s
}

// send posts a text as JSON and returns status, first error code and id.
func (s *stage) send(t testing.TB, fields map[string]any) (status int, code, id string) {
	t.Helper()
	body := map[string]any{"from": venue, "to": guest, "text": "Half-price tacos"}
	for k, v := range fields {
		body[k] = v
	}
	b, _ := json.Marshal(body)
	res, err := http.Post(s.api.URL+"/v2/messages", "application/json", bytes.NewReader(b))
	if err != nil {
		return 0, "", ""
	}
	defer res.Body.Close()
	var a struct {
		Data   struct{ ID string }
		Errors []struct{ Code string }
	}
	_ = json.NewDecoder(res.Body).Decode(&a)
	if len(a.Errors) > 0 {
		code = a.Errors[0].Code
	}
	return res.StatusCode, code, a.Data.ID
}

func (s *stage) idle(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.WaitIdle(ctx); err != nil {
		t.Fatal("events are still under way: ", err)
	}
}

func (s *stage) get(t testing.TB, path string, into any) int {
	t.Helper()
	res, err := http.Get(s.api.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

func TestTextIsTakenToldAndRemembered(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	token := string(message.Message{}.Token())
	status, _, id := s.send(t, map[string]any{"webhook_url": s.venue.URL + "/telnyx/m/" + token, "use_profile_webhooks": false})
	if status != 200 || id == "" {
		t.Fatalf("status %d, id %q", status, id)
	}
	s.idle(t)
	if got := s.venue.types(); got != "sent finalized" {
		t.Fatalf("told %q", got)
	}
	for i, want := range []message.State{message.Sent, message.Delivered} {
		r := s.venue.all()[i].Receipt
		if r.State != want || r.CarrierID != id || string(r.Token) != token {
			t.Errorf("receipt %d is %+v", i, *r)
		}
	}
	as := s.Arrivals()
	if len(as) != 1 || as[0].To != guest || as[0].Text != "Half-price tacos" || as[0].Token != token || as[0].ID != id {
		t.Errorf("arrived %+v", as)
	}
	var m struct {
		Data struct{ To []struct{ Status string } }
	}
	if s.get(t, "/v2/messages/"+id, &m); m.Data.To[0].Status != "delivered" {
		t.Errorf("the API says %+v", m)
	}
}

func TestSubmissionsThatAreRefused(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	tests := []struct {
		name   string
		fields map[string]any
		code   string
	}{
		{"no recipient", map[string]any{"to": ""}, "10004"},
		{"no sender", map[string]any{"from": ""}, "10004"},
		{"recipient without a plus", map[string]any{"to": "15125550141"}, "40310"},
		{"impossible recipient", map[string]any{"to": "+11235550141"}, "40310"},
		{"sender that is none", map[string]any{"from": "Luna"}, "40305"},
		{"no content", map[string]any{"text": ""}, "40316"},
		{"too long", map[string]any{"text": strings.Repeat("x", 1531)}, "40302"},
		{"too long with an emoji", map[string]any{"text": "🌮" + strings.Repeat("x", 669)}, "40302"},
		{"too many pictures", map[string]any{"media_urls": make([]string, 11)}, "40317"},
		{"address too long", map[string]any{"webhook_url": "https://x.example/" + strings.Repeat("x", 2000)}, "10003"},
		{"address that is none", map[string]any{"webhook_url": "hooks"}, "10003"},
		{"text that is none", map[string]any{"text": 5}, "10015"},
	}
	for _, tt := range tests {
		if status, code, _ := s.send(t, tt.fields); status/100 != 4 || code != tt.code {
			t.Errorf("%s: %d with %s, want %s", tt.name, status, code, tt.code)
		}
	}
	if status, code, _ := s.send(t, map[string]any{"text": strings.Repeat("x", 1530)}); status != 200 {
		t.Errorf("ten segments: %d with %s", status, code)
	}
	if n := len(s.Arrivals()); n != 1 {
		t.Errorf("%d texts arrived", n)
	}
}

func TestStopListAndAutoReplies(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	say := func(text string) inbox.Text {
		t.Helper()
		if err := s.Inbound(t.Context(), guest, venue, text); err != nil {
			t.Fatal(err)
		}
		var last inbox.Text
		for _, e := range s.venue.all() {
			if e.Text != nil {
				last = *e.Text
			}
		}
		return last
	}
	steps := []struct {
		text, answered string
		blocked        bool
	}{
		{"TACOS", "", false},
		{"please stop", "", false},
		{"revoke", "", false},
		{" stop  all ", "STOP", true},
		{"HELP", "HELP", true},
		{"TACOS", "", true}, // a keyword of the venue's lifts nothing
		{"unstop", "START", false},
		{"Quit", "STOP", true},
	}
	for _, st := range steps {
		if got := say(st.text); got.Answered != st.answered || got.Body != st.text {
			t.Errorf("%q came as %+v, want it answered as %q", st.text, got, st.answered)
		}
		_, code, _ := s.send(t, nil)
		if blocked := code == "40300"; blocked != st.blocked || s.Blocked(venue, guest) != st.blocked {
			t.Errorf("after %q: blocked is %v, want %v", st.text, blocked, st.blocked)
		}
	}
	if status, code, _ := s.send(t, map[string]any{"from": "+13125550100"}); status != 200 {
		t.Errorf("a number of another profile is blocked too: %s", code)
	}
	var list struct {
		Data []map[string]string
		Meta map[string]int
	}
	s.get(t, "/v2/messaging_optouts?page[size]=1", &list)
	if len(list.Data) != 1 || list.Data[0]["from"] != guest || list.Data[0]["keyword"] != "STOP" || list.Meta["total_results"] != 1 {
		t.Errorf("the list is %+v", list)
	}
}

func TestOneProfileBlocksAllItsNumbers(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	s.AddProfile(telnyxsim.Profile{Numbers: []string{venue, "+15125550101"}, WebhookURL: s.venue.URL})
	if err := s.Inbound(t.Context(), guest, venue, "STOP"); err != nil {
		t.Fatal(err)
	}
	if _, code, _ := s.send(t, map[string]any{"from": "+15125550101"}); code != "40300" {
		t.Errorf("code %q", code)
	}
}

func TestAutoRepliesAndStopListCanBeOff(t *testing.T) {
	s := open(t, telnyxsim.Options{NoAutoReplies: true, NoStopList: true})
	if err := s.Inbound(t.Context(), guest, venue, "STOP"); err != nil {
		t.Fatal(err)
	}
	if e := s.venue.all()[0]; e.Text.Answered != "" {
		t.Errorf("answered %q", e.Text.Answered)
	}
	if status, _, _ := s.send(t, nil); status != 200 {
		t.Error("blocked")
	}
}

func TestWebhooksAreTriedAgain(t *testing.T) {
	tests := []struct {
		name     string
		answer   func(int) int
		failover bool
		attempts int
		taken    bool
	}{
		{"third time lucky", func(n int) int { return map[bool]int{true: 500, false: 200}[n < 3] }, false, 3, true},
		{"a redirect is a failure", func(n int) int { return map[bool]int{true: 301, false: 200}[n < 2] }, false, 2, true},
		{"given up after three", func(int) int { return 500 }, false, 3, false},
		{"the failover's third", func(n int) int { return map[bool]int{true: 500, false: 200}[n < 6] }, true, 6, true},
		{"given up after six", func(int) int { return 403 }, true, 6, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, telnyxsim.Options{})
			s.venue.answer = tt.answer
			if tt.failover {
				s.SetWebhook(s.venue.URL+"/a", s.venue.URL+"/b")
			}
			err := s.Inbound(t.Context(), guest, venue, "TACOS")
			if (err == nil) != tt.taken || s.Stats().Attempts != tt.attempts {
				t.Errorf("%v after %d attempts", err, s.Stats().Attempts)
			}
			var log struct {
				Data []struct {
					Status   string
					Attempts []any
				}
			}
			want := map[bool]string{true: "delivered", false: "failed"}[tt.taken]
			s.get(t, "/v2/webhook_deliveries?"+url.Values{"filter[status][eq]": {want}, "filter[webhook][contains]": {"TACOS"}}.Encode(), &log)
			if len(log.Data) != 1 || len(log.Data[0].Attempts) != tt.attempts {
				t.Errorf("the log has %+v", log)
			}
		})
	}
}

func TestWebhookTimesOut(t *testing.T) {
	s := open(t, telnyxsim.Options{WebhookTimeout: 30 * time.Millisecond})
	s.venue.mu.Lock() // the venue hangs
	err := s.Inbound(t.Context(), guest, venue, "TACOS")
	s.venue.mu.Unlock()
	if err == nil || s.Stats().Attempts != 3 {
		t.Errorf("%v after %d attempts", err, s.Stats().Attempts)
	}
}

func TestFullQueueRefuses(t *testing.T) {
	s := open(t, telnyxsim.Options{MaxPending: 1, SentAfter: time.Hour})
	if status, _, _ := s.send(t, nil); status != 200 {
		t.Fatalf("status %d", status)
	}
	if status, code, _ := s.send(t, nil); code != "40318" {
		t.Errorf("%d with %q", status, code)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	s := open(t, telnyxsim.Options{Keep: 10})
	var first string
	for i := range 25 {
		_, _, id := s.send(t, map[string]any{"text": fmt.Sprint("text ", i)})
		if i == 0 {
			first = id
		}
	}
	s.idle(t)
	as := s.Arrivals()
	if len(as) != 10 || as[0].Text != "text 15" || as[9].Text != "text 24" {
		t.Errorf("%d arrivals from %q to %q", len(as), as[0].Text, as[len(as)-1].Text)
	}
	if status := s.get(t, "/v2/messages/"+first, &struct{}{}); status != 404 {
		t.Errorf("the first is still there: %d", status)
	}
}

func TestAwait(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	found := make(chan telnyxsim.Arrival, 1)
	go func() {
		a, _ := s.Await(t.Context(), func(a telnyxsim.Arrival) bool { return a.Text == "second" })
		found <- a
	}()
	s.send(t, map[string]any{"text": "first"})
	s.send(t, map[string]any{"text": "second"})
	if a := <-found; a.Text != "second" {
		t.Errorf("got %+v", a)
	}
	if a, err := s.Await(t.Context(), func(a telnyxsim.Arrival) bool { return a.Text == "first" }); err != nil || a.Text != "first" {
		t.Errorf("a past arrival: %+v, %v", a, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Await(ctx, func(telnyxsim.Arrival) bool { return false }); err == nil {
		t.Error("it did not stop")
	}
}

func TestDetailRecordsAndKey(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	s.send(t, nil)
	s.idle(t)
	var list struct{ Data []map[string]any }
	s.get(t, "/v2/detail_records?"+url.Values{"filter[record_type]": {"messaging"}, "filter[cld]": {guest}}.Encode(), &list)
	if len(list.Data) != 1 || list.Data[0]["status"] != "delivered" || list.Data[0]["cli"] != venue {
		t.Errorf("got %+v", list)
	}
	locked := open(t, telnyxsim.Options{APIKey: "k"})
	if status, code, _ := locked.send(t, nil); status != 401 || code != "10009" {
		t.Errorf("without the key: %d with %s", status, code)
	}
}

// BenchmarkReceipts is the whole way of a text: submitted by the real client,
// answered, and two signed webhooks taken by a server that does not verify.
func BenchmarkReceipts(b *testing.B) {
	hooks := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer hooks.Close()
	sim := telnyxsim.New(telnyxsim.Options{MaxPending: 1 << 20})
	defer sim.Close()
	api := httptest.NewServer(sim.Handler())
	defer api.Close()
	c, err := telnyx.New(telnyx.Config{BaseURL: api.URL, APIKey: "k", WebhookBase: hooks.URL}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	b.ReportAllocs()
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		m := benchText()
		for pb.Next() {
			if _, err := c.Submit(b.Context(), m); err != nil {
				b.Error(err)
			}
		}
	})
	if err := sim.WaitIdle(b.Context()); err != nil {
		b.Error(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
	if st := sim.Stats(); st.Webhooks != 2*st.Accepted {
		b.Errorf("%+v", st)
	}
}

func benchText() message.Message {
	return message.Message{
		From: core.MustNumber(venue), To: core.MustNumber("+15125550199"), Class: message.Marketing, Segments: 1,
		Body: "Half-price tacos until 9pm. Reply STOP to opt out",
	}
}
