package seal_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

const origin = "nexo.example/log"

type clock struct{ t time.Time }

func (c *clock) Now() time.Time { c.t = c.t.Add(time.Second); return c.t }

// keys are a signer's two halves, the same for a name each time.
func keys(t interface{ Fatal(...any) }, name string) (note.Signer, note.Verifier) {
	skey, vkey, err := note.GenerateKey(zeros{}, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// A log is a sealer over a store that dies when it is told to.
type log struct {
	*seal.Service
	store *faulty
	last  uint64
	byBiz map[core.BusinessID]int64
	rs    []evidence.Record
}

func newLog(t interface{ Fatal(...any) }) (*log, note.Verifier) {
	s, v := keys(t, origin)
	f := &faulty{Store: memstore.New()}
	return &log{Service: &seal.Service{Store: f, Clock: &clock{t: time.Date(2026, 12, 8, 20, 0, 0, 0, time.UTC)}, Origin: origin, Signers: []note.Signer{s}}, store: f, byBiz: map[core.BusinessID]int64{}}, v
}

// write appends records of three businesses.
func (l *log) write(t interface{ Fatal(...any) }, n int) {
	var rs []evidence.Record
	for range n {
		l.last++
		var id core.UUID
		binary.BigEndian.PutUint64(id[:], l.last)
		r := evidence.NewStaffAction(evidence.Seed{ID: core.RecordID(id), Salt: evidence.Salt(id)}, core.BusinessID{byte(1 + l.last%3)},
			time.Date(2026, 12, 8, 20, 0, 0, 0, time.UTC), core.UserID{1}, evidence.SettingsChanged, core.CampaignID{}, map[string]string{"n": fmt.Sprint(l.last)})
		rs = append(rs, r)
	}
	l.rs = append(l.rs, rs...)
	if err := l.store.Store.Update(context.Background(), func(ctx context.Context, tx store.Tx) error { return tx.Evidence.Append(ctx, rs) }); err != nil {
		t.Fatal(err)
	}
}

func view[T any](t interface{ Fatal(...any) }, l *log, f func(context.Context, evidence.Ledger) (T, error)) (out T) {
	err := l.store.Store.View(context.Background(), func(ctx context.Context, tx store.Tx) (err error) {
		out, err = f(ctx, tx.Evidence)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (l *log) head(t interface{ Fatal(...any) }) evidence.Checkpoint {
	return view(t, l, func(ctx context.Context, l evidence.Ledger) (evidence.Checkpoint, error) { return l.Head(ctx) })
}

// hashes reads the tree's stored hashes out of its tiles.
func (l *log) hashes(t interface{ Fatal(...any) }) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			tile := tlog.TileForIndex(8, x)
			id := evidence.TileID{Level: tile.L, N: tile.N}
			data := view(t, l, func(ctx context.Context, g evidence.Ledger) (map[evidence.TileID][]byte, error) {
				return g.Tiles(ctx, []evidence.TileID{id})
			})[id]
			if len(data) < tile.W*tlog.HashSize {
				return nil, fmt.Errorf("tile %v is missing or too short", id)
			}
			var err error
			if out[i], err = tlog.HashFromTile(tile, data[:tile.W*tlog.HashSize], x); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

// check proves some of the leaves against the head, and the head against an
// earlier one.
func (l *log) check(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, v note.Verifier, before evidence.Checkpoint, some func(i int) bool) {
	head := l.head(t)
	n, err := note.Open(head.Note, note.VerifierList(v))
	if err != nil {
		t.Fatalf("the head's signature: %v", err)
	}
	name, signed, err := evidence.ParseCheckpoint(n.Text)
	if err != nil || name != origin || signed.Size != head.Size || signed.Root != head.Root || !signed.At.Equal(head.At) {
		t.Fatalf("what was signed is %q of %+v, the head is %+v (%v)", name, signed, head, err)
	}
	r := l.hashes(t)
	if before.Size > 0 {
		p, err := tlog.ProveTree(head.Size, before.Size, r)
		if err == nil {
			err = tlog.CheckTree(p, head.Size, tlog.Hash(head.Root), before.Size, tlog.Hash(before.Root))
		}
		if err != nil {
			t.Fatalf("the tree of %d is not that of %d with more: %v", head.Size, before.Size, err)
		}
	}
	leaves := view(t, l, func(ctx context.Context, g evidence.Ledger) (map[core.RecordID]evidence.Leaf, error) {
		return g.Leaves(ctx, l.rs)
	})
	if int64(len(leaves)) != head.Size {
		t.Fatalf("%d leaves under a head of %d", len(leaves), head.Size)
	}
	seqs := map[core.BusinessID]int64{}
	for i, rec := range l.rs[:head.Size] {
		leaf := leaves[rec.ID]
		seqs[rec.Business]++
		if leaf.Index != int64(i) || leaf.Seq != seqs[rec.Business] || leaf.Commitment != evidence.Commit(rec.Salt, rec.Body) {
			t.Fatalf("record %d has leaf %+v", i, leaf)
		}
		if !some(i) {
			continue
		}
		p, err := tlog.ProveRecord(head.Size, leaf.Index, r)
		if err == nil {
			err = tlog.CheckRecord(p, head.Size, tlog.Hash(head.Root), leaf.Index, tlog.RecordHash(leaf.Data()))
		}
		if err != nil {
			t.Fatalf("record %d of %d cannot be proven: %v", i, head.Size, err)
		}
	}
}

// Around every border of a tile: the tree is what tlog makes of the same leaves,
// and each grows out of the one before.
func TestTree(t *testing.T) {
	l, v := newLog(t)
	var before evidence.Checkpoint
	for _, n := range []int{1, 1, 253, 1, 1, 255, 1, 300, 3, 65536 - 816, 1, 700} {
		l.write(t, n)
		for more := true; more; {
			r, err := l.Step(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			more = r.More
		}
		if got := l.head(t).Size; got != int64(len(l.rs)) {
			t.Fatalf("%d leaves of %d records", got, len(l.rs))
		}
		size := len(l.rs)
		l.check(t, v, before, func(i int) bool { return i%1009 == 0 || size-i < 3 || bits.OnesCount(uint(i)) == 1 })
		before = l.head(t)
	}
	if r, err := l.Step(t.Context()); err != nil || r != (seal.Report{}) {
		t.Errorf("with nothing new: %+v, %v", r, err)
	}
}

// errDied is what a call fails with at which the process dies.
var errDied = errors.New("the process died")

// faulty is a store whose ledger dies at the nth call from now, before or after
// it took effect.
type faulty struct {
	store.Store
	left  int
	after bool
}

func (f *faulty) Update(ctx context.Context, g func(context.Context, store.Tx) error) error {
	return f.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		tx.Evidence = dying{tx.Evidence, f}
		if err := g(ctx, tx); err != nil {
			return err
		}
		return f.step(func() error { return nil }) // at the commit
	})
}

func (f *faulty) step(call func() error) error {
	if f.left--; f.left != 0 {
		return call()
	}
	if f.after {
		if err := call(); err != nil {
			return err
		}
	}
	return errDied
}

type dying struct {
	evidence.Ledger
	f *faulty
}

func (d dying) Unsealed(ctx context.Context, n int) (rs []evidence.Record, err error) {
	err = d.f.step(func() error { rs, err = d.Ledger.Unsealed(ctx, n); return err })
	return rs, err
}

func (d dying) Head(ctx context.Context) (c evidence.Checkpoint, err error) {
	err = d.f.step(func() error { c, err = d.Ledger.Head(ctx); return err })
	return c, err
}

func (d dying) Seqs(ctx context.Context, bs []core.BusinessID) (m map[core.BusinessID]int64, err error) {
	err = d.f.step(func() error { m, err = d.Ledger.Seqs(ctx, bs); return err })
	return m, err
}

func (d dying) Tiles(ctx context.Context, ts []evidence.TileID) (m map[evidence.TileID][]byte, err error) {
	err = d.f.step(func() error { m, err = d.Ledger.Tiles(ctx, ts); return err })
	return m, err
}

func (d dying) Seal(ctx context.Context, rs []evidence.Record, ls []evidence.Leaf, ts []evidence.Tile, c evidence.Checkpoint) error {
	return d.f.step(func() error { return d.Ledger.Seal(ctx, rs, ls, ts, c) })
}

// A sealer that dies at any point of a step leaves a tree that the next one goes
// on with, as if nothing had been.
func TestDying(t *testing.T) {
	for _, after := range []bool{false, true} {
		l, v := newLog(t)
		l.Batch = 100
		l.write(t, 90)
		if _, err := l.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		points := 0
		for at := 1; ; at++ {
			before := l.head(t)
			l.write(t, 70)
			l.store.left, l.store.after = at, after
			_, err := l.Step(t.Context())
			l.store.left = 0
			if err == nil {
				break // it did not come to that point
			}
			if !errors.Is(err, errDied) {
				t.Fatal(err)
			}
			points++
			if got := l.head(t); got.Size != before.Size {
				t.Fatalf("the step that died at call %d left a tree of %d, was %d", at, got.Size, before.Size)
			}
			for more := true; more; {
				r, err := l.Step(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				more = r.More
			}
			l.check(t, v, before, func(i int) bool { return i%37 == 0 })
		}
		if points != 6 {
			t.Errorf("the step died at %d points, want 6", points)
		}
	}
}

// Whatever is written, sealed in whatever pieces and erased in between: every
// record's commitment opens to it, and erasing breaks no proof.
func TestErasingBreaksNoProof(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, v := newLog(t)
		l.Batch = rapid.IntRange(1, 300).Draw(t, "batch")
		var before evidence.Checkpoint
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			l.write(t, rapid.IntRange(1, 400).Draw(t, "records"))
			for range rapid.IntRange(1, 3).Draw(t, "steps") {
				if _, err := l.Step(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			victim := l.rs[rapid.IntRange(0, len(l.rs)-1).Draw(t, "erased")]
			err := l.store.Store.Update(context.Background(), func(ctx context.Context, tx store.Tx) error {
				return tx.Evidence.Erase(ctx, victim.Business, []core.RecordID{victim.ID})
			})
			if err != nil {
				t.Fatal(err)
			}
			l.check(t, v, before, func(i int) bool { return i%61 == 0 || l.rs[i].ID == victim.ID })
			before = l.head(t)
		}
	})
}

// While a key is being replaced, a checkpoint carries both signatures, and who
// knows only one of the keys can check it.
func TestTwoKeys(t *testing.T) {
	l, old := newLog(t)
	s, fresh := keys(t, "nexo.example/log2")
	l.Signers = append(l.Signers, s)
	l.write(t, 1)
	if _, err := l.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, v := range []note.Verifier{old, fresh} {
		if _, err := note.Open(l.head(t).Note, note.VerifierList(v)); err != nil {
			t.Errorf("with the key of %s alone: %v", v.Name(), err)
		}
	}
	l.Signers = nil
	if _, err := l.Step(t.Context()); !errors.Is(err, core.Invalid) {
		t.Errorf("without a key: %v", err)
	}
}
