package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/intake"
)

// A disk loses what was not synced, and fails when it is told to.
type disk struct {
	fail  string // "create", "write", "short", "sync", "truncate": the next of its kind
	files map[string]*diskFile
}

type diskFile struct {
	*os.File
	disk   *disk
	synced int64 // so much surely outlives a crash
}

func (d *disk) create(path string) (file, error) {
	if d.fail == "create" {
		return nil, syscall.ENOSPC
	}
	f, err := createFile(path)
	if err != nil {
		return nil, err
	}
	df := &diskFile{File: f.(*os.File), disk: d}
	d.files[path] = df
	return df, nil
}

func (f *diskFile) Write(p []byte) (int, error) {
	switch f.disk.fail {
	case "write":
		return 0, syscall.EIO
	case "short":
		n, _ := f.File.Write(p[:len(p)/2])
		return n, syscall.ENOSPC
	}
	return f.File.Write(p)
}

func (f *diskFile) Sync() error {
	if f.disk.fail == "sync" || f.disk.fail == "truncate" {
		return syscall.EIO
	}
	info, err := f.Stat()
	if err == nil {
		f.synced = info.Size()
	}
	return err
}

func (f *diskFile) Truncate(size int64) error {
	if f.disk.fail == "truncate" {
		return syscall.EIO
	}
	f.synced = min(f.synced, size)
	return f.File.Truncate(size)
}

// crash leaves of each file what was synced, and chance decides about the rest.
func (d *disk) crash(t *rapid.T, s *Spool) {
	s.unlock()
	for path, f := range d.files {
		_ = f.Close()
		info, err := os.Stat(path)
		if err != nil {
			continue // it was drained
		}
		if info.Size() > f.synced {
			if err := os.Truncate(path, rapid.Int64Range(f.synced, info.Size()).Draw(t, "left")); err != nil {
				t.Fatal(err)
			}
		}
	}
	clear(d.files)
}

// Whatever fails and whenever the machine goes down: what was acknowledged comes
// out, each sort in its order, and nothing that was never put in.
func TestPromise13SpoolLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "spool")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		d := &disk{files: map[string]*diskFile{}}
		m := model{dir: dir, disk: d, tried: map[string]bool{}, out: map[string]bool{}}
		m.open(t)
		defer func() { m.spool.unlock() }()
		t.Repeat(map[string]func(*rapid.T){
			"add":   m.add,
			"drain": func(t *rapid.T) { m.drain(t, rapid.IntRange(1, 4).Draw(t, "n")) },
			"crash": func(t *rapid.T) { d.crash(t, m.spool); m.open(t) },
		})
		d.fail = ""
		for m.spool.Stat().Events > 0 {
			m.drain(t, 3)
		}
		for _, id := range m.acked {
			if !m.out[id] {
				t.Fatalf("%s was acknowledged and never came out", id)
			}
		}
	})
}

type model struct {
	dir    string
	disk   *disk
	spool  *Spool
	n      int
	acked  []string
	tried  map[string]bool
	out    map[string]bool
	newest [2]int // of what came out, by sort
}

func (m *model) open(t *rapid.T) {
	s, err := Open(Config{Dir: m.dir, Segment: 250})
	if err != nil {
		t.Fatal(err)
	}
	s.create = m.disk.create
	// What is drained again may be older than what came out before.
	m.spool, m.newest = s, [2]int{}
}

func (m *model) add(t *rapid.T) {
	m.disk.fail = rapid.SampledFrom([]string{"", "", "", "", "create", "write", "short", "sync", "truncate"}).Draw(t, "fails")
	var es []intake.Spooled
	var names []string
	for range rapid.IntRange(1, 4).Draw(t, "events") {
		m.n++
		e := intake.Spooled{
			ID: fmt.Sprint(m.n), Provider: "test", Received: time.UnixMicro(int64(m.n)).UTC(),
			Raw: rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "raw"), Urgent: rapid.Bool().Draw(t, "urgent"),
		}
		es, names = append(es, e), append(names, e.ID)
		m.tried[e.ID] = true
	}
	err := m.spool.Add(es)
	switch {
	case err == nil && m.disk.fail == "":
		m.acked = append(m.acked, names...)
	case err == nil && m.disk.fail == "create":
		m.acked = append(m.acked, names...) // into files that were open
	case err == nil:
		t.Fatalf("the disk fails at %q, and the spool says that it has the events", m.disk.fail)
	case !errors.Is(err, core.Unavailable) || m.disk.fail == "":
		t.Fatalf("Add: %v", err)
	}
	m.disk.fail = ""
}

func (m *model) drain(t *rapid.T, n int) {
	es, err := m.spool.Next(n)
	if err != nil {
		t.Fatalf("Next: %v", err)
	}
	for _, e := range es {
		if !m.tried[e.ID] {
			t.Fatalf("%q came out, which nobody put in", e.ID)
		}
		sort, id := 0, int(e.Received.UnixMicro())
		if e.Urgent {
			sort = 1
		}
		if id <= m.newest[sort] {
			t.Fatalf("%d came out after %d", id, m.newest[sort])
		}
	}
	done := rapid.IntRange(0, len(es)).Draw(t, "done")
	for _, e := range es[:done] {
		m.out[e.ID] = true
		if e.Urgent {
			m.newest[1] = int(e.Received.UnixMicro())
		} else {
			m.newest[0] = int(e.Received.UnixMicro())
		}
	}
	if err := m.spool.Done(done, nil); err != nil {
		t.Fatalf("Done: %v", err)
	}
}

// A disk that is full for hours must not fill its folder with empty files, and
// the spool says what is wrong with it.
func TestFailingDiskLeavesNoLitter(t *testing.T) {
	for _, fails := range []string{"create", "write", "short", "sync", "truncate"} {
		dir := t.TempDir()
		s, err := Open(Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		d := &disk{files: map[string]*diskFile{}, fail: fails}
		s.create = d.create
		for i := range 20 {
			if err := s.Add([]intake.Spooled{{ID: fmt.Sprint(i), Provider: "test", Raw: []byte("x")}}); !errors.Is(err, core.Unavailable) {
				t.Fatalf("%s: Add: %v", fails, err)
			}
		}
		paths, err := filepath.Glob(filepath.Join(dir, "*.spool"))
		if err != nil || len(paths) > 0 || s.Stat().Events != 0 || s.Stat().Bytes != 0 {
			t.Errorf("%s: left are %v, %+v (%v)", fails, paths, s.Stat(), err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// FuzzPieces: no bytes of a file make it panic, and none are forgotten.
func FuzzPieces(f *testing.F) {
	b := []byte(header)
	for i := range 3 {
		b = appendRecord(b, intake.Spooled{ID: fmt.Sprint(i), Provider: "test", Received: time.UnixMicro(int64(i)), Raw: []byte(mark)})
	}
	f.Add(b)
	f.Add(b[:len(b)-3])
	f.Add(b[3:])
	f.Add(slices.Concat(b, b))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		if len(b) > 0 && slices.Equal(b[:min(len(b), len(header))], []byte(header)) {
			n = len(header)
		}
		for _, p := range pieces(b) {
			n += len(p.bytes)
		}
		if n != len(b) {
			t.Errorf("%d of %d bytes are accounted for", n, len(b))
		}
	})
}
