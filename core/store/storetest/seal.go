package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

func (s *suite) size() int64 {
	s.Helper()
	return ledger(s, func(ctx context.Context, l evidence.Ledger) (evidence.Checkpoint, error) { return l.Head(ctx) }).Size
}

func (s *suite) leaves(rs ...evidence.Record) map[core.RecordID]evidence.Leaf {
	s.Helper()
	return ledger(s, func(ctx context.Context, l evidence.Ledger) (map[core.RecordID]evidence.Leaf, error) {
		return l.Leaves(ctx, rs)
	})
}

// seal takes in up to n records as a sealer does, with no real tree over them,
// and returns the tree's size.
func seal(ctx context.Context, l evidence.Ledger, n int, when time.Time, tiles ...evidence.Tile) (int64, error) {
	rs, err := l.Unsealed(ctx, n)
	if err != nil {
		return 0, err
	}
	head, err := l.Head(ctx)
	if err != nil || len(rs) == 0 {
		return head.Size, err
	}
	var bs []core.BusinessID
	for _, r := range rs {
		bs = append(bs, r.Business)
	}
	seqs, err := l.Seqs(ctx, bs)
	if err != nil {
		return 0, err
	}
	leaves := make([]evidence.Leaf, len(rs))
	for i, r := range rs {
		seqs[r.Business]++
		leaves[i] = evidence.Leaf{Index: head.Size + int64(i), Business: r.Business, Seq: seqs[r.Business], Commitment: r.Commitment}
	}
	c := evidence.Checkpoint{Size: head.Size + int64(len(rs)), At: when, Note: []byte("a note\n")}
	binary.BigEndian.PutUint64(c.Root[:], uint64(c.Size))
	return c.Size, l.Seal(ctx, rs, leaves, tiles, c)
}

// patience is how often a test looks for what must come.
const patience = 200_000

// sealUntil seals until the tree has the size. Other databases on the server may
// hold it up for as long as their transactions last.
func (s *suite) sealUntil(size int64, when time.Time, tiles ...evidence.Tile) {
	s.Helper()
	var got int64
	for range patience {
		s.update(func(ctx context.Context, tx store.Tx) (err error) {
			got, err = seal(ctx, tx.Evidence, 1500, when, tiles...)
			return err
		})
		if got >= size {
			break
		}
	}
	if got != size || s.size() != size {
		s.Errorf("the tree has %d leaves, want %d", s.size(), size)
	}
}

// Records of two businesses, over more than one statement and run.
func testSeal(s *suite) {
	s.equal("the size of an empty tree", s.size(), int64(0))
	a, b := newBusiness(), newBusiness()
	var ofA, ofB, all []evidence.Record
	for i := range 2500 {
		r := recordOf(a, message.Message{}, i)
		if i%5 == 4 {
			r.Business = b
			ofB = append(ofB, r)
		} else {
			ofA = append(ofA, r)
		}
		all = append(all, r)
	}
	s.record(all[:2300]...)
	s.sealUntil(2300, at(0))
	s.record(all[2300:]...)
	s.sealUntil(2500, at(10))
	seqs := ledger(s, func(ctx context.Context, l evidence.Ledger) (map[core.BusinessID]int64, error) {
		return l.Seqs(ctx, []core.BusinessID{a, b, newBusiness()})
	})
	s.equal("Seqs", [2]int64{seqs[a], seqs[b]}, [2]int64{2000, 500})
	got := s.leaves(all...)
	// The order of what one transaction wrote of different businesses is the store's.
	last, taken := map[core.BusinessID]int64{a: -1, b: -1}, make(map[int64]bool)
	for i, r := range all {
		l := got[r.ID]
		if l.Index <= last[l.Business] || i < 2300 != (l.Index < 2300) || l.Index >= 2500 || l.Business != r.Business || l.Commitment != r.Commitment {
			s.Fatalf("the leaf of record %d is %+v", i, l)
		}
		last[l.Business], taken[l.Index] = l.Index, true
	}
	s.equal("the leaves", len(taken), len(all))
	s.pages(a, ofA)
	s.pages(b, ofB)
	for minutes, size := range map[int]int64{-1: 0, 0: 2300, 9: 2300, 10: 2500, 99: 2500} {
		c := ledger(s, func(ctx context.Context, l evidence.Ledger) (evidence.Checkpoint, error) {
			return l.Checkpoint(ctx, at(minutes))
		})
		s.equal(fmt.Sprintf("the size at minute %d", minutes), c.Size, size)
	}
	s.misfits(all)
	s.tiles()
}

// pages compares a business's records by their numbers.
func (s *suite) pages(b core.BusinessID, want []evidence.Record) {
	s.Helper()
	type page struct {
		rs []evidence.Record
		ls []evidence.Leaf
	}
	var got []evidence.Record
	for size := 1; ; size = size*2 + 1 {
		p := ledger(s, func(ctx context.Context, l evidence.Ledger) (page, error) {
			rs, ls, err := l.OfBusiness(ctx, b, int64(len(got)), size)
			return page{rs, ls}, err
		})
		if len(p.rs) == 0 {
			break
		}
		for i, l := range p.ls {
			if l.Seq != int64(len(got)+i+1) || l.Business != b || l.Commitment != p.rs[i].Commitment {
				s.Fatalf("leaf %d of the business is %+v", len(got)+i+1, l)
			}
		}
		if len(p.rs) != min(size, len(want)-len(got)) {
			s.Fatalf("a page of %d holds %d records after %d", size, len(p.rs), len(got))
		}
		got = append(got, p.rs...)
	}
	s.equal("OfBusiness", got, want)
}

