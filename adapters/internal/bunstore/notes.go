package bunstore

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/guest"
)

// notes is the port [guest.Notes].
type notes struct{ *queries }

func (s notes) Heard(ctx context.Context, p core.Pair, at time.Time) error {
	_, err := s.exec(ctx, "Heard", `INSERT INTO guest_notes (business_id, number, wrote) ?
		ON CONFLICT (business_id, number) DO UPDATE SET wrote = excluded.wrote WHERE guest_notes.wrote < excluded.wrote`,
		tuples([]core.Pair{p}, func(r *row, p core.Pair) {
			writePair(r, p)
			r.time(at)
		}))
	return err
}

func (s notes) Tag(ctx context.Context, p core.Pair, t guest.Tag) error {
	_, err := s.exec(ctx, "Tag", `INSERT INTO guest_tags (business_id, number, tag) ? ON CONFLICT (business_id, number, tag) DO NOTHING`,
		tuples([]core.Pair{p}, func(r *row, p core.Pair) {
			writePair(r, p)
			r.text(string(t))
		}))
	return err
}

func (s notes) Untag(ctx context.Context, p core.Pair, t guest.Tag) error {
	_, err := s.exec(ctx, "Untag", `DELETE FROM guest_tags WHERE business_id = ? AND number = ? AND tag = ?`,
		uuid(p.Business), int64(p.Number.Digits()), text(string(t)))
	return err
}

func (s notes) Tags(ctx context.Context, b core.BusinessID) ([]guest.TagCount, error) {
	var rows []struct {
		Tag string `bun:"tag"`
		N   int    `bun:"n"`
	}
	err := s.rows(ctx, "Tags", &rows, `SELECT tag, count(*) AS n FROM guest_tags WHERE business_id = ? GROUP BY tag`, uuid(b))
	if err != nil {
		return nil, err
	}
	var out []guest.TagCount
	for _, r := range rows {
		out = append(out, guest.TagCount{Tag: guest.Tag(r.Tag), N: r.N})
	}
	// Not by the database, whose order of letters hangs on its settings.
	slices.SortFunc(out, func(x, y guest.TagCount) int { return strings.Compare(string(x.Tag), string(y.Tag)) })
	return out, nil
}

func (s notes) Of(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]guest.Note, error) {
	const op = "Of"
	if len(numbers) == 0 {
		return nil, nil
	}
	pairs := tuples(unique(numbers), func(r *row, n core.Number) { writePair(r, core.Pair{Business: b, Number: n}) })
	var wrote []struct {
		Number int64 `bun:"number"`
		Wrote  stamp `bun:"wrote"`
	}
	err := s.rows(ctx, op, &wrote, `WITH v (b, n) AS (?) `+s.d.lookup(`number, wrote`, `guest_notes WHERE business_id = v.b AND number = v.n`, false), pairs)
	if err != nil {
		return nil, err
	}
	var tags []struct {
		Number int64  `bun:"number"`
		Tag    string `bun:"tag"`
	}
	err = s.rows(ctx, op, &tags, `WITH v (b, n) AS (?) `+s.d.lookup(`number, tag`, `guest_tags WHERE business_id = v.b AND number = v.n`, false), pairs)
	if err != nil {
		return nil, err
	}
	out := make(map[core.Number]guest.Note)
	for _, r := range wrote {
		out[number(r.Number)] = guest.Note{Wrote: r.Wrote.Time}
	}
	opened, err := clicks(s).LastOpened(ctx, b, numbers)
	if err != nil {
		return nil, err
	}
	for k, at := range opened {
		n := out[k]
		n.Clicked = at
		out[k] = n
	}
	for _, r := range tags {
		n := out[number(r.Number)]
		n.Tags = append(n.Tags, guest.Tag(r.Tag))
		slices.Sort(n.Tags)
		out[number(r.Number)] = n
	}
	return out, nil
}
