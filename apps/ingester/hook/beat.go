package hook

import (
	"context"
	"log/slog"
	"time"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
)

// A pulse tells the store about the spool. Workers send nothing that an opt-out
// would stop while a spool holds something, or is silent, as it is when this
// process has lost the store, or its life with something in its spool.
type pulse struct {
	in     *nexo.Ingester
	log    *slog.Logger
	cancel context.CancelFunc
	ended  chan struct{}
}

// begin tells it once, within a second, before the first webhook is taken, and
// from then on by itself.
func (p *pulse) begin() {
	if p.in.Spool == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel, p.ended = cancel, make(chan struct{})
	p.tell(ctx)
	go func() {
		defer close(p.ended)
		tick := time.NewTicker(inbox.BeatEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.tell(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
}

// tell may fail: then the spool is silent, which says enough.
func (p *pulse) tell(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	_ = p.in.Database.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Inbox.Beat(ctx, p.in.Spool.Name(), p.in.Spool.Stat().Events > 0, p.in.Intake.Clock.Now())
	})
}

// end says good-bye for a spool that is empty. One that is not stays known, and
// marketing waits for it.
func (p *pulse) end() {
	if p.cancel == nil {
		return
	}
	p.cancel()
	<-p.ended
	p.cancel = nil
	if n := p.in.Spool.Stat().Events; n > 0 {
		p.log.Error("webhooks are left in the spool: marketing waits for them; start this program again with the same folder", "events", n)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), pingWithin)
	defer cancel()
	_ = p.in.Database.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Inbox.Leave(ctx, p.in.Spool.Name())
	})
}
