package proof

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// A tile has 256 hashes at most: eight levels of the tree.
const tileHeight = 8

// A prover makes inclusion proofs out of a ledger's tiles. It reads the tiles for
// a page of leaves at once, works out the hashes inside each of them once, and
// forgets them with the page, so that its memory does not grow with the log.
type prover struct {
	ledger evidence.Ledger
	head   evidence.Checkpoint
	tiles  map[evidence.TileID]*tile
}

// A tile is its hashes, those of the level below the tile's root last.
type tile struct{ levels [tileHeight][]tlog.Hash }

func newProver(l evidence.Ledger, head evidence.Checkpoint) *prover {
	return &prover{ledger: l, head: head, tiles: map[evidence.TileID]*tile{}}
}

// load reads the tiles that proofs for the leaves need.
func (p *prover) load(ctx context.Context, indexes []int64) error {
	for id := range p.tiles {
		if id.Level == 0 || len(p.tiles) > 1024 {
			delete(p.tiles, id)
		}
	}
	asked := map[evidence.TileID]bool{}
	var missing []evidence.TileID
	need := func(id evidence.TileID) {
		if p.tiles[id] == nil && !asked[id] {
			asked[id] = true
			missing = append(missing, id)
		}
	}
	for _, i := range indexes {
		if i < 0 || i >= p.head.Size {
			return core.E("proof.Prove", core.Internal, "a leaf lies outside the checkpoint")
		}
		for level, n := 0, i>>tileHeight; p.head.Size>>(tileHeight*level) > 0; level, n = level+1, n>>tileHeight {
			need(evidence.TileID{Level: level, N: n})
		}
	}
	// The right edge: the incomplete tiles hold what is not part of any whole one.
	for level := 0; p.head.Size>>(tileHeight*level) > 0; level++ {
		if width := p.head.Size >> (tileHeight * level); width%(1<<tileHeight) != 0 {
			need(evidence.TileID{Level: level, N: width >> tileHeight})
		}
	}
	if len(missing) == 0 {
		return nil
	}
	got, err := p.ledger.Tiles(ctx, missing)
	if err != nil {
		return err
	}
	for id, data := range got {
		p.tiles[id] = unfold(data)
	}
	return nil
}

// unfold works out the hashes inside a tile.
func unfold(data []byte) *tile {
	t := &tile{}
	row := make([]tlog.Hash, len(data)/tlog.HashSize)
	for i := range row {
		row[i] = tlog.Hash(data[i*tlog.HashSize:])
	}
	for level := range t.levels {
		t.levels[level] = row
		above := make([]tlog.Hash, len(row)/2)
		for i := range above {
			above[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
		row = above
	}
	return t
}

// ReadHashes is tlog.HashReader over the tiles that were loaded.
func (p *prover) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		level, n := tlog.SplitStoredHashIndex(x)
		inside := level % tileHeight
		t := p.tiles[evidence.TileID{Level: level / tileHeight, N: n >> (tileHeight - inside)}]
		at := n & (1<<(tileHeight-inside) - 1)
		if t == nil || at >= int64(len(t.levels[inside])) {
			return nil, core.E("proof.Prove", core.Internal, "the log lacks a tile that its checkpoint covers")
		}
		out[i] = t.levels[inside][at]
	}
	return out, nil
}

// prove returns the hashes that lead from a leaf to the root. It checks them: a
// pack that does not verify must not leave the house.
func (p *prover) prove(l evidence.Leaf) (tlog.RecordProof, error) {
	proof, err := tlog.ProveRecord(p.head.Size, l.Index, p)
	if err != nil {
		return nil, err
	}
	if err := tlog.CheckRecord(proof, p.head.Size, tlog.Hash(p.head.Root), l.Index, tlog.RecordHash(l.Data())); err != nil {
		return nil, core.Wrap("proof.Prove", core.Internal, "the log's tiles do not fit its checkpoint", err)
	}
	return proof, nil
}
