package memstore

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/guest"
)

type consents struct{ *tx }

func (c consents) Append(ctx context.Context, es []consent.Event) error {
	if err := c.write(ctx); err != nil {
		return err
	}
	for _, e := range es {
		if _, ok := c.d.events.get(e.ID); ok {
			continue
		}
		p := core.Pair{Business: e.Business, Number: e.Number}
		c.d.events.set(c.tx, e.ID, e)
		appendTo(c.tx, &c.d.history, p, e.ID)
		sub, _ := c.d.subscribers.get(p)
		sub.Business, sub.Number = e.Business, e.Number
		// The event may be older than others that are there, so it is the fold
		// of all that counts.
		sub.Standing = consent.Fold(c.events(p))
		sub.Revision++
		c.d.subscribers.set(c.tx, p, sub)
	}
	return nil
}

func (c consents) events(p core.Pair) []consent.Event {
	ids, _ := c.d.history.get(p)
	out := make([]consent.Event, 0, len(ids))
	for _, id := range ids {
		e, _ := c.d.events.get(id)
		out = append(out, e)
	}
	return out
}

func (c consents) History(ctx context.Context, p core.Pair) ([]consent.Event, error) {
	out := c.events(p)
	slices.SortStableFunc(out, func(a, b consent.Event) int { return a.At.Compare(b.At) })
	return out, alive(ctx)
}

// Lock reads: transactions do not overlap here.
func (c consents) Lock(ctx context.Context, pairs []core.Pair) ([]consent.Subscriber, error) {
	var out []consent.Subscriber
	for _, p := range unique(pairs) {
		if s, ok := c.d.subscribers.get(p); ok {
			out = append(out, s)
		}
	}
	return out, alive(ctx)
}

func (c consents) Subscriber(ctx context.Context, p core.Pair) (consent.Subscriber, error) {
	s, ok := c.d.subscribers.get(p)
	if !ok {
		return s, notFound("Subscriber", "subscriber")
	}
	return s, alive(ctx)
}

func (c consents) Subscribers(ctx context.Context, b core.BusinessID, q consent.Query, n int) ([]consent.Subscriber, error) {
	var out []consent.Subscriber
	for p, s := range c.d.subscribers.m {
		if p.Business == b && matches(s, q) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y consent.Subscriber) int { return cmp.Compare(x.Number.Digits(), y.Number.Digits()) })
	return out[:min(n, len(out))], alive(ctx)
}

func matches(s consent.Subscriber, q consent.Query) bool {
	return s.Number.Digits() > q.After.Digits() &&
		(q.State == consent.Never || s.Standing.State == q.State) &&
		(q.JoinedBefore.IsZero() || !s.Standing.Joined.IsZero() && s.Standing.Joined.Before(q.JoinedBefore)) &&
		strings.HasSuffix(s.Number.Last4(), q.Last4)
}

func (c consents) Count(ctx context.Context, b core.BusinessID) (map[consent.State]int, error) {
	out := make(map[consent.State]int)
	for p, s := range c.d.subscribers.m {
		if p.Business == b && !s.Standing.Joined.IsZero() {
			out[s.Standing.State]++
		}
	}
	return out, alive(ctx)
}

func (c consents) Newest(ctx context.Context, b core.BusinessID, q consent.Listing, n int) ([]consent.Subscriber, error) {
	var out []consent.Subscriber
	for p, s := range c.d.subscribers.m {
		if p.Business == b && c.listed(s, q) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y consent.Subscriber) int {
		return cmp.Or(y.Standing.Joined.Compare(x.Standing.Joined), cmp.Compare(y.Number.Digits(), x.Number.Digits()))
	})
	return out[:min(n, len(out))], alive(ctx)
}

