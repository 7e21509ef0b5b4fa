package pace

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Meter is how far a business has used its rate. Workers share it through the
// store: each spends what it is about to send, and claims pass over a business
// until NotBefore. A batch may overdraw the rate; what it took too much, the next
// one waits for. The zero Meter has used nothing.
type Meter struct {
	// Free is when what was spent is paid for, at the rate.
	Free time.Time
	// Until is when the carrier may be asked again after it refused the sender.
	Until time.Time
	// Slow is by how much the rate is divided since the carrier asked for it; 0 and
	// 1 are not at all. It is of SlowAt, and wears off.
	Slow   float64
	SlowAt time.Time
}

// How a sender is slowed and comes back: the rate is halved each time the
// carrier asks for it, and what is missing comes back evenly, a full rate in a
// minute (additive increase, multiplicative decrease, as TCP has it: RFC 5681).
const (
	slowest   = 64
	deaf      = time.Second // refusals of one burst count once
	recovery  = time.Minute
	burst     = time.Second // how much may leave ahead of the rate
	busyAgain = 5 * time.Second
)

// slow is what the divisor has come to by now.
func (m Meter) slow(now time.Time) float64 {
	if m.Slow <= 1 {
		return 1
	}
	share := 1/m.Slow + float64(now.Sub(m.SlowAt))/float64(recovery)
	if share >= 1 {
		return 1
	}
	return 1 / max(share, 1.0/slowest)
}

// Rate is the rate in force at now, given the one that holds without refusals.
func (m Meter) Rate(r Rate, now time.Time) Rate {
	s := m.slow(now)
	if s == 1 {
		return r
	}
	if !r.Limited() {
		r = AccountDefault
	}
	return Rate{N: r.N, Per: time.Duration(float64(r.Per) * s), Picture: r.Picture}
}

// Spend returns the meter after n parts more.
func (m Meter) Spend(r Rate, n int, now time.Time) Meter {
	in := m.Rate(r, now)
	if !in.Limited() {
		return m
	}
	if m.Free.Before(now) {
		m.Free = now
	}
	m.Free = m.Free.Add(in.Time(n))
	return m
}

// Refused returns the meter after the carrier asked to slow down, and to come
// back no sooner than after; 0 where it did not say.
func (m Meter) Refused(now time.Time, after time.Duration) Meter {
	if after <= 0 {
		after = busyAgain
	}
	if t := now.Add(after); t.After(m.Until) {
		m.Until = t
	}
	if m.Slow > 1 && now.Sub(m.SlowAt) < deaf {
		return m
	}
	m.Slow, m.SlowAt = min(2*m.slow(now), slowest), now
	return m
}

// Halted returns the meter of a sender that the carrier does not take texts
// from: nothing is tried before the time.
func (m Meter) Halted(until time.Time) Meter {
	if until.After(m.Until) {
		m.Until = until
	}
	return m
}

// NotBefore is until when claims pass over the business.
func (m Meter) NotBefore() time.Time {
	t := m.Until
	if !m.Free.IsZero() && m.Free.Add(-burst).After(t) {
		t = m.Free.Add(-burst)
	}
	return t
}

// Idle reports whether the meter says nothing any more.
func (m Meter) Idle(now time.Time) bool {
	return !m.NotBefore().After(now) && !m.Free.After(now) && m.slow(now) == 1
}

// A Ledger holds meters. Errors are [core.Error].
type Ledger interface {
	// Meters returns those of the businesses that have one, and locks them until
	// the transaction ends, in one order.
	Meters(ctx context.Context, bs []core.BusinessID) (map[core.BusinessID]Meter, error)
	// SaveMeters stores meters, and forgets those that are the zero Meter. Marketing of a business is passed over by claims
	// until its meter's NotBefore; of every business until that of the zero id.
	SaveMeters(ctx context.Context, ms map[core.BusinessID]Meter) error
}
