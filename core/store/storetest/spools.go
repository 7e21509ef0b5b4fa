package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/store"
)

// testSpools: what a spool said last is known until it leaves.
func testSpools(s *suite) {
	// A store on a server goes by the server's clock instead.
	now := t0
	known := func() (got []inbox.Spool) {
		s.view(func(ctx context.Context, tx store.Tx) (err error) {
			got, err = tx.Inbox.Spools(ctx, now)
			return err
		})
		return got
	}
	if got := known(); len(got) != 0 {
		s.T.Fatalf("a new store knows %d spools", len(got))
	}
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Inbox.Beat(ctx, "b", true, now), tx.Inbox.Beat(ctx, "a", true, now), tx.Inbox.Beat(ctx, "a", false, now))
	})
	got := known()
	if len(got) != 2 || got[0].Name != "a" || got[0].Holds || got[1].Name != "b" || !got[1].Holds {
		s.T.Fatalf("of the spools a (empty) and b (not), the store knows %+v", got)
	}
	for _, w := range got {
		if w.Silent < -time.Minute || w.Silent > time.Minute {
			s.T.Errorf("a spool that has just beaten is silent for %v", w.Silent)
		}
	}
	s.update(func(ctx context.Context, tx store.Tx) error { return tx.Inbox.Leave(ctx, "b") })
	if got := known(); len(got) != 1 || got[0].Name != "a" {
		s.T.Errorf("after b has left the store knows %+v", got)
	}
	s.view(func(ctx context.Context, tx store.Tx) error {
		s.kind("Beat in a view", tx.Inbox.Beat(ctx, "a", true, now), core.Denied)
		s.kind("Leave in a view", tx.Inbox.Leave(ctx, "a"), core.Denied)
		return nil
	})
}
