// Package evidence holds what proves why a text was sent or not: the record of
// every decision, written in the transaction that acts on it.
package evidence

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Decision is a verdict with everything needed to take it again. It holds no
// phone number and no word of the text.
type Decision struct {
	Business core.BusinessID
	Message  core.MessageID
	Attempt  int
	At       time.Time
	Edition  string // of the rulebook
	Verdict  string // block, wait or send
	Facts    []byte // JSON of decide.Facts
	Findings []byte // JSON
}

// A Log holds evidence. It only grows. Errors are [core.Error].
type Log interface {
	// Append adds decisions.
	Append(ctx context.Context, ds []Decision) error
	// Decisions returns those about a message, oldest first.
	Decisions(ctx context.Context, b core.BusinessID, id core.MessageID) ([]Decision, error)
}
