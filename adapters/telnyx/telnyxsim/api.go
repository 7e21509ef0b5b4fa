package telnyxsim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const maxRequest = 256 << 10

// A submission is the body of POST /v2/messages.
type submission struct {
	From       string   `json:"from"`
	To         string   `json:"to"`
	Text       string   `json:"text"`
	MediaURLs  []string `json:"media_urls"`
	Type       string   `json:"type"`
	WebhookURL string   `json:"webhook_url"`
	Failover   string   `json:"webhook_failover_url"`
	UseProfile *bool    `json:"use_profile_webhooks"`
}

func (s *Sim) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/messages", s.authorized(s.postMessage))
	mux.HandleFunc("GET /v2/messages/{id}", s.authorized(s.getMessage))
	mux.HandleFunc("GET /v2/messaging_optouts", s.authorized(s.getOptOuts))
	mux.HandleFunc("GET /v2/webhook_deliveries", s.authorized(s.getDeliveries))
	mux.HandleFunc("GET /v2/detail_records", s.authorized(s.getDetailRecords))
	api := func(pattern string, h http.HandlerFunc) {
		mux.HandleFunc(pattern, s.authorized(s.faulty(pattern, h)))
	}
	s.profileRoutes(api)
	s.numberRoutes(api)
	s.registryRoutes(api)
	mux.HandleFunc("/v2/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "10005", "there is no such resource", "", 0)
	})
	// A page of another origin must not be able to pull the strings of a
	// simulator that runs on a developer's machine.
	same := http.NewCrossOriginProtection()
	mux.HandleFunc("GET /media/{name}", s.authorized(s.getMedia))
	mux.Handle("/sim/", same.Handler(s.strings()))
	mux.Handle("/phone", same.Handler(s.phoneRoutes()))
	mux.Handle("/phone/", same.Handler(s.phoneRoutes()))
	return mux
}

func (s *Sim) authorized(next http.HandlerFunc) http.HandlerFunc {
	want := "Bearer " + s.opt.APIKey
	return func(w http.ResponseWriter, r *http.Request) {
		if s.opt.APIKey != "" && r.Header.Get("Authorization") != want {
			if r.Method == http.MethodPost {
				s.mu.Lock()
				s.arrived()
				s.mu.Unlock()
			}
			refuse(w, 0, "10009", "the API key is not known", "", 0)
			return
		}
		next(w, r)
	}
}

// arrived counts a submission. s.mu is held.
func (s *Sim) arrived() {
	s.stats.Requests++
	if s.reached != nil {
		close(s.reached)
		s.reached = nil
	}
}

// Reached returns a channel that is closed when the next submission comes.
func (s *Sim) Reached() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reached == nil {
		s.reached = make(chan struct{})
	}
	return s.reached
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (s *Sim) postMessage(w http.ResponseWriter, r *http.Request) {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	_, readErr := buf.ReadFrom(io.LimitReader(r.Body, maxRequest))

	s.mu.Lock()
	s.arrived()
	fault := s.nextFault()
	s.mu.Unlock()
	if readErr != nil {
		panic(http.ErrAbortHandler) // whoever sent half a request hears nothing
	}
	if !s.before(w, r, fault) {
		return
	}
	var m submission
	if err := json.Unmarshal(buf.Bytes(), &m); err != nil {
		refuse(w, 0, "10015", "the body is not the JSON that is asked for", "", 0)
		return
	}
	rec, code, pointer := s.accept(&m)
	if code != "" {
		refuse(w, 0, code, "", pointer, 0)
		return
	}
	s.answer(w, r, fault, rec)
}

// before does what a fault does to a text that is not taken, and reports
// whether it is to be taken.
func (s *Sim) before(w http.ResponseWriter, r *http.Request, f Fault) bool {
	if f.Delay > 0 && !s.pause(r, f.Delay) {
		panic(http.ErrAbortHandler)
	}
	switch {
	case f.Kind == Refuse:
		if f.Code == "" {
			f.Code = "40318"
		}
		refuse(w, f.Status, f.Code, "as asked for", "", f.RetryAfter)
	case f.Kind == ServerError && !f.Taken:
		serverError(w, f)
	case f.Kind == Drop:
		panic(http.ErrAbortHandler)
	default:
		return true
	}
	return false
}

