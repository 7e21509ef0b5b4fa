package sim

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
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
	errUndo     = errors.New("this transaction is not to be kept")
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
		s.p.handling = s.p.handling[:0]
		return s.inner.Update(ctx, func(ctx context.Context, tx store.Tx) error {
			if err := f(ctx, s.wrap(tx)); err != nil {
				return err
			}
			return failing
		})
	}
	switch fault {
	case 1: // the commit did not happen, and nobody knows
		if err := run(errUndo); !errors.Is(err, errUndo) {
			return err
		}
		w.note("%s loses a transaction", s.p.name)
		return ambiguous
	case 2, 3: // a conflict: it runs again
		if err := run(errUndo); !errors.Is(err, errUndo) {
			return err
		}
	}
	w.seq++
	err := run(nil)
	if err == nil {
		w.handled(s.p.handling)
	}
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
	tx.Messages, tx.Inbox = watched{tx.Messages, s.p}, watchedInbox{tx.Inbox, s.p}
	if b := s.p.w.o.Bug; b != nil && b.tx != nil {
		tx = b.tx(s.p, tx)
	}
	return tx
}

// watched notes which texts are decided to go, and when.
type watched struct {
	message.Box
	p *process
}

// watchedInbox notes which webhooks are acted on.
type watchedInbox struct {
	inbox.Inbox
	p *process
}

func (x watchedInbox) Handled(ctx context.Context, at time.Time, became map[string]string) error {
	for id := range became {
		x.p.handling = append(x.p.handling, id)
	}
	return x.Inbox.Handled(ctx, at, became)
}

// handled notes that a commit has acted on webhooks.
func (w *world) handled(ids []string) {
	for _, id := range ids {
		if i, err := strconv.Atoi(strings.TrimPrefix(id, "hook-")); err == nil && i < len(w.net.hooks) {
			w.net.hooks[i].handled = w.seq
		}
	}
}

// touched notes that a text, and so its campaign, is written to.
func (b watched) touched(id core.MessageID) {
	if cl := b.p.w.campaignOf[id]; cl != nil {
		cl.dirty = true
	}
}

func (b watched) Plan(ctx context.Context, ms []message.Message) (int, error) {
	for _, m := range ms {
		if cl := b.p.w.byID[m.Campaign]; cl != nil {
			b.p.w.campaignOf[m.ID] = cl
			cl.dirty = true
		}
	}
	return b.Box.Plan(ctx, ms)
}

func (b watched) Finish(ctx context.Context, os []message.Outcome) ([]core.MessageID, error) {
	for _, o := range os {
		b.touched(o.Message)
	}
	return b.Box.Finish(ctx, os)
}

func (b watched) Settle(ctx context.Context, rs []message.Receipt) ([]message.Receipt, error) {
	for _, r := range rs {
		if _, id, err := r.Token.Parse(); err == nil {
			b.touched(id)
		}
	}
	return b.Box.Settle(ctx, rs)
}

func (b watched) Cancel(ctx context.Context, p core.Pair, c message.Class, reason string, at time.Time) (int, error) {
	n, err := b.Box.Cancel(ctx, p, c, reason, at)
	b.p.w.allDirty(n)
	return n, err
}

func (b watched) CancelCampaign(ctx context.Context, biz core.BusinessID, c core.CampaignID, reason string, at time.Time, n int) (int, error) {
	n, err := b.Box.CancelCampaign(ctx, biz, c, reason, at, n)
	b.p.w.allDirty(n)
	return n, err
}

func (b watched) Lapse(ctx context.Context, now time.Time, n int) ([]message.Message, error) {
	ms, err := b.Box.Lapse(ctx, now, n)
	b.p.w.allDirty(len(ms))
	return ms, err
}

func (w *world) allDirty(n int) {
	if n == 0 {
		return
	}
	for _, cl := range w.campaigns {
		cl.dirty = true
	}
}

func (b watched) Record(ctx context.Context, vs []message.Verdict) ([]core.MessageID, error) {
	w := b.p.w
	for _, v := range vs {
		b.touched(v.Message)
		if v.State == message.Sending {
			w.decided[v.Message] = w.seq
			if w.went[v.Message] == 0 {
				w.went[v.Message] = w.seq
			}
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
