package sim

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// shaky is the store as one process reaches it: sometimes it is away, sometimes
// the answer to a commit is lost, sometimes a transaction runs twice, and
// sometimes the process dies around it.
type shaky struct {
	p     *process
	inner store.Store
}

func (s *shaky) Ping(ctx context.Context) error { return s.inner.Ping(ctx) }

func (s *shaky) View(ctx context.Context, f func(context.Context, store.Tx) error) error {
	if s.away() {
		return unavailable
	}
	return s.inner.View(ctx, func(ctx context.Context, tx store.Tx) error { return f(ctx, s.wrap(tx)) })
}

var (
	unavailable = core.E("sim.store", core.Unavailable, "the database cannot be reached")
	ambiguous   = core.E("sim.store", core.Ambiguous, "the connection broke while committing")
	undo        = errors.New("this transaction is not to be kept")
)

func (s *shaky) away() bool {
	w := s.p.w
	return !w.calm && !w.quiet && (w.now.Before(w.storeBack) || w.dice.hits(2))
}

func (s *shaky) Update(ctx context.Context, f func(context.Context, store.Tx) error) error {
	w := s.p.w
	if s.away() {
		return unavailable
	}
	if w.dies(s.p, 1) {
		w.note("%s dies before a transaction", s.p.name)
		panic(death{})
	}
	fault := 0
	if !w.calm && !w.quiet {
		fault = w.dice.below(1000)
	}
	run := func(failing error) error {
		return s.inner.Update(ctx, func(ctx context.Context, tx store.Tx) error {
			if err := f(ctx, s.wrap(tx)); err != nil {
				return err
			}
			return failing
		})
	}
	switch fault {
	case 1: // the commit did not happen, and nobody knows
		if err := run(undo); !errors.Is(err, undo) {
			return err
		}
		w.note("%s loses a transaction", s.p.name)
		return ambiguous
	case 2, 3: // a conflict: it runs again
		if err := run(undo); !errors.Is(err, undo) {
			return err
		}
	}
	w.seq++
	err := run(nil)
	if err == nil && w.dies(s.p, 2) {
		w.note("%s dies after a commit", s.p.name)
		panic(death{})
	}
	if err == nil && (fault == 4 || fault == 5) {
		w.note("%s does not learn of its commit", s.p.name)
		return ambiguous
	}
	return err
}

// wrap watches what is decided, and plants the bug.
func (s *shaky) wrap(tx store.Tx) store.Tx {
	tx.Messages = watched{tx.Messages, s.p}
	if b := s.p.w.o.Bug; b != nil && b.tx != nil {
		tx = b.tx(s.p, tx)
	}
	return tx
}

// decided is when a text was last decided to go: in the order of events.
type decided struct {
	seq int64
}

// watched notes which texts are decided to go, and when.
type watched struct {
	message.Box
	p *process
}

func (b watched) Record(ctx context.Context, vs []message.Verdict) ([]core.MessageID, error) {
	w := b.p.w
	for _, v := range vs {
		if v.State == message.Sending {
			w.decided[v.Message] = decided{w.seq}
		}
	}
	if w.capture != nil && !w.captured {
		for _, v := range vs {
			w.capture[v.Message] = v
		}
		w.captured, w.quiet = true, false
	}
	return b.Box.Record(ctx, vs)
}
