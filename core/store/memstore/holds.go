package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/retention"
)

// holds is the port [retention.Book]. Transactions do not overlap here, so that
// there is nothing to wait for.
type holds struct{ *tx }

func (h holds) choose(b core.BusinessID, ok func(retention.Hold) bool) retention.Holds {
	var out retention.Holds
	for _, x := range h.d.holds.m {
		if (b.IsZero() || x.Business == b) && ok(x) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(x, y retention.Hold) int {
		return cmp.Or(x.Placed.Compare(y.Placed), bytes.Compare(x.ID[:], y.ID[:]))
	})
	return out
}

func (h holds) InForce(ctx context.Context, b core.BusinessID) (retention.Holds, error) {
	return h.choose(b, func(x retention.Hold) bool { return x.Lifted.IsZero() }), alive(ctx)
}

func (h holds) All(ctx context.Context, b core.BusinessID, n int) (retention.Holds, error) {
	out := h.choose(b, func(retention.Hold) bool { return true })
	slices.Reverse(out)
	return firstN(out, n), alive(ctx)
}

func (h holds) Place(ctx context.Context, x retention.Hold) error {
	if err := h.write(ctx); err != nil {
		return err
	}
	if _, ok := h.d.holds.get(x.ID); ok {
		return core.E("memstore.Place", core.Conflict, "there is a hold of this id already")
	}
	h.d.holds.set(h.tx, x.ID, x)
	return nil
}

func (h holds) Lift(ctx context.Context, b core.BusinessID, id core.RecordID, by core.UserID, at time.Time) (retention.Hold, error) {
	if err := h.write(ctx); err != nil {
		return retention.Hold{}, err
	}
	x, ok := h.d.holds.get(id)
	switch {
	case !ok || x.Business != b:
		return retention.Hold{}, notFound("Lift", "hold")
	case !x.Lifted.IsZero():
		return retention.Hold{}, core.E("memstore.Lift", core.Conflict, "this hold was lifted already")
	}
	x.Lifted, x.LiftedBy = at, by
	h.d.holds.set(h.tx, id, x)
	return x, nil
}

// requests is the port [privacy.Log].
type requests struct{ *tx }

func (s requests) Add(ctx context.Context, r privacy.Request) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	if _, ok := s.d.requests.get(r.ID); ok {
		return core.E("memstore.Add", core.Conflict, "there is a request of this id already")
	}
	s.d.requests.set(s.tx, r.ID, r)
	return nil
}

func (s requests) Save(ctx context.Context, r privacy.Request) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	old, err := s.Request(ctx, r.Business, r.ID)
	if err != nil {
		return err
	}
	if !old.Closed.IsZero() {
		return core.E("memstore.Save", core.Conflict, "this request was answered already")
	}
	old.Words, old.Acknowledged, old.Extended, old.Closed, old.ClosedBy, old.Outcome = r.Words, r.Acknowledged, r.Extended, r.Closed, r.ClosedBy, r.Outcome
	s.d.requests.set(s.tx, r.ID, old)
	return nil
}

func (s requests) Request(ctx context.Context, b core.BusinessID, id privacy.RequestID) (privacy.Request, error) {
	r, ok := s.d.requests.get(id)
	if !ok || r.Business != b {
		return privacy.Request{}, notFound("Request", "request")
	}
	return r, alive(ctx)
}

func (s requests) choose(ok func(privacy.Request) bool) []privacy.Request {
	var out []privacy.Request
	for _, r := range s.d.requests.m {
		if ok(r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(x, y privacy.Request) int { return cmp.Or(x.At.Compare(y.At), bytes.Compare(x.ID[:], y.ID[:])) })
	return out
}

func (s requests) Open(ctx context.Context, b core.BusinessID, n int) ([]privacy.Request, error) {
	return firstN(s.choose(func(r privacy.Request) bool { return r.Closed.IsZero() && (b.IsZero() || r.Business == b) }), n), alive(ctx)
}

func (s requests) List(ctx context.Context, b core.BusinessID, n int) ([]privacy.Request, error) {
	out := s.choose(func(r privacy.Request) bool { return r.Business == b })
	slices.Reverse(out)
	return firstN(out, n), alive(ctx)
}

func (s requests) OfPair(ctx context.Context, p core.Pair) ([]privacy.Request, error) {
	return s.choose(func(r privacy.Request) bool { return r.Business == p.Business && r.Number == p.Number }), alive(ctx)
}
