package evidence

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Ledger holds records and the tree over them. It only grows. Errors are
// [core.Error]. Calls are batched and take a constant number of statements.
type Ledger interface {
	// Append adds records. One with the id of another is not added again.
	// Their commitments are written with them; the tree takes them in later.
	Append(ctx context.Context, rs []Record) error

	// OfMessage returns the records about a message, oldest first.
	OfMessage(ctx context.Context, b core.BusinessID, id core.MessageID) ([]Record, error)
	// OfPair returns up to n records about a guest of a business, oldest first,
	// after the given one (zero: from the oldest).
	OfPair(ctx context.Context, p core.Pair, after core.RecordID, n int) ([]Record, error)
	// Acts returns up to n of what people at the business did, the newest first,
	// before the given one (zero: from the newest): staff actions, erasures and
	// holds. One that is erased itself is left out.
	Acts(ctx context.Context, b core.BusinessID, before core.RecordID, n int) ([]Record, error)
	// OfCampaign returns up to n records about a campaign's messages, by and large
	// in the order in which they were added, and where the next ones begin: after
	// is what it returned the last time, 0 for the first.
	OfCampaign(ctx context.Context, b core.BusinessID, c core.CampaignID, after int64, n int) (rs []Record, next int64, err error)
	// Last names the newest record of a kind about each of the messages that has
	// one, erased ones too.
	Last(ctx context.Context, b core.BusinessID, k Kind, ids []core.MessageID) (map[core.MessageID]core.RecordID, error)
	// OfBusiness returns up to n sealed records of a business with their leaves,
	// by rising Seq, after the given one (0: from the first). An erased record is
	// there with its leaf, without its body.
	OfBusiness(ctx context.Context, b core.BusinessID, after int64, n int) ([]Record, []Leaf, error)
	// Leaves returns the leaves of those of the records that are sealed.
	Leaves(ctx context.Context, rs []Record) (map[core.RecordID]Leaf, error)
	// Aged returns up to n records of the business that are of one of the kinds
	// and of before the instant, and not erased, by rising id after the given one.
	// Ids rise with time, so it need not look at later ones. Bodies, salts and
	// commitments may be left out.
	Aged(ctx context.Context, b core.BusinessID, kinds []Kind, before time.Time, after core.RecordID, n int) ([]Record, error)
	// Erase drops body, salt and number of the records of the ids, all of one
	// business. Their commitments stay.
	Erase(ctx context.Context, b core.BusinessID, ids []core.RecordID) error

	// Unsealed returns up to n records that the tree has not taken in, in the
	// order in which it must: no record that becomes visible later comes before
	// one that was returned. Only ID, Business and Commitment are filled in.
	Unsealed(ctx context.Context, n int) ([]Record, error)
	// Head returns the newest checkpoint; the zero Checkpoint of an empty tree.
	Head(ctx context.Context) (Checkpoint, error)
	// Checkpoint returns the newest one that was made at or before t.
	Checkpoint(ctx context.Context, t time.Time) (Checkpoint, error)
	// Seqs returns the last Seq of each of the businesses; 0 where it has none.
	Seqs(ctx context.Context, bs []core.BusinessID) (map[core.BusinessID]int64, error)
	// Seal adds leaves for the records that Unsealed returned, in that order,
	// the tiles that they complete or lengthen, and the new checkpoint. It is a
	// Conflict, and changes nothing, if the tree is not of the size that the
	// first leaf's Index says: another sealer was there.
	Seal(ctx context.Context, rs []Record, leaves []Leaf, tiles []Tile, c Checkpoint) error
	// Tiles returns those tiles that are there, at their greatest width.
	Tiles(ctx context.Context, ts []TileID) (map[TileID][]byte, error)

	// PutAnchoring notes one. Of the same anchor and size the first stays.
	PutAnchoring(ctx context.Context, a Anchoring) error
	// Anchored returns the anchoring of the greatest size of each of the anchors
	// that has one.
	Anchored(ctx context.Context, anchors []string) (map[string]Anchoring, error)
	// Anchorings returns those of a checkpoint, by rising name.
	Anchorings(ctx context.Context, size int64) ([]Anchoring, error)
}

// A TileID names a tile of the tree: 256 hashes of one level at most, as in
// golang.org/x/mod/sumdb/tlog with height 8.
type TileID struct {
	Level int
	N     int64
}

// A Tile is a tile's hashes, 32 bytes each.
type Tile struct {
	TileID
	Data []byte
}

// A Checkpoint is the signed head of the tree.
type Checkpoint struct {
	Size int64
	Root Hash
	At   time.Time
	// Note is the signed text, in the form of golang.org/x/mod/sumdb/note.
	Note []byte
}

// CheckSeal is for implementations of Seal: whether records, leaves and the new
// checkpoint fit each other and a tree of the given size.
func CheckSeal(op string, size int64, rs []Record, leaves []Leaf, c Checkpoint) error {
	if len(rs) != len(leaves) {
		return core.E(op, core.Invalid, "give one leaf for each record")
	}
	if len(rs) == 0 {
		return nil
	}
	if leaves[0].Index != size {
		return core.E(op, core.Conflict, "another sealer has lengthened the tree meanwhile; begin again from its new head")
	}
	for i, l := range leaves {
		if l.Index != size+int64(i) || l.Business != rs[i].Business || l.Commitment != rs[i].Commitment || l.Seq <= 0 {
			return core.E(op, core.Invalid, "the leaves are not those of the records, one after the other")
		}
	}
	if c.Size != size+int64(len(rs)) {
		return core.E(op, core.Invalid, "the checkpoint is of another size than the tree will be")
	}
	return nil
}
