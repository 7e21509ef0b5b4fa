package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core/inbox"
)

type beat struct {
	holds bool
	at    time.Time
}

func (x events) Beat(ctx context.Context, name string, holds bool, now time.Time) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	x.d.spools.set(x.tx, name, beat{holds, now})
	return nil
}

func (x events) Leave(ctx context.Context, name string) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	x.d.spools.remove(x.tx, name)
	return nil
}

func (x events) Spools(ctx context.Context, now time.Time) ([]inbox.Spool, error) {
	var out []inbox.Spool
	for name, b := range x.d.spools.m {
		out = append(out, inbox.Spool{Name: name, Holds: b.holds, Silent: now.Sub(b.at)})
	}
	slices.SortFunc(out, func(a, b inbox.Spool) int { return cmp.Compare(a.Name, b.Name) })
	return out, alive(ctx)
}
