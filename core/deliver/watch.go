// Package deliver tells programs outside what happened, in the form of Standard
// Webhooks: what is to be told is written down in the transaction of the fact,
// and sent by whoever works through it.
package deliver

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/webhook"
)

// Watch returns the store with an ear on it: every fact is a record of the
// evidence or a move of a campaign, whoever writes it, so that is where events are
// made. They are part of the same transaction.
//
// That a business has no endpoint is remembered for two seconds, so that a batch
// of its texts costs nothing. The first events after a business adds its first
// endpoint may be missed for as long.
func Watch(s store.Store, c core.Clock) store.Store {
	return &watched{Store: s, clock: c, deaf: make(map[core.BusinessID]time.Time)}
}

type watched struct {
	store.Store
	clock core.Clock

	mu   sync.Mutex
	deaf map[core.BusinessID]time.Time // without an endpoint, until when
}

const (
	deafFor  = 2 * time.Second
	mostDeaf = 50_000
)

// Update runs f with the ear on its transaction.
func (w *watched) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	return w.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		e := ear{w, tx.Webhooks}
		tx.Evidence, tx.Campaigns = ledger{tx.Evidence, e}, book{tx.Campaigns, e}
		return f(ctx, tx)
	})
}

type ear struct {
	w    *watched
	book webhook.Book
}

type ledger struct {
	evidence.Ledger
	ear ear
}

func (l ledger) Append(ctx context.Context, rs []evidence.Record) error {
	if err := l.Ledger.Append(ctx, rs); err != nil {
		return err
	}
	var heard []evidence.Record
	for _, r := range rs {
		switch r.Kind {
		case evidence.KindConsent, evidence.KindRevocation, evidence.KindSubmission, evidence.KindReceipt:
			heard = append(heard, r)
		}
	}
	return l.ear.hear(ctx, businesses(heard), func(add func(webhook.Delivery, [16]byte)) {
		for _, r := range heard {
			if d := ofRecord(r); d.Event != webhook.NoEvent {
				add(d, r.ID)
			}
		}
	}, numbers(heard))
}

func businesses(rs []evidence.Record) []core.BusinessID {
	seen := make(map[core.BusinessID]bool)
	var out []core.BusinessID
	for _, r := range rs {
		if !seen[r.Business] {
			seen[r.Business] = true
			out = append(out, r.Business)
		}
	}
	return out
}

func numbers(rs []evidence.Record) map[[16]byte]core.Number {
	out := make(map[[16]byte]core.Number, len(rs))
	for _, r := range rs {
		out[r.ID] = r.Number
	}
	return out
}

type book struct {
	campaign.Book
	ear ear
}

func (b book) Note(ctx context.Context, m campaign.Move) error {
	if err := b.Book.Note(ctx, m); err != nil || !m.To.Over() {
		return err
	}
	return b.ear.hear(ctx, []core.BusinessID{m.Business}, func(add func(webhook.Delivery, [16]byte)) {
		add(webhook.Delivery{Business: m.Business, Event: webhook.CampaignFinished, At: m.At, Campaign: m.Campaign, Detail: m.To.String()}, [16]byte(m.Campaign))
	}, nil)
}

// hear writes deliveries for the endpoints of the businesses. events is asked only
// where somebody listens; the id that it gives names the fact.
func (e ear) hear(ctx context.Context, bs []core.BusinessID, events func(add func(webhook.Delivery, [16]byte)), guests map[[16]byte]core.Number) error {
	now := e.w.clock.Now().UTC().Truncate(time.Microsecond)
	if bs = e.w.ask(bs, now); len(bs) == 0 {
		return nil
	}
	ls, err := e.book.Listeners(ctx, bs)
	if err != nil {
		return err
	}
	e.w.learn(bs, ls, now)
	if len(ls) == 0 {
		return nil
	}
	var out []webhook.Delivery
	events(func(d webhook.Delivery, fact [16]byte) {
		for _, l := range ls {
			if l.Business != d.Business || !l.Events.Has(d.Event) {
				continue
			}
			x := d
			x.ID, x.Endpoint, x.Due = deliveryID(d, fact, l.ID), l.ID, now
			if n := guests[fact]; !n.IsZero() {
				x.Guest = l.Key.Guest(n)
			}
			out = append(out, x)
		}
	})
	return e.book.Emit(ctx, out)
}

// ask leaves out those who are known to have no endpoint.
func (w *watched) ask(bs []core.BusinessID, now time.Time) []core.BusinessID {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []core.BusinessID
	for _, b := range bs {
		if until, ok := w.deaf[b]; !ok || !now.Before(until) {
			out = append(out, b)
		}
	}
	return out
}

func (w *watched) learn(bs []core.BusinessID, ls []webhook.Listener, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.deaf) > mostDeaf {
		clear(w.deaf)
	}
	for _, b := range bs {
		w.deaf[b] = now.Add(deafFor)
	}
	for _, l := range ls {
		delete(w.deaf, l.Business)
	}
}

// deliveryID names a fact on its way to an endpoint: a transaction that is run
// again, or a record that is written twice, makes no second delivery. It begins
// with the fact's time, so that ids rise with it.
func deliveryID(d webhook.Delivery, fact [16]byte, to webhook.EndpointID) (id webhook.DeliveryID) {
	h := sha256.New()
	h.Write([]byte(d.Event.String()))
	h.Write(fact[:])
	h.Write(to[:])
	copy(id[:], h.Sum(nil))
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(d.At.UnixMilli()))
	copy(id[:6], ms[2:])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8 of RFC 9562: made of other things
	return id
}

// ofRecord is what a record is to the outside; NoEvent for most.
func ofRecord(r evidence.Record) webhook.Delivery {
	d := webhook.Delivery{Business: r.Business, At: r.At, Message: r.Message, Campaign: r.Campaign}
	switch r.Kind {
	case evidence.KindConsent:
		if b, err := evidence.ParseConsent(r); err == nil && b.Act == consent.Granted.String() {
			d.Event, d.Detail = webhook.OptedIn, b.Method
		}
	case evidence.KindRevocation:
		if b, err := evidence.ParseRevocation(r); err == nil && b.Act == consent.Revoked.String() {
			d.Event, d.Detail = webhook.OptedOut, b.Method
		}
	case evidence.KindSubmission:
		if b, err := evidence.ParseSubmission(r); err == nil {
			switch b.Outcome {
			case message.Sent.String():
				d.Event = webhook.Sent
			case message.Failed.String():
				d.Event = webhook.Failed
			}
			d.Detail = b.Outcome
		}
	case evidence.KindReceipt:
		if b, err := evidence.ParseReceipt(r); err == nil {
			switch b.State {
			case message.Delivered.String():
				d.Event = webhook.Delivered
			case message.Undelivered.String():
				d.Event = webhook.Failed
			}
			d.Detail = b.State
		}
	}
	return d
}
