package dispatch

import (
	"sync/atomic"
	"time"
)

// A claim takes what store and carrier have lately managed in Settings.Fresh: what
// is decided and does not leave in that time is decided again, and what a worker
// that is killed has in its hands becomes Unknown. Where all goes well that is
// Settings.Batch; where the carrier takes seconds for an answer, it is what is
// under way at once.

// least is the smallest claim.
func (s Settings) least() int { return min(s.Concurrency, s.Batch) }

// size is how many messages the next claim takes.
func (s *Service) size(set Settings) int {
	n := int(atomic.LoadInt64(&s.managed))
	if n == 0 { // nothing is known yet
		n = max(2*set.Concurrency, set.Batch/4)
	}
	return min(max(n, set.least()), set.Batch)
}

// learn takes the next size from how a claim of this size went: some of it was not
// fresh any more when its turn came, or all of it was gone after took. A claim that
// found less to do says nothing.
func (s *Service) learn(set Settings, size, claimed int, stale bool, took time.Duration) {
	switch {
	case stale:
		size = max(size/2, set.least())
	case claimed >= size && took < set.Fresh/2:
		size = min(2*size, set.Batch)
	default:
		return
	}
	atomic.StoreInt64(&s.managed, int64(size))
}
