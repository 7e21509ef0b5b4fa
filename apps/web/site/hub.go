package site

import (
	"context"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
)

// The bounds of one process. Who finds no place looks at pages that do not move.
const (
	mostStreams     = 2000
	mostUserStreams = 8
)

// A hub tells open pages that something of their business has changed. It looks
// into the store once for all of them, so that it costs the same however many
// look, and only while somebody does. Several processes need nothing of each
// other: each looks for itself.
type hub struct {
	life  context.Context
	every time.Duration
	// marks returns a number for each business that grows with each change.
	marks func(context.Context, []core.BusinessID) (map[core.BusinessID]int64, error)

	mu      sync.Mutex
	streams map[*stream]struct{}
	byUser  map[core.UserID]int
	looking bool
}

func newHub(life context.Context, every time.Duration, marks func(context.Context, []core.BusinessID) (map[core.BusinessID]int64, error)) *hub {
	return &hub{life: life, every: every, marks: marks, streams: make(map[*stream]struct{}), byUser: make(map[core.UserID]int)}
}

// A stream is one open page.
type stream struct {
	business core.BusinessID
	user     core.UserID
	mark     int64
	// Moved has a value when the mark has: as many changes as happen meanwhile are
	// one.
	moved chan int64
}

// join adds an open page that has seen everything up to the mark. It returns nil
// where there is no place. The caller leaves.
func (h *hub) join(b core.BusinessID, u core.UserID, mark int64) *stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.streams) >= mostStreams || h.byUser[u] >= mostUserStreams || h.life.Err() != nil {
		return nil
	}
	s := &stream{business: b, user: u, mark: mark, moved: make(chan int64, 1)}
	h.streams[s] = struct{}{}
	h.byUser[u]++
	if !h.looking {
		h.looking = true
		go h.look()
	}
	return s
}

func (h *hub) leave(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, s)
	if h.byUser[s.user]--; h.byUser[s.user] <= 0 {
		delete(h.byUser, s.user)
	}
}

// look runs while anybody is there.
func (h *hub) look() {
	tick := time.NewTicker(h.every)
	defer tick.Stop()
	for {
		bs := h.watched()
		if bs == nil {
			return
		}
		// A store that does not answer has no news: the next look may have.
		if marks, err := h.marks(h.life, bs); err == nil {
			h.tell(marks)
		}
		select {
		case <-h.life.Done():
			return
		case <-tick.C:
		}
	}
}

// watched are the businesses that somebody looks at. Where there is none it notes
// that nobody is looking, and returns nil.
func (h *hub) watched() []core.BusinessID {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := make(map[core.BusinessID]bool)
	for s := range h.streams {
		seen[s.business] = true
	}
	if len(seen) == 0 {
		h.looking = false
		return nil
	}
	bs := make([]core.BusinessID, 0, len(seen))
	for b := range seen {
		bs = append(bs, b)
	}
	return bs
}

func (h *hub) tell(marks map[core.BusinessID]int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.streams {
		m, ok := marks[s.business]
		if !ok || m == s.mark {
			continue
		}
		s.mark = m
		select {
		case <-s.moved: // an older number that nobody has taken
		default:
		}
		s.moved <- m
	}
}
