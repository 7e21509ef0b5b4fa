package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/draft"
)

type drafts struct{ *tx }

type useKey struct {
	business core.BusinessID
	day      string
}

func (x drafts) AddUse(ctx context.Context, u draft.Use) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	k := useKey{u.Business, u.Day}
	old, _ := x.d.uses.get(k)
	u.Asked, u.Tokens = u.Asked+old.Asked, u.Tokens+old.Tokens
	x.d.uses.set(x.tx, k, u)
	return nil
}

func (x drafts) Uses(ctx context.Context, b core.BusinessID, from string) ([]draft.Use, error) {
	var out []draft.Use
	for k, u := range x.d.uses.m {
		if k.business == b && k.day >= from {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b draft.Use) int { return cmp.Compare(a.Day, b.Day) })
	return out, alive(ctx)
}
