package consent

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Log holds consent events, the subscribers they fold into, and the
// disclosures they refer to. All errors are [core.Error].
type Log interface {
	// Append adds events and brings their subscribers up to date in the same
	// transaction. Appending an event twice is not an error and changes
	// nothing. The caller holds the subscribers' locks (see Lock).
	Append(ctx context.Context, events []Event) error
	// History returns every event for the pair, oldest first.
	History(ctx context.Context, p core.Pair) ([]Event, error)

	// Lock returns the subscribers of the pairs and keeps others from changing
	// them until the transaction ends. It locks in one fixed order, so that two
	// callers cannot wait for each other, also those that are not there yet. A
	// pair without a subscriber is left out of the answer. In a View it only
	// reads.
	Lock(ctx context.Context, pairs []core.Pair) ([]Subscriber, error)
	// Subscriber is NotFound where there is none.
	Subscriber(ctx context.Context, p core.Pair) (Subscriber, error)
	// Subscribers returns up to n subscribers of the business that match q, by
	// rising number after q.After.
	Subscribers(ctx context.Context, b core.BusinessID, q Query, n int) ([]Subscriber, error)
	// Count returns how many subscribers of the business that have ever joined are
	// in each state.
	Count(ctx context.Context, b core.BusinessID) (map[State]int, error)
	// Newest returns up to n subscribers of the business that have ever joined
	// and match q, the last to join first.
	Newest(ctx context.Context, b core.BusinessID, q Listing, n int) ([]Subscriber, error)
	// Flow returns the hours from the given instant on in which guests of the
	// business joined for the first time, or got out and are out still, by rising
	// At. An hour in which neither happened is left out.
	Flow(ctx context.Context, b core.BusinessID, from time.Time) ([]Hour, error)

	// PutDisclosure keeps d. The same version again is not an error: words that
	// come back are in use since the later instant.
	PutDisclosure(ctx context.Context, d Disclosure) error
	// Disclosure is NotFound where there is none of that version.
	Disclosure(ctx context.Context, b core.BusinessID, v Version) (Disclosure, error)
	// PutPoster keeps a page. The same page again is not an error, and keeps the
	// first.
	PutPoster(ctx context.Context, p Poster) error
	// Poster is NotFound where no page of the business has the hash.
	Poster(ctx context.Context, b core.BusinessID, sha256 Version) (Poster, error)
	// Posters returns the pages that show a disclosure, newest first.
	Posters(ctx context.Context, b core.BusinessID, v Version) ([]Poster, error)
	// Disclosures returns those of the keyword, newest first.
	Disclosures(ctx context.Context, b core.BusinessID, keyword string) ([]Disclosure, error)
}

// A Query narrows a list of subscribers. The zero Query is all of them.
type Query struct {
	After        core.Number
	State        State     // Never means any
	JoinedBefore time.Time // exclusive; zero means any
	Last4        string    // the number ends so; "" means any
}

// A Listing narrows the list of who ever joined, the last first. The zero
// Listing is all of them.
type Listing struct {
	// Before is the last of the page before; zero for the first page.
	Before  Joiner
	State   State     // Never means any
	Since   time.Time // joined then or later; zero means any
	Last4   string    // the number ends so; "" means any
	Keyword string    // of the last opt-in; "" means any
	Tag     string    // that the venue has put on the guest; "" means any
}

// A Joiner is a place in the list of who ever joined.
type Joiner struct {
	Joined time.Time
	Number core.Number
}

// An Hour is what happened in an hour of UTC to the size of an audience.
type Hour struct {
	At           time.Time // its beginning
	Joined, Left int       // guests
}
