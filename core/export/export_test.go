package export_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/export"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

// A folder is an [export.Folder] in memory that loses power once so many bytes
// have been written.
type folder struct {
	fstest.MapFS
	left int // bytes until then; negative: never
}

func newFolder() *folder { return &folder{MapFS: fstest.MapFS{}, left: -1} }

var errPower = errors.New("the power is gone")

func (f *folder) Put(name string, data []byte) error {
	if f.left == 0 {
		return errPower
	}
	f.MapFS[name] = &fstest.MapFile{Data: bytes.Clone(data)}
	return nil
}

func (f *folder) Extend(name string, size int64) (io.WriteCloser, error) {
	var have []byte
	if old := f.MapFS[name]; old != nil {
		have = old.Data[:size:size]
	}
	f.MapFS[name] = &fstest.MapFile{Data: have}
	return &open{f, name}, nil
}

type open struct {
	f    *folder
	name string
}

func (o *open) Write(b []byte) (int, error) {
	n := len(b)
	if o.f.left >= 0 && n > o.f.left {
		n = o.f.left
	}
	if o.f.left > 0 {
		o.f.left -= n
	}
	file := o.f.MapFS[o.name]
	file.Data = append(file.Data, b[:n]...)
	if n < len(b) {
		o.f.left = 0
		return n, errPower
	}
	return n, nil
}

func (o *open) Close() error { return nil }

func (f *folder) bytes() map[string]string {
	out := map[string]string{}
	for name, file := range f.MapFS {
		out[name] = string(file.Data)
	}
	return out
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func keys(t venuetest.TB, name string) (note.Signer, note.Verifiers) {
	skey, vkey, err := note.GenerateKey(zeros{}, name)
	if err != nil {
		t.Fatalf("%v", err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatalf("%v", err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return s, note.VerifierList(v)
}

// sealed is a log of two venues: guests join, leave, get a campaign, and one of
// them is erased.
func sealed(t venuetest.TB) (*venuetest.World, note.Verifiers, *seal.Service) {
	w := venuetest.New(t)
	var guests []core.Number
	for i := range 12 {
		guests = append(guests, venuetest.Guest(i*99))
	}
	w.Open("Other", "OTHER", core.MustNumber("+15125550199"))
	w.Join(guests...)
	w.Says(guests[0], "please stop texting me <b>&\u2028")
	w.Hear()
	w.Send()
	w.Clock.Add(24 * time.Hour)
	w.Campaign()
	w.Send()
	s, v := keys(t, "nexo.example/log")
	sealer := &seal.Service{Store: w.Store, Clock: w.Clock, Origin: "nexo.example/log", Signers: []note.Signer{s}}
	if _, err := sealer.Step(context.Background()); err != nil {
		t.Fatalf("%v", err)
	}
	w.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfPair(ctx, w.Pair(guests[3]), core.RecordID{}, 2)
		if err != nil {
			return err
		}
		return tx.Evidence.Erase(ctx, w.Business.ID, []core.RecordID{rs[0].ID, rs[1].ID})
	})
	return w, v, sealer
}

func TestExport(t *testing.T) {
	w, v, sealer := sealed(t)
	f, s := newFolder(), &export.Service{Store: w.Store, Page: 7}
	var told []int64
	rep, err := s.Export(t.Context(), w.Business.ID, f, func(n int64) { told = append(told, n) })
	if err != nil || rep.Records < 40 || rep.Resumed != 0 || len(told) < 5 || told[len(told)-1] != rep.Records {
		t.Fatalf("it says %+v, %v, and told %v", rep, err, told)
	}
	c, err := export.Verify(f, v)
	if err != nil {
		t.Fatal(err)
	}
	if c.Records != rep.Records || c.Erased != 2 || c.Business != w.Business.ID || c.Kinds[evidence.KindRevocation] == 0 || c.Kinds[evidence.KindDecision] < 12 || c.Origin != "nexo.example/log" {
		t.Errorf("it is checked as %+v", c)
	}
	// Once more, after the log has grown: it is finished, and stays as it is.
	before := f.bytes()
	w.Says(venuetest.Guest(99), "STOP")
	if _, err := sealer.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rep, err = s.Export(t.Context(), w.Business.ID, f, nil); err != nil || !maps.Equal(f.bytes(), before) || rep.Resumed != c.Records {
		t.Errorf("a second run: %+v, %v", rep, err)
	}
}

// Wherever the power goes, the next run ends with the same bytes, also when the
// log has grown in between.
func TestInterrupted(t *testing.T) {
	w, v, sealer := sealed(t)
	s := &export.Service{Store: w.Store, Page: 5}
	whole := newFolder()
	if _, err := s.Export(t.Context(), w.Business.ID, whole, nil); err != nil {
		t.Fatal(err)
	}
	begun := newFolder() // the checkpoint is taken before the log grows
	begun.left = 1
	if _, err := s.Export(t.Context(), w.Business.ID, begun, nil); !errors.Is(err, errPower) {
		t.Fatal(err)
	}
	w.Says(venuetest.Guest(99), "STOP")
	if _, err := sealer.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	size := len(whole.bytes()[export.RecordsFile])
	rapid.Check(t, func(t *rapid.T) {
		f := &folder{MapFS: maps.Clone(begun.MapFS)}
		for _, left := range rapid.SliceOfN(rapid.IntRange(1, size/2), 0, 4).Draw(t, "power") {
			f.left = left
			if _, err := s.Export(context.Background(), w.Business.ID, f, nil); err != nil && !errors.Is(err, errPower) {
				t.Fatal(err)
			}
		}
		f.left = -1
		if _, err := s.Export(context.Background(), w.Business.ID, f, nil); err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(f.bytes(), whole.bytes()) {
			t.Fatal("after an interruption the bytes are others")
		}
	})
	if _, err := export.Verify(whole, v); err != nil {
		t.Error(err)
	}
}

// Any byte that is changed, any line that is left out, moved or repeated, any
// file that is gone, and any other key is found.
func TestTampering(t *testing.T) {
	w, v, _ := sealed(t)
	whole := newFolder()
	if _, err := (&export.Service{Store: w.Store}).Export(t.Context(), w.Business.ID, whole, nil); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		f := newFolder()
		for name, data := range whole.bytes() {
			f.MapFS[name] = &fstest.MapFile{Data: []byte(data)}
		}
		name := rapid.SampledFrom([]string{export.RecordsFile, export.RecordsFile, export.CheckpointFile, export.LawFile, export.ReadmeFile, export.ManifestFile}).Draw(t, "file")
		data := f.MapFS[name].Data
		lines := strings.SplitAfter(string(data), "\n")
		switch rapid.IntRange(0, 4).Draw(t, "how") {
		case 0:
			delete(f.MapFS, name)
		case 1:
			data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		case 2:
			f.MapFS[name].Data = data[:rapid.IntRange(0, len(data)-1).Draw(t, "cut")]
		case 3:
			i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
			f.MapFS[name].Data = []byte(strings.Join(append(lines[:i:i], append([]string{"x\n"}, lines[i:]...)...), ""))
		case 4:
			f.MapFS[name].Data = append(data, ' ', '{', '}')
		}
		if _, err := export.Verify(f, v); !errors.Is(err, core.Invalid) {
			t.Fatalf("it passes: %v", err)
		} else if strings.Contains(err.Error(), "55501") {
			t.Fatalf("the error quotes a number: %v", err)
		}
	})
	_, other := keys(t, "elsewhere.example/log")
	if _, err := export.Verify(whole, other); !errors.Is(err, core.Invalid) {
		t.Errorf("with another key: %v", err)
	}
}

