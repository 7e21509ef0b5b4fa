// Package inbox holds what the carrier told us: every authentic event, to the
// byte, kept once.
package inbox

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

// A Kind is what an event is about. The zero Kind is kept and shown, and
// nothing is done about it.
type Kind uint8

// The kinds. Their numbers are stored.
const (
	Unknown    Kind = iota // authentic, of a type that we do not act on
	Unparsable             // authentic, but not what its type promises
	Inbound                // a guest wrote
	Delivery               // a receipt for one of our texts
	Registry               // news of a registration
	numKinds
)

// Kinds are all of them.
func Kinds() []Kind {
	var out []Kind
	for k := range numKinds {
		out = append(out, k)
	}
	return out
}

var kindNames = [...]string{"unknown", "unparsable", "inbound", "delivery", "registry"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[0]
}

// An Event is what a provider sent in one webhook.
type Event struct {
	// ID is the provider's id of the event with the provider's name before it.
	// It is the same in every delivery of the same event.
	ID       string
	Provider string
	Kind     Kind
	Type     string // as the provider calls it
	Occurred time.Time
	Received time.Time        // by us
	Raw      []byte           // the body, to the byte
	Text     *Text            // for Inbound
	Receipt  *message.Receipt // for Delivery
	About    []string         // for Registry: what the carrier calls the brand, the campaign or the request
	Problem  string           // for Unparsable: what is wrong, without quoting it
}

// A Text is what a guest wrote.
type Text struct {
	CarrierID string
	From, To  core.Number
	Body      string
	Media     []string
	// At is when the carrier received it.
	At time.Time
	// Answered says what the carrier has already answered by itself: "STOP",
	// "START", "HELP", or "" for nothing. No second answer is sent then.
	Answered string
}

// Stored is an event as the inbox gives it back. Its parts are parsed anew
// from Raw by the provider's adapter.
type Stored struct {
	ID       string
	Provider string
	Kind     Kind
	Type     string
	Raw      []byte
	Received time.Time
	Attempts int
	Handled  time.Time // zero while it waits
	Note     string    // what became of it, or why the last attempt failed
}

// FailingAfter is how often an event is put off before people should look at it.
// Receipts that overtake the answer to the send are put off once or twice.
const FailingAfter = 3

// A Query is a choice of events. The zero Query chooses none.
type Query struct {
	N       int
	Older   string // than the event with this id; "" for all
	Waiting bool   // only those that are not handled
	Failing bool   // only those of them that people should look at
	Kinds   []Kind // only those; nil for all
}

// An Inbox keeps events. Errors are [core.Error].
type Inbox interface {
	// Keep stores events and reports for each whether it was new. An event that
	// is in the batch twice is new once.
	Keep(ctx context.Context, es []Event) (fresh []bool, err error)
	// Next returns up to n events that are not handled and due at now, oldest
	// first, and keeps them from every other caller until the transaction ends.
	Next(ctx context.Context, now time.Time, n int) ([]Stored, error)
	// Handled marks events as done, each with what became of it.
	Handled(ctx context.Context, at time.Time, notes map[string]string) error
	// Postpone puts an event off until due and counts the attempt.
	Postpone(ctx context.Context, id string, due time.Time, note string) error
	// Reopen makes an event wait again, due at once, as if nothing had been done
	// about it. Its attempts are counted anew. An unknown id is NotFound.
	Reopen(ctx context.Context, id string, now time.Time) error
	// Replace puts raw in the place of an event's body, for what must not be kept.
	// It is the only thing that changes a body. An unknown id is NotFound.
	Replace(ctx context.Context, id string, raw []byte) error
	// Event returns one event. An unknown id is NotFound.
	Event(ctx context.Context, id string) (Stored, error)
	// List returns up to n events received before the given instant (zero: from
	// the newest), newest first.
	List(ctx context.Context, before time.Time, n int) ([]Stored, error)
	// Find returns up to q.N events, newest first. An unknown q.Older is NotFound.
	Find(ctx context.Context, q Query) ([]Stored, error)
	// Failing returns how many events are not handled and have been put off at
	// least [FailingAfter] times.
	Failing(ctx context.Context) (int, error)
	// Waiting returns how many events are not handled, and since when the
	// oldest of them waits.
	Waiting(ctx context.Context) (n int, oldest time.Time, err error)

	// Beat notes that a spool is there, and whether it holds anything. now is when;
	// a store that several machines share goes by its own clock instead.
	Beat(ctx context.Context, name string, holds bool, now time.Time) error
	// Leave forgets a spool that has ended in order, and empty.
	Leave(ctx context.Context, name string) error
	// Spools returns those that are known, by name.
	Spools(ctx context.Context, now time.Time) ([]Spool, error)
}
