package bunstore

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// ledger is the port [evidence.Ledger].
type ledger struct {
	*queries
	taken []position // of what Unsealed returned last, for Seal in the same transaction
}

// A position is where a record stands among all: first by the transaction that
// wrote it, which is 0 where there is one writer.
type position struct {
	id      core.RecordID
	txid, n int64
}

// Append writes where each record is, and leaves it to the key of that to pass
// over what is there.
func (l *ledger) Append(ctx context.Context, rs []evidence.Record) error {
	const op = "Append"
	if l.readOnly {
		return l.denied(op)
	}
	for batch := range slices.Chunk(rs, chunk) {
		if err := l.append(ctx, op, once(batch)); err != nil {
			return err
		}
	}
	return nil
}

// once leaves out records whose ids have come before.
func once(rs []evidence.Record) []evidence.Record {
	seen := make(map[recordKey]bool, len(rs))
	out := make([]evidence.Record, 0, len(rs))
	for _, r := range rs {
		if k := (recordKey{r.Business, r.ID}); !seen[k] {
			seen[k] = true
			out = append(out, r)
		}
	}
	return out
}

func (l *ledger) append(ctx context.Context, op string, rs []evidence.Record) error {
	bs := bundles(rs)
	if err := l.place(ctx, op, bs); err != nil {
		return err
	}
	added, err := l.writeRecords(ctx, op, bs)
	switch {
	case err != nil:
		return err
	case len(added) == len(rs):
		return l.writeBundles(ctx, op, bs)
	case len(added) == 0:
		return nil
	}
	// Some were there. The others are placed anew, without gaps.
	for _, b := range bs {
		if _, err := l.exec(ctx, op, `DELETE FROM evidence_records WHERE business_id = ? AND n >= ? AND n < ? AND id IN (?)`, uuid(b.business), b.n, b.n+bundleSize,
			tuples(b.records, func(r *row, e evidence.Record) { r.id(e.ID) })); err != nil {
			return err
		}
	}
	return l.append(ctx, op, slices.DeleteFunc(rs, func(r evidence.Record) bool { return !added[recordKey{r.Business, r.ID}] }))
}

// place gives bundles their places.
func (l *ledger) place(ctx context.Context, op string, bs []*bundle) error {
	var ns []int64
	if !l.d.LocksRows { // one writer, who counts
		if err := l.take(ctx, op, &ns, `SELECT coalesce(max(n), 0) FROM evidence_bundles WHERE txid = 0`); err != nil {
			return err
		}
		for i, b := range bs {
			b.n = ns[0] + int64(i+1)*bundleSize
		}
		return nil
	}
	err := l.take(ctx, op, &ns, `SELECT nextval('evidence_places') FROM generate_series(1, ?)`, len(bs))
	for i := range ns {
		bs[i].n = ns[i]
	}
	return err
}

// A placed record is one with its place.
type placed struct {
	*evidence.Record
	n int64
}

// writeRecords notes where records are, and returns those that were not there.
func (l *ledger) writeRecords(ctx context.Context, op string, bs []*bundle) (map[recordKey]bool, error) {
	var all []placed
	for _, b := range bs {
		for i := range b.records {
			all = append(all, placed{&b.records[i], b.n + int64(i)})
		}
	}
	const columns = `INSERT INTO evidence_records (business_id, id, n, at, number, message_id, kind) `
	const once = ` ON CONFLICT (business_id, id) DO NOTHING RETURNING business_id, id`
	var rows []recordPlace
	if err := l.take(ctx, op, &rows, columns+`?`+once, tuples(all, writePlaced)); err != nil {
		return nil, err
	}
	added := make(map[recordKey]bool, len(rows))
	for _, r := range rows {
		added[recordKey{core.BusinessID(r.Business), core.RecordID(r.ID)}] = true
	}
	return added, nil
}

func writePlaced(r *row, p placed) {
	r.id(p.Business)
	r.id(p.ID)
	r.int(p.n)
	r.time(p.At)
	if p.Number.IsZero() {
		r.null("bigint")
	} else {
		r.number(p.Number)
	}
	r.idOrNull(p.Message)
	r.int(int64(p.Kind))
}

func (l *ledger) writeBundles(ctx context.Context, op string, bs []*bundle) error {
	const columns = `INSERT INTO evidence_bundles (business_id, n, count, campaign_id, heads, content) `
	tx, ok := l.db.(bun.Tx)
	if l.d.Bulk == nil || !ok {
		_, err := l.exec(ctx, op, columns+`?`, tuples(bs, func(r *row, b *bundle) {
			r.id(b.business)
			r.int(b.n)
			r.int(int64(len(b.records)))
			r.idOrNull(b.campaign)
			r.blob(b.heads())
			r.blob(b.content())
		}))
		return err
	}
	var k bundleColumnsOf
	for _, b := range bs {
		k.add(b)
	}
	rows, err := l.d.Bulk(ctx, tx.Tx, columns+`SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::smallint[], $4::uuid[], $5::bytea[], $6::bytea[])`,
		k.businesses, k.ns, k.counts, k.campaigns, k.heads, k.contents)
	if err != nil {
		return l.d.fail(op, err)
	}
	// There are no rows; what went wrong meanwhile comes with either.
	return l.d.fail(op, errors.Join(rows.Close(), rows.Err()))
}

