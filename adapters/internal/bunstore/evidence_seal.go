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

type positionRow struct {
	Business   uuid   `bun:"business_id"`
	ID         uuid   `bun:"id"`
	Commitment []byte `bun:"commitment"`
	TxID       int64  `bun:"txid"`
	N          int64  `bun:"n"`
}

const positionColumns = `business_id, id, commitment, txid, n`

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
	query, args := `SELECT `+positionColumns+` FROM evidence_records WHERE n > ? ORDER BY n LIMIT ?`, []any{head.N, n}
	if l.d.LocksRows {
		query = `SELECT ` + positionColumns + ` FROM evidence_records
			WHERE (txid, n) > (?, ?) AND txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY txid, n LIMIT ?`
		args = []any{head.TxID, head.N, n}
	}
	var rows []positionRow
	if err := l.rows(ctx, op, &rows, query, args...); err != nil {
		return nil, err
	}
	out := make([]evidence.Record, len(rows))
	l.taken = make([]position, len(rows))
	for i, r := range rows {
		out[i] = evidence.Record{ID: core.RecordID(r.ID), Business: core.BusinessID(r.Business)}
		copy(out[i].Commitment[:], r.Commitment)
		l.taken[i] = position{out[i].ID, r.TxID, r.N}
	}
	return out, nil
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

func (l *ledger) find(ctx context.Context, op string, rs []evidence.Record) (map[recordKey]positionRow, error) {
	out := make(map[recordKey]positionRow, len(rs))
	for batch := range slices.Chunk(rs, chunk) {
		var rows []positionRow
		err := l.rows(ctx, op, &rows, `WITH v (b, i) AS (?) `+
			l.d.lookup(positionColumns, `evidence_records WHERE business_id = v.b AND id = v.i`, false),
			tuples(batch, func(r *row, e evidence.Record) {
				r.id(e.Business)
				r.id(e.ID)
			}))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[recordKey{core.BusinessID(r.Business), core.RecordID(r.ID)}] = r
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
