package bunstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// A run is the leaves of one business that one sealing made, in the order of
// their numbers, which is that of their records' positions too.
type run struct {
	business core.BusinessID
	seq      int64 // of the first
	spots    []spot
}

// A spot is a leaf within a run: its index in the tree and its record's position.
type spot struct{ index, txid, n int64 }

// maxRun keeps a run small enough to be read for one record; spotSize is the
// length of a spot in it.
const (
	maxRun   = 1024
	spotSize = 24
)

func (l *ledger) writeRuns(ctx context.Context, op string, leaves []evidence.Leaf, at []position) error {
	var runs []*run
	last := make(map[core.BusinessID]*run)
	for i, leaf := range leaves {
		r := last[leaf.Business]
		if r == nil || len(r.spots) == maxRun {
			r = &run{business: leaf.Business, seq: leaf.Seq}
			runs, last[leaf.Business] = append(runs, r), r
		}
		r.spots = append(r.spots, spot{leaf.Index, at[i].txid, at[i].n})
	}
	for batch := range slices.Chunk(runs, chunk) {
		_, err := l.exec(ctx, op, `INSERT INTO evidence_runs (business_id, seq, count, txid, n, leaves) ?`, tuples(batch, func(r *row, x *run) {
			r.id(x.business)
			r.int(x.seq)
			r.int(int64(len(x.spots)))
			r.int(x.spots[0].txid)
			r.int(x.spots[0].n)
			r.blob(x.encode())
		}))
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *run) encode() []byte {
	b := make([]byte, 0, len(x.spots)*spotSize)
	for _, s := range x.spots {
		b = binary.BigEndian.AppendUint64(b, uint64(s.index))
		b = binary.BigEndian.AppendUint64(b, uint64(s.txid))
		b = binary.BigEndian.AppendUint64(b, uint64(s.n))
	}
	return b
}

type runRow struct {
	Business uuid   `bun:"business_id"`
	Seq      int64  `bun:"seq"`
	Leaves   []byte `bun:"leaves"`
}

func (r runRow) run() run {
	x := run{business: core.BusinessID(r.Business), seq: r.Seq}
	for b := r.Leaves; len(b) >= spotSize; b = b[spotSize:] {
		x.spots = append(x.spots, spot{int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:])), int64(binary.BigEndian.Uint64(b[16:]))})
	}
	return x
}

// find returns where in the run the record of a position is.
func (x run) find(txid, n int64) (int, bool) {
	return slices.BinarySearchFunc(x.spots, spot{txid: txid, n: n}, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.txid, b.txid), cmp.Compare(a.n, b.n))
	})
}

func (l *ledger) Seqs(ctx context.Context, bs []core.BusinessID) (map[core.BusinessID]int64, error) {
	out := make(map[core.BusinessID]int64, len(bs))
	bs = unique(bs)
	for _, b := range bs {
		out[b] = 0
	}
	for batch := range slices.Chunk(bs, chunk) {
		var rows []struct {
			Business uuid  `bun:"business_id"`
			Last     int64 `bun:"last"`
		}
		err := l.rows(ctx, "Seqs", &rows, `WITH v (b) AS (?) `+l.d.lookup(`business_id, seq + count - 1 AS last`,
			`evidence_runs WHERE business_id = v.b AND seq = (SELECT max(r.seq) FROM evidence_runs AS r WHERE r.business_id = v.b)`, false),
			tuples(batch, func(r *row, b core.BusinessID) { r.id(b) }))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[core.BusinessID(r.Business)] = r.Last
		}
	}
	return out, nil
}

// OfBusiness looks first which runs it takes, so that it never holds more than
// one run beyond what it returns.
func (l *ledger) OfBusiness(ctx context.Context, b core.BusinessID, after int64, n int) ([]evidence.Record, []evidence.Leaf, error) {
	const op = "OfBusiness"
	if n <= 0 {
		return nil, nil, nil
	}
	after = max(after, 0)
	first, last, err := l.span(ctx, op, b, after, n)
	if err != nil || last == 0 {
		return nil, nil, err
	}
	var rows []runRow
	err = l.rows(ctx, op, &rows, `SELECT business_id, seq, leaves FROM evidence_runs WHERE business_id = ? AND seq BETWEEN ? AND ? ORDER BY seq`, uuid(b), first, last)
	if err != nil {
		return nil, nil, err
	}
	var leaves []evidence.Leaf
	var spots []spot
	for _, r := range rows {
		for i, s := range r.run().spots {
			if seq := r.Seq + int64(i); seq > after && len(leaves) < n {
				leaves, spots = append(leaves, evidence.Leaf{Index: s.index, Business: b, Seq: seq}), append(spots, s)
			}
		}
	}
	return l.at(ctx, op, leaves, spots)
}

