// Package evidence holds what proves why a text was sent or not, so that anyone
// can check it without our database, and so that we could not have rewritten it.
//
// Each fact that may have to be proven one day is a [Record]: its body is
// canonical JSON (RFC 8785), written in the transaction of the fact itself. A
// record commits to its body with a random salt; the commitment is part of a
// [Leaf] of an append-only Merkle tree (RFC 6962), whose signed head is a
// [Checkpoint]. Erasing a record drops body and salt: the commitment, the leaf
// and every proof stay valid, and say nothing about whom the record was.
//
// Leaves carry a gapless number per business, so that a record that is left out
// shows.
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
