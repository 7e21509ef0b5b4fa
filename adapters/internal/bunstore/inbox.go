package bunstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
)

// inboxStore is the port [inbox.Inbox].
type inboxStore struct{ *queries }

type storedRow struct {
	ID       string `bun:"id"`
	Provider string `bun:"provider"`
	Kind     int    `bun:"kind"`
	Type     string `bun:"type"`
	Raw      []byte `bun:"raw"`
	Received stamp  `bun:"received"`
	Attempts int    `bun:"attempts"`
	Handled  stamp  `bun:"handled"`
	Note     string `bun:"note"`
}

const storedColumns = `id, provider, kind, type, raw, received, attempts, handled, note`

// Keep writes the events in the order of their ids, so that two batches with
// the same events do not wait for each other crosswise.
func (s inboxStore) Keep(ctx context.Context, es []inbox.Event) ([]bool, error) {
	const op = "Keep"
	if s.readOnly {
		return nil, s.denied(op)
	}
	first := make(map[string]int, len(es)) // the position that may report it as new
	var batch []inbox.Event
	for i, e := range es {
		e.ID = clean(e.ID)
		if _, ok := first[e.ID]; !ok {
			first[e.ID] = i
			batch = append(batch, e)
		}
	}
	slices.SortFunc(batch, func(a, b inbox.Event) int { return cmp.Compare(a.ID, b.ID) })
	fresh := make([]bool, len(es))
	for part := range slices.Chunk(batch, chunk) {
		ids, err := s.insert(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			fresh[first[id]] = true
		}
	}
	return fresh, nil
}

// insert writes events and returns the ids of those that were not there.
func (s inboxStore) insert(ctx context.Context, es []inbox.Event) (ids []string, err error) {
	const op = "Keep"
	const columns = `INSERT INTO inbox (id, provider, kind, type, occurred, received, due, attempts, note, raw) `
	const fresh = ` ON CONFLICT (id) DO NOTHING RETURNING id`
	tx, ok := s.db.(bun.Tx)
	if s.d.Bulk == nil || !ok {
		err = s.take(ctx, op, &ids, columns+`?`+fresh, tuples(es, writeKept))
		return ids, err
	}
	var k keptColumns
	for _, e := range es {
		k.add(e)
	}
	rows, err := s.d.Bulk(ctx, tx.Tx, columns+`SELECT i, p, k, t, o, r, r, 0, n, b
		FROM unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::bytea[])
			AS v (i, p, k, t, o, r, n, b)`+fresh,
		k.ids, k.providers, k.kinds, k.types, k.occurred, k.received, k.notes, k.raws)
	if err != nil {
		return nil, s.d.fail(op, err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err says what went wrong
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, s.d.fail(op, err)
		}
		ids = append(ids, id)
	}
	return ids, s.d.fail(op, rows.Err())
}

// keptColumns are events as columns, for Bulk.
type keptColumns struct {
	ids, providers, types, notes []string
	kinds                        []int16
	occurred, received           []*time.Time
	raws                         [][]byte
}

func (k *keptColumns) add(e inbox.Event) {
	k.ids, k.providers = append(k.ids, e.ID), append(k.providers, clean(e.Provider))
	k.types, k.notes = append(k.types, clean(e.Type)), append(k.notes, clean(e.Problem))
	k.kinds = append(k.kinds, int16(e.Kind))
	k.occurred, k.received = append(k.occurred, instant(e.Occurred)), append(k.received, instant(e.Received))
	if e.Raw == nil {
		e.Raw = []byte{} // which is not NULL
	}
	k.raws = append(k.raws, e.Raw)
}

// instant is nil for the zero Time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.Truncate(time.Microsecond)
	return &t
}

func writeKept(r *row, e inbox.Event) {
	r.text(e.ID)
	r.text(e.Provider)
	r.int(int64(e.Kind))
	r.text(e.Type)
	r.time(e.Occurred)
	r.time(e.Received)
	r.time(e.Received)
	r.int(0)
	r.text(e.Problem)
	r.blob(e.Raw)
}

func (s inboxStore) Next(ctx context.Context, now time.Time, n int) ([]inbox.Stored, error) {
	if s.readOnly {
		return nil, s.denied("Next")
	}
	if n <= 0 {
		return nil, nil
	}
	return s.stored(ctx, "Next", `WHERE handled IS NULL AND due <= ? ORDER BY received, id LIMIT ? ?`, stamp{now}, n, s.d.skipLocked("inbox"))
}

func (s inboxStore) Handled(ctx context.Context, at time.Time, notes map[string]string) error {
	const op = "Handled"
	if s.readOnly {
		return s.denied(op)
	}
	ids := make([]string, 0, len(notes))
	for id := range notes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for part := range slices.Chunk(ids, chunk) {
		n, err := s.exec(ctx, op, `WITH v (i, t) AS (?)
			UPDATE inbox SET handled = ?, note = v.t FROM v WHERE id = v.i`, tuples(part, func(r *row, id string) {
			r.text(id)
			r.text(notes[id])
		}), stamp{at})
		if err != nil {
			return err
		}
		if n != len(part) {
			return s.notFound(op, "event")
		}
	}
	return nil
}

