package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/click"
)

type clicks struct{ *tx }

func (x clicks) AddLinks(ctx context.Context, ls []click.Link) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	for _, l := range ls {
		if _, taken := x.d.links.get(l.Token); taken {
			return core.E("memstore.AddLinks", core.Conflict, "this link is taken; make another one")
		}
		x.d.links.set(x.tx, l.Token, l)
	}
	return nil
}

func (x clicks) LinkOf(ctx context.Context, t click.Token) (click.Link, error) {
	l, ok := x.d.links.get(t)
	if !ok {
		return l, notFound("LinkOf", "link")
	}
	return l, alive(ctx)
}

func (x clicks) Open(ctx context.Context, t click.Token, at time.Time) error {
	if err := x.write(ctx); err != nil {
		return err
	}
	if l, ok := x.d.links.get(t); ok && l.Opened.IsZero() {
		l.Opened = at
		x.d.links.set(x.tx, t, l)
	}
	return nil
}

func (x clicks) Opened(ctx context.Context, b core.BusinessID, c core.CampaignID) ([]click.Count, error) {
	n := make(map[click.Count]int)
	for _, l := range x.d.links.m {
		if l.Business == b && l.Campaign == c && !l.Opened.IsZero() {
			n[click.Count{URL: l.URL, Hour: l.Opened.Truncate(time.Hour)}]++
		}
	}
	var out []click.Count
	for k, many := range n {
		k.N = many
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b click.Count) int { return cmp.Or(cmp.Compare(a.URL, b.URL), a.Hour.Compare(b.Hour)) })
	return out, alive(ctx)
}

func (x clicks) LastOpened(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]time.Time, error) {
	out := make(map[core.Number]time.Time)
	for _, l := range x.d.links.m {
		if l.Business == b && slices.Contains(numbers, l.Number) && l.Opened.After(out[l.Number]) {
			out[l.Number] = l.Opened
		}
	}
	return out, alive(ctx)
}

// forget takes the links of texts.
func (x clicks) forget(of func(click.Link) bool) {
	for t, l := range x.d.links.m {
		if of(l) {
			x.d.links.remove(x.tx, t)
		}
	}
}
