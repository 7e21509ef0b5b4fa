package hook

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/jobfluss/nexo"
)

// What one source may send that is refused: so many at once, and so many a
// second after that. A webhook that is genuine costs nothing, however many
// there are: a carrier delivers the receipts of whole campaigns from a few
// addresses. maxSources bounds the memory.
const (
	badBurst   = 500
	badRate    = 100.0 // a second
	maxSources = 4096
)

// sources counts what is refused by the address it comes from. Two maps take
// turns: when the newer is full, the older is forgotten, and with it whoever
// has not been heard of for a while.
type sources struct {
	trusted nexo.TrustedProxies
	now     func() time.Time

	mu         sync.Mutex
	newer, old map[netip.Addr]*bucket
}

// A bucket has tokens, of which each webhook takes one and a genuine one gives
// it back.
type bucket struct {
	tokens float64
	filled time.Time
}

func newSources(trusted nexo.TrustedProxies, now func() time.Time) *sources {
	return &sources{trusted: trusted, now: now, newer: make(map[netip.Addr]*bucket)}
}

// take reports whether the source may send at all just now.
func (s *sources) take(a netip.Addr) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bucket(a)
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// give is for a webhook that was genuine.
func (s *sources) give(a netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bucket(a)
	b.tokens = min(badBurst, b.tokens+1)
}

func (s *sources) bucket(a netip.Addr) *bucket {
	now := s.now()
	b := s.newer[a]
	if b == nil {
		if b = s.old[a]; b == nil {
			b = &bucket{tokens: badBurst, filled: now}
		}
		if len(s.newer) >= maxSources {
			s.old, s.newer = s.newer, make(map[netip.Addr]*bucket)
		}
		s.newer[a] = b
	}
	if d := now.Sub(b.filled); d > 0 {
		b.tokens, b.filled = min(badBurst, b.tokens+d.Seconds()*badRate), now
	}
	return b
}

// of returns where a request comes from: who opened the connection or, where
// that is a trusted proxy, the last address in X-Forwarded-For that is none.
// What stands before that, anybody can have written. Of an IPv6 address it is
// the network that one customer gets, /64.
func (s *sources) of(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	a := peer.Addr().Unmap()
	if s.isTrusted(a) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			if a = hop.Unmap(); !s.isTrusted(a) {
				break
			}
		}
	}
	if a.Is6() {
		p, _ := a.WithZone("").Prefix(64) // 64 fits every IPv6 address
		return p.Addr()
	}
	return a
}

func (s *sources) isTrusted(a netip.Addr) bool {
	for _, p := range s.trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