func (s inboxStore) Postpone(ctx context.Context, id string, due time.Time, note string) error {
	const op = "Postpone"
	n, err := s.exec(ctx, op, `UPDATE inbox SET due = ?, attempts = attempts + 1, note = ? WHERE id = ?`,
		stamp{due}, text(note), text(id))
	if err == nil && n == 0 {
		return s.notFound(op, "event")
	}
	return err
}

func (s inboxStore) Reopen(ctx context.Context, id string, now time.Time) error {
	const op = "Reopen"
	n, err := s.exec(ctx, op, `UPDATE inbox SET handled = NULL, due = ?, attempts = 0, note = '' WHERE id = ?`, stamp{now}, text(id))
	if err == nil && n == 0 {
		return s.notFound(op, "event")
	}
	return err
}

func (s inboxStore) Replace(ctx context.Context, id string, raw []byte) error {
	const op = "Replace"
	n, err := s.exec(ctx, op, `UPDATE inbox SET raw = (?) WHERE id = ?`, tuples([][]byte{raw}, func(r *row, b []byte) { r.blob(b) }), text(id))
	if err == nil && n == 0 {
		return s.notFound(op, "event")
	}
	return err
}

func (s inboxStore) Event(ctx context.Context, id string) (inbox.Stored, error) {
	const op = "Event"
	es, err := s.stored(ctx, op, `WHERE id = ?`, text(id))
	if err != nil {
		return inbox.Stored{}, err
	}
	if len(es) == 0 {
		return inbox.Stored{}, s.notFound(op, "event")
	}
	return es[0], nil
}

func (s inboxStore) List(ctx context.Context, before time.Time, n int) ([]inbox.Stored, error) {
	if n <= 0 {
		return nil, nil
	}
	if before.IsZero() {
		return s.stored(ctx, "List", `ORDER BY received DESC, id DESC LIMIT ?`, n)
	}
	return s.stored(ctx, "List", `WHERE received < ? ORDER BY received DESC, id DESC LIMIT ?`, stamp{before}, n)
}

func (s inboxStore) Find(ctx context.Context, q inbox.Query) ([]inbox.Stored, error) {
	if q.N <= 0 {
		return nil, nil
	}
	where, args := "WHERE TRUE", []any{}
	if q.Older != "" {
		if _, err := s.Event(ctx, q.Older); err != nil {
			return nil, err
		}
		where += " AND (received, id) < (SELECT received, id FROM inbox WHERE id = ?)"
		args = append(args, text(q.Older))
	}
	if q.Waiting || q.Failing {
		where += " AND handled IS NULL"
	}
	if q.Failing {
		where += " AND attempts >= ?"
		args = append(args, inbox.FailingAfter)
	}
	if len(q.Kinds) > 0 {
		where += " AND kind IN (?)"
		args = append(args, bun.List(q.Kinds))
	}
	return s.stored(ctx, "Find", where+" ORDER BY received DESC, id DESC LIMIT ?", append(args, q.N)...)
}

func (s inboxStore) Failing(ctx context.Context) (int, error) {
	var rows []struct {
		N int `bun:"n"`
	}
	err := s.rows(ctx, "Failing", &rows, `SELECT count(*) AS n FROM inbox WHERE handled IS NULL AND attempts >= ?`, inbox.FailingAfter)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].N, nil
}

func (s inboxStore) stored(ctx context.Context, op, where string, args ...any) ([]inbox.Stored, error) {
	var rows []storedRow
	if err := s.rows(ctx, op, &rows, `SELECT `+storedColumns+` FROM inbox `+where, args...); err != nil {
		return nil, err
	}
	out := make([]inbox.Stored, len(rows))
	for i, r := range rows {
		out[i] = inbox.Stored{
			ID: r.ID, Provider: r.Provider, Kind: inbox.Kind(r.Kind), Type: r.Type, Raw: r.Raw,
			Received: r.Received.Time, Attempts: r.Attempts, Handled: r.Handled.Time, Note: r.Note,
		}
	}
	return out, nil
}

func (s inboxStore) Waiting(ctx context.Context) (int, time.Time, error) {
	var rows []struct {
		N      int   `bun:"n"`
		Oldest stamp `bun:"oldest"`
	}
	err := s.rows(ctx, "Waiting", &rows, `SELECT count(*) AS n, min(received) AS oldest FROM inbox WHERE handled IS NULL`)
	if err != nil {
		return 0, time.Time{}, err
	}
	if len(rows) != 1 {
		return 0, time.Time{}, core.E(s.d.Name+".Waiting", core.Internal, "a count has one row")
	}
	return rows[0].N, rows[0].Oldest.Time, nil
}
