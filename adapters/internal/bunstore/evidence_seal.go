package bunstore

import (
	"context"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// sealLock is any number that nobody else on the server takes for a lock. Where
// there is one writer it is not needed.
const sealLock = 0x6e65786f5365616c // "nexoSeal"

func (l *ledger) lock(ctx context.Context, op string) error {
	if !l.d.LocksRows || l.readOnly {
		return nil
	}
	_, err := l.exec(ctx, op, `SELECT pg_advisory_xact_lock(?)`, int64(sealLock))
	return err
}

// A positionRow is a record's place, and what its leaf commits to.
type positionRow struct {
	Business   core.BusinessID
	ID         core.RecordID
	Commitment evidence.Hash
	TxID, N    int64
}

// Unsealed keeps other sealers waiting until the transaction ends: the second
// then goes on behind the first. What open transactions write stands behind the
// oldest of them, and is left for later.
func (l *ledger) Unsealed(ctx context.Context, n int) ([]evidence.Record, error) {
	const op = "Unsealed"
	if n <= 0 {
		return nil, nil
	}
	if err := l.lock(ctx, op); err != nil {
		return nil, err
	}
	head, err := l.newest(ctx, op, bySize)
	if err != nil {
		return nil, err
	}
	var out []evidence.Record
	l.taken = l.taken[:0]
	for last := (position{txid: head.TxID, n: head.N}); len(out) < n; {
		rows, err := l.unsealed(ctx, op, last, min(n-len(out), bundlesAtOnce))
		if err != nil {
			return nil, err
		}
		before := len(out)
		for i := range rows {
			row := &rows[i]
			if !row.whole() {
				return nil, core.E(l.d.Name+"."+op, core.Internal, "a bundle of records cannot be read: the database was changed from outside; restore it from a backup")
			}
			for k := range row.Count {
				place := row.N + int64(k)
				if len(out) == n || row.TxID == last.txid && place <= last.n {
					continue
				}
				r := evidence.Record{Business: core.BusinessID(row.Business)}
				r.ID, r.Commitment = row.head(k)
				out, last = append(out, r), position{r.ID, row.TxID, place}
				l.taken = append(l.taken, last)
			}
		}
		if len(out) == before {
			break
		}
	}
	return out, nil
}

// unsealed returns the bundle that a place is in, which may be sealed in part,
// and the next ones, as far as nothing can come between them any more.
func (l *ledger) unsealed(ctx context.Context, op string, after position, n int) ([]bundleRow, error) {
	query, args := `SELECT `+bundleHeads+` FROM evidence_bundles WHERE txid = 0 AND n >= ? ORDER BY n LIMIT ?`, []any{bundleOf(after.n), n + 1}
	if l.d.LocksRows {
		query = `SELECT ` + bundleHeads + ` FROM evidence_bundles
			WHERE (txid, n) >= (?, ?) AND txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY txid, n LIMIT ?`
		args = []any{after.txid, bundleOf(after.n), n + 1}
	}
	var rows []bundleRow
	err := l.rows(ctx, op, &rows, query, args...)
	return rows, err
}

// Seal writes a row for each business, not for each record.
func (l *ledger) Seal(ctx context.Context, rs []evidence.Record, leaves []evidence.Leaf, tiles []evidence.Tile, c evidence.Checkpoint) error {
	const op = "Seal"
	if l.readOnly {
		return l.denied(op)
	}
	if err := l.lock(ctx, op); err != nil {
		return err
	}
	head, err := l.newest(ctx, op, bySize)
	if err != nil {
		return err
	}
	if err := evidence.CheckSeal(l.d.Name+"."+op, head.Size, rs, leaves, c); err != nil || len(rs) == 0 {
		return err
	}
	at, err := l.positions(ctx, op, rs)
	if err != nil {
		return err
	}
	if first := at[0]; first.txid < head.TxID || first.txid == head.TxID && first.n <= head.N {
		return core.E(l.d.Name+"."+op, core.Conflict, "these records are sealed already; begin again from the tree's new head")
	}
	if err := l.writeRuns(ctx, op, leaves, at); err != nil {
		return err
	}
	if err := l.writeTiles(ctx, op, tiles); err != nil {
		return err
	}
	last := at[len(at)-1]
	_, err = l.exec(ctx, op, `INSERT INTO evidence_checkpoints (size, root, at, note, txid, n) ?`, tuples([]evidence.Checkpoint{c}, func(r *row, c evidence.Checkpoint) {
		r.int(c.Size)
		r.blob(c.Root[:])
		r.time(c.At)
		r.blob(c.Note)
		r.int(last.txid)
		r.int(last.n)
	}))
	return err
}

// positions are those that Unsealed has read in this transaction, or as they are
// read again.
func (l *ledger) positions(ctx context.Context, op string, rs []evidence.Record) ([]position, error) {
	known := len(l.taken) >= len(rs)
	for i := 0; known && i < len(rs); i++ {
		known = l.taken[i].id == rs[i].ID
	}
	if known {
		return l.taken[:len(rs)], nil
	}
	found, err := l.find(ctx, op, rs)
	if err != nil {
		return nil, err
	}
	out := make([]position, len(rs))
	for i, r := range rs {
		p, ok := found[recordKey{r.Business, r.ID}]
		if !ok {
			return nil, l.notFound(op, "record")
		}
		out[i] = position{r.ID, p.TxID, p.N}
	}
	return out, nil
}

type recordKey struct {
	business core.BusinessID
	id       core.RecordID
}

// find returns the places of those of the records that are there.
func (l *ledger) find(ctx context.Context, op string, rs []evidence.Record) (map[recordKey]positionRow, error) {
	out := make(map[recordKey]positionRow, len(rs))
	for batch := range slices.Chunk(rs, chunk) {
		var ps []recordPlace
		err := l.rows(ctx, op, &ps, `WITH v (b, i) AS (?) `+
			l.d.lookup(`business_id, id, n`, `evidence_records WHERE business_id = v.b AND id = v.i`, false),
			tuples(batch, func(r *row, e evidence.Record) {
				r.id(e.Business)
				r.id(e.ID)
			}))
		if err != nil {
			return nil, err
		}
		in := make(map[int64][]recordPlace)
		for _, p := range ps {
			in[bundleOf(p.N)] = append(in[bundleOf(p.N)], p)
		}
		err = l.eachBundle(ctx, op, bundleHeads, false, ps, func(row *bundleRow) error {
			for _, p := range in[row.N] {
				i := int(p.N - row.N)
				if !row.whole() || i >= row.Count {
					return core.E(l.d.Name+"."+op, core.Internal, "a bundle of records cannot be read: the database was changed from outside; restore it from a backup")
				}
				_, c := row.head(i)
				x := positionRow{core.BusinessID(p.Business), core.RecordID(p.ID), c, row.TxID, p.N}
				out[recordKey{x.Business, x.ID}] = x
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (l *ledger) writeTiles(ctx context.Context, op string, tiles []evidence.Tile) error {
	if len(tiles) == 0 {
		return nil
	}
	where := ""
	if !l.d.LocksRows {
		where = " WHERE true" // or SQLite takes ON for a join of the SELECT
	}
	_, err := l.exec(ctx, op, `WITH v (l, k, d) AS (?) INSERT INTO evidence_tiles (level, n, data) SELECT l, k, d FROM v`+where+
		` ON CONFLICT (level, n) DO UPDATE SET data = excluded.data`,
		tuples(tiles, func(r *row, t evidence.Tile) {
			r.int(int64(t.Level))
			r.int(t.N)
			r.blob(t.Data)
		}))
	return err
}
