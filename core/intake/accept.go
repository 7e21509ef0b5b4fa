// Package intake takes in what a carrier says: it keeps every authentic event
// before it answers, and then acts on it, once.
package intake

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/optout"
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
	Links    *optout.Links // nil: answers to HELP have no link
}

// An Acceptance says what became of a webhook.
type Acceptance struct {
	Event string // its id
	Kind  inbox.Kind
	Type  string
	Fresh bool // false for one that was kept before
	// Err is why the event is not kept; nil if it is.
	Err error
}

// Accept verifies and keeps one webhook. When it returns nil, the event is
// stored and will be acted on; only then may the carrier be told so. An error
// of kind Denied means a forged or stale webhook, of which nothing is stored.
//
// A text that revokes consent bars its sender in the same transaction, so that
// an opt-out does not wait for the worker.
func (s *Service) Accept(ctx context.Context, header func(string) string, body []byte) (Acceptance, error) {
	e, err := s.Read(s.Provider, header, body)
	if err != nil {
		return Acceptance{}, err
	}
	a := s.AcceptAll(ctx, []inbox.Event{e})[0]
	return a, a.Err
}

// Read verifies a webhook of a provider and parses it. It touches no store. Its
// errors have kind Denied.
func (s *Service) Read(p Provider, header func(string) string, body []byte) (inbox.Event, error) {
	now := s.Clock.Now()
	if err := p.Verify(header, body, now); err != nil {
		return inbox.Event{}, err
	}
	return p.Parse(body, now), nil
}

// AcceptAll keeps events that were verified, all in one transaction, each with
// what [Service.Accept] does about it. If the transaction fails because of one
// of them, each gets its own, so that a bad one does not fail the others. Where
// an event's Err is Unavailable it is surely not kept, and where it is Ambiguous
// it may be: keeping it again is right in both cases.
func (s *Service) AcceptAll(ctx context.Context, es []inbox.Event) []Acceptance {
	as := make([]Acceptance, len(es))
	for i, e := range es {
		as[i] = Acceptance{Event: e.ID, Kind: e.Kind, Type: e.Type}
	}
	err := s.keep(ctx, es, as)
	for i := range es {
		if len(es) == 1 || err == nil || gone(err) {
			as[i].Err = err
			continue
		}
		// What fails for want of a database, fails for all that are left.
		if i == 0 || !gone(as[i-1].Err) {
			as[i].Err = s.keep(ctx, es[i:i+1], as[i:i+1])
		} else {
			as[i].Err = as[i-1].Err
		}
	}
	return as
}

// gone tells errors of the way to the database from those of what is in it.
func gone(err error) bool {
	return err != nil && (core.KindOf(err) == core.Unavailable || core.KindOf(err) == core.Ambiguous)
}

// keep keeps events in one transaction and notes which of them are new.
func (s *Service) keep(ctx context.Context, es []inbox.Event, as []Acceptance) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		fresh, err := tx.Inbox.Keep(ctx, es)
		if err != nil {
			return err
		}
		var outs []inbox.Event
		for i, e := range es {
			if as[i].Fresh = fresh[i]; fresh[i] && Revokes(e) {
				outs = append(outs, e)
			}
		}
		return s.bar(ctx, tx, outs)
	})
}

// Revokes reports whether an event is a text that ends consent, or may, read by
// itself. Such events bar their senders while they are kept.
func Revokes(e inbox.Event) bool {
	if e.Kind != inbox.Inbound || e.Text == nil || e.Text.From.IsZero() {
		return false
	}
	_, _, ok := revokes(*e.Text, reply.Context{})
	return ok
}

// bar records the opt-outs of texts that revoke: consent and suppression. What
// else an opt-out means is for the worker. That the consent log knows of it at
// once matters too: an older START that still waits must not lift the bar.
func (s *Service) bar(ctx context.Context, tx store.Tx, es []inbox.Event) error {
	if len(es) == 0 {
		return nil
	}
	hs, err := s.hearings(ctx, tx, s.Clock.Now(), es...)
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

// hearings are texts before each business that texts from their numbers, under
// the locks of all their guests, which are taken at once and so in one order.
// On a shared number an opt-out bars them all.
func (s *Service) hearings(ctx context.Context, tx store.Tx, now time.Time, es ...inbox.Event) ([]*hearing, error) {
	var hs []*hearing
	var pairs []core.Pair
	bySender := make(map[core.Number][]account.Business)
	for _, e := range es {
		businesses, known := bySender[e.Text.To]
		if !known {
			var err error
			if businesses, err = tx.Accounts.BySender(ctx, e.Text.To); err != nil {
				return nil, err
			}
			bySender[e.Text.To] = businesses
		}
		for _, b := range businesses {
			p := core.Pair{Business: b.ID, Number: e.Text.From}
			hs, pairs = append(hs, &hearing{s: s, tx: tx, business: b, event: e, now: now, pair: p}), append(pairs, p)
		}
	}
	if len(hs) == 0 {
		return nil, nil
	}
	subs, err := tx.Consent.Lock(ctx, pairs)
	if err != nil {
		return nil, err
	}
	locked := make(map[core.Pair]consent.Subscriber, len(subs))
	for _, sub := range subs {
		locked[core.Pair{Business: sub.Business, Number: sub.Number}] = sub
	}
	for _, h := range hs {
		h.subscriber = locked[h.pair]
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
