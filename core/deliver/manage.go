package deliver

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/webhook"
)

// A Service is the use case. Its methods are safe for concurrent use, and several
// processes may run them on one store.
type Service struct {
	Store  store.Store
	Clock  core.Clock
	IDs    core.IDs
	Salts  evidence.Salts
	Sender Sender // nil where nothing is sent, but endpoints are looked after
}

// The bounds of what a business may have.
const (
	mostEndpoints = 10
	mostAbout     = 80             // characters
	oldSecretFor  = 24 * time.Hour // after a rotation
	secretSize    = 32
)

// A Draft is what an endpoint should be.
type Draft struct {
	URL    string
	About  string
	Events webhook.Events // none: all
}

// Create adds an endpoint. It is for managers: others get Denied.
func (s *Service) Create(ctx context.Context, by account.User, d Draft) (webhook.Endpoint, error) {
	const op = "deliver.Create"
	if err := may(op, by); err != nil {
		return webhook.Endpoint{}, err
	}
	d.URL, d.About = strings.TrimSpace(d.URL), strings.TrimSpace(d.About)
	if err := webhook.CheckURL(d.URL); err != nil {
		return webhook.Endpoint{}, err
	}
	if utf8.RuneCountInString(d.About) > mostAbout || !utf8.ValidString(d.About) {
		return webhook.Endpoint{}, core.E(op, core.Invalid, "Say what it is for in at most 80 characters.")
	}
	if d.Events == 0 {
		d.Events = webhook.All
	}
	now := s.now()
	e := webhook.Endpoint{ID: webhook.EndpointID(s.IDs.New()), Business: by.Business, URL: d.URL, About: d.About, Events: d.Events & webhook.All, Secret: s.secret(), Created: now, By: by.ID}
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Webhooks.Endpoints(ctx, by.Business)
		if err != nil {
			return err
		}
		if len(all) >= mostEndpoints {
			return core.E(op, core.Conflict, "You have ten endpoints already. Remove one that is not used any more.")
		}
		if err := grant.EnsureKey(ctx, tx, s.Salts, by.Business, now); err != nil {
			return err
		}
		if err := tx.Webhooks.AddEndpoint(ctx, e); err != nil {
			return err
		}
		return s.acted(ctx, tx, by.ID, evidence.WebhookAdded, e, now)
	})
	return e, err
}

// Rotate gives an endpoint another secret. The one that it had signs beside it for
// a day, so that the other side may change over in its own time.
func (s *Service) Rotate(ctx context.Context, by account.User, id webhook.EndpointID) (webhook.Endpoint, error) {
	return s.change(ctx, "deliver.Rotate", by, id, evidence.WebhookRotated, func(e *webhook.Endpoint, now time.Time) {
		e.Previous, e.PreviousEnds, e.Secret = e.Secret, now.Add(oldSecretFor), s.secret()
	})
}

// Switch turns an endpoint on or off.
func (s *Service) Switch(ctx context.Context, by account.User, id webhook.EndpointID, on bool) (webhook.Endpoint, error) {
	what := evidence.WebhookOff
	if on {
		what = evidence.WebhookOn
	}
	return s.change(ctx, "deliver.Switch", by, id, what, func(e *webhook.Endpoint, now time.Time) {
		e.Off, e.Why, e.FailingSince = time.Time{}, "", time.Time{}
		if !on {
			e.Off, e.Why = now, "switched off"
		}
	})
}

func (s *Service) change(ctx context.Context, op string, by account.User, id webhook.EndpointID, what string, f func(*webhook.Endpoint, time.Time)) (e webhook.Endpoint, err error) {
	if err := may(op, by); err != nil {
		return e, err
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if e, err = tx.Webhooks.Endpoint(ctx, by.Business, id); err != nil {
			return err
		}
		now := s.now()
		f(&e, now)
		if err := tx.Webhooks.SaveEndpoint(ctx, e); err != nil {
			return err
		}
		return s.acted(ctx, tx, by.ID, what, e, now)
	})
	return e, err
}

// Remove drops an endpoint, with the log of its deliveries.
func (s *Service) Remove(ctx context.Context, by account.User, id webhook.EndpointID) error {
	const op = "deliver.Remove"
	if err := may(op, by); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		e, err := tx.Webhooks.Endpoint(ctx, by.Business, id)
		if err != nil {
			return err
		}
		if err := tx.Webhooks.RemoveEndpoint(ctx, by.Business, id); err != nil {
			return err
		}
		return s.acted(ctx, tx, by.ID, evidence.WebhookRemoved, e, s.now())
	})
}

// Test sends an event that says nothing.
func (s *Service) Test(ctx context.Context, by account.User, id webhook.EndpointID) error {
	if err := may("deliver.Test", by); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Webhooks.Endpoint(ctx, by.Business, id); err != nil {
			return err
		}
		now := s.now()
		return tx.Webhooks.Emit(ctx, []webhook.Delivery{{ID: webhook.DeliveryID(s.IDs.New()), Business: by.Business, Endpoint: id, Event: webhook.Test, At: now, Due: now}})
	})
}

// Replay sends a delivery again, under its own id.
func (s *Service) Replay(ctx context.Context, by account.User, endpoint webhook.EndpointID, id webhook.DeliveryID) error {
	const op = "deliver.Replay"
	if err := may(op, by); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		d, err := tx.Webhooks.Delivery(ctx, by.Business, id)
		if err != nil {
			return err
		}
		if d.Endpoint != endpoint {
			return core.E(op, core.NotFound, "there is no such delivery")
		}
		if d.Done.IsZero() {
			return core.E(op, core.Conflict, "it is on its way still; wait until it has arrived or was given up")
		}
		return tx.Webhooks.Again(ctx, by.Business, id, s.now())
	})
}

// List returns the endpoints of a business, oldest first.
func (s *Service) List(ctx context.Context, b core.BusinessID) (es []webhook.Endpoint, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		es, err = tx.Webhooks.Endpoints(ctx, b)
		return err
	})
	return es, err
}

// Log returns an endpoint with up to n of its deliveries, newest first, before the
// given one.
func (s *Service) Log(ctx context.Context, b core.BusinessID, id webhook.EndpointID, before webhook.DeliveryID, n int) (e webhook.Endpoint, ds []webhook.Delivery, err error) {
	err = s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		if e, err = tx.Webhooks.Endpoint(ctx, b, id); err != nil {
			return err
		}
		ds, err = tx.Webhooks.Deliveries(ctx, b, id, before, n)
		return err
	})
	return e, ds, err
}

// acted records what was done with an endpoint. Its secret is in no record.
func (s *Service) acted(ctx context.Context, tx store.Tx, by core.UserID, what string, e webhook.Endpoint, now time.Time) error {
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), e.Business, now, by, what, core.CampaignID{}, map[string]string{
			"endpoint": e.ID.String(), "url": e.URL, "events": strings.Join(e.Events.Names(), " "), "why": e.Why,
		}),
	})
}

func may(op string, by account.User) error {
	if by.Role < account.Manager {
		return core.E(op, core.Denied, "Only managers and owners may say where events go. Ask one of them.")
	}
	return nil
}

func (s *Service) secret() []byte {
	a, b := s.Salts.Salt(), s.Salts.Salt()
	return append(a[:], b[:]...)[:secretSize]
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }
