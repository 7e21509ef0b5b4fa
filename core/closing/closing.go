// Package closing is the end of a venue's account: asked for by its owner, taken back within
// thirty days, and after them everything of the account is erased.
package closing

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
)

// Grace is how long an account that was deleted by mistake comes back (privacy
// policy, 6).
const Grace = 30 * 24 * time.Hour

// A Closing is an account that ends.
type Closing struct {
	Business core.BusinessID
	Asked    time.Time
	By       core.UserID
	EraseAt  time.Time      // not before
	Was      account.Status // what the business was before
	Erased   time.Time      // zero while it can be taken back
}

// A Book keeps closings. Errors are [core.Error].
type Book interface {
	// Put keeps c in place of what there is of its business.
	Put(ctx context.Context, c Closing) error
	// Remove takes it back. Where there is none it does nothing.
	Remove(ctx context.Context, b core.BusinessID) error
	// Of is NotFound where the business does not end.
	Of(ctx context.Context, b core.BusinessID) (Closing, error)
	// Due returns up to n that are not erased and may be at now, the longest due
	// first.
	Due(ctx context.Context, now time.Time, n int) ([]Closing, error)
	// Forget erases up to n rows of what is the account's and its guests', and returns how many
	// it was: 0 when nothing is left but the row of the business itself, which is blanked. What must
	// not be forgotten stays: numbers in the suppression list, as keyed hashes where
	// there is a key, texts without their words, opt-ins, opt-outs and the
	// evidence, each for its period.
	Forget(ctx context.Context, b core.BusinessID, n int) (int, error)
}
