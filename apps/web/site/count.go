package site

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/judge"
)

// A count is the dry run of one campaign. With many guests it outlasts the page
// that asked for it, and the next page finds it under way.
type count struct {
	seen   atomic.Int64  // guests decided so far
	done   chan struct{} // closed at the end; what follows may be read then
	report dryrun.Report
	err    error
}

// A countKey is what a count is of. A text that was changed is counted anew.
type countKey struct {
	business core.BusinessID
	campaign core.CampaignID
	revision int64
}

// The bounds of counts.
const (
	countsAtOnce = 2                // each holds a connection to the database
	countFor     = time.Minute      // then it is given up
	countKept    = 10 * time.Second // a slow one, for the pages that wait for it
)

// counts are those under way, and slow ones that have just ended. It is safe
// for concurrent use.
type counts struct {
	life     context.Context // ends with the program
	patience time.Duration   // how long a page waits
	room     chan struct{}
	mu       sync.Mutex
	byKey    map[countKey]*count
}

func newCounts(life context.Context, patience time.Duration) *counts {
	return &counts{life: life, patience: patience, room: make(chan struct{}, countsAtOnce), byKey: map[countKey]*count{}}
}

// of returns the count of a campaign, and whether it has ended. It waits for it
// no longer than its patience, and begins it where nobody has.
func (cs *counts) of(ctx context.Context, s *dryrun.Service, c campaign.Campaign) (*count, bool) {
	key := countKey{c.Business, c.ID, c.Revision}
	cs.mu.Lock()
	x, ok := cs.byKey[key]
	if !ok {
		x = &count{done: make(chan struct{})}
		cs.byKey[key] = x
		go cs.run(s, key, x)
	}
	cs.mu.Unlock()
	patience := time.NewTimer(cs.patience)
	defer patience.Stop()
	select {
	case <-x.done:
		return x, true
	case <-patience.C:
	case <-ctx.Done():
	}
	select {
	case <-x.done: // both at once
		return x, true
	default:
		return x, false
	}
}

// run counts, and then forgets the count: at once where everybody who asked for
// it has it, and otherwise after a while.
func (cs *counts) run(s *dryrun.Service, key countKey, x *count) {
	ctx, cancel := context.WithTimeout(cs.life, countFor)
	defer cancel()
	began := time.Now()
	select {
	case cs.room <- struct{}{}:
		x.report, x.err = s.Run(ctx, key.business, key.campaign, time.Time{}, func(core.Number, *judge.Case) error {
			x.seen.Add(1)
			return nil
		})
		<-cs.room
	case <-ctx.Done():
		x.err = core.Wrap("site.count", core.Unavailable, "", ctx.Err())
	}
	forget := func() {
		cs.mu.Lock()
		defer cs.mu.Unlock()
		delete(cs.byKey, key)
	}
	if time.Since(began) < cs.patience {
		forget()
	} else {
		time.AfterFunc(countKept, forget)
	}
	close(x.done)
}
