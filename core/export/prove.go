package export

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// tileHeight is that of evidence.TileID.
const tileHeight = 8

// prove makes the inclusion proofs of leaves in a tree of the size. It reads each
// tile that they need once, and all in one call.
func prove(ctx context.Context, l evidence.Ledger, size int64, leaves []evidence.Leaf) ([]tlog.RecordProof, error) {
	wanted := make(map[evidence.TileID]bool)
	look := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		for _, x := range indexes {
			t := tlog.TileForIndex(tileHeight, x)
			wanted[evidence.TileID{Level: t.L, N: t.N}] = true
		}
		return make([]tlog.Hash, len(indexes)), nil
	})
	for _, leaf := range leaves {
		if _, err := tlog.ProveRecord(size, leaf.Index, look); err != nil {
			return nil, core.Wrap(op, core.Internal, "", err)
		}
	}
	ids := make([]evidence.TileID, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	tiles, err := l.Tiles(ctx, ids)
	if err != nil {
		return nil, err
	}
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			t := tlog.TileForIndex(tileHeight, x)
			data := tiles[evidence.TileID{Level: t.L, N: t.N}]
			if len(data) < t.W*tlog.HashSize {
				return nil, core.E(op, core.Internal, "a tile of the log is missing or too short: the database was changed from outside; restore it from a backup")
			}
			var err error
			if out[i], err = tlog.HashFromTile(t, data[:t.W*tlog.HashSize], x); err != nil {
				return nil, core.Wrap(op, core.Internal, "", err)
			}
		}
		return out, nil
	})
	proofs := make([]tlog.RecordProof, len(leaves))
	for i, leaf := range leaves {
		if proofs[i], err = tlog.ProveRecord(size, leaf.Index, read); err != nil {
			return nil, err
		}
	}
	return proofs, nil
}