// answer answers for a text that was taken.
func (s *Sim) answer(w http.ResponseWriter, r *http.Request, f Fault, rec *record) {
	switch f.Kind {
	case LostReply:
		panic(http.ErrAbortHandler)
	case ServerError:
		serverError(w, f)
		return
	case Hang:
		select {
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		panic(http.ErrAbortHandler)
	}
	b := append(make([]byte, 0, 1024), `{"data":`...)
	s.mu.Lock()
	b = appendRecord(b, rec, rec.status)
	s.mu.Unlock()
	b = append(b, '}')
	if f.Kind == Garbled {
		b = b[:len(b)/2]
	}
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(b)
}

var jsonType = []string{"application/json"}

func serverError(w http.ResponseWriter, f Fault) {
	if f.Status == 0 {
		f.Status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, "<html><body>upstream error</body></html>")
}

func (s *Sim) pause(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
	return false
}

// accept takes a text, or says by which code it is refused and where.
func (s *Sim) accept(m *submission) (rec *record, code, pointer string) {
	if code, pointer = invalid(m); code != "" {
		return nil, code, pointer
	}
	encoding, parts := segments(m.Text)
	mms := len(m.MediaURLs) > 0
	if mms {
		parts = 1
	}
	if parts > 10 {
		return nil, "40302", "/text"
	}
	now := s.opt.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.profileOf(m.From)
	if tollFree(m.From) && !s.registered(m.From) {
		return nil, "40329", "/from"
	}
	if _, blocked := p.blocked[m.To]; blocked && !s.opt.NoStopList {
		return nil, "40300", "/to"
	}
	if s.pending >= s.opt.MaxPending || s.ctx.Err() != nil {
		return nil, "40318", ""
	}
	rec = &record{
		id: s.newID(), profile: p.id, from: m.From, to: m.To, text: m.Text, media: m.MediaURLs,
		encoding: encoding, parts: parts, status: "queued", received: now,
		webhookURL: m.WebhookURL, failoverURL: m.Failover, urls: receiptURLs(m, p),
	}
	rec.outcome, rec.code = s.outcome(m.To)
	if !s.registered(m.From) {
		rec.outcome, rec.code = "delivery_failed", "40010"
	}
	s.remember(rec)
	s.stats.Accepted++
	s.arrive(rec)
	s.begin(rec)
	return rec, "", ""
}

// receiptURLs returns where receipts are tried, in order: the text's own
// addresses, then the profile's unless the text asks not to.
func receiptURLs(m *submission, p *profile) []string {
	var urls []string
	if m.WebhookURL != "" {
		urls = attempts(m.WebhookURL, m.Failover)
	}
	if m.WebhookURL == "" || m.UseProfile == nil || *m.UseProfile {
		urls = append(urls, attempts(p.webhookURL, p.failoverURL)...)
	}
	return urls
}

// attempts lists three tries for each address that there is.
func attempts(first, failover string) []string {
	var urls []string
	for _, u := range []string{first, failover} {
		if u != "" {
			urls = append(urls, u, u, u)
		}
	}
	return urls
}

func invalid(m *submission) (code, pointer string) {
	switch {
	case m.To == "":
		return "10004", "/to"
	case m.From == "":
		return "10004", "/from"
	case !isE164(m.To):
		return "40310", "/to"
	case !isE164(m.From):
		return "40305", "/from"
	case m.Text == "" && len(m.MediaURLs) == 0:
		return "40316", "/text"
	case !utf8.ValidString(m.Text):
		return "10015", "/text"
	case len(m.MediaURLs) > 10 || (m.Type == "SMS" && len(m.MediaURLs) > 0):
		return "40317", "/media_urls"
	}
	for _, u := range []string{m.WebhookURL, m.Failover} {
		if p, err := url.Parse(u); u != "" && (err != nil || p.Host == "" || len(u) > 2000 || !strings.HasPrefix(p.Scheme, "http")) {
			return "10003", "/webhook_url"
		}
	}
	return "", ""
}

func isE164(s string) bool {
	if len(s) < 9 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for _, c := range s[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return !strings.HasPrefix(s, "+1") || (len(s) == 12 && s[2] >= '2' && s[5] >= '2')
}