// span returns the first and the last run, by their first numbers, that hold the
// n leaves after a number; 0, 0 for none.
func (l *ledger) span(ctx context.Context, op string, b core.BusinessID, after int64, n int) (first, last int64, err error) {
	var rows []struct {
		Seq   int64 `bun:"seq"`
		Count int64 `bun:"count"`
	}
	err = l.rows(ctx, op, &rows, `SELECT seq, count FROM evidence_runs WHERE business_id = ? AND seq >= coalesce(
			(SELECT max(r.seq) FROM evidence_runs AS r WHERE r.business_id = ? AND r.seq <= ?), 0) ORDER BY seq LIMIT ?`, uuid(b), uuid(b), after+1, n+1)
	if err != nil {
		return 0, 0, err
	}
	for _, r := range rows {
		if r.Seq+r.Count-1 <= after {
			continue
		}
		if r.Seq > after+int64(n) {
			break
		}
		if last = r.Seq; first == 0 {
			first = r.Seq
		}
	}
	return first, last, nil
}

// at reads the records of leaves by their positions.
func (l *ledger) at(ctx context.Context, op string, leaves []evidence.Leaf, spots []spot) ([]evidence.Record, []evidence.Leaf, error) {
	ps := make([]recordPlace, len(spots))
	for i, s := range spots {
		ps[i] = recordPlace{Business: uuid(leaves[i].Business), N: s.n}
	}
	records, err := l.load(ctx, op, ps)
	if err != nil {
		return nil, nil, err
	}
	for i := range records {
		leaves[i].Commitment = records[i].Commitment
	}
	return records, leaves, nil
}

type runKey struct {
	business core.BusinessID
	seq      int64
}

// Leaves finds each record's run first and reads each run once.
func (l *ledger) Leaves(ctx context.Context, rs []evidence.Record) (map[core.RecordID]evidence.Leaf, error) {
	const op = "Leaves"
	out := make(map[core.RecordID]evidence.Leaf, len(rs))
	found, err := l.find(ctx, op, rs)
	if err != nil {
		return nil, err
	}
	inRun, err := l.runsOf(ctx, op, found)
	if err != nil {
		return nil, err
	}
	keys := make([]runKey, 0, len(inRun))
	for k := range inRun {
		keys = append(keys, k)
	}
	const runsAtOnce = 32
	for batch := range slices.Chunk(keys, runsAtOnce) {
		var rows []runRow
		err := l.rows(ctx, op, &rows, `WITH v (b, s) AS (?) `+l.d.lookup(`business_id, seq, leaves`, `evidence_runs WHERE business_id = v.b AND seq = v.s`, false),
			tuples(batch, func(r *row, k runKey) {
				r.id(k.business)
				r.int(k.seq)
			}))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			x := r.run()
			x.leaves(inRun[runKey{x.business, x.seq}], out)
		}
	}
	return out, nil
}

// leaves adds those of the records that are in the run.
func (x run) leaves(of []positionRow, out map[core.RecordID]evidence.Leaf) {
	for _, p := range of {
		if i, ok := x.find(p.TxID, p.N); ok {
			out[p.ID] = evidence.Leaf{Index: x.spots[i].index, Business: x.business, Seq: x.seq + int64(i), Commitment: p.Commitment}
		}
	}
}

// runsOf returns in which run each record would be.
func (l *ledger) runsOf(ctx context.Context, op string, found map[recordKey]positionRow) (map[runKey][]positionRow, error) {
	all := make([]positionRow, 0, len(found))
	byN := make(map[int64]positionRow, len(found))
	for _, p := range found {
		all = append(all, p)
		byN[p.N] = p
	}
	out := make(map[runKey][]positionRow)
	for batch := range slices.Chunk(all, chunk) {
		var rows []struct {
			Business uuid  `bun:"business_id"`
			Seq      int64 `bun:"seq"`
			N        int64 `bun:"k"`
		}
		err := l.rows(ctx, op, &rows, `WITH v (b, t, k) AS (?) `+l.d.lookup(`business_id, seq, v.k`,
			`evidence_runs WHERE business_id = v.b AND seq = (SELECT r.seq FROM evidence_runs AS r
				WHERE r.business_id = v.b AND (r.txid, r.n) <= (v.t, v.k) ORDER BY r.txid DESC, r.n DESC LIMIT 1)`, false),
			tuples(batch, func(r *row, p positionRow) {
				r.id(p.Business)
				r.int(p.TxID)
				r.int(p.N)
			}))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			k := runKey{core.BusinessID(r.Business), r.Seq}
			out[k] = append(out[k], byN[r.N])
		}
	}
	return out, nil
}
