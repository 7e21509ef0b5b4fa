package memstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/pace"
)

type meters struct{ *tx }

func (m meters) Meters(ctx context.Context, bs []core.BusinessID) (map[core.BusinessID]pace.Meter, error) {
	if err := m.write(ctx); err != nil {
		return nil, err
	}
	out := make(map[core.BusinessID]pace.Meter)
	for _, b := range bs {
		if x, ok := m.d.meters.get(b); ok {
			out[b] = x
		}
	}
	return out, nil
}

func (m meters) SaveMeters(ctx context.Context, ms map[core.BusinessID]pace.Meter) error {
	if err := m.write(ctx); err != nil {
		return err
	}
	for b, x := range ms {
		if x == (pace.Meter{}) {
			m.d.meters.remove(m.tx, b)
			continue
		}
		m.d.meters.set(m.tx, b, x)
	}
	return nil
}
