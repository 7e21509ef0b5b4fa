package seal

import (
	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// A tile holds 256 hashes: height 8.
const (
	height = 8
	width  = 1 << height
)

// An edge is the right side of a tree: on each level the tile that is not full
// yet. It is all that is needed to lengthen the tree and to hash it.
type edge struct {
	size   int64
	levels [][]byte // of each level the open tile's hashes, none where it is full
	dirty  []bool
	full   []evidence.Tile // that were completed
}

// openTiles names the tiles of a tree of the size that are not full.
func openTiles(size int64) []evidence.TileID {
	var ids []evidence.TileID
	for level := 0; size > 0; level, size = level+1, size/width {
		if size%width > 0 {
			ids = append(ids, evidence.TileID{Level: level, N: size / width})
		}
	}
	return ids
}

func newEdge(size int64, tiles map[evidence.TileID][]byte) (*edge, error) {
	e := &edge{size: size}
	for level, n := 0, size; n > 0; level, n = level+1, n/width {
		data := tiles[evidence.TileID{Level: level, N: n / width}]
		if int64(len(data)) < n%width*tlog.HashSize {
			return nil, core.E("seal.Step", core.Internal, "a tile of the tree is missing or too short: the database was changed from outside; restore it from a backup")
		}
		e.levels, e.dirty = append(e.levels, data[:n%width*tlog.HashSize:n%width*tlog.HashSize]), append(e.dirty, false)
	}
	return e, nil
}

// add appends a leaf.
func (e *edge) add(h tlog.Hash) {
	e.size++
	for level, n := 0, e.size; ; level, n = level+1, n/width {
		if level == len(e.levels) {
			e.levels, e.dirty = append(e.levels, nil), append(e.dirty, false)
		}
		e.levels[level], e.dirty[level] = append(e.levels[level], h[:]...), true
		if len(e.levels[level]) < width*tlog.HashSize {
			return
		}
		data := e.levels[level]
		e.full = append(e.full, evidence.Tile{TileID: evidence.TileID{Level: level, N: n/width - 1}, Data: data})
		e.levels[level], e.dirty[level] = nil, false
		h = top(data)
	}
}

// top is the hash over a full tile.
func top(data []byte) tlog.Hash {
	var hs [width]tlog.Hash
	for i := range hs {
		hs[i] = tlog.Hash(data[i*tlog.HashSize:])
	}
	for n := width / 2; n > 0; n /= 2 {
		for i := range n {
			hs[i] = tlog.NodeHash(hs[2*i], hs[2*i+1])
		}
	}
	return hs[0]
}

// tiles are those that add has completed or lengthened.
func (e *edge) tiles() []evidence.Tile {
	out := e.full
	for level, n := 0, e.size; level < len(e.levels); level, n = level+1, n/width {
		if e.dirty[level] {
			out = append(out, evidence.Tile{TileID: evidence.TileID{Level: level, N: n / width}, Data: e.levels[level]})
		}
	}
	return out
}

// root is the hash of the tree.
func (e *edge) root() (tlog.Hash, error) {
	return tlog.TreeHash(e.size, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			t := tlog.TileForIndex(height, x)
			var err error
			if out[i], err = tlog.HashFromTile(t, e.levels[t.L][:t.W*tlog.HashSize], x); err != nil {
				return nil, core.Wrap("seal.Step", core.Internal, "", err)
			}
		}
		return out, nil
	}))
}
