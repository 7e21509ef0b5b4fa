package bunstore

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
)

// pictures is the port [media.Shelf]. States are written into the SQL as numbers, as
// in the predicate of the index: 1 Waiting, 2 Kept, 4 Doomed, 5 Loose.
type pictures struct{ *queries }

type mediumRow struct {
	Business uuid   `bun:"business_id"`
	ID       uuid   `bun:"id"`
	Thread   uuid   `bun:"thread_id"`
	Item     uuid   `bun:"item_id"`
	URL      string `bun:"url"`
	State    int    `bun:"state"`
	Kind     int    `bun:"kind"`
	Size     int    `bun:"size"`
	Attempts int    `bun:"attempts"`
	Due      stamp  `bun:"due"`
	Made     stamp  `bun:"made"`
}

const mediumColumns = `business_id, id, thread_id, item_id, url, state, kind, size, attempts, due, made`

func (r mediumRow) medium() media.Medium {
	return media.Medium{
		ID: core.MediumID(r.ID), Business: core.BusinessID(r.Business), Thread: core.ThreadID(r.Thread), Item: core.ItemID(r.Item),
		URL: r.URL, State: media.State(r.State), Kind: media.Kind(r.Kind), Size: r.Size, Attempts: r.Attempts, Due: r.Due.Time, Made: r.Made.Time,
	}
}

func (s pictures) Put(ctx context.Context, ms []media.Medium) error {
	if len(ms) == 0 {
		return nil
	}
	_, err := s.exec(ctx, "Put", `INSERT INTO media (`+mediumColumns+`) ? ON CONFLICT (business_id, id) DO NOTHING`,
		tuples(ms, func(r *row, m media.Medium) {
			r.id(m.Business)
			r.id(m.ID)
			r.id(m.Thread)
			r.id(m.Item)
			r.text(m.URL)
			r.int(int64(m.State))
			r.int(int64(m.Kind))
			r.int(int64(m.Size))
			r.int(int64(m.Attempts))
			r.time(m.Due)
			r.time(m.Made)
		}))
	return err
}

func (s pictures) Due(ctx context.Context, now time.Time, n int) ([]media.Medium, error) {
	if n <= 0 {
		return nil, nil
	}
	if s.readOnly {
		return nil, s.denied("Due")
	}
	return s.read(ctx, "Due", `WHERE state IN (1, 4, 5) AND due <= ? ORDER BY due, id LIMIT ? ?`, stamp{now}, n, s.d.skipLocked("media"))
}

// Save names the columns of its batch by one letter, so that none is taken for a
// column of the table.
func (s pictures) Save(ctx context.Context, ms []media.Medium) error {
	if len(ms) == 0 {
		return nil
	}
	ms = slices.Clone(ms)
	slices.SortFunc(ms, func(x, y media.Medium) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	_, err := s.exec(ctx, "Save", `WITH v (b, i, u, s, k, z, n, d) AS (?)
		UPDATE media SET
			url = CASE WHEN state = 4 THEN '' ELSE v.u END,
			state = CASE WHEN state = 4 THEN 4 ELSE v.s END,
			kind = v.k, size = v.z, attempts = v.n, due = v.d
		FROM v WHERE business_id = v.b AND id = v.i`,
		tuples(ms, func(r *row, m media.Medium) {
			r.id(m.Business)
			r.id(m.ID)
			r.text(m.URL)
			r.int(int64(m.State))
			r.int(int64(m.Kind))
			r.int(int64(m.Size))
			r.int(int64(m.Attempts))
			r.time(m.Due)
		}))
	return err
}

func (s pictures) Use(ctx context.Context, b core.BusinessID, ids []core.MediumID, t core.ThreadID, i core.ItemID, now time.Time) error {
	const op = "Use"
	ids = unique(ids)
	if len(ids) == 0 {
		return nil
	}
	n, err := s.exec(ctx, op, `UPDATE media SET
			thread_id = CASE WHEN state = 5 THEN ? ELSE thread_id END,
			item_id = CASE WHEN state = 5 THEN ? ELSE item_id END,
			due = CASE WHEN state = 5 OR due < ? THEN ? ELSE due END,
			state = 2
		WHERE business_id = ? AND id IN (?) AND (state = 5 OR state = 2 AND thread_id = ?)`,
		uuid(t), uuid(i), stamp{now}, stamp{now}, uuid(b), tuples(ids, func(r *row, id core.MediumID) { r.id(id) }), uuid(t))
	if err == nil && n != len(ids) {
		err = s.notFound(op, "picture")
	}
	return err
}

func (s pictures) Remove(ctx context.Context, b core.BusinessID, ids []core.MediumID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.exec(ctx, "Remove", `DELETE FROM media WHERE business_id = ? AND state = 4 AND id IN (?)`, uuid(b),
		tuples(unique(ids), func(r *row, id core.MediumID) { r.id(id) }))
	return err
}

func (s pictures) OfThread(ctx context.Context, b core.BusinessID, t core.ThreadID) ([]media.Medium, error) {
	return s.read(ctx, "OfThread", `WHERE business_id = ? AND thread_id = ? AND state <> 4 ORDER BY id`, uuid(b), uuid(t))
}

func (s pictures) Medium(ctx context.Context, b core.BusinessID, id core.MediumID) (media.Medium, error) {
	const op = "Medium"
	ms, err := s.read(ctx, op, `WHERE business_id = ? AND id = ? AND state <> 4`, uuid(b), uuid(id))
	if err != nil {
		return media.Medium{}, err
	}
	if len(ms) == 0 {
		return media.Medium{}, s.notFound(op, "picture")
	}
	return ms[0], nil
}

func (s pictures) Doom(ctx context.Context, b core.BusinessID, t core.ThreadID) error {
	_, err := s.exec(ctx, "Doom", `UPDATE media SET state = 4, url = '' WHERE business_id = ? AND thread_id = ?`, uuid(b), uuid(t))
	return err
}

func (s pictures) read(ctx context.Context, op, where string, args ...any) ([]media.Medium, error) {
	var rows []mediumRow
	if err := s.rows(ctx, op, &rows, `SELECT `+mediumColumns+` FROM media `+where, args...); err != nil {
		return nil, err
	}
	out := make([]media.Medium, len(rows))
	for i, r := range rows {
		out[i] = r.medium()
	}
	return out, nil
}
