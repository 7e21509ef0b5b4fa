package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/registration"
)

type lines struct{ *tx }

// Line gives a copy: what is stored is never changed by who reads it.
func (x lines) Line(ctx context.Context, b core.BusinessID) (registration.Line, error) {
	l, ok := x.d.lines.get(b)
	if !ok {
		return registration.Line{Business: b}, alive(ctx)
	}
	out, err := registration.UnmarshalLine(registration.MarshalLine(l))
	out.Business, out.Due, out.Leased = b, l.Due, l.Leased
	if err != nil {
		return registration.Line{}, err
	}
	return out, alive(ctx)
}

func (x lines) Lock(ctx context.Context, b core.BusinessID) (registration.Line, error) {
	if err := x.write(ctx); err != nil {
		return registration.Line{}, err
	}
	return x.Line(ctx, b)
}

func (x lines) Save(ctx context.Context, l registration.Line) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	x.d.lines.set(x.tx, l.Business, l)
	return nil
}

func (x lines) Named(ctx context.Context, id string) ([]core.BusinessID, error) {
	var out []core.BusinessID
	for b, l := range x.d.lines.m {
		if id != "" && slices.Contains(l.Ids(), id) {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b core.BusinessID) int { return bytes.Compare(a[:], b[:]) })
	return out, alive(ctx)
}

func (x lines) Due(ctx context.Context, now time.Time, n int) ([]core.BusinessID, error) {
	var due []registration.Line
	for _, l := range x.d.lines.m {
		if !l.Due.IsZero() && !l.Due.After(now) && !l.Leased.After(now) {
			due = append(due, l)
		}
	}
	slices.SortFunc(due, func(a, b registration.Line) int {
		return cmp.Or(a.Due.Compare(b.Due), bytes.Compare(a.Business[:], b.Business[:]))
	})
	var out []core.BusinessID
	for _, l := range firstN(due, n) {
		out = append(out, l.Business)
	}
	return out, alive(ctx)
}
