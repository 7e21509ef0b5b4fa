package memstore

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/guest"
)

type notes struct{ *tx }

func (s notes) Heard(ctx context.Context, p core.Pair, at time.Time) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	if n, _ := s.d.notes.get(p); at.After(n.Wrote) {
		n.Wrote = at
		s.d.notes.set(s.tx, p, n)
	}
	return nil
}

func (s notes) Tag(ctx context.Context, p core.Pair, t guest.Tag) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	n, _ := s.d.notes.get(p)
	if slices.Contains(n.Tags, t) {
		return nil
	}
	n.Tags = append(slices.Clone(n.Tags), t)
	slices.Sort(n.Tags)
	s.d.notes.set(s.tx, p, n)
	return nil
}

func (s notes) Untag(ctx context.Context, p core.Pair, t guest.Tag) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	n, _ := s.d.notes.get(p)
	n.Tags = slices.DeleteFunc(slices.Clone(n.Tags), func(x guest.Tag) bool { return x == t })
	s.d.notes.set(s.tx, p, n)
	return nil
}

func (s notes) Tags(ctx context.Context, b core.BusinessID) ([]guest.TagCount, error) {
	counts := make(map[guest.Tag]int)
	for p, n := range s.d.notes.m {
		if p.Business != b {
			continue
		}
		for _, t := range n.Tags {
			counts[t]++
		}
	}
	var out []guest.TagCount
	for t, n := range counts {
		out = append(out, guest.TagCount{Tag: t, N: n})
	}
	slices.SortFunc(out, func(x, y guest.TagCount) int { return strings.Compare(string(x.Tag), string(y.Tag)) })
	return out, alive(ctx)
}

func (s notes) Of(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]guest.Note, error) {
	out := make(map[core.Number]guest.Note)
	for _, x := range numbers {
		if n, ok := s.d.notes.get(core.Pair{Business: b, Number: x}); ok && (!n.Wrote.IsZero() || len(n.Tags) > 0) {
			n.Tags = slices.Clone(n.Tags)
			out[x] = n
		}
	}
	opened, err := clicks(s).LastOpened(ctx, b, numbers)
	if err != nil {
		return nil, err
	}
	for x, at := range opened {
		n := out[x]
		n.Clicked = at
		out[x] = n
	}
	return out, alive(ctx)
}
