package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/webhook"
)

// webhooks is the port [webhook.Book].
type webhooks struct{ *tx }

type endpointKey struct {
	business core.BusinessID
	id       webhook.EndpointID
}

type deliveryKey struct {
	business core.BusinessID
	id       webhook.DeliveryID
}

func (s webhooks) AddEndpoint(ctx context.Context, e webhook.Endpoint) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	k := endpointKey{e.Business, e.ID}
	if _, ok := s.d.endpoints.get(k); ok {
		return core.E("memstore.AddEndpoint", core.Conflict, "there is an endpoint of this id already")
	}
	s.d.endpoints.set(s.tx, k, e)
	return nil
}

func (s webhooks) SaveEndpoint(ctx context.Context, e webhook.Endpoint) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	k := endpointKey{e.Business, e.ID}
	old, ok := s.d.endpoints.get(k)
	if !ok {
		return notFound("SaveEndpoint", "endpoint")
	}
	e.Created, e.By = old.Created, old.By
	s.d.endpoints.set(s.tx, k, e)
	return nil
}

func (s webhooks) RemoveEndpoint(ctx context.Context, b core.BusinessID, id webhook.EndpointID) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	k := endpointKey{b, id}
	if _, ok := s.d.endpoints.get(k); !ok {
		return notFound("RemoveEndpoint", "endpoint")
	}
	s.d.endpoints.remove(s.tx, k)
	for _, d := range s.choose(func(d webhook.Delivery) bool { return d.Business == b && d.Endpoint == id }) {
		s.d.deliveries.remove(s.tx, deliveryKey{b, d.ID})
	}
	return nil
}

func (s webhooks) Endpoint(ctx context.Context, b core.BusinessID, id webhook.EndpointID) (webhook.Endpoint, error) {
	e, ok := s.d.endpoints.get(endpointKey{b, id})
	if !ok {
		return webhook.Endpoint{}, notFound("Endpoint", "endpoint")
	}
	return e, alive(ctx)
}

func (s webhooks) Endpoints(ctx context.Context, b core.BusinessID) ([]webhook.Endpoint, error) {
	var out []webhook.Endpoint
	for _, e := range s.d.endpoints.m {
		if e.Business == b {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(x, y webhook.Endpoint) int {
		return cmp.Or(x.Created.Compare(y.Created), bytes.Compare(x.ID[:], y.ID[:]))
	})
	return out, alive(ctx)
}

func (s webhooks) Listeners(ctx context.Context, bs []core.BusinessID) ([]webhook.Listener, error) {
	var out []webhook.Listener
	for _, e := range s.d.endpoints.m {
		if e.On() && slices.Contains(bs, e.Business) {
			k, _ := s.d.keys.get(e.Business)
			out = append(out, webhook.Listener{Endpoint: e, Key: k})
		}
	}
	slices.SortFunc(out, func(x, y webhook.Listener) int {
		return cmp.Or(bytes.Compare(x.Business[:], y.Business[:]), bytes.Compare(x.ID[:], y.ID[:]))
	})
	return out, alive(ctx)
}

func (s webhooks) Emit(ctx context.Context, ds []webhook.Delivery) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, d := range ds {
		k := deliveryKey{d.Business, d.ID}
		if _, ok := s.d.deliveries.get(k); !ok {
			s.d.deliveries.set(s.tx, k, d)
		}
	}
	return nil
}

func (s webhooks) choose(ok func(webhook.Delivery) bool) []webhook.Delivery {
	var out []webhook.Delivery
	for _, d := range s.d.deliveries.m {
		if ok(d) {
			out = append(out, d)
		}
	}
	return out
}

func (s webhooks) Claim(ctx context.Context, now, until time.Time, n int) ([]webhook.Delivery, error) {
	if err := s.write(ctx); err != nil {
		return nil, err
	}
	due := s.choose(func(d webhook.Delivery) bool {
		return d.Done.IsZero() && !d.Due.After(now) && !d.Leased.After(now)
	})
	webhook.ByDue(due)
	due = firstN(due, n)
	for i := range due {
		due[i].Leased = until
		s.d.deliveries.set(s.tx, deliveryKey{due[i].Business, due[i].ID}, due[i])
	}
	return due, nil
}

func (s webhooks) Settle(ctx context.Context, ds []webhook.Delivery) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, d := range ds {
		k := deliveryKey{d.Business, d.ID}
		x, ok := s.d.deliveries.get(k)
		if !ok || !x.Leased.Equal(d.Leased) || d.Leased.IsZero() {
			continue
		}
		x.Due, x.Leased, x.Attempts, x.Done, x.Arrived, x.Status, x.Note = d.Due, time.Time{}, d.Attempts, d.Done, d.Arrived, d.Status, d.Note
		s.d.deliveries.set(s.tx, k, x)
	}
	return nil
}

func (s webhooks) Delivery(ctx context.Context, b core.BusinessID, id webhook.DeliveryID) (webhook.Delivery, error) {
	d, ok := s.d.deliveries.get(deliveryKey{b, id})
	if !ok {
		return webhook.Delivery{}, notFound("Delivery", "delivery")
	}
	return d, alive(ctx)
}

func (s webhooks) Again(ctx context.Context, b core.BusinessID, id webhook.DeliveryID, now time.Time) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	k := deliveryKey{b, id}
	d, ok := s.d.deliveries.get(k)
	if !ok {
		return notFound("Again", "delivery")
	}
	d.Due, d.Leased, d.Attempts, d.Done, d.Arrived, d.Status, d.Note = now, time.Time{}, 0, time.Time{}, false, 0, ""
	s.d.deliveries.set(s.tx, k, d)
	return nil
}

func (s webhooks) Deliveries(ctx context.Context, b core.BusinessID, e webhook.EndpointID, before webhook.DeliveryID, n int) ([]webhook.Delivery, error) {
	out := s.choose(func(d webhook.Delivery) bool {
		return d.Business == b && d.Endpoint == e && (before.IsZero() || bytes.Compare(d.ID[:], before[:]) < 0)
	})
	slices.SortFunc(out, func(x, y webhook.Delivery) int { return bytes.Compare(y.ID[:], x.ID[:]) })
	return firstN(out, n), alive(ctx)
}

func (s webhooks) PurgeDeliveries(ctx context.Context, t time.Time, n int) (int, error) {
	if err := s.write(ctx); err != nil {
		return 0, err
	}
	old := s.choose(func(d webhook.Delivery) bool { return !d.Done.IsZero() && d.Done.Before(t) })
	slices.SortFunc(old, func(x, y webhook.Delivery) int { return x.Done.Compare(y.Done) })
	old = firstN(old, n)
	for _, d := range old {
		s.d.deliveries.remove(s.tx, deliveryKey{d.Business, d.ID})
	}
	return len(old), nil
}
