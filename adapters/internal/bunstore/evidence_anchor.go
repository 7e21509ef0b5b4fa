package bunstore

import (
	"context"
	"slices"
	"strings"

	"github.com/jobfluss/nexo/core/evidence"
)

type anchoringRow struct {
	Anchor  string `bun:"anchor"`
	Size    int64  `bun:"size"`
	At      stamp  `bun:"at"`
	Receipt []byte `bun:"receipt"`
}

const anchoringColumns = `anchor, size, at, receipt`

func (r anchoringRow) anchoring() evidence.Anchoring {
	a := evidence.Anchoring{Anchor: r.Anchor, Size: r.Size, At: r.At.Time, Receipt: r.Receipt}
	if len(r.Receipt) == 0 {
		a.Receipt = nil
	}
	return a
}

func (l *ledger) PutAnchoring(ctx context.Context, a evidence.Anchoring) error {
	const op = "PutAnchoring"
	if l.readOnly {
		return l.denied(op)
	}
	_, err := l.exec(ctx, op, `INSERT INTO evidence_anchorings (anchor, size, at, receipt) ? ON CONFLICT (anchor, size) DO NOTHING`,
		tuples([]evidence.Anchoring{a}, func(r *row, a evidence.Anchoring) {
			r.text(a.Anchor)
			r.int(a.Size)
			r.time(a.At)
			r.blob(a.Receipt)
		}))
	return err
}

func (l *ledger) Anchored(ctx context.Context, anchors []string) (map[string]evidence.Anchoring, error) {
	out := make(map[string]evidence.Anchoring, len(anchors))
	for batch := range slices.Chunk(unique(anchors), chunk) {
		var rows []anchoringRow
		err := l.rows(ctx, "Anchored", &rows, `WITH v (a) AS (?) `+l.d.lookup(anchoringColumns,
			`evidence_anchorings WHERE anchor = v.a AND size = (SELECT max(x.size) FROM evidence_anchorings AS x WHERE x.anchor = v.a)`, false),
			tuples(batch, func(r *row, name string) { r.text(name) }))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.Anchor] = r.anchoring()
		}
	}
	return out, nil
}

func (l *ledger) Anchorings(ctx context.Context, size int64) ([]evidence.Anchoring, error) {
	var rows []anchoringRow
	err := l.rows(ctx, "Anchorings", &rows, `SELECT `+anchoringColumns+` FROM evidence_anchorings WHERE size = ?`, size)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := make([]evidence.Anchoring, len(rows))
	for i, r := range rows {
		out[i] = r.anchoring()
	}
	// Databases differ in how they order text.
	slices.SortFunc(out, func(a, b evidence.Anchoring) int { return strings.Compare(a.Anchor, b.Anchor) })
	return out, nil
}