// bundleColumnsOf are bundles as columns, for Bulk. Nil is NULL.
type bundleColumnsOf struct {
	businesses      [][16]byte
	ns              []int64
	counts          []int16
	campaigns       []*[16]byte
	heads, contents [][]byte
}

func (k *bundleColumnsOf) add(b *bundle) {
	k.businesses, k.ns, k.counts = append(k.businesses, b.business), append(k.ns, b.n), append(k.counts, int16(len(b.records)))
	k.campaigns = append(k.campaigns, orNull(b.campaign))
	k.heads, k.contents = append(k.heads, b.heads()), append(k.contents, b.content())
}

// orNull is nil for the zero id.
func orNull[T ~[16]byte](id T) *[16]byte {
	if id == (T{}) {
		return nil
	}
	u := [16]byte(id)
	return &u
}

// records reads those that the condition on evidence_records finds.
func (l *ledger) records(ctx context.Context, op, where string, args ...any) ([]evidence.Record, error) {
	var ps []recordPlace
	if err := l.rows(ctx, op, &ps, `SELECT business_id, id, n FROM evidence_records `+where, args...); err != nil {
		return nil, err
	}
	return l.load(ctx, op, ps)
}

func (l *ledger) OfMessage(ctx context.Context, b core.BusinessID, id core.MessageID) ([]evidence.Record, error) {
	return l.records(ctx, "OfMessage", `WHERE business_id = ? AND message_id = ? ORDER BY at, id`, uuid(b), uuid(id))
}

// OfPair sorts what it finds: the index holds no instants, since a guest has a
// few hundred records at most, and each send would pay for them.
func (l *ledger) OfPair(ctx context.Context, p core.Pair, after core.RecordID, n int) ([]evidence.Record, error) {
	if n <= 0 {
		return nil, nil
	}
	where, args := `WHERE business_id = ? AND number = ?`, []any{uuid(p.Business), int64(p.Number.Digits())}
	if !after.IsZero() {
		where += ` AND (at, id) > (SELECT last.at, last.id FROM evidence_records AS last WHERE last.business_id = ? AND last.id = ?)`
		args = append(args, uuid(p.Business), uuid(after))
	}
	return l.records(ctx, "OfPair", where+` ORDER BY at, id LIMIT ?`, append(args, n)...)
}

// Acts names the kinds as its index does: staff actions, erasures and holds.
func (l *ledger) Acts(ctx context.Context, b core.BusinessID, before core.RecordID, n int) ([]evidence.Record, error) {
	if n <= 0 {
		return nil, nil
	}
	where, args := `WHERE business_id = ? AND kind IN (6, 7, 8) AND NOT erased`, []any{uuid(b)}
	if !before.IsZero() {
		where, args = where+` AND id < ?`, append(args, uuid(before))
	}
	return l.records(ctx, "Acts", where+` ORDER BY id DESC LIMIT ?`, append(args, n)...)
}

// OfCampaign reads bundle after bundle: their records lie together.
func (l *ledger) OfCampaign(ctx context.Context, b core.BusinessID, c core.CampaignID, after int64, n int) ([]evidence.Record, int64, error) {
	const op = "OfCampaign"
	var out []evidence.Record
	for from := bundleOf(after); len(out) < n; {
		var rows []bundleRow
		err := l.rows(ctx, op, &rows, `SELECT `+bundleColumns+` FROM evidence_bundles WHERE business_id = ? AND campaign_id = ? AND n >= ? ORDER BY n LIMIT ?`,
			uuid(b), uuid(c), from, min((n-len(out))/bundleSize+2, bundlesAtOnce))
		if err != nil || len(rows) == 0 {
			return out, after, err
		}
		for i := range rows {
			whole, err := l.unpack(op, &rows[i])
			if err != nil {
				return nil, 0, err
			}
			for k, r := range whole.records {
				if place := whole.n + int64(k); place > after && len(out) < n {
					out, after = append(out, r), place
				}
			}
		}
		from = rows[len(rows)-1].N + bundleSize
	}
	return out, after, nil
}

func (l *ledger) Last(ctx context.Context, b core.BusinessID, k evidence.Kind, ids []core.MessageID) (map[core.MessageID]core.RecordID, error) {
	type last struct {
		ID core.RecordID
		At time.Time
	}
	newest := make(map[core.MessageID]last, len(ids))
	for batch := range slices.Chunk(unique(ids), chunk) {
		var rows []struct {
			Message uuid  `bun:"message_id"`
			ID      uuid  `bun:"id"`
			At      stamp `bun:"at"`
		}
		err := l.rows(ctx, "Last", &rows, `WITH v (m) AS (?) `+l.d.lookup(`message_id, id, at`, `evidence_records WHERE business_id = ? AND message_id = v.m AND kind = ?`, false),
			tuples(batch, func(r *row, id core.MessageID) { r.id(id) }), uuid(b), int(k))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			id, at := core.MessageID(r.Message), r.At.Time
			if was := newest[id]; was.ID.IsZero() || cmp.Or(at.Compare(was.At), bytes.Compare(r.ID[:], was.ID[:])) > 0 {
				newest[id] = last{core.RecordID(r.ID), at}
			}
		}
	}
	out := make(map[core.MessageID]core.RecordID, len(newest))
	for id, l := range newest {
		out[id] = l.ID
	}
	return out, nil
}

