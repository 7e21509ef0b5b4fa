package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
)

type pictures struct{ *tx }

type mediumKey struct {
	business core.BusinessID
	id       core.MediumID
}

func (s pictures) Put(ctx context.Context, ms []media.Medium) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, m := range ms {
		if k := (mediumKey{m.Business, m.ID}); s.d.media.m[k].State == media.NoState {
			s.d.media.set(s.tx, k, m)
		}
	}
	return nil
}

func (s pictures) Due(ctx context.Context, now time.Time, n int) ([]media.Medium, error) {
	if err := s.write(ctx); err != nil {
		return nil, err
	}
	out := s.matching(func(m media.Medium) bool {
		return (m.State == media.Waiting || m.State == media.Doomed || m.State == media.Loose) && !m.Due.After(now)
	})
	slices.SortStableFunc(out, func(x, y media.Medium) int { return x.Due.Compare(y.Due) })
	return firstN(out, n), nil
}

// matching returns media by rising id.
func (s pictures) matching(which func(media.Medium) bool) []media.Medium {
	var out []media.Medium
	for _, m := range s.d.media.m {
		if which(m) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(x, y media.Medium) int {
		return cmp.Or(bytes.Compare(x.ID[:], y.ID[:]), bytes.Compare(x.Business[:], y.Business[:]))
	})
	return out
}

func (s pictures) Save(ctx context.Context, ms []media.Medium) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, m := range ms {
		k := mediumKey{m.Business, m.ID}
		was, ok := s.d.media.get(k)
		if !ok {
			continue
		}
		if was.State != media.Doomed {
			was.URL, was.State = m.URL, m.State
		}
		was.Kind, was.Size, was.Attempts, was.Due = m.Kind, m.Size, m.Attempts, m.Due
		s.d.media.set(s.tx, k, was)
	}
	return nil
}

func (s pictures) Use(ctx context.Context, b core.BusinessID, ids []core.MediumID, t core.ThreadID, i core.ItemID, now time.Time) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	ms := make([]media.Medium, len(ids))
	for n, id := range ids {
		m, ok := s.d.media.get(mediumKey{b, id})
		if !ok || m.State != media.Loose && (m.State != media.Kept || m.Thread != t) {
			return notFound("Use", "picture")
		}
		if m.State == media.Loose {
			m.State, m.Thread, m.Item, m.Due = media.Kept, t, i, now
		} else if now.After(m.Due) {
			m.Due = now
		}
		ms[n] = m
	}
	for _, m := range ms {
		s.d.media.set(s.tx, mediumKey{b, m.ID}, m)
	}
	return nil
}

func (s pictures) Remove(ctx context.Context, b core.BusinessID, ids []core.MediumID) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	for _, id := range ids {
		if k := (mediumKey{b, id}); s.d.media.m[k].State == media.Doomed {
			s.d.media.remove(s.tx, k)
		}
	}
	return nil
}

func (s pictures) OfThread(ctx context.Context, b core.BusinessID, t core.ThreadID) ([]media.Medium, error) {
	return s.matching(func(m media.Medium) bool { return m.Business == b && m.Thread == t && m.State != media.Doomed }), alive(ctx)
}

func (s pictures) Medium(ctx context.Context, b core.BusinessID, id core.MediumID) (media.Medium, error) {
	m, ok := s.d.media.get(mediumKey{b, id})
	if !ok || m.State == media.Doomed {
		return media.Medium{}, notFound("Medium", "picture")
	}
	return m, alive(ctx)
}

func (s pictures) Doom(ctx context.Context, b core.BusinessID, t core.ThreadID) error {
	if err := s.write(ctx); err != nil {
		return err
	}
	s.doom(func(m media.Medium) bool { return m.Business == b && m.Thread == t })
	return nil
}

func (s pictures) doom(which func(media.Medium) bool) {
	for _, m := range s.matching(which) {
		m.State, m.URL = media.Doomed, ""
		s.d.media.set(s.tx, mediumKey{m.Business, m.ID}, m)
	}
}
