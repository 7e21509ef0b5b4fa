package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/token"
	"github.com/jobfluss/nexo/core/webhook"
)

func testEndpoints(s *suite) {
	a, b := newBusiness(), newBusiness()
	full := webhook.Endpoint{
		ID: webhook.EndpointID(id[any]()), Business: a, URL: "https://example.com/a?x=1", About: "till \u00e9", Events: webhook.All, Secret: []byte{1, 2}, Previous: []byte{0, 3},
		PreviousEnds: at(9), Created: at(1), By: core.UserID{4}, FailingSince: at(2), Off: at(3), Why: "off",
	}
	on := webhook.Endpoint{ID: webhook.EndpointID(id[any]()), Business: a, URL: "https://example.com/b", Secret: []byte{5}, Created: at(2), By: core.UserID{4}, Events: 2}
	theirs := on
	theirs.Business, theirs.ID = b, webhook.EndpointID(id[any]())
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Webhooks.AddEndpoint(ctx, on), tx.Webhooks.AddEndpoint(ctx, full), tx.Webhooks.AddEndpoint(ctx, theirs), tx.Tokens.PutKey(ctx, a, token.Key{7}, at(0)))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err1 := tx.Webhooks.Endpoints(ctx, a)
		s.equal("Endpoints", all, []webhook.Endpoint{full, on})
		one, err2 := tx.Webhooks.Endpoint(ctx, a, full.ID)
		s.equal("Endpoint", one, full)
		_, err := tx.Webhooks.Endpoint(ctx, b, full.ID)
		s.kind("another business's", err, core.NotFound)
		ls, err3 := tx.Webhooks.Listeners(ctx, []core.BusinessID{a, newBusiness()})
		s.equal("Listeners", ls, []webhook.Listener{{Endpoint: on, Key: token.Key{7}}})
		none, err4 := tx.Webhooks.Listeners(ctx, nil)
		s.equal("Listeners of nobody", len(none), 0)
		s.kind("AddEndpoint in a view", tx.Webhooks.AddEndpoint(ctx, on), core.Denied)
		return errors.Join(err1, err2, err3, err4)
	})
	changed := on
	changed.Off, changed.Why, changed.Secret, changed.Previous = at(4), "why", []byte{6}, []byte{5}
	s.update(func(ctx context.Context, tx store.Tx) error {
		x := changed
		x.Business = b
		s.kind("saving another business's", tx.Webhooks.SaveEndpoint(ctx, x), core.NotFound)
		s.kind("removing another business's", tx.Webhooks.RemoveEndpoint(ctx, b, on.ID), core.NotFound)
		return errors.Join(tx.Webhooks.SaveEndpoint(ctx, changed), tx.Webhooks.RemoveEndpoint(ctx, a, full.ID))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Webhooks.Endpoints(ctx, a)
		s.equal("saved and removed", all, []webhook.Endpoint{changed})
		return err
	})
}

func newDelivery(b core.BusinessID, e webhook.EndpointID, due int) webhook.Delivery {
	return webhook.Delivery{
		ID: webhook.DeliveryID(id[any]()), Business: b, Endpoint: e, Event: webhook.Sent, At: at(due), Guest: "abc", Message: core.MessageID{1}, Campaign: core.CampaignID{2},
		Detail: "sent", Due: at(due),
	}
}

func testDeliveries(s *suite) {
	a, b, e, f := newBusiness(), newBusiness(), webhook.EndpointID{1}, webhook.EndpointID{2}
	late, early, theirs, other := newDelivery(a, e, 5), newDelivery(a, e, 1), newDelivery(b, e, 2), newDelivery(a, f, 9)
	twin := early
	twin.Detail = "another"
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Webhooks.Emit(ctx, []webhook.Delivery{late, early, theirs, other}), tx.Webhooks.Emit(ctx, []webhook.Delivery{twin}), tx.Webhooks.Emit(ctx, nil))
	})
	claim := func(now, until, n int, want ...webhook.Delivery) {
		s.Helper()
		for i := range want {
			want[i].Leased = at(until)
		}
		s.update(func(ctx context.Context, tx store.Tx) error {
			got, err := tx.Webhooks.Claim(ctx, at(now), at(until), n)
			s.equal("how many are claimed", len(got), len(want))
			for i := range want {
				s.equal("Claim", got[i], want[i])
			}
			return err
		})
	}
	claim(0, 3, 9)
	claim(2, 4, 0)
	claim(2, 4, 9, early, theirs)
	claim(3, 5, 9) // leased
	claim(5, 7, 1, early)
	early.Leased = at(7)
	done := early
	done.Attempts, done.Done, done.Arrived, done.Status, done.Note = 1, at(6), true, 204, "ok"
	stale := done
	stale.Leased, stale.Note = at(4), "of the worker before"
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Webhooks.Settle(ctx, []webhook.Delivery{stale}), tx.Webhooks.Settle(ctx, []webhook.Delivery{done}), tx.Webhooks.Settle(ctx, nil))
	})
	done.Leased = time.Time{} // nobody has it any more
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err1 := tx.Webhooks.Delivery(ctx, a, early.ID)
		s.equal("settled", got, done)
		_, err := tx.Webhooks.Delivery(ctx, b, early.ID)
		s.kind("another business's", err, core.NotFound)
		log, err2 := tx.Webhooks.Deliveries(ctx, a, e, webhook.DeliveryID{}, 9)
		s.equal("newest first", []webhook.DeliveryID{log[0].ID, log[1].ID}, []webhook.DeliveryID{early.ID, late.ID})
		log, err3 := tx.Webhooks.Deliveries(ctx, a, e, log[0].ID, 9)
		s.equal("the next page", []int{len(log)}, []int{1})
		return errors.Join(err1, err2, err3)
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		s.kind("again, another business's", tx.Webhooks.Again(ctx, b, early.ID, at(8)), core.NotFound)
		none, err := tx.Webhooks.PurgeDeliveries(ctx, at(6), 9)
		s.equal("purged too soon", none, 0)
		return errors.Join(err, tx.Webhooks.Again(ctx, a, early.ID, at(8)))
	})
	again := newDelivery(a, e, 8)
	again.ID, again.At = early.ID, early.At
	claim(8, 10, 9, theirs, late, again)
	s.update(func(ctx context.Context, tx store.Tx) error {
		again.Leased, again.Done = at(10), at(9)
		if err := tx.Webhooks.Settle(ctx, []webhook.Delivery{again}); err != nil {
			return err
		}
		n, err := tx.Webhooks.PurgeDeliveries(ctx, at(10), 9)
		s.equal("purged", n, 1)
		return err
	})
	if s.o.NoConcurrentWriters {
		return
	}
	// Of two who claim at once, each gets others.
	var many []webhook.Delivery
	for range 40 {
		many = append(many, newDelivery(newBusiness(), e, 20))
	}
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Webhooks.Emit(ctx, many) })
	got := make(chan webhook.DeliveryID, 100)
	s.parallel(4, func(int) error {
		var ds []webhook.Delivery
		err := s.Update(s.Context(), func(ctx context.Context, tx store.Tx) (err error) {
			ds, err = tx.Webhooks.Claim(ctx, at(20), at(30), 10)
			return err
		})
		for _, d := range ds {
			got <- d.ID
		}
		return err
	})
	close(got)
	seen := map[webhook.DeliveryID]bool{}
	for x := range got {
		if seen[x] {
			s.Errorf("two have delivery %v", x)
		}
		seen[x] = true
	}
}
