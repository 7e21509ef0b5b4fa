package dispatch

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/store"
)

// Pacing takes no statement a text: a claim reads the meters of its businesses
// together, leaves alone what goes beyond a few seconds of their rates, and
// spends what it is about to send. Claims then pass over a business until its
// meter allows the next.

// ahead is how much of a rate one claim may take.
const ahead = 5 * time.Second

// meters are those of the businesses of a batch.
type meters struct {
	old   map[core.BusinessID]pace.Meter
	rates map[core.BusinessID]pace.Rate // without refusals
	room  map[core.BusinessID]int       // parts that may yet be taken, for who has a limit
	taken map[core.BusinessID]int
}

// readMeters locks the meters of the businesses of a batch, and the account's.
func readMeters(ctx context.Context, tx store.Tx, set Settings, rates map[core.BusinessID]pace.Rate, now time.Time) (meters, error) {
	m := meters{rates: rates, room: make(map[core.BusinessID]int), taken: make(map[core.BusinessID]int)}
	rates[core.BusinessID{}] = set.Account
	ids := make([]core.BusinessID, 0, len(rates))
	for id := range rates {
		ids = append(ids, id)
	}
	var err error
	if m.old, err = tx.Pace.Meters(ctx, ids); err != nil {
		return m, err
	}
	for id, rate := range rates {
		if r := m.old[id].Rate(rate, now); r.Limited() {
			m.room[id] = max(1, int(float64(r.N)*float64(ahead)/float64(r.Per)))
		}
	}
	return m, nil
}

// take reports whether a text may be taken now, and takes it. Answers always
// may: they must be quick, and are few.
func (m *meters) take(msg message.Message) bool {
	both := [2]core.BusinessID{msg.Business, {}}
	if !msg.Class.Answers() {
		for _, id := range both {
			parts := m.parts(msg, id)
			if room, limited := m.room[id]; limited && m.taken[id] > 0 && m.taken[id]+parts > room {
				return false
			}
		}
	}
	for _, id := range both {
		m.taken[id] += m.parts(msg, id)
	}
	return true
}

// parts is what a text counts as on a meter.
func (m *meters) parts(msg message.Message, id core.BusinessID) int {
	return m.rates[id].Parts(msg.Segments, len(msg.Media) > 0)
}

// spend saves what the batch sends.
func (m *meters) spend(ctx context.Context, tx store.Tx, sending []message.Message, now time.Time) error {
	parts := make(map[core.BusinessID]int)
	for _, msg := range sending {
		parts[msg.Business] += m.parts(msg, msg.Business)
		parts[core.BusinessID{}] += m.parts(msg, core.BusinessID{})
	}
	changed := make(map[core.BusinessID]pace.Meter)
	for id, n := range parts {
		before, had := m.old[id]
		after := before.Spend(m.rates[id], n, now)
		if had && after.Idle(now) {
			after = pace.Meter{} // forgotten, so that nobody waits for its row
		}
		if after != before {
			changed[id] = after
		}
	}
	return tx.Pace.SaveMeters(ctx, changed)
}

// brake notes in the meters which senders the carrier asked to slow down, or
// does not take texts from.
func (s *Service) brake(ctx context.Context, tx store.Tx, rs []result) error {
	var ids []core.BusinessID
	for _, r := range rs {
		if r.slow || r.halted {
			ids = append(ids, r.Business)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	meters, err := tx.Pace.Meters(ctx, ids)
	if err != nil {
		return err
	}
	changed := make(map[core.BusinessID]pace.Meter)
	for _, r := range rs {
		if !r.slow && !r.halted {
			continue
		}
		m, ok := changed[r.Business]
		if !ok {
			m = meters[r.Business]
		}
		if r.slow {
			m = m.Refused(r.At, r.after)
		}
		if r.halted {
			m = m.Halted(r.Due)
		}
		changed[r.Business] = m
	}
	return tx.Pace.SaveMeters(ctx, changed)
}

// slowed reads from the carrier's refusal whether the sender is to slow down or
// the guest's carrier takes nothing more today.
func (r *result) slowed(err error, now time.Time) {
	var e *core.Error
	switch {
	case errors.Is(err, message.ErrDailyCap):
		r.Due, r.Reason = pace.Midnight(now), "carrier_daily_cap"
	case errors.Is(err, message.ErrSlowDown):
		r.slow, r.Reason = true, "carrier_slow"
		if errors.As(err, &e) {
			r.after = e.RetryAfter
		}
	}
}

// A brakes notes senders that a Step must not submit from any more. One venue
// whose number is not registered, or that sends too much, must not hold up the
// others; where the whole account is refused, each sender finds out with one
// text. It is safe for concurrent use.
type brakes struct {
	mu      sync.Mutex
	senders map[core.Number]held
}

// held is until when, and why.
type held struct {
	until  time.Time
	reason string
}

func (b *brakes) set(n core.Number, h held) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.senders == nil {
		b.senders = make(map[core.Number]held)
	}
	b.senders[n] = h
}

func (b *brakes) of(n core.Number) held {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.senders[n]
}

func (b *brakes) on(n core.Number) bool { return b.of(n) != held{} }
