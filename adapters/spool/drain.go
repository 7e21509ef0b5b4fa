package spool

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/intake"
)

// A lane is one of the two queues: its segments, oldest first. The newest may be
// open for writing; the oldest may be loaded for reading, and then is not open.
type lane struct {
	name     string
	segments []*segment
	open     file
	loaded   []piece // what is left of the oldest segment
	isLoaded bool
}

func (l *lane) seal() {
	if l.open != nil {
		_ = l.open.Close() // every acknowledged byte of it is synced
		l.open = nil
	}
}

func segmentName(lane string, number int) string { return fmt.Sprintf("%s-%010d.spool", lane, number) }

// find takes stock of what is in the folder.
func (s *Spool) find() error {
	entries, err := os.ReadDir(s.config.Dir)
	if err != nil {
		return err
	}
	numbers := map[*segment]int{}
	for _, e := range entries {
		path := filepath.Join(s.config.Dir, e.Name())
		words := strings.Split(strings.TrimSuffix(e.Name(), ".spool"), "-")
		isAside := words[0] == "aside"
		if isAside {
			words = words[1:]
		}
		if len(words) < 2 || !strings.HasSuffix(e.Name(), ".spool") || words[0] != s.urgent.name && words[0] != s.others.name {
			continue
		}
		n, err := strconv.Atoi(words[1])
		if err != nil {
			continue
		}
		s.number = max(s.number, n)
		if isAside {
			info, err := e.Info()
			if err != nil {
				return err
			}
			s.aside += info.Size()
			s.asides++
			continue
		}
		seg, err := survey(path)
		if err != nil {
			return err
		}
		numbers[seg] = n
		l := s.others
		if words[0] == s.urgent.name {
			l = s.urgent
		}
		l.segments = append(l.segments, seg)
	}
	for _, l := range []*lane{s.urgent, s.others} {
		slices.SortFunc(l.segments, func(a, b *segment) int { return cmp.Compare(numbers[a], numbers[b]) })
	}
	return nil
}

// survey counts what is in a segment that an earlier process wrote.
func survey(path string) (*segment, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	seg := &segment{path: path, size: int64(len(b))}
	for _, p := range pieces(b) {
		if p.ok {
			seg.count(p.event.Received)
		}
	}
	return seg, nil
}

// Next returns up to n events, opt-outs first. It may return fewer than there
// are, but none only if there are none.
func (s *Spool) Next(n int) ([]intake.Spooled, error) {
	const op = "spool.Next"
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, core.E(op, core.Unavailable, "the spool is closed")
	}
	for _, l := range []*lane{s.urgent, s.others} {
		for len(l.segments) > 0 {
			if err := s.load(l); err != nil {
				return nil, core.Wrap(op, core.Unavailable, "the spool cannot be read", err)
			}
			if len(l.loaded) == 0 {
				if err := s.drop(l); err != nil {
					return nil, core.Wrap(op, core.Unavailable, "the spool's files cannot be removed", err)
				}
				continue
			}
			es := make([]intake.Spooled, min(n, len(l.loaded)))
			s.last, s.given = l, len(es)
			for i := range es {
				es[i] = l.loaded[i].event
				es[i].Urgent = l == s.urgent
			}
			return es, nil
		}
	}
	s.last, s.given = nil, 0
	return nil, nil
}

// load reads a lane's oldest segment and sets aside what is damaged in it.
// Nothing more is written to it from then on.
func (s *Spool) load(l *lane) error {
	if l.isLoaded {
		return nil
	}
	if len(l.segments) == 1 {
		l.seal()
	}
	seg := l.segments[0]
	b, err := os.ReadFile(seg.path)
	if err != nil {
		return err
	}
	var whole []piece
	for _, p := range pieces(b) {
		switch {
		case p.ok:
			whole = append(whole, p)
		case p.torn:
			s.torn++
		default:
			if err := s.setAside(seg, p); err != nil {
				return err
			}
		}
	}
	l.loaded, l.isLoaded = whole, true
	seg.events = len(whole)
	return nil
}

// setAside writes a piece to a file of their own, named after where they were, so
// that doing it again after a crash makes no second one. A segment may be made
// of it again by giving it a segment's name.
func (s *Spool) setAside(seg *segment, p piece) error {
	name := strings.TrimSuffix(filepath.Base(seg.path), ".spool")
	path := filepath.Join(s.config.Dir, fmt.Sprintf("aside-%s-%d.spool", name, p.at))
	_, err := os.Lstat(path)
	again := err == nil
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append([]byte(header), p.bytes...))
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = syncDir(s.config.Dir)
	}
	if err != nil {
		return err
	}
	if !again {
		s.asides++
		s.aside += int64(len(header) + len(p.bytes))
	}
	return nil
}

// drop removes a lane's oldest segment, of which nothing is left.
func (s *Spool) drop(l *lane) error {
	if err := os.Remove(l.segments[0].path); err != nil && !os.IsNotExist(err) {
		return err
	}
	l.segments, l.loaded, l.isLoaded = l.segments[1:], nil, false
	return nil
}

// Done removes the first n of what Next returned last; of those, it sets the
// refused ones aside.
func (s *Spool) Done(n int, refused []int) error {
	const op = "spool.Done"
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.last
	if n == 0 {
		return nil
	}
	if l == nil || s.closed || n > s.given {
		return core.E(op, core.Internal, "more was done than there was")
	}
	seg := l.segments[0]
	for _, i := range refused {
		if err := s.setAside(seg, l.loaded[i]); err != nil {
			return core.Wrap(op, core.Unavailable, "what the store refused cannot be set aside", err)
		}
	}
	l.loaded = l.loaded[n:]
	s.last = nil
	seg.events -= n
	if len(l.loaded) > 0 {
		seg.oldest = l.loaded[0].event.Received
		return nil
	}
	if err := s.drop(l); err != nil {
		return core.Wrap(op, core.Unavailable, "the spool's files cannot be removed", err)
	}
	return nil
}
