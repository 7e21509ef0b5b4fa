package spool

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/intake"
)

// Config is where a Spool is, and its size. The zero value of a number means
// its default.
type Config struct {
	Dir     string
	Max     int64 // bytes that it may hold; 1 GiB
	Segment int64 // bytes after which a segment is closed; 8 MiB
}

const (
	defaultMax     = 1 << 30
	defaultSegment = 8 << 20
)

// A Spool is the queue on the disk. It is safe for concurrent use, but for Next
// and Done, which are for one caller at a time.
type Spool struct {
	config Config
	create func(path string) (file, error) // os.OpenFile, but for tests
	unlock func()

	mu     sync.Mutex
	urgent *lane
	others *lane
	last   *lane // whose events Next returned last,
	given  int   // and how many
	number int   // of the newest segment of any lane
	aside  int64 // bytes that are set aside
	torn   int
	asides int
	closed bool
}

var _ intake.Spool = (*Spool)(nil)

// A file is what is written to.
type file interface {
	Write(p []byte) (int, error)
	Sync() error
	Truncate(size int64) error
	Close() error
}

// Open opens the spool in a folder, which it makes if it is missing, and finds
// what an earlier process left in it. Errors have kind Invalid where the folder
// cannot be used, Conflict where another process uses it.
func Open(c Config) (*Spool, error) {
	const op = "spool.Open"
	c.Max, c.Segment = cmp.Or(c.Max, defaultMax), cmp.Or(c.Segment, defaultSegment)
	if err := makeDir(c.Dir); err != nil {
		return nil, core.Wrap(op, core.Invalid, "the spool's folder cannot be made; look at NEXO_SPOOL and who may write there", err)
	}
	unlock, err := lock(filepath.Join(c.Dir, "lock"))
	if errors.Is(err, errLocked) {
		return nil, core.E(op, core.Conflict, "another process uses the spool's folder; give each a folder of its own by NEXO_SPOOL")
	} else if err != nil {
		return nil, core.Wrap(op, core.Invalid, "the spool's folder cannot be written; look at NEXO_SPOOL and who may write there", err)
	}
	s := &Spool{config: c, create: createFile, unlock: unlock, urgent: &lane{name: "urgent"}, others: &lane{name: "others"}}
	if err := s.find(); err != nil {
		unlock()
		return nil, core.Wrap(op, core.Invalid, "the spool's folder cannot be read; look at NEXO_SPOOL and who may read there", err)
	}
	return s, nil
}

// makeDir makes a folder and those above it that are missing, each so that it is
// there after a crash: what is in a lost folder is lost.
func makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	above := filepath.Dir(filepath.Clean(dir))
	if above != dir {
		if err := makeDir(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(above)
}

func createFile(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
}

// Add writes events and waits until the disk has them.
func (s *Spool) Add(es []intake.Spooled) error {
	const op = "spool.Add"
	var urgent, others []byte
	for _, e := range es {
		if len(e.Raw)+len(e.ID)+len(e.Provider)+16 > maxPayload || len(e.ID) > 1<<11 || len(e.Provider) > 1<<11 {
			return core.E(op, core.Unavailable, "an event is larger than a spool takes")
		}
		if e.Urgent {
			urgent = appendRecord(urgent, e)
		} else {
			others = appendRecord(others, e)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return core.E(op, core.Unavailable, "the spool is closed")
	}
	// The last tenth is for opt-outs.
	size := s.bytes()
	if size+int64(len(urgent)+len(others)) > s.config.Max || len(others) > 0 && size+int64(len(others)) > s.config.Max/10*9 {
		return core.E(op, core.Unavailable, "the spool is full")
	}
	for _, w := range []struct {
		l *lane
		b []byte
	}{{s.urgent, urgent}, {s.others, others}} {
		if len(w.b) == 0 {
			continue
		}
		if err := s.write(w.l, w.b); errors.Is(err, syscall.ENOSPC) {
			return core.Wrap(op, core.Unavailable, "the spool's disk is full", err)
		} else if err != nil {
			return core.Wrap(op, core.Unavailable, "the spool cannot be written", err)
		}
		for _, e := range es {
			if e.Urgent == (w.l == s.urgent) {
				w.l.segments[len(w.l.segments)-1].count(e.Received)
			}
		}
	}
	return nil
}

// write appends records to a lane's newest segment and syncs. If that fails,
// nothing of them is left, or they are in a segment that nothing more is written
// to: either is right, since nobody is told that they were kept.
func (s *Spool) write(l *lane, b []byte) error {
	if l.open != nil && l.segments[len(l.segments)-1].size >= s.config.Segment {
		l.seal()
	}
	if l.open == nil {
		if err := s.begin(l); err != nil {
			return err
		}
	}
	seg := l.segments[len(l.segments)-1]
	_, err := l.open.Write(b)
	if err == nil {
		err = l.open.Sync()
	}
	if err != nil {
		// After a failed sync the kernel may call dirty pages clean: what this
		// file says from here on cannot be known.
		if l.open.Truncate(seg.size) != nil {
			seg.size += int64(len(b)) // as much as may be there
		}
		l.seal()
		if seg.events == 0 && os.Remove(seg.path) == nil {
			// A disk that fails for hours must not be littered with empty files.
			l.segments = l.segments[:len(l.segments)-1]
		}
		return err
	}
	seg.size += int64(len(b))
	return nil
}

// begin starts a new segment.
func (s *Spool) begin(l *lane) error {
	path := filepath.Join(s.config.Dir, segmentName(l.name, s.number+1))
	f, err := s.create(path)
	if errors.Is(err, fs.ErrExist) {
		s.number++ // somebody put it there; the next is free
	}
	if err != nil {
		return err
	}
	s.number++
	_, err = f.Write([]byte(header))
	if err == nil {
		err = syncDir(s.config.Dir)
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(path)
		return err
	}
	l.open = f
	l.segments = append(l.segments, &segment{path: path, size: int64(len(header))})
	return nil
}

// Stat says how much there is.
func (s *Spool) Stat() intake.SpoolStat {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := intake.SpoolStat{Bytes: s.bytes(), Max: s.config.Max, Torn: s.torn, Aside: s.asides}
	for _, l := range []*lane{s.urgent, s.others} {
		for _, seg := range l.segments {
			st.Events += seg.events
			if !seg.oldest.IsZero() && (st.Oldest.IsZero() || seg.oldest.Before(st.Oldest)) {
				st.Oldest = seg.oldest
			}
		}
	}
	return st
}

func (s *Spool) bytes() int64 {
	n := s.aside
	for _, l := range []*lane{s.urgent, s.others} {
		for _, seg := range l.segments {
			n += seg.size
		}
	}
	return n
}

// Close lets another process use the folder. What is in the spool stays there.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.urgent.seal()
	s.others.seal()
	s.unlock()
	return nil
}

// A segment is one file.
type segment struct {
	path   string
	size   int64
	events int
	oldest time.Time
}

func (g *segment) count(received time.Time) {
	g.events++
	if g.oldest.IsZero() || received.Before(g.oldest) {
		g.oldest = received
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