// misfits are seals that a store must refuse.
func (s *suite) misfits(sealed []evidence.Record) {
	r := recordOf(newBusiness(), message.Message{}, 0)
	s.record(r)
	size := s.size()
	try := func(r evidence.Record, index, after int64, c evidence.Hash) error {
		return s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			leaves := []evidence.Leaf{{Index: index, Business: r.Business, Seq: 9999, Commitment: c}}
			return tx.Evidence.Seal(ctx, []evidence.Record{r}, leaves, nil, evidence.Checkpoint{Size: after, At: t0, Note: []byte("n")})
		})
	}
	s.kind("a seal over leaves that are there", try(r, size-1, size, r.Commitment), core.Conflict)
	s.kind("a seal beyond the end", try(r, size+1, size+2, r.Commitment), core.Conflict)
	s.kind("a record that is sealed", try(sealed[0], size, size+1, sealed[0].Commitment), core.Conflict)
	s.kind("a checkpoint of another size", try(r, size, size, r.Commitment), core.Invalid)
	s.kind("a leaf of another commitment", try(r, size, size+1, sealed[0].Commitment), core.Invalid)
	s.equal("the size after them", s.size(), size)
	s.sealUntil(size+1, at(20))
}

func (s *suite) tiles() {
	tile := func(level int, n int64, width int) evidence.Tile {
		data := make([]byte, width*32)
		for i := range data {
			data[i] = byte(int(n) + i)
		}
		return evidence.Tile{TileID: evidence.TileID{Level: level, N: n}, Data: data}
	}
	short, long, other := tile(0, 7, 3), tile(0, 7, 256), tile(1, 7, 1)
	size := s.size()
	s.record(recordOf(newBusiness(), message.Message{}, 0))
	s.sealUntil(size+1, at(30), short, other)
	s.record(recordOf(newBusiness(), message.Message{}, 0))
	s.sealUntil(size+2, at(30), long)
	got := ledger(s, func(ctx context.Context, l evidence.Ledger) (map[evidence.TileID][]byte, error) {
		return l.Tiles(ctx, []evidence.TileID{long.TileID, other.TileID, {Level: 2, N: 7}})
	})
	s.equal("Tiles", got, map[evidence.TileID][]byte{long.TileID: long.Data, other.TileID: other.Data})
}

// A record that an open transaction holds is sealed once it is committed, and
// nothing is sealed meanwhile that it would come before.
func testLedgerOrder(s *suite) {
	b := newBusiness()
	first, second := recordOf(b, message.Message{}, 0), recordOf(b, message.Message{}, 1)
	if s.o.NoConcurrentWriters {
		s.record(first)
		s.record(second)
	} else {
		s.overtake(first, second)
	}
	s.sealUntil(2, t0)
	ls := s.leaves(first, second)
	if len(ls) != 2 || ls[first.ID].Seq+ls[second.ID].Seq != 3 {
		s.Errorf("the leaves are %v", ls)
	}
}

// overtake appends second while the transaction that has appended first is open,
// and seals what it can meanwhile.
func (s *suite) overtake(first, second evidence.Record) {
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			if err := tx.Evidence.Append(ctx, []evidence.Record{first}); err != nil {
				return err
			}
			close(held)
			<-release
			return nil
		})
	}()
	select {
	case <-held:
	case err := <-done:
		s.Fatalf("Append: %v", err)
	}
	s.record(second)
	s.update(func(ctx context.Context, tx store.Tx) error {
		_, err := seal(ctx, tx.Evidence, 10, t0)
		return err
	})
	close(release)
	if err := <-done; err != nil {
		s.Fatalf("the first transaction: %v", err)
	}
}

// Many writers and two sealers at once: every record has one leaf, numbers have
// no gaps, and the tree does not fork.
func testSealers(s *suite) {
	const writers, each = 4, 60
	bs := []core.BusinessID{newBusiness(), newBusiness()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	all := make(map[core.BusinessID][]evidence.Record)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				r := recordOf(bs[(w+i)%2], message.Message{}, i)
				err := s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Evidence.Append(ctx, []evidence.Record{r}) })
				if err != nil {
					s.Errorf("Append: %v", err)
					return
				}
				mu.Lock()
				all[r.Business] = append(all[r.Business], r)
				mu.Unlock()
			}
		})
	}
	for range 2 {
		wg.Go(func() { s.sealAll(writers * each) })
	}
	wg.Wait()
	seen := make(map[int64]bool)
	for b, rs := range all {
		seqs := make(map[int64]bool)
		for _, l := range s.leaves(rs...) {
			if seen[l.Index] || seqs[l.Seq] || l.Index >= writers*each || l.Seq < 1 || l.Seq > int64(len(rs)) {
				s.Fatalf("leaf %+v is there twice, or out of range", l)
			}
			seen[l.Index], seqs[l.Seq] = true, true
		}
		if len(seqs) != len(rs) {
			s.Errorf("%d of %d records of %v have a leaf", len(seqs), len(rs), b)
		}
	}
	s.equal("leaves", len(seen), writers*each)
}

// sealAll seals until the tree has the size, beside others who do.
func (s *suite) sealAll(size int64) {
	for range patience {
		var got int64
		err := s.Store.Update(s.Context(), func(ctx context.Context, tx store.Tx) (err error) {
			got, err = seal(ctx, tx.Evidence, 17, t0)
			return err
		})
		if err != nil && !errors.Is(err, core.Conflict) && core.KindOf(err) != core.Unavailable {
			s.Errorf("Seal: %v", err)
			return
		}
		if got == size {
			return
		}
	}
	s.Error("the sealers did not come to an end")
}
