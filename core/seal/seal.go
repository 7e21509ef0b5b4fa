// Package seal takes evidence into the tree: it gives new records their leaves,
// lengthens the Merkle tree by them and signs its new head. Whoever writes
// evidence never waits for it.
//
// A step is one transaction, so a crash leaves the tree as it was or as it
// should be. The store lets one sealer at a time lengthen a tree, so that it
// cannot fork.
package seal

import (
	"context"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

// A Service is the use case. Its methods are safe for concurrent use; several
// processes may run them on one store.
type Service struct {
	Store store.Store
	Clock core.Clock
	// Origin is the log's name, the first line of what is signed.
	Origin string
	// Signers each sign every checkpoint. While a key is being replaced, both the
	// old and the new one do.
	Signers []note.Signer
	// Batch is how many records a Step takes in; 0 means 8192.
	Batch int
}

// A Report says what a Step did.
type Report struct {
	Sealed int
	Size   int64 // of the tree after it; 0 where nothing was sealed
	More   bool  // there may be more to seal
}

const defaultBatch = 8192

// Step takes in up to Batch records that are new. Where another sealer was
// faster, it is a Conflict and changes nothing; call it again.
func (s *Service) Step(ctx context.Context) (Report, error) {
	const op = "seal.Step"
	if len(s.Signers) == 0 || s.Origin == "" {
		return Report{}, core.E(op, core.Invalid, "the log has no name or no key to sign its head with; configure both")
	}
	batch := s.Batch
	if batch <= 0 {
		batch = defaultBatch
	}
	var rep Report
	err := s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		rep = Report{}
		rs, err := tx.Evidence.Unsealed(ctx, batch)
		if err != nil || len(rs) == 0 {
			return err
		}
		size, err := s.seal(ctx, tx.Evidence, rs)
		if err == nil {
			rep = Report{Sealed: len(rs), Size: size, More: len(rs) == batch}
		}
		return err
	})
	if err != nil {
		return Report{}, err
	}
	return rep, nil
}

func (s *Service) seal(ctx context.Context, l evidence.Ledger, rs []evidence.Record) (int64, error) {
	head, err := l.Head(ctx)
	if err != nil {
		return 0, err
	}
	leaves, err := number(ctx, l, head.Size, rs)
	if err != nil {
		return 0, err
	}
	there, err := l.Tiles(ctx, openTiles(head.Size))
	if err != nil {
		return 0, err
	}
	e, err := newEdge(head.Size, there)
	if err != nil {
		return 0, err
	}
	for _, leaf := range leaves {
		e.add(tlog.RecordHash(leaf.Data()))
	}
	root, err := e.root()
	if err != nil {
		return 0, err
	}
	c := evidence.Checkpoint{Size: e.size, Root: evidence.Hash(root), At: s.Clock.Now().UTC().Truncate(time.Microsecond)}
	if c.At.Before(head.At) {
		c.At = head.At // clocks of machines differ; the log's time does not run back
	}
	if c.Note, err = note.Sign(&note.Note{Text: c.Text(s.Origin)}, s.Signers...); err != nil {
		return 0, core.Wrap("seal.Step", core.Internal, "", err)
	}
	return c.Size, l.Seal(ctx, rs, leaves, e.tiles(), c)
}

// number makes the leaves of records, each with its number in its business.
func number(ctx context.Context, l evidence.Ledger, size int64, rs []evidence.Record) ([]evidence.Leaf, error) {
	seen := make(map[core.BusinessID]bool)
	var bs []core.BusinessID
	for _, r := range rs {
		if !seen[r.Business] {
			seen[r.Business] = true
			bs = append(bs, r.Business)
		}
	}
	seqs, err := l.Seqs(ctx, bs)
	if err != nil {
		return nil, err
	}
	leaves := make([]evidence.Leaf, len(rs))
	for i, r := range rs {
		seqs[r.Business]++
		leaves[i] = evidence.Leaf{Index: size + int64(i), Business: r.Business, Seq: seqs[r.Business], Commitment: r.Commitment}
	}
	return leaves, nil
}
