package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/retention"
)

type markKey struct {
	business core.BusinessID
	pile     retention.Pile
}

// shelf is the port [retention.Shelf].
type shelf struct{ *tx }

func (s shelf) Newest(ctx context.Context) (newest, clock time.Time, err error) {
	later := func(t time.Time) {
		if t.After(newest) {
			newest = t
		}
	}
	for _, b := range s.d.businesses.m {
		later(b.Created)
	}
	for _, r := range s.d.inbox.m {
		later(r.occurred)
	}
	m, _ := s.d.swept.get(markKey{})
	later(m.At)
	return newest, time.Time{}, alive(ctx)
}

func (s shelf) Count(ctx context.Context, p retention.Pile, before time.Time) (int, error) {
	n := 0
	bound := retention.Bound(before)
	within := func(b core.BusinessID, id [16]byte) {
		m, _ := s.d.swept.get(markKey{b, p})
		if _, ok := s.d.businesses.get(b); !ok && !b.IsZero() {
			return
		}
		if bytes.Compare(id[:], m.ID[:]) > 0 && bytes.Compare(id[:], bound[:]) < 0 {
			n++
		}
	}
	switch p {
	case retention.WordsPile, retention.TextsPile:
		for k := range s.d.messages.m {
			within(k.business, k.id)
		}
	case retention.WebhooksPile:
		for _, r := range s.d.inbox.m {
			if r.Received.Before(before) && !r.Stored.Handled.IsZero() {
				n++
			}
		}
	case retention.TalkPile:
		for _, i := range s.d.items.m {
			if i.At.Before(before) {
				n++
			}
		}
	case retention.RequestsPile:
		for _, r := range s.d.requests.m {
			if !r.Closed.IsZero() && r.Closed.Before(before) {
				n++
			}
		}
	case retention.ClicksPile:
		texts := make(map[core.MessageID]bool)
		for _, l := range s.d.links.m {
			if latest(l).Before(before) && !texts[l.Message] {
				texts[l.Message] = true
				n++
			}
		}
	case retention.PicturesPile:
		for _, m := range s.d.media.m {
			if m.State == media.Kept && m.Thread.IsZero() && m.Due.Before(before) {
				n++
			}
		}
	case retention.DecisionsPile:
		for k, r := range s.d.records.all.m {
			if !r.Erased() && (r.Kind == evidence.KindDecision || r.Kind == evidence.KindSubmission || r.Kind == evidence.KindReceipt) {
				within(k.business, k.id)
			}
		}
	case retention.ConsentPile, retention.RevocationsPile:
		for _, e := range s.d.events.m {
			if e.At.Before(before) && (e.Kind == consent.Revoked) == (p == retention.RevocationsPile) {
				n++
			}
		}
	}
	return n, alive(ctx)
}

func (s shelf) Next(ctx context.Context, p retention.Pile, b core.BusinessID, after retention.Place, before time.Time, n int, raw bool) ([]retention.Item, error) {
	var out []retention.Item
	bound := retention.Bound(before)
	switch p {
	case retention.WordsPile, retention.TextsPile:
		for k, m := range s.d.messages.m {
			if k.business == b && bytes.Compare(k.id[:], bound[:]) < 0 && (p == retention.TextsPile || m.Body != "" || len(m.Media) > 0) {
				out = append(out, textItem(*m, before))
			}
		}
	case retention.WebhooksPile:
		for _, r := range s.d.inbox.m {
			if !r.Received.Before(before) {
				continue
			}
			i := retention.Item{Event: r.ID, Thing: retention.Thing{At: r.Received, Until: r.Stored.Handled}, Open: r.Stored.Handled.IsZero()}
			if raw {
				i.Raw = slices.Clone(r.Raw)
			}
			out = append(out, i)
		}
	case retention.TalkPile:
		for k, i := range s.d.items.m {
			if k.business == b && i.At.Before(before) {
				t, _ := s.d.threads.get(threadKey{b, i.Thread})
				out = append(out, retention.Item{ID: core.UUID(k.id), Thing: retention.Thing{Business: b, Number: t.Number, At: i.At}})
			}
		}
	case retention.RequestsPile:
		for id, r := range s.d.requests.m {
			if r.Business == b && bytes.Compare(id[:], bound[:]) < 0 {
				out = append(out, retention.Item{
					ID: core.UUID(id), Thing: retention.Thing{Business: b, Number: r.Number, At: r.At, Until: r.Closed},
					Open: r.Closed.IsZero() || !r.Closed.Before(before),
				})
			}
		}
	}
	if p == retention.ClicksPile {
		out = s.linked(b, before)
	}
	if p == retention.PicturesPile {
		for _, m := range s.d.media.m {
			if m.Business == b && m.State == media.Kept && m.Thread.IsZero() && bytes.Compare(m.ID[:], bound[:]) < 0 {
				out = append(out, retention.Item{
					ID: core.UUID(m.ID), Thing: retention.Thing{Business: b, Campaign: core.CampaignID(m.Item), At: m.Made, Until: m.Due}, Open: !m.Due.Before(before),
				})
			}
		}
	}
	slices.SortFunc(out, func(x, y retention.Item) int { return compareItems(p, x.Place(), y.Place()) })
	out = slices.DeleteFunc(out, func(i retention.Item) bool { return compareItems(p, i.Place(), after) <= 0 })
	return firstN(out, n), alive(ctx)
}

