package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/suppression"
)

type suppressions struct{ *tx }

func (s suppressions) Add(ctx context.Context, es []suppression.Entry) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, e := range es {
		p := core.Pair{Business: e.Business, Number: e.Number}
		if _, ok := s.d.suppressions.get(e.ID); ok || s.inForce(p, e.Reason) {
			continue
		}
		s.d.suppressions.set(s.tx, e.ID, e)
		appendTo(s.tx, &s.d.barred, p, e.ID)
	}
	return nil
}

func (s suppressions) inForce(p core.Pair, r suppression.Reason) bool {
	for _, e := range s.of(p) {
		if e.Reason == r && e.Lifted.IsZero() {
			return true
		}
	}
	return false
}

func (s suppressions) of(p core.Pair) []suppression.Entry {
	ids, _ := s.d.barred.get(p)
	var out []suppression.Entry
	for _, id := range ids {
		e, _ := s.d.suppressions.get(id)
		out = append(out, e)
	}
	return out
}

func (s suppressions) Barring(ctx context.Context, pairs []core.Pair) ([]suppression.Entry, error) {
	var all []core.Pair
	for _, p := range pairs {
		all = append(all, p, core.Pair{Number: p.Number})
	}
	var out []suppression.Entry
	for _, p := range unique(all) {
		for _, tag := range s.tags.Tags(p) {
			es, _ := s.d.hashed.get(tagKey{p.Business, tag})
			for _, e := range es {
				if e.Lifted.IsZero() {
					e.Number = p.Number
					out = append(out, e)
				}
			}
		}
		for _, e := range s.of(p) {
			if e.Lifted.IsZero() {
				out = append(out, e)
			}
		}
	}
	return out, alive(ctx)
}

func (s suppressions) Lift(ctx context.Context, b core.BusinessID, n core.Number, t time.Time, reasons ...suppression.Reason) (int, error) {
	if err := s.write(ctx); err != nil {
		return 0, err
	}
	lifted := 0
	p := core.Pair{Business: b, Number: n}
	for _, e := range s.of(p) {
		if lifts(e, t, reasons) {
			e.Lifted = t
			s.d.suppressions.set(s.tx, e.ID, e)
			lifted++
		}
	}
	for _, tag := range s.tags.Tags(p) {
		k := tagKey{b, tag}
		old, _ := s.d.hashed.get(k)
		es := slices.Clone(old)
		for i, e := range es {
			if lifts(e, t, reasons) {
				es[i].Lifted = t
				lifted++
			}
		}
		s.d.hashed.set(s.tx, k, es)
	}
	return lifted, nil
}

// lifts reports whether an entry is ended. What began after t is not: an older
// START does not undo a newer STOP.
func lifts(e suppression.Entry, t time.Time, reasons []suppression.Reason) bool {
	named := slices.Contains(reasons, e.Reason) ||
		len(reasons) == 0 && e.Reason != suppression.Complaint && e.Reason != suppression.ByOperator
	return named && e.Lifted.IsZero() && !e.At.After(t)
}

type tagKey struct {
	business core.BusinessID
	tag      suppression.Tag
}

// UseTagKeys sets the keys by which guests are barred whose number is not kept.
// It is for who makes the Store, before anybody uses it.
func (s *Store) UseTagKeys(k *suppression.Keys) { s.tags = k }

func (s suppressions) Forget(ctx context.Context, b core.BusinessID, n core.Number) (bool, error) {
	if err := s.write(ctx); err != nil {
		return false, err
	}
	p := core.Pair{Business: b, Number: n}
	tags := s.tags.Tags(p)
	for _, e := range s.of(p) {
		e.Words = ""
		switch {
		case e.Lifted.IsZero() && len(tags) == 0:
			s.d.suppressions.set(s.tx, e.ID, e)
			continue
		case e.Lifted.IsZero():
			e.Number, e.Actor = core.Number{}, ""
			appendTo(s.tx, &s.d.hashed, tagKey{b, tags[0]}, e)
		}
		s.d.suppressions.remove(s.tx, e.ID)
		without(s.tx, &s.d.barred, p, e.ID)
	}
	return len(tags) > 0, nil
}

func (s suppressions) Entries(ctx context.Context, b core.BusinessID, before time.Time, n int) ([]suppression.Entry, error) {
	return s.newest(ctx, n, func(e suppression.Entry) bool {
		return e.Business == b && (before.IsZero() || e.At.Before(before))
	})
}

func (s suppressions) InForce(ctx context.Context, b core.BusinessID, r suppression.Reason, n int) ([]suppression.Entry, error) {
	return s.newest(ctx, n, func(e suppression.Entry) bool { return e.Business == b && e.Reason == r && e.Lifted.IsZero() })
}

func (s suppressions) newest(ctx context.Context, n int, ok func(suppression.Entry) bool) ([]suppression.Entry, error) {
	var out []suppression.Entry
	for _, e := range s.d.suppressions.m {
		if ok(e) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(x, y suppression.Entry) int {
		return cmp.Or(y.At.Compare(x.At), bytes.Compare(y.ID[:], x.ID[:]))
	})
	return out[:min(n, len(out))], alive(ctx)
}
