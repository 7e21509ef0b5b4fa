package hook

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/intake"
)

const (
	// storeWithin is how long one transaction may take before the store counts as
	// away. What is left of the carrier's two seconds is for the spool.
	// Without a spool there is nothing else to do, and it may take all of it.
	storeWithin      = 900 * time.Millisecond
	storeWithinAlone = keepWithin - 100*time.Millisecond
	// groupEvents and groupBytes bound what shares a transaction, waitEvents and
	// waitBytes what waits for the next one, in memory.
	groupEvents = 256
	groupBytes  = 1 << 20
	waitEvents  = 8192
	waitBytes   = 64 << 20
)

// A keeper keeps verified events: in the store, many in one transaction, or in
// the spool while the store is away.
type keeper struct {
	in  *nexo.Ingester
	log *slog.Logger

	// Opt-outs do not share transactions with the rest: they wait for the locks
	// of their guests, which receipts, hundreds to one, need not wait for.
	urgent, others lane

	drain drainer
}

func newKeeper(in *nexo.Ingester, log *slog.Logger) *keeper {
	k := &keeper{in: in, log: log}
	k.urgent = lane{keep: k.keepGroup, most: 1, log: log}
	k.others = lane{keep: k.keepGroup, most: 1, log: log}
	if in.Database.Postgres {
		k.others.most = 2 // one is written while the other waits for the disk
	}
	providers := map[string]intake.Provider{telnyx.Provider: in.Intake.Provider}
	if in.Stripe != nil {
		providers[stripe.Provider] = in.Stripe
	}
	k.drain = drainer{in: in, log: log, providers: providers}
	return k
}

// keep returns nil once the event is on durable storage. It waits no longer
// than ctx.
func (k *keeper) keep(ctx context.Context, e inbox.Event) (intake.Acceptance, error) {
	l := &k.others
	if intake.Revokes(e) {
		l = &k.urgent
	}
	return l.join(ctx, e)
}

// keepGroup keeps a group and tells each who waits. It is what a lane runs.
func (k *keeper) keepGroup(group []*waiter) {
	es := make([]inbox.Event, len(group))
	for i, w := range group {
		es[i] = w.event
	}
	if k.drain.isAway() {
		k.spool(group)
		return
	}
	within := storeWithin
	if k.in.Spool == nil {
		within = storeWithinAlone
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	as := k.in.Intake.AcceptAll(ctx, es)
	cancel()
	var left []*waiter
	for i, a := range as {
		w := group[i]
		w.acceptance = a
		if a.Gone() {
			k.drain.lost(a.Err)
		}
		if a.Unbarred != nil {
			k.log.Error("an opt-out is kept and not in force yet; the worker tries again", "event", a.Event,
				"kind", core.KindOf(a.Unbarred).String(), "err", a.Unbarred)
		}
		if a.Err != nil && k.in.Spool != nil {
			// What the store refuses for itself goes to the disk too: it is
			// authentic, and set aside there if it is refused again.
			left = append(left, w)
			continue
		}
		close(w.done)
	}
	if len(left) > 0 {
		k.spool(left)
	}
}

var errPanic = core.E("hook.keep", core.Internal, "a panic while an event was being kept")

// spool keeps on the disk what the store could not take.
func (k *keeper) spool(group []*waiter) {
	es := make([]intake.Spooled, len(group))
	for i, w := range group {
		w.acceptance.Err = errPanic // until it is known that the disk has it
		es[i] = intake.ToSpool(w.event)
	}
	err := k.in.Spool.Add(es)
	for _, w := range group {
		w.acceptance = intake.Acceptance{Event: w.event.ID, Kind: w.event.Kind, Type: w.event.Type, Err: err}
		close(w.done)
	}
	if err != nil {
		k.log.Error("the spool does not take webhooks; the carrier is asked to come again", "events", len(es), "why", core.MessageOf(err), "err", err)
		return
	}
	k.drain.wake()
}

// A lane makes groups of the events that come while an earlier group is being
// kept. Nothing waits for a group to fill: when nobody else is there, an event
// is a group by itself.
type lane struct {
	keep func([]*waiter)
	most int // groups that are being kept at once
	log  *slog.Logger

	mu      sync.Mutex
	waiting []*waiter
	bytes   int
	running int
}

// A waiter is a request that waits for its event to be kept. Its acceptance may
// be read when done is closed.
type waiter struct {
	event      inbox.Event
	acceptance intake.Acceptance
	done       chan struct{}
}

func (l *lane) join(ctx context.Context, e inbox.Event) (intake.Acceptance, error) {
	const op = "hook.keep"
	w := &waiter{event: e, done: make(chan struct{})}
	l.mu.Lock()
	if len(l.waiting) >= waitEvents || l.bytes+len(e.Raw) > waitBytes {
		l.mu.Unlock()
		return intake.Acceptance{}, core.E(op, core.Unavailable, "too many webhooks wait at once")
	}
	l.waiting, l.bytes = append(l.waiting, w), l.bytes+len(e.Raw)
	if l.running < l.most {
		l.running++
		go l.run()
	}
	l.mu.Unlock()
	select {
	case <-w.done:
		return w.acceptance, w.acceptance.Err
	case <-ctx.Done():
		// It may still be kept; the carrier comes again, and it is kept once.
		return intake.Acceptance{}, core.Wrap(op, core.Ambiguous, "the event was not kept in time", ctx.Err())
	}
}

// run keeps groups until nobody waits.
func (l *lane) run() {
	for {
		group := l.next()
		if len(group) == 0 {
			return
		}
		l.keepSafely(group)
	}
}

// keepSafely makes of a panic an error for the requests of the group: their
// goroutines could not recover it, and the process would end.
func (l *lane) keepSafely(group []*waiter) {
	defer func() {
		if v := recover(); v != nil {
			l.log.Error("panic while webhooks were being kept", "panic", panicText(v), "events", len(group))
			for _, w := range group {
				select {
				case <-w.done:
				default:
					w.acceptance.Err = errPanic
					close(w.done)
				}
			}
		}
	}()
	l.keep(group)
}

func (l *lane) next() []*waiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, bytes := 0, 0
	for n < len(l.waiting) && n < groupEvents {
		if bytes += len(l.waiting[n].event.Raw); n > 0 && bytes > groupBytes {
			bytes -= len(l.waiting[n].event.Raw)
			break
		}
		n++
	}
	group := l.waiting[:n:n]
	l.waiting, l.bytes = l.waiting[n:], l.bytes-bytes
	if n == 0 {
		l.waiting = nil
		l.running--
	}
	return group
}