// linked are the texts that have links.
func (s shelf) linked(b core.BusinessID, before time.Time) []retention.Item {
	texts := make(map[core.MessageID]retention.Item)
	bound := retention.Bound(before)
	for _, l := range s.d.links.m {
		if l.Business != b || bytes.Compare(l.Message[:], bound[:]) >= 0 {
			continue
		}
		i, ok := texts[l.Message]
		if !ok {
			i = retention.Item{ID: core.UUID(l.Message), Thing: retention.Thing{Business: b, Number: l.Number, Campaign: l.Campaign, At: l.Made}}
		}
		if at := latest(l); at.After(i.Until) {
			i.Until, i.Open = at, !at.Before(before)
		}
		texts[l.Message] = i
	}
	var out []retention.Item
	for _, i := range texts {
		out = append(out, i)
	}
	return out
}

// latest is when anything last happened to a link.
func latest(l click.Link) time.Time {
	if l.Opened.IsZero() {
		return l.Made
	}
	return l.Opened
}

func compareItems(p retention.Pile, x, y retention.Place) int {
	if p == retention.WebhooksPile {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Event, y.Event))
	}
	return bytes.Compare(x.ID[:], y.ID[:])
}

func textItem(m message.Message, before time.Time) retention.Item {
	last := m.Planned
	for _, t := range []time.Time{m.Decided, m.Submitted, m.Settled} {
		if t.After(last) {
			last = t
		}
	}
	return retention.Item{
		ID: core.UUID(m.ID), Thing: retention.Thing{Business: m.Business, Number: m.To, Campaign: m.Campaign, At: m.Planned, Until: last},
		Open: m.State == message.Planned || m.State == message.Sending || !last.Before(before),
	}
}

func (s shelf) Purge(ctx context.Context, p retention.Pile, b core.BusinessID, items []retention.Item) (int, error) {
	if err := s.write(ctx); err != nil {
		return 0, err
	}
	n := 0
	for _, i := range items {
		if s.purge(p, b, i) {
			n++
		}
	}
	return n, nil
}

func (s shelf) purge(p retention.Pile, b core.BusinessID, i retention.Item) bool {
	k := messageKey{b, core.MessageID(i.ID)}
	switch p {
	case retention.ClicksPile:
		clicks(s).forget(func(l click.Link) bool { return l.Business == b && l.Message == k.id })
		return true
	case retention.WordsPile, retention.TextsPile:
		m, ok := messages(s).message(k)
		if !ok || m.State == message.Planned || m.State == message.Sending {
			return false
		}
		if p == retention.TextsPile {
			messages(s).drop(m)
			return true
		}
		m.Body, m.Media = "", nil
		messages(s).put(m)
		return true
	case retention.TalkPile:
		k := itemKey{b, core.ItemID(i.ID)}
		row, ok := s.d.items.get(k)
		if !ok {
			return false
		}
		pictures(s).doom(func(m media.Medium) bool { return m.Business == b && m.Item == row.ID })
		tk := threadKey{b, row.Thread}
		s.d.items.remove(s.tx, k)
		without(s.tx, &s.d.itemsOf, tk, k)
		if left, _ := s.d.itemsOf.get(tk); len(left) == 0 {
			t, _ := s.d.threads.get(tk)
			t.Last = ""
			s.d.threads.set(s.tx, tk, t)
		}
		return true
	case retention.PicturesPile:
		m, ok := s.d.media.get(mediumKey{b, core.MediumID(i.ID)})
		if !ok || m.State != media.Kept || !m.Thread.IsZero() || !m.Due.Equal(i.Until) {
			return false
		}
		pictures(s).doom(func(x media.Medium) bool { return x.Business == b && x.ID == m.ID })
		return true
	case retention.WebhooksPile:
		r, ok := s.d.inbox.get(i.Event)
		if !ok || r.Stored.Handled.IsZero() {
			return false
		}
		s.d.inbox.remove(s.tx, i.Event)
		return true
	case retention.RequestsPile:
		r, ok := s.d.requests.get(core.RecordID(i.ID))
		if !ok || r.Business != b || r.Closed.IsZero() {
			return false
		}
		s.d.requests.remove(s.tx, r.ID)
		return true
	}
	return false
}

