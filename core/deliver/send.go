package deliver

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/webhook"
)

// A Post is one attempt.
type Post struct {
	URL     string
	ID      string    // webhook-id: the same at each attempt
	At      time.Time // of the attempt, for webhook-timestamp
	Secrets [][]byte  // each signs
	Body    []byte
}

// A Sender posts over HTTPS to public hosts, and signs as Standard Webhooks says.
// It follows no redirect. It is safe for concurrent use.
type Sender interface {
	// Send returns the status of the answer. An error says that there was none, or
	// that the address may not be reached (Invalid), and quotes nothing of it.
	Send(ctx context.Context, p Post) (status int, err error)
}

// waits are before each further attempt: ten attempts in three days.
var waits = []time.Duration{
	5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 20 * time.Hour, 34 * time.Hour,
}

const (
	claimed     = 2 * time.Minute // longer than all attempts of a claim take
	attemptTime = 15 * time.Second
	atOnce      = 16
	offAfter    = 5 * 24 * time.Hour // nothing arrived for so long
	keptFor     = 30 * 24 * time.Hour
)

// A Report is what a Step did.
type Report struct{ Claimed, Arrived, Failed, GivenUp, SwitchedOff int }

// Step sends up to n deliveries that are due, and writes down what became of
// them. A worker that dies in between leaves them to the next one: an event may
// arrive twice, with the same webhook-id.
func (s *Service) Step(ctx context.Context, n int) (Report, error) {
	var r Report
	var ds []webhook.Delivery
	ends := make(map[webhook.EndpointID]webhook.Endpoint)
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		now := s.now()
		var err error
		if ds, err = tx.Webhooks.Claim(ctx, now, now.Add(claimed), n); err != nil {
			return err
		}
		clear(ends)
		for _, d := range ds {
			if _, ok := ends[d.Endpoint]; ok {
				continue
			}
			e, err := tx.Webhooks.Endpoint(ctx, d.Business, d.Endpoint)
			if err != nil && core.KindOf(err) != core.NotFound {
				return err
			}
			ends[d.Endpoint] = e // zero for one that is gone
		}
		return nil
	})
	if r.Claimed = len(ds); err != nil || len(ds) == 0 {
		return r, err
	}
	s.sendAll(ctx, ds, ends)
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		r = Report{Claimed: len(ds)}
		return s.settle(ctx, tx, ds, &r)
	})
	return r, err
}

func (s *Service) sendAll(ctx context.Context, ds []webhook.Delivery, ends map[webhook.EndpointID]webhook.Endpoint) {
	var wg sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for i := range ds {
		e := ends[ds[i].Endpoint]
		if e.ID.IsZero() || !e.On() {
			ds[i].Done, ds[i].Note = s.now(), "the endpoint was off"
			continue
		}
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			s.send(ctx, &ds[i], e)
		})
	}
	wg.Wait()
}

// send makes one attempt.
func (s *Service) send(ctx context.Context, d *webhook.Delivery, e webhook.Endpoint) {
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	now := s.now()
	status, err := s.Sender.Send(ctx, Post{URL: e.URL, ID: d.ID.String(), At: now, Secrets: e.Secrets(now), Body: d.Body()})
	d.Attempts++
	d.Status, d.Note = status, ""
	switch {
	case err == nil && status >= 200 && status < 300:
		d.Done, d.Arrived = s.now(), true
		return
	case err != nil:
		d.Note = core.MessageOf(err)
	default:
		d.Note = fmt.Sprintf("the other side answered %d", status)
	}
	if d.Attempts > len(waits) || status == gone {
		d.Done = s.now()
		return
	}
	d.Due = s.now().Add(waits[d.Attempts-1])
}

// gone is how the other side says that it wants no more.
const gone = 410

// settle writes what became of deliveries, and of their endpoints.
func (s *Service) settle(ctx context.Context, tx store.Tx, ds []webhook.Delivery, r *Report) error {
	if err := tx.Webhooks.Settle(ctx, ds); err != nil {
		return err
	}
	type key struct {
		b core.BusinessID
		e webhook.EndpointID
	}
	arrived, failed, wantNone := map[key]bool{}, map[key]bool{}, map[key]bool{}
	for _, d := range ds {
		k := key{d.Business, d.Endpoint}
		switch {
		case d.Arrived:
			arrived[k] = true
			r.Arrived++
		case d.Attempts > 0:
			failed[k] = true
			r.Failed++
			if !d.Done.IsZero() {
				r.GivenUp++
			}
		}
		wantNone[k] = wantNone[k] || d.Status == gone
	}
	for k := range failed {
		if !arrived[k] {
			arrived[k] = false
		}
	}
	for k, ok := range arrived {
		off, err := s.judge(ctx, tx, k.b, k.e, ok, wantNone[k])
		if err != nil {
			return err
		}
		if off {
			r.SwitchedOff++
		}
	}
	return nil
}

// judge notes how an endpoint does, and switches off one that has been failing for
// days.
func (s *Service) judge(ctx context.Context, tx store.Tx, b core.BusinessID, id webhook.EndpointID, arrived, wantsNone bool) (off bool, err error) {
	e, err := tx.Webhooks.Endpoint(ctx, b, id)
	if core.KindOf(err) == core.NotFound && err != nil {
		return false, nil // removed meanwhile
	}
	if err != nil {
		return false, err
	}
	now := s.now()
	switch {
	case arrived && e.FailingSince.IsZero(), !e.On():
		return false, nil
	case arrived:
		e.FailingSince = time.Time{}
	case wantsNone:
		e.Off, e.Why = now, "it answered that it wants no more events (410)"
	case e.FailingSince.IsZero():
		e.FailingSince = now
	case now.Sub(e.FailingSince) > offAfter:
		e.Off, e.Why = now, "nothing has arrived for five days"
	default:
		return false, nil
	}
	if err := tx.Webhooks.SaveEndpoint(ctx, e); err != nil || e.On() {
		return false, err
	}
	return true, s.acted(ctx, tx, core.UserID{}, evidence.WebhookOff, e, now)
}

// Purge drops deliveries that were over long ago, up to n.
func (s *Service) Purge(ctx context.Context, n int) (dropped int, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		dropped, err = tx.Webhooks.PurgeDeliveries(ctx, s.now().Add(-keptFor), n)
		return err
	})
	return dropped, err
}
