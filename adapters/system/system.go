// Package system is the machine's clock and source of ids.
package system

import (
	"time"

	"github.com/google/uuid"

	"github.com/jobfluss/nexo/core"
)

// A Time is the machine's clock, moved by Offset. The zero Time is the clock as
// it is. The offset is for demonstrations, where it should be afternoon; the
// clock runs at its own speed all the same.
type Time struct {
	Offset time.Duration
}

var _ core.Clock = Time{}

// Clock returns the machine's clock.
func Clock() Time { return Time{} }

// Now returns the time in UTC. It keeps the monotonic reading, so that
// differences are true also while the machine's clock is set.
func (t Time) Now() time.Time { return time.Now().UTC().Add(t.Offset) }

// UUIDs makes version 7 ids from the system's randomness.
type UUIDs struct{}

var _ core.IDs = UUIDs{}

// New returns an id greater than all this process has made before.
func (UUIDs) New() core.UUID {
	// NewV7 fails only where the system has no randomness left to give, and then
	// nothing can go on.
	return core.UUID(uuid.Must(uuid.NewV7()))
}