// drop takes a text out of every index.
func (b messages) drop(m message.Message) {
	k := messageKey{m.Business, m.ID}
	b.count(&m, -1)
	b.d.messages.remove(b.tx, k)
	b.d.byKey.remove(b.tx, planKey{m.Business, m.Key})
	b.d.unknown.remove(b.tx, k)
	b.d.looked.remove(b.tx, k)
	if m.CarrierID != "" {
		b.d.byCarrier.remove(b.tx, m.CarrierID)
	}
	without(b.tx, &b.d.byPair, m.Pair(), k)
	if !m.Campaign.IsZero() {
		without(b.tx, &b.d.byCampaign, campaignKey{m.Business, m.Campaign}, k)
	}
}

// without takes an element out of a slice in a table.
func without[K, E comparable](t *tx, tb *table[K, []E], k K, e E) {
	if old, ok := tb.get(k); ok {
		tb.set(t, k, slices.DeleteFunc(slices.Clone(old), func(x E) bool { return x == e }))
	}
}

func (s shelf) LastTexts(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]retention.Standing, error) {
	out := make(map[core.Number]retention.Standing)
	for _, n := range numbers {
		p := core.Pair{Business: b, Number: n}
		sub, _ := s.d.subscribers.get(p)
		st := retention.Standing{Subscribed: sub.Standing.State == consent.Active || sub.Standing.State == consent.Pending}
		ks, _ := s.d.byPair.get(p)
		for _, k := range ks {
			m, _ := messages(s).message(k)
			t := m.Decided
			if t.IsZero() {
				t = m.Planned
			}
			if t.After(st.LastText) {
				st.LastText = t
			}
		}
		if sub.Standing.State != consent.Never || !st.LastText.IsZero() {
			out[n] = st
		}
	}
	return out, alive(ctx)
}

func (s shelf) Forget(ctx context.Context, b core.BusinessID, events []core.EventID) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, id := range events {
		e, ok := s.d.events.get(id)
		if !ok || e.Business != b {
			continue
		}
		s.d.events.remove(s.tx, id)
		without(s.tx, &s.d.history, core.Pair{Business: b, Number: e.Number}, id)
	}
	return nil
}

func (s shelf) Mark(ctx context.Context, b core.BusinessID, p retention.Pile) (retention.Mark, error) {
	m, _ := s.d.swept.get(markKey{b, p})
	return m, alive(ctx)
}

func (s shelf) SetMark(ctx context.Context, b core.BusinessID, p retention.Pile, m retention.Mark) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	s.d.swept.set(s.tx, markKey{b, p}, m)
	return nil
}

func (s shelf) ClearMarks(ctx context.Context, b core.BusinessID) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, p := range retention.Piles() {
		s.d.swept.remove(s.tx, markKey{b, p})
	}
	return nil
}

// Aged is of the ledger: what is old enough to be erased.
func (l ledger) Aged(ctx context.Context, b core.BusinessID, kinds []evidence.Kind, before time.Time, after core.RecordID, n int) ([]evidence.Record, error) {
	var out []evidence.Record
	bound := retention.Bound(before)
	for k, r := range l.d.records.all.m {
		if k.business == b && slices.Contains(kinds, r.Kind) && !r.Erased() && r.At.Before(before) &&
			bytes.Compare(k.id[:], after[:]) > 0 && bytes.Compare(k.id[:], bound[:]) < 0 {
			r.Body = nil
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(x, y evidence.Record) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	return firstN(out, n), alive(ctx)
}
