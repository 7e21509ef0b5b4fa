package suppression

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Pass is one reading of the carrier's own opt-out list, from its first page
// to its last. It is kept, so that whoever comes after a crash goes on where the
// other stopped.
type Pass struct {
	Business core.BusinessID // whose rows are looked at; zero for everybody's
	N        int64           // names the pass; a later one is greater
	Page     int             // the next to read, from 1
	Started  time.Time
	Ended    time.Time // zero while it goes on
	Counts   Counts
}

// Counts are what a pass has found.
type Counts struct {
	Rows      int // of the carrier's list
	Strangers int // rows for a number or a profile that is no business's
	Agreed    int // guests whom both bar
	Healed    int // guests whom only the carrier barred, and whom we bar now
	Left      int // those whom we leave as they are: a trial run
	Recent    int // those who joined while the list was read: the next pass looks
	Refused   int // texts that the carrier refused for an opt-out in the last day
	Missed    int // guests of those texts whom we did not bar, healed or left
	OnlyOurs  int // guests who told us and not the carrier, which cannot be told
	Lifted    int // guests whom we bar since the carrier did, and it does no more
}

// Drift is how many guests the carrier barred and we did not: 0 is how it should
// be.
func (c Counts) Drift() int { return c.Healed + c.Left + c.Missed }

// A Mirror is a copy of the carrier's opt-out list, as it was last read. It bars
// nobody by itself. All errors are [core.Error].
type Mirror interface {
	// Pass returns the last pass for the business, zero for everybody; the zero
	// Pass where there was none.
	Pass(ctx context.Context, b core.BusinessID) (Pass, error)
	// SavePass puts p in place of the last one.
	SavePass(ctx context.Context, p Pass) error
	// See notes that the pass found the pairs on the carrier's list.
	See(ctx context.Context, pass int64, pairs []core.Pair) error
	// Unlisted counts the entries in force with reason OptOut or Carrier whose
	// pair no pass from the given one on has found; of one business, or of all
	// for the zero one.
	Unlisted(ctx context.Context, b core.BusinessID, pass int64) (map[Reason]int, error)
	// Forget drops what was found last before the pass: the carrier does not list
	// it any more.
	Forget(ctx context.Context, b core.BusinessID, pass int64) error
}
