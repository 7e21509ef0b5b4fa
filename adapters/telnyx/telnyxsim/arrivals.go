package telnyxsim

import (
	"context"
	"strings"
	"time"
)

// An Arrival is a text that the carrier has taken, whether or not the sender
// was told so.
type Arrival struct {
	ID         string    `json:"id"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	Text       string    `json:"text"`
	Media      []string  `json:"media,omitempty"`
	Parts      int       `json:"parts"`
	WebhookURL string    `json:"webhook_url,omitempty"`
	Token      string    `json:"token,omitempty"` // the last part of WebhookURL
	At         time.Time `json:"at"`
}

func arrivalOf(r *record) Arrival {
	return Arrival{
		ID: r.id, From: r.from, To: r.to, Text: r.text, Media: r.media, Parts: r.parts,
		WebhookURL: r.webhookURL, Token: r.webhookURL[strings.LastIndexByte(r.webhookURL, '/')+1:], At: r.received,
	}
}

// Arrivals returns the texts that were taken, oldest first, as many as
// Options.Keep allows.
func (s *Sim) Arrivals() []Arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	var as []Arrival
	for _, r := range s.kept.all() {
		if !r.inbound {
			as = append(as, arrivalOf(r))
		}
	}
	return as
}

type waiter struct {
	match func(Arrival) bool
	found chan Arrival
}

// Await returns the first arrival that matches, past ones included, and waits
// for it if there is none yet. match must not call the Sim.
func (s *Sim) Await(ctx context.Context, match func(Arrival) bool) (Arrival, error) {
	w := &waiter{match: match, found: make(chan Arrival, 1)}
	if a, ok := s.wait(w); ok {
		return a, nil
	}
	defer func() {
		s.mu.Lock()
		delete(s.waiters, w)
		s.mu.Unlock()
	}()
	select {
	case a := <-w.found:
		return a, nil
	case <-ctx.Done():
		return Arrival{}, ctx.Err()
	case <-s.ctx.Done():
		return Arrival{}, s.ctx.Err()
	}
}

func (s *Sim) wait(w *waiter) (Arrival, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.kept.all() {
		if a := arrivalOf(r); !r.inbound && w.match(a) {
			return a, true
		}
	}
	s.waiters[w] = struct{}{}
	return Arrival{}, false
}

// arrive tells whoever waits. s.mu is held.
func (s *Sim) arrive(r *record) {
	if len(s.waiters) == 0 {
		return
	}
	a := arrivalOf(r)
	for w := range s.waiters {
		if w.match(a) {
			w.found <- a
			delete(s.waiters, w)
		}
	}
}

// WaitIdle waits until every event of every text was taken or given up.
func (s *Sim) WaitIdle(ctx context.Context) error {
	s.mu.Lock()
	if s.pending == 0 {
		s.mu.Unlock()
		return nil
	}
	if s.idle == nil {
		s.idle = make(chan struct{})
	}
	idle := s.idle
	s.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// hold counts work that WaitIdle waits for. s.mu is held.
func (s *Sim) hold() { s.pending++ }

// release ends it.
func (s *Sim) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending--
	if s.pending == 0 && s.idle != nil {
		close(s.idle)
		s.idle = nil
	}
}
