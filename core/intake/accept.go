// Package intake takes in what a carrier says: it keeps every authentic event
// before it answers, and then acts on it, once.
package intake

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/reply"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A Provider is a carrier's way of signing and writing webhooks.
// Implementations are safe for concurrent use.
type Provider interface {
	// Verify reports whether the body is from the provider and fresh. It looks
	// at bytes only. Errors have kind Denied and say what is wrong.
	Verify(header func(string) string, body []byte, now time.Time) error
	// Parse reads an authentic body. It does not fail: what it cannot read is
	// of kind Unparsable, what it does not know of kind Unknown.
	Parse(body []byte, received time.Time) inbox.Event
}

// A Service is the use case. Its methods are safe for concurrent use; several
// processes may run them on one store.
type Service struct {
	Store    store.Store
	Provider Provider
	Clock    core.Clock
	IDs      core.IDs
	Salts    evidence.Salts
}

// An Acceptance says what became of a webhook.
type Acceptance struct {
	Event string // its id
	Kind  inbox.Kind
	Type  string
	Fresh bool // false for one that was kept before
}

// Accept verifies and keeps one webhook. When it returns nil, the event is
// stored and will be acted on; only then may the carrier be told so. An error
// of kind Denied means a forged or stale webhook, of which nothing is stored.
//
// A text that revokes consent bars its sender in the same transaction, so that
// an opt-out does not wait for the worker.
func (s *Service) Accept(ctx context.Context, header func(string) string, body []byte) (Acceptance, error) {
	now := s.Clock.Now()
	if err := s.Provider.Verify(header, body, now); err != nil {
		return Acceptance{}, err
	}
	e := s.Provider.Parse(body, now)
	a := Acceptance{Event: e.ID, Kind: e.Kind, Type: e.Type}
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		fresh, err := tx.Inbox.Keep(ctx, []inbox.Event{e})
		if err != nil {
			return err
		}
		a.Fresh = fresh[0]
		if !a.Fresh || e.Kind != inbox.Inbound || e.Text == nil {
			return nil
		}
		return s.bar(ctx, tx, e, now)
	})
	return a, err
}

// bar records the opt-out of a text that revokes: consent and suppression. What
// else an opt-out means is for the worker. That the consent log knows of it at
// once matters too: an older START that still waits must not lift the bar.
func (s *Service) bar(ctx context.Context, tx store.Tx, e inbox.Event, now time.Time) error {
	if _, _, ok := revokes(*e.Text, reply.Context{}); !ok || e.Text.From.IsZero() {
		return nil
	}
	hs, err := s.hearings(ctx, tx, e, now)
	if err != nil {
		return err
	}
	for _, h := range hs {
		if err := h.bar(ctx); err != nil {
			return err
		}
	}
	return nil
}

// hearings are the text before each business that texts from the number, under
// the locks of all their guests. On a shared number an opt-out bars them all.
func (s *Service) hearings(ctx context.Context, tx store.Tx, e inbox.Event, now time.Time) ([]*hearing, error) {
	businesses, err := tx.Accounts.BySender(ctx, e.Text.To)
	if err != nil || len(businesses) == 0 {
		return nil, err
	}
	hs := make([]*hearing, len(businesses))
	pairs := make([]core.Pair, len(businesses))
	for i, b := range businesses {
		pairs[i] = core.Pair{Business: b.ID, Number: e.Text.From}
		hs[i] = &hearing{s: s, tx: tx, business: b, event: e, now: now, pair: pairs[i]}
	}
	subs, err := tx.Consent.Lock(ctx, pairs)
	if err != nil {
		return nil, err
	}
	for _, sub := range subs {
		for _, h := range hs {
			if h.business.ID == sub.Business {
				h.subscriber = sub
			}
		}
	}
	return hs, nil
}

// revokes reports whether a text ends consent, and by which rule. What the
// carrier has taken for STOP is one, whatever we read.
func revokes(t inbox.Text, c reply.Context) (suppression.Reason, reply.Meaning, bool) {
	m := reply.Read(t.Body, c)
	switch {
	case m.Intent == reply.OptOut && m.Certainty == reply.Certain:
		return suppression.OptOut, m, true
	case t.Answered == "STOP":
		return suppression.OptOut, reply.Meaning{Intent: reply.OptOut, Certainty: reply.Certain, Rule: "carrier.stop"}, true
	case m.Intent == reply.OptOut:
		return suppression.LikelyOut, m, true
	}
	return suppression.Unstated, m, false
}
