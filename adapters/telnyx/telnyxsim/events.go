package telnyxsim

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// A hook is an event on its way to whoever is told about it.
type hook struct {
	id, typ  string
	data     []byte   // {"data":{…} up to where meta goes
	urls     []string // one for each attempt
	attempt  int      // that have been made
	started  time.Time
	finished time.Time
	ok       bool
	lost     bool      // on demand
	twice    bool      // on demand
	delayed  bool      // on demand
	tries    []try     // guarded by Sim.mu
	done     chan bool // told once, whether it was taken; nil if nobody waits
}

type try struct {
	url    string
	status int // 0 if there was no answer
	at     time.Time
}

// A job is one piece of work for the workers: the next steps of a text, or
// another attempt at an event.
type job struct {
	rec   *record
	steps []string // event types still to come for rec
	hook  *hook
}

// begin starts the life of an accepted text. s.mu is held.
func (s *Sim) begin(r *record) {
	s.hold()
	steps := []string{"message.sent", "message.finalized"}
	if s.chance(s.faults.ReorderWebhook) {
		steps[0], steps[1] = steps[1], steps[0]
	}
	s.later(s.opt.SentAfter, &job{rec: r, steps: steps})
}

// later hands a job to the workers after d. Jobs that come after Close are
// dropped.
func (s *Sim) later(d time.Duration, j *job) {
	if d > 0 {
		time.AfterFunc(d, func() { s.push(j) })
		return
	}
	s.push(j)
}

// push does not block: the queue is larger than what may be pending, since
// whoever pushes may hold s.mu, which the workers need.
func (s *Sim) push(j *job) {
	select {
	case s.jobs <- j:
	case <-s.ctx.Done():
	}
}

func (s *Sim) work() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case j := <-s.jobs:
			s.do(j)
		}
	}
}

func (s *Sim) do(j *job) {
	if j.hook != nil {
		s.deliver(j.hook)
		return
	}
	for len(j.steps) > 0 {
		h := s.advance(j.rec, j.steps[0])
		j.steps = j.steps[1:]
		s.deliver(h)
		if len(j.steps) > 0 && s.opt.FinalAfter > 0 {
			s.later(s.opt.FinalAfter, j)
			return
		}
	}
	s.release()
}

// advance moves a text to where the event says that it is, and makes the event.
func (s *Sim) advance(r *record, typ string) *hook {
	if len(r.media) > 0 && r.pictures == nil && s.hasHandset(r.to) {
		r.pictures = s.fetch(r.media)
	}
	now := s.opt.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	status := "sent"
	if r.sent.IsZero() {
		r.sent = now
		if r.outcome == "delivered" || r.outcome == "delivery_unconfirmed" {
			s.toHandset(r)
		}
	}
	if typ == "message.finalized" {
		status = r.outcome
		r.completed = now
	}
	if r.status != r.outcome {
		r.status = status
	}
	return s.newHook(r, typ, status, now)
}

// newHook makes an event and decides what goes wrong with it. s.mu is held.
func (s *Sim) newHook(r *record, typ, status string, now time.Time) *hook {
	h := &hook{id: s.newID(), typ: typ, urls: r.urls, started: now}
	h.lost, h.twice = s.chance(s.faults.LoseWebhook), s.chance(s.faults.RepeatWebhook)
	b := make([]byte, 0, 1100+len(r.text))
	b = append(b, `{"data":{"event_type":"`...)
	b = append(b, typ...)
	b = append(b, `","id":"`...)
	b = append(b, h.id...)
	b = append(b, `","occurred_at":"`...)
	b = now.UTC().AppendFormat(b, timeForm)
	b = append(b, `","record_type":"event","payload":`...)
	b = appendRecord(b, r, status)
	h.data = append(b, '}')
	s.hooks.add(h)
	s.hold()
	return h
}

// deliver makes one attempt at an event, and sees to the next one if it fails.
func (s *Sim) deliver(h *hook) {
	s.mu.Lock()
	delay := s.faults.DelayWebhook
	s.mu.Unlock()
	if delay > 0 && !h.delayed {
		h.delayed = true
		s.later(delay, &job{hook: h})
		return
	}
	ok := !h.lost && len(h.urls) > 0 && s.attempt(h)
	if ok && h.twice {
		h.twice = false
		s.attempt(h)
	}
	if !ok && !h.lost && h.attempt < len(h.urls) {
		s.later(s.opt.Backoff<<min(h.attempt-1, 6), &job{hook: h})
		return
	}
	s.settle(h, ok)
}

func (s *Sim) settle(h *hook, ok bool) {
	s.mu.Lock()
	h.ok, h.finished = ok, s.opt.Clock.Now()
	switch {
	case ok:
		s.stats.Webhooks++
	case len(h.urls) > 0 || h.lost:
		s.stats.GivenUp++
	}
	s.mu.Unlock()
	if !ok && len(h.urls) > 0 {
		s.log.Warn("nobody took the webhook", "event", h.typ, "attempts", h.attempt, "lost", h.lost)
	}
	if h.done != nil {
		h.done <- ok
	}
	s.release()
}

// attempt posts an event once and reports whether it was taken: any 2xx within
// the time-out. A redirect is a failure, as it is to Telnyx.
func (s *Sim) attempt(h *hook) bool {
	to := h.urls[min(h.attempt, len(h.urls)-1)]
	h.attempt++
	now := s.opt.Clock.Now()
	status, err := s.post(to, h, strconv.FormatInt(now.Unix(), 10))
	s.mu.Lock()
	s.stats.Attempts++
	h.tries = append(h.tries, try{url: to, status: status, at: now})
	s.mu.Unlock()
	if err != nil && s.ctx.Err() == nil {
		s.log.Debug("webhook failed", "event", h.typ, "attempt", h.attempt, "error", err)
	}
	return err == nil
}

var errNotTaken = errors.New("the answer is not 2xx")

func (s *Sim) post(to string, h *hook, timestamp string) (status int, err error) {
	u, err := url.Parse(to)
	if err != nil {
		return 0, err
	}
	// The body stands behind the timestamp and a bar: what is signed.
	b := append(make([]byte, 0, len(timestamp)+len(h.data)+len(to)+64), timestamp...)
	b = append(append(b, '|'), h.data...)
	b = strconv.AppendInt(append(b, `,"meta":{"attempt":`...), int64(h.attempt), 10)
	b = append(appendURL(b, "delivered_to", to), `}}`...)
	signature := ed25519.Sign(s.key, b)
	body := b[len(timestamp)+1:]

	ctx, cancel := context.WithTimeout(s.ctx, s.opt.WebhookTimeout)
	defer cancel()
	req := (&http.Request{
		Method: http.MethodPost, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"Content-Type":             jsonType,
			"User-Agent":               {"telnyxsim"},
			"Telnyx-Timestamp":         {timestamp},
			"Telnyx-Signature-Ed25519": {base64.StdEncoding.EncodeToString(signature)},
		},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}).WithContext(ctx)
	res, err := s.via.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 16<<10))
	_ = res.Body.Close()
	if res.StatusCode/100 != 2 {
		err = errNotTaken
	}
	return res.StatusCode, err
}