// What a forger could change together: lines and manifest. The log finds it.
func TestForging(t *testing.T) {
	w, v, _ := sealed(t)
	whole := newFolder()
	if _, err := (&export.Service{Store: w.Store}).Export(t.Context(), w.Business.ID, whole, nil); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(whole.bytes()[export.RecordsFile], "\n"), "\n")
	swapped := append([]string{lines[1], lines[0]}, lines[2:]...)
	for name, c := range map[string]struct {
		text string
		says string
	}{
		"a record left out":   {strings.Join(append(lines[:4:4], lines[5:]...), ""), "left out"},
		"two records swapped": {strings.Join(swapped, ""), "another order"},
		"another word":        {strings.Replace(strings.Join(lines, ""), `"said":"TACOS`, `"said":"TAXIS`, 1), "was changed"},
		"another salt":        {strings.Replace(strings.Join(lines, ""), `"salt":"01`, `"salt":"02`, 1), "was changed"},
		"another commitment":  {strings.Replace(strings.Join(lines, ""), `"commitment":"`, `"commitment":"00`, 1), "commitment"},
		"something more":      {strings.Replace(strings.Join(lines, ""), `{"seq":1,`, `{"more":1,"seq":1,`, 1), "none of an export"},
		"a record of its own": {strings.Join(append(lines[:len(lines)-1:len(lines)-1], lines[len(lines)-1]+"\n", lines[0]), ""), "another order"},
	} {
		f := newFolder()
		for n, data := range whole.bytes() {
			f.MapFS[n] = &fstest.MapFile{Data: []byte(data)}
		}
		f.MapFS[export.RecordsFile].Data = []byte(c.text + "\n")
		if _, err := export.Verify(f, v); !errors.Is(err, core.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want that it says %q", name, err, c.says)
		}
	}
}

