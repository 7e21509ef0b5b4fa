package hook

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/intake"
)

const (
	lookEvery  = 200 * time.Millisecond // at a store that is away
	pingWithin = time.Second
	drainAtOne = 500 // events
	// drainWithin is longer than a webhook may take: nobody waits.
	drainWithin = 10 * time.Second
)

// A drainer knows whether the store is away, and moves what is in the spool to
// the store when it is back. Its goroutine runs only while there is something
// to do.
type drainer struct {
	in        *nexo.Ingester
	log       *slog.Logger
	providers map[string]intake.Provider

	mu      sync.Mutex
	away    bool
	since   time.Time
	running chan struct{} // closed when the goroutine ends; nil while there is none
	cancel  context.CancelFunc
	closed  bool
}

func (d *drainer) isAway() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.away
}

// lost notes that the store did not take something. Without a spool each webhook
// tries for itself, as nothing else can be done with it.
func (d *drainer) lost(err error) {
	if d.in.Spool == nil {
		return
	}
	d.mu.Lock()
	first := !d.away
	if first {
		d.away, d.since = true, time.Now()
	}
	d.mu.Unlock()
	if first {
		d.log.Error("the database is away: webhooks go to the spool", "kind", core.KindOf(err).String(), "err", err)
	}
	d.wake()
}

// wake starts the goroutine unless it runs.
func (d *drainer) wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.in.Spool == nil || d.running != nil || d.closed {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.running, d.cancel = make(chan struct{}), cancel
	go d.run(ctx, d.running)
}

// run drains until the store is there and the spool is empty.
func (d *drainer) run(ctx context.Context, ended chan struct{}) {
	defer close(ended)
	moved, told := 0, time.Now()
	for {
		n, err := d.step(ctx)
		moved += n
		if err == nil && n == 0 && d.rest() {
			break
		}
		if ctx.Err() != nil {
			d.mu.Lock()
			d.running = nil
			d.mu.Unlock()
			return
		}
		if err == nil && n > 0 {
			continue
		}
		if err != nil && time.Since(told) > 10*time.Second {
			told = time.Now()
			s := d.in.Spool.Stat()
			d.log.Error("webhooks wait in the spool", "events", s.Events, "bytes", s.Bytes, "max", s.Max, "since", s.Oldest, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
	if moved > 0 {
		d.log.Warn("the spool is drained", "events", moved, "aside", d.in.Spool.Stat().Aside)
	}
}

// rest ends the goroutine if nothing was added in the meantime.
func (d *drainer) rest() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away || d.in.Spool.Stat().Events > 0 {
		return false
	}
	d.running = nil
	return true
}

// step looks whether the store is back, and moves one group. A panic is an error
// like others: the spool keeps what it has, and new events are still taken.
func (d *drainer) step(ctx context.Context) (moved int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = core.E("hook.drain", core.Internal, "a panic while the spool was being drained: "+panicText(v))
		}
	}()
	if d.isAway() {
		ctx, cancel := context.WithTimeout(ctx, pingWithin)
		defer cancel()
		if err := d.in.Database.Store.Ping(ctx); err != nil {
			return 0, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	r, err := d.in.Intake.Drain(ctx, d.in.Spool, d.providers, drainAtOne)
	if r.Refused > 0 {
		d.log.Error("the store refused events from the spool; they are in files named aside- in its folder", "events", r.Refused)
	}
	if r.Unbarred > 0 {
		d.log.Error("opt-outs from the spool are kept and not in force yet; the worker tries again", "events", r.Unbarred)
	}
	if err == nil {
		d.back()
	}
	return r.Moved + r.Refused, err
}

// back notes that the store takes events again: from now on new ones go there,
// while what is in the spool follows. Their order does not matter to what they
// mean: the carrier's clock says which of two texts came first.
func (d *drainer) back() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away {
		d.away = false
		d.log.Warn("the database is back", "away", time.Since(d.since).Round(time.Millisecond).String())
	}
}

// drained returns when the spool is empty, or ctx has ended.
func (d *drainer) drained(ctx context.Context) error {
	d.mu.Lock()
	running := d.running
	d.mu.Unlock()
	if running == nil {
		return ctx.Err()
	}
	select {
	case <-running:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close stops the goroutine and waits for it. What is in the spool stays there.
func (d *drainer) close() {
	d.mu.Lock()
	d.closed = true
	running, cancel := d.running, d.cancel
	d.mu.Unlock()
	if running != nil {
		cancel()
		<-running
	}
}