// Erase packs the records' bundles anew.
func (l *ledger) Erase(ctx context.Context, b core.BusinessID, ids []core.RecordID) error {
	const op = "Erase"
	if l.readOnly {
		return l.denied(op)
	}
	for batch := range slices.Chunk(ids, chunk) {
		if err := l.erase(ctx, op, b, batch); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) erase(ctx context.Context, op string, b core.BusinessID, ids []core.RecordID) error {
	var ps []recordPlace
	err := l.rows(ctx, op, &ps, `WITH v (i) AS (?) `+l.d.lookup(`business_id, id, n`, `evidence_records WHERE business_id = ? AND id = v.i`, true),
		tuples(ids, func(r *row, id core.RecordID) { r.id(id) }), uuid(b))
	if err != nil || len(ps) == 0 {
		return err
	}
	slices.SortFunc(ps, func(x, y recordPlace) int { return cmp.Compare(x.N, y.N) }) // all lock in one order
	gone := make(map[int64]bool, len(ps))
	for _, p := range ps {
		gone[p.N] = true
	}
	err = l.eachBundle(ctx, op, bundleColumns, true, ps, func(found *bundleRow) error {
		whole, err := l.unpack(op, found)
		if err != nil {
			return err
		}
		for i := range whole.records {
			if r := &whole.records[i]; gone[whole.n+int64(i)] {
				r.Body, r.Salt, r.Number = nil, evidence.Salt{}, core.Number{}
			}
		}
		_, err = l.exec(ctx, op, `WITH v (b, k, c) AS (?) UPDATE evidence_bundles SET content = v.c FROM v WHERE business_id = v.b AND n = v.k`,
			tuples([]*bundle{whole}, func(r *row, x *bundle) {
				r.id(x.business)
				r.int(x.n)
				r.blob(x.content())
			}))
		return err
	})
	if err != nil {
		return err
	}
	_, err = l.exec(ctx, op, `WITH v (b, i) AS (?)`+l.d.change(`evidence_records`, ``, `number = NULL, erased = true`), tuples(ps, func(r *row, p recordPlace) {
		r.id(p.Business)
		r.id(p.ID)
	}))
	return err
}

type checkpointRow struct {
	Size int64  `bun:"size"`
	Root []byte `bun:"root"`
	At   stamp  `bun:"at"`
	Note []byte `bun:"note"`
	TxID int64  `bun:"txid"`
	N    int64  `bun:"n"`
}

func (r checkpointRow) checkpoint() evidence.Checkpoint {
	c := evidence.Checkpoint{Size: r.Size, At: r.At.Time, Note: r.Note}
	copy(c.Root[:], r.Root)
	return c
}

// newest is the zero row where there is none.
func (l *ledger) newest(ctx context.Context, op, where string, args ...any) (checkpointRow, error) {
	var rows []checkpointRow
	err := l.rows(ctx, op, &rows, `SELECT size, root, at, note, txid, n FROM evidence_checkpoints `+where+` LIMIT 1`, args...)
	if err != nil || len(rows) == 0 {
		return checkpointRow{}, err
	}
	return rows[0], nil
}

const bySize = `ORDER BY size DESC`

func (l *ledger) Head(ctx context.Context) (evidence.Checkpoint, error) {
	r, err := l.newest(ctx, "Head", bySize)
	return r.checkpoint(), err
}

func (l *ledger) Checkpoint(ctx context.Context, t time.Time) (evidence.Checkpoint, error) {
	r, err := l.newest(ctx, "Checkpoint", `WHERE at <= ? ORDER BY at DESC, size DESC`, stamp{t})
	return r.checkpoint(), err
}

func (l *ledger) Tiles(ctx context.Context, ts []evidence.TileID) (map[evidence.TileID][]byte, error) {
	out := make(map[evidence.TileID][]byte, len(ts))
	if len(ts) == 0 {
		return out, nil
	}
	var rows []struct {
		Level int    `bun:"level"`
		N     int64  `bun:"n"`
		Data  []byte `bun:"data"`
	}
	err := l.rows(ctx, "Tiles", &rows, `WITH v (l, k) AS (?) `+l.d.lookup(`level, n, data`, `evidence_tiles WHERE level = v.l AND n = v.k`, false),
		tuples(unique(ts), func(r *row, t evidence.TileID) {
			r.int(int64(t.Level))
			r.int(t.N)
		}))
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		out[evidence.TileID{Level: r.Level, N: r.N}] = r.Data
	}
	return out, nil
}