func (c consents) listed(s consent.Subscriber, q consent.Listing) bool {
	t := s.Standing
	notes, _ := c.d.notes.get(core.Pair{Business: s.Business, Number: s.Number})
	return !t.Joined.IsZero() &&
		(q.Before.Joined.IsZero() || t.Joined.Before(q.Before.Joined) || t.Joined.Equal(q.Before.Joined) && s.Number.Digits() < q.Before.Number.Digits()) &&
		(q.State == consent.Never || t.State == q.State) &&
		!t.Joined.Before(q.Since) &&
		strings.HasSuffix(s.Number.Last4(), q.Last4) &&
		(q.Keyword == "" || t.Keyword == q.Keyword) &&
		(q.Tag == "" || slices.Contains(notes.Tags, guest.Tag(q.Tag)))
}

func (c consents) Flow(ctx context.Context, b core.BusinessID, from time.Time) ([]consent.Hour, error) {
	from = from.Truncate(time.Hour)
	hours := make(map[time.Time]consent.Hour)
	add := func(t time.Time, joined, left int) {
		if at := t.UTC().Truncate(time.Hour); !at.Before(from) {
			h := hours[at]
			hours[at] = consent.Hour{At: at, Joined: h.Joined + joined, Left: h.Left + left}
		}
	}
	for p, s := range c.d.subscribers.m {
		if p.Business != b || s.Standing.Joined.IsZero() {
			continue
		}
		add(s.Standing.Joined, 1, 0)
		if s.Standing.State == consent.OptedOut || s.Standing.State == consent.Uncertain {
			add(s.Standing.Since, 0, 1)
		}
	}
	return slices.SortedFunc(maps.Values(hours), func(x, y consent.Hour) int { return x.At.Compare(y.At) }), alive(ctx)
}

func (c consents) PutDisclosure(ctx context.Context, d consent.Disclosure) error {
	if err := c.write(ctx); err != nil {
		return err
	}
	k := disclosureKey{d.Business, d.Version}
	if there, ok := c.d.disclosures.get(k); !ok {
		c.d.disclosures.set(c.tx, k, disclosureRow{d, len(c.d.disclosures.m)})
	} else if d.Since.After(there.Since) {
		there.Since = d.Since
		c.d.disclosures.set(c.tx, k, there)
	}
	return nil
}

func (c consents) Disclosure(ctx context.Context, b core.BusinessID, v consent.Version) (consent.Disclosure, error) {
	d, ok := c.d.disclosures.get(disclosureKey{b, v})
	if !ok {
		return consent.Disclosure{}, notFound("Disclosure", "disclosure")
	}
	return d.Disclosure, alive(ctx)
}

func (c consents) PutPoster(ctx context.Context, p consent.Poster) error {
	if err := c.write(ctx); err != nil {
		return err
	}
	k := disclosureKey{p.Business, p.SHA256}
	if _, ok := c.d.posters.get(k); !ok {
		p.Page = slices.Clone(p.Page)
		c.d.posters.set(c.tx, k, p)
	}
	return nil
}

func (c consents) Poster(ctx context.Context, b core.BusinessID, sha256 consent.Version) (consent.Poster, error) {
	p, ok := c.d.posters.get(disclosureKey{b, sha256})
	if !ok {
		return consent.Poster{}, notFound("Poster", "poster")
	}
	return p, alive(ctx)
}

func (c consents) Posters(ctx context.Context, b core.BusinessID, v consent.Version) ([]consent.Poster, error) {
	var out []consent.Poster
	for k, p := range c.d.posters.m {
		if k.business == b && p.Version == v {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(x, y consent.Poster) int {
		return cmp.Or(y.Made.Compare(x.Made), bytes.Compare(x.SHA256[:], y.SHA256[:]))
	})
	return out, alive(ctx)
}

func (c consents) Disclosures(ctx context.Context, b core.BusinessID, keyword string) ([]consent.Disclosure, error) {
	var rows []disclosureRow
	for k, d := range c.d.disclosures.m {
		if k.business == b && d.Keyword == keyword {
			rows = append(rows, d)
		}
	}
	slices.SortFunc(rows, func(x, y disclosureRow) int {
		return cmp.Or(y.Since.Compare(x.Since), cmp.Compare(y.order, x.order))
	})
	var out []consent.Disclosure
	for _, r := range rows {
		out = append(out, r.Disclosure)
	}
	return out, alive(ctx)
}
