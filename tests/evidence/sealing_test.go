package evidence_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/adapters/postgres"
	"github.com/jobfluss/nexo/adapters/sqlite"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const logName = "faults.example/evidence"

// A log is a sealer over a store that dies when it is told to.
type log struct {
	*testing.T
	store    *mortal
	sealer   *seal.Service
	verifier note.Verifier

	mu sync.Mutex
	rs []evidence.Record
}

func stores() map[string]func(*testing.T) store.Store {
	return map[string]func(*testing.T) store.Store{
		"memory": func(*testing.T) store.Store { return memstore.New() },
		"sqlite": func(t *testing.T) store.Store {
			s, closeIt, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(closeIt)
			if err := s.MigrateUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			return s
		},
		"postgres": func(t *testing.T) store.Store {
			s, closeIt, err := postgres.Open(t.Context(), postgres.Config{URL: pgtest.URL(t), MaxConns: 8})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(closeIt)
			if err := s.MigrateUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			return s
		},
	}
}

func newLog(t *testing.T, s store.Store) *log {
	t.Helper()
	signer, verifier, err := seal.NewKey(rand.Reader, logName)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.ParseKeys([]string{signer})
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(verifier)
	if err != nil {
		t.Fatal(err)
	}
	m := &mortal{Store: s}
	return &log{T: t, store: m, verifier: v,
		sealer: &seal.Service{Store: m, Clock: system.Clock(), Origin: keys.Origin, Signers: keys.Signers, Batch: 100}}
}

// write appends records of three businesses.
func (l *log) write(n int) {
	l.Helper()
	var rs []evidence.Record
	for i := range n {
		rs = append(rs, evidence.NewStaffAction(evidence.NewSeed(system.UUIDs{}, system.Salts{}), core.BusinessID{byte(1 + i%3)},
			time.Now(), core.UserID{1}, evidence.SettingsChanged, core.CampaignID{}, map[string]string{"n": fmt.Sprint(i)}))
	}
	if err := l.store.Store.Update(l.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Evidence.Append(ctx, rs) }); err != nil {
		l.Error(err)
		return
	}
	l.mu.Lock()
	l.rs = append(l.rs, rs...)
	l.mu.Unlock()
}

// drain seals until the log has every record. Other databases on the server may
// hold it up for as long as their transactions last.
func (l *log) drain(want int64) {
	l.Helper()
	for range 200_000 {
		r, err := l.sealer.Step(l.Context())
		if err != nil && !errors.Is(err, core.Conflict) && !errors.Is(err, core.Unavailable) {
			l.Errorf("sealing: %v", err)
			return
		}
		if r.Size >= want || r.Sealed == 0 && l.head().Size >= want {
			return
		}
	}
	l.Error("the log does not come to its end")
}

func (l *log) view(f func(context.Context, evidence.Ledger) error) {
	l.Helper()
	err := l.store.Store.View(l.Context(), func(ctx context.Context, tx store.Tx) error { return f(ctx, tx.Evidence) })
	if err != nil {
		l.Error(err)
	}
}

func (l *log) head() (c evidence.Checkpoint) {
	l.Helper()
	l.view(func(ctx context.Context, g evidence.Ledger) (err error) { c, err = g.Head(ctx); return err })
	return c
}

// check hashes the whole tree anew, from the records and by tlog alone, and
// compares it with the signed head, the tiles that are stored, and an older head.
func (l *log) check(before evidence.Checkpoint) {
	l.Helper()
	head := l.head()
	var leaves map[core.RecordID]evidence.Leaf
	l.view(func(ctx context.Context, g evidence.Ledger) (err error) {
		leaves, err = g.Leaves(ctx, l.rs)
		return err
	})
	ordered := make([][]byte, head.Size)
	seqs := map[core.BusinessID]map[int64]bool{}
	for _, r := range l.rs {
		leaf, ok := leaves[r.ID]
		if !ok || leaf.Index >= head.Size || ordered[leaf.Index] != nil || leaf.Commitment != evidence.Commit(r.Salt, r.Body) {
			l.Fatalf("a record has the leaf %+v (%v) in a log of %d", leaf, ok, head.Size)
		}
		ordered[leaf.Index] = leaf.Data()
		if seqs[r.Business] == nil {
			seqs[r.Business] = map[int64]bool{}
		}
		seqs[r.Business][leaf.Seq] = true
	}
	for b, m := range seqs {
		if !m[1] || !m[int64(len(m))] {
			l.Fatalf("the numbers of business %v have gaps", b)
		}
	}
	var hashes memory
	for i, data := range ordered {
		if data == nil {
			l.Fatalf("leaf %d is of no record", i)
		}
		hs, err := tlog.StoredHashes(int64(i), data, hashes)
		if err != nil {
			l.Fatal(err)
		}
		hashes = append(hashes, hs...)
	}
	for size, c := range map[int64]evidence.Checkpoint{head.Size: head, before.Size: before} {
		if root, err := tlog.TreeHash(size, hashes); size > 0 && (err != nil || evidence.Hash(root) != c.Root) {
			l.Fatalf("the head of %d has the root %v, the records %v (%v)", size, c.Root, root, err)
		}
	}
	n, err := note.Open(head.Note, note.VerifierList(l.verifier))
	if err != nil || n.Text != head.Text(logName) {
		l.Fatalf("what was signed is %v (%v), the head is %q", n, err, head.Text(logName))
	}
	l.tiles(head, hashes)
}

