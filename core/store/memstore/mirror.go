package memstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/suppression"
)

type mirror struct{ *tx }

func (m mirror) Pass(ctx context.Context, b core.BusinessID) (suppression.Pass, error) {
	p, _ := m.d.passes.get(b)
	return p, alive(ctx)
}

func (m mirror) SavePass(ctx context.Context, p suppression.Pass) error {
	if err := m.write(ctx); err != nil {
		return err
	}
	m.d.passes.set(m.tx, p.Business, p)
	return nil
}

func (m mirror) See(ctx context.Context, pass int64, pairs []core.Pair) error {
	if err := m.write(ctx); err != nil {
		return err
	}
	for _, p := range pairs {
		if last, _ := m.d.listed.get(p); last < pass {
			m.d.listed.set(m.tx, p, pass)
		}
	}
	return nil
}

func (m mirror) Unlisted(ctx context.Context, b core.BusinessID, pass int64) (map[suppression.Reason]int, error) {
	out := make(map[suppression.Reason]int)
	for _, e := range m.d.suppressions.m {
		if !e.Lifted.IsZero() || e.Global() || !b.IsZero() && e.Business != b ||
			e.Reason != suppression.OptOut && e.Reason != suppression.Carrier {
			continue
		}
		if last, ok := m.d.listed.get(core.Pair{Business: e.Business, Number: e.Number}); !ok || last < pass {
			out[e.Reason]++
		}
	}
	return out, alive(ctx)
}

func (m mirror) Forget(ctx context.Context, b core.BusinessID, pass int64) error {
	if err := m.write(ctx); err != nil {
		return err
	}
	for p, last := range m.d.listed.m {
		if last < pass && (b.IsZero() || p.Business == b) {
			m.d.listed.remove(m.tx, p)
		}
	}
	return nil
}