func TestRefused(t *testing.T) {
	w, _, _ := sealed(t)
	s := &export.Service{Store: w.Store}
	if _, err := s.Export(t.Context(), core.BusinessID{9}, newFolder(), nil); !errors.Is(err, core.NotFound) {
		t.Errorf("a business that is not there: %v", err)
	}
	f := newFolder()
	other, _ := w.Open("Third", "THIRD", core.MustNumber("+15125550198"))
	if _, err := s.Export(t.Context(), w.Business.ID, f, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Export(t.Context(), other.ID, f, nil); !errors.Is(err, core.Conflict) {
		t.Errorf("into another's folder: %v", err)
	}
	foreign := newFolder()
	foreign.MapFS[export.CheckpointFile] = &fstest.MapFile{Data: []byte("shopping list")}
	if _, err := s.Export(t.Context(), w.Business.ID, foreign, nil); !errors.Is(err, core.Conflict) {
		t.Errorf("into a folder with other things: %v", err)
	}
	empty := venuetest.New(t)
	if _, err := (&export.Service{Store: empty.Store}).Export(t.Context(), empty.Business.ID, newFolder(), nil); !errors.Is(err, core.Conflict) {
		t.Errorf("before anything is sealed: %v", err)
	}
	if _, err := export.Verify(newFolder(), note.VerifierList()); !errors.Is(err, core.Invalid) {
		t.Errorf("an empty folder: %v", err)
	}
}

// The heap does not grow with the number of records.
func TestConstantMemory(t *testing.T) {
	heap := func(n int64) uint64 {
		l := newEndless(t, n)
		out := &discard{folder: newFolder()}
		var most, base uint64
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		base = m.HeapAlloc
		rep, err := (&export.Service{Store: l}).Export(t.Context(), core.BusinessID{1}, out, func(at int64) {
			if at%(256*8) == 0 {
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		})
		if err != nil || rep.Records != n {
			t.Fatalf("%+v, %v", rep, err)
		}
		t.Logf("%d records, %d MB written: %d kB more on the heap", n, out.n>>20, (int64(most)-int64(base))>>10)
		return most - min(base, most)
	}
	const n = 12_000
	if few, many := heap(4096), heap(n); many > few+2<<20 {
		t.Errorf("%d records take %d bytes, 4096 take %d", n, many, few)
	}
}

// endless is a store whose ledger makes its records up.
type endless struct {
	store.Store
	evidence.Ledger
	n     int64
	head  evidence.Checkpoint
	tiles map[evidence.TileID][]byte
}

func (e *endless) record(i int64) (evidence.Record, evidence.Leaf) {
	var id core.RecordID
	binary.BigEndian.PutUint64(id[8:], uint64(i)+1)
	r := evidence.NewStaffAction(evidence.Seed{ID: id, Salt: evidence.Salt(id)}, core.BusinessID{1}, venuetest.Afternoon, core.UserID{1},
		evidence.SettingsChanged, core.CampaignID{}, map[string]string{"n": fmt.Sprint(i), "text": strings.Repeat("x", 1000)})
	return r, evidence.Leaf{Index: i, Business: r.Business, Seq: i + 1, Commitment: r.Commitment}
}

func newEndless(t *testing.T, n int64) *endless {
	e := &endless{n: n, tiles: map[evidence.TileID][]byte{}}
	hashes := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			tile := tlog.TileForIndex(8, x)
			var err error
			if out[i], err = tlog.HashFromTile(tile, e.tiles[evidence.TileID{Level: tile.L, N: tile.N}][:tile.W*tlog.HashSize], x); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
	for i := range n {
		_, leaf := e.record(i)
		hs, err := tlog.StoredHashesForRecordHash(i, tlog.RecordHash(leaf.Data()), hashes)
		if err != nil {
			t.Fatal(err)
		}
		for j, h := range hs {
			if level, k := tlog.SplitStoredHashIndex(tlog.StoredHashIndex(0, i) + int64(j)); level%8 == 0 {
				id := evidence.TileID{Level: level / 8, N: k / 256}
				e.tiles[id] = append(e.tiles[id], h[:]...)
			}
		}
	}
	root, err := tlog.TreeHash(n, hashes)
	if err != nil {
		t.Fatal(err)
	}
	e.head = evidence.Checkpoint{Size: n, Root: evidence.Hash(root), Note: []byte("note")}
	return e
}

func (e *endless) View(ctx context.Context, f func(context.Context, store.Tx) error) error {
	return f(ctx, store.Tx{Accounts: anyBusiness{}, Evidence: e})
}

type anyBusiness struct{ account.Directory }

func (anyBusiness) Business(_ context.Context, id core.BusinessID) (account.Business, error) {
	return account.Business{ID: id}, nil
}

func (e *endless) Head(context.Context) (evidence.Checkpoint, error) { return e.head, nil }

func (e *endless) OfBusiness(_ context.Context, _ core.BusinessID, after int64, n int) (rs []evidence.Record, ls []evidence.Leaf, err error) {
	for i := after; i < min(after+int64(n), e.n); i++ {
		r, l := e.record(i)
		rs, ls = append(rs, r), append(ls, l)
	}
	return rs, ls, nil
}

func (e *endless) Tiles(_ context.Context, ids []evidence.TileID) (map[evidence.TileID][]byte, error) {
	out := map[evidence.TileID][]byte{}
	for _, id := range ids {
		if data, ok := e.tiles[id]; ok {
			out[id] = data
		}
	}
	return out, nil
}

// discard counts what it is given.
type discard struct {
	*folder
	n int64
}

func (d *discard) Extend(string, int64) (io.WriteCloser, error) { return d, nil }
func (d *discard) Write(b []byte) (int, error)                  { d.n += int64(len(b)); return len(b), nil }
func (d *discard) Close() error                                 { return nil }
