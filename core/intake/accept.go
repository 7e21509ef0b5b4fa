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
	// Other acts on events of other providers than the carrier; nil keeps them only.
	Other Other
}

// An Other acts on events of another provider. Implementations are safe for
// concurrent use.
type Other interface {
	// Heard acts on a kept event within the transaction that marks it as handled,
	// and says what became of it. It calls nobody.
	Heard(ctx context.Context, tx store.Tx, e inbox.Stored, now time.Time) (note string, err error)
}

// An Acceptance says what became of a webhook.
type Acceptance struct {
	Event string // its id
	Kind  inbox.Kind
	Type  string
	Fresh bool // false for one that was kept before
	// Err is why the event is not kept; nil if it is.
	Err error
	// Unbarred is why the opt-out in an event that is kept is not in force yet;
	// nil if it is, or if there is none. The worker tries again.
	Unbarred error
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
// of them, the others are kept without it, so that a bad one fails nobody else.
// Where an event's Err is Unavailable or Denied it is surely not kept, and where
// it is Ambiguous it may be: keeping it again is right in all these cases.
func (s *Service) AcceptAll(ctx context.Context, es []inbox.Event) []Acceptance {
	as := make([]Acceptance, len(es))
	for i, e := range es {
		as[i] = Acceptance{Event: e.ID, Kind: e.Kind, Type: e.Type}
	}
	s.keepAll(ctx, es, as)
	return as
}

// keepAll keeps events together or, where one of them does not let it, each half
// by itself: a bad one among hundreds costs a few transactions more.
func (s *Service) keepAll(ctx context.Context, es []inbox.Event, as []Acceptance) {
	err := s.keep(ctx, es, as)
	half := len(es) / 2
	switch {
	case err == nil:
		return
	case gone(err):
		for i := range as {
			as[i].Fresh, as[i].Err = false, err
		}
	case len(es) == 1:
		s.keepUnbarred(ctx, es, as, err)
	default:
		s.keepAll(ctx, es[:half], as[:half])
		if err := as[half-1].Err; gone(err) {
			// What fails for want of a database, fails for all that are left.
			for i := range as[half:] {
				as[half+i].Fresh, as[half+i].Err = false, err
			}
			return
		}
		s.keepAll(ctx, es[half:], as[half:])
	}
}

// keepUnbarred is for one event that fails with why, which is not for want of a
// database. Where only the opt-out in it cannot be recorded, the event is kept
// nevertheless: the worker tries again and again, in sight of people, while a
// carrier gives up after a while.
func (s *Service) keepUnbarred(ctx context.Context, es []inbox.Event, as []Acceptance, why error) {
	as[0].Fresh, as[0].Err = false, why
	if !Revokes(es[0]) {
		return
	}
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		fresh, err := tx.Inbox.Keep(ctx, es)
		if err == nil {
			as[0].Fresh = fresh[0]
		}
		return err
	})
	if err != nil {
		as[0].Fresh = false
		return
	}
	as[0].Err, as[0].Unbarred = nil, why
}

// gone tells errors of the way to the database from those of what is in it. A
// database that denies every write is a standby, and no better than none.
func gone(err error) bool {
	k := core.KindOf(err)
	return err != nil && (k == core.Unavailable || k == core.Ambiguous || k == core.Denied)
}

// Gone reports whether an event was not kept for want of a database that takes
// it, and not for what is in it.
func (a Acceptance) Gone() bool { return gone(a.Err) }

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