// tiles compares what is stored of the lowest level.
func (l *log) tiles(head evidence.Checkpoint, hashes memory) {
	l.Helper()
	for k := int64(0); k*256 < head.Size; k++ {
		id := evidence.TileID{N: k}
		var data []byte
		l.view(func(ctx context.Context, g evidence.Ledger) error {
			m, err := g.Tiles(ctx, []evidence.TileID{id})
			data = m[id]
			return err
		})
		for i := k * 256; i < min(head.Size, k*256+256); i++ {
			at := (i - k*256) * tlog.HashSize
			if int64(len(data)) < at+tlog.HashSize || tlog.Hash(data[at:at+tlog.HashSize]) != hashes[tlog.StoredHashIndex(0, i)] {
				l.Fatalf("the tile %d does not hold leaf %d", k, i)
			}
		}
	}
}

type memory []tlog.Hash

// ReadHashes reads from memory.
func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = m[x]
	}
	return out, nil
}

var errDied = errors.New("the process died")

// mortal is a store whose nth call from now, the commit included, is the last.
type mortal struct {
	store.Store
	left  int
	after bool // the call takes effect in the transaction before
}

func (m *mortal) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	return m.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		tx.Evidence = dying{tx.Evidence, m}
		if err := f(ctx, tx); err != nil {
			return err
		}
		return m.call(func() error { return nil })
	})
}

func (m *mortal) call(f func() error) error {
	if m.left--; m.left != 0 {
		return f()
	}
	if m.after {
		if err := f(); err != nil {
			return err
		}
	}
	return errDied
}

type dying struct {
	evidence.Ledger
	m *mortal
}

func (d dying) Unsealed(ctx context.Context, n int) (rs []evidence.Record, err error) {
	err = d.m.call(func() error { rs, err = d.Ledger.Unsealed(ctx, n); return err })
	return rs, err
}

func (d dying) Head(ctx context.Context) (c evidence.Checkpoint, err error) {
	err = d.m.call(func() error { c, err = d.Ledger.Head(ctx); return err })
	return c, err
}

func (d dying) Seqs(ctx context.Context, bs []core.BusinessID) (s map[core.BusinessID]int64, err error) {
	err = d.m.call(func() error { s, err = d.Ledger.Seqs(ctx, bs); return err })
	return s, err
}

func (d dying) Tiles(ctx context.Context, ts []evidence.TileID) (t map[evidence.TileID][]byte, err error) {
	err = d.m.call(func() error { t, err = d.Ledger.Tiles(ctx, ts); return err })
	return t, err
}

func (d dying) Seal(ctx context.Context, rs []evidence.Record, ls []evidence.Leaf, ts []evidence.Tile, c evidence.Checkpoint) error {
	return d.m.call(func() error { return d.Ledger.Seal(ctx, rs, ls, ts, c) })
}

// A sealer that dies between any two of its steps, or at the commit, leaves the
// log as it was, and the next one goes on as if nothing had been.
func TestDyingSealer(t *testing.T) {
	for name, open := range stores() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLog(t, open(t))
			l.write(90)
			l.drain(90)
			for _, after := range []bool{false, true} {
				for point := 1; point <= 6; point++ {
					before := l.head()
					l.write(70)
					// A step that found nothing yet, since another transaction on the server is
					// open, has fewer calls than six.
					var err error
					for err == nil && l.head().Size == before.Size {
						l.store.left, l.store.after = point, after
						_, err = l.sealer.Step(t.Context())
					}
					l.store.left = 0
					if !errors.Is(err, errDied) || l.head().Size != before.Size {
						t.Fatalf("dying at call %d (%v): %v, and a log of %d after one of %d", point, after, err, l.head().Size, before.Size)
					}
					l.drain(int64(len(l.rs)))
					l.check(before)
				}
			}
		})
	}
}

// Three sealers and two writers at once: the log does not fork, and has all.
func TestSealersAtOnce(t *testing.T) {
	for name, open := range stores() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const writers, times, each = 2, 10, 40
			l := newLog(t, open(t))
			l.store = &mortal{Store: l.store.Store}
			l.sealer.Store, l.sealer.Batch = l.store.Store, 64
			var wg sync.WaitGroup
			for range writers {
				wg.Go(func() {
					for range times {
						l.write(each)
					}
				})
			}
			for range 3 {
				wg.Go(func() { l.drain(writers * times * each) })
			}
			wg.Wait()
			l.check(evidence.Checkpoint{})
		})
	}
}
